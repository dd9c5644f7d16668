import { z } from "zod";
import { operatorRoute } from "@/lib/console/operator";
import { readVerdictHistory } from "@/lib/console/validator";

export const dynamic = "force-dynamic";

const Row = z.object({
  mount: z.string().min(1).max(1024),
  role: z.string().min(1).max(512),
  target: z.string().max(2048).default(""),
});

export const GET = operatorRoute(Row, readVerdictHistory);
