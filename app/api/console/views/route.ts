import { z } from "zod";
import { operatorRoute } from "@/lib/console/operator";
import { readViews } from "@/lib/console/views";

export const dynamic = "force-dynamic";

const Query = z.strictObject({ page: z.string().max(40) });

export const GET = operatorRoute(Query, (operator, { page }) => readViews(operator, page));
