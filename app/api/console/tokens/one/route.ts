import { z } from "zod";
import { operatorRoute } from "@/lib/console/operator";
import { readToken } from "@/lib/console/tokens";

export const dynamic = "force-dynamic";

const Query = z.strictObject({ accessor: z.string().min(1).max(512) });

export const GET = operatorRoute(Query, (operator, { accessor }) => readToken(operator, accessor));
