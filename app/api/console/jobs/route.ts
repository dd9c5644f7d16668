import { z } from "zod";
import { readJobs } from "@/lib/console/jobs";
import { operatorRoute } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

export const GET = operatorRoute(z.object({ cursor: z.string().default("") }), readJobs);
