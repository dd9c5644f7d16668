import { z } from "zod";
import { readLease } from "@/lib/console/leases";
import { operatorRoute } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

const Query = z.object({ id: z.string().min(1).max(4096) });

export const GET = operatorRoute(Query, (operator, { id }) => readLease(operator, id));
