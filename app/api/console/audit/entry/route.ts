import { z } from "zod";
import { readAuditEntry } from "@/lib/console/audit";
import { operatorRoute } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

const Query = z.strictObject({ id: z.string().regex(/^[0-9a-f.-]{1,100}$/, "This is no entry.") });

export const GET = operatorRoute(Query, (operator, { id }) => readAuditEntry(operator, id));
