import { z } from "zod";
import { consoleEngine } from "@/lib/console/engine";
import { operatorRoute } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

export const GET = operatorRoute(z.strictObject({}), async () => ({
  ok: true,
  data: await consoleEngine().overview(),
}));
