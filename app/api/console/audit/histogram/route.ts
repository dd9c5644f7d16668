import { readAuditHistogram } from "@/lib/console/audit";
import { AuditAddressQuery } from "@/lib/console/audit-route";
import { operatorRoute } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

export const GET = operatorRoute(AuditAddressQuery, (operator, address) =>
  readAuditHistogram(operator, address, Date.now()),
);
