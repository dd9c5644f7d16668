import { z } from "zod";
import { Health } from "@/lib/console/admin-health";
import { operatorRoute } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

export const GET = operatorRoute(z.strictObject({}), (operator) =>
  operator.read(Health, "sys/leasehold/health"),
);
