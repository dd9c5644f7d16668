import { Integrity, INTEGRITY_PATH, rangeOf, RangeQuery } from "@/lib/console/admin-integrity";
import { operatorRoute } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

export const GET = operatorRoute(RangeQuery, (operator, { hours }) =>
  operator.read(Integrity, INTEGRITY_PATH, rangeOf(hours, Date.now())),
);
