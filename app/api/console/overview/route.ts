import { z } from "zod";
import { operatorRoute, type Read } from "@/lib/console/operator";
import { OverviewPart } from "@/lib/console/overview";
import { readOverviewPart } from "@/lib/console/overview-reads";
import type { Refusal } from "@/lib/console/refusal";

export const dynamic = "force-dynamic";

const Query = z.strictObject({ part: OverviewPart });

type Told = { data: unknown } | { refusal: Refusal };

/** That a part is not for this operator is an answer here, and no error: the other parts are. */
export const GET = operatorRoute(Query, async (operator, { part }): Promise<Read<Told>> => {
  const read = await readOverviewPart(operator, part);
  if (read.ok) return { ok: true, data: { data: read.data } };
  const { refusal } = read;
  const isAnswer = refusal.kind === "forbidden" || (part === "health" && refusal.requestId !== "");
  return isAnswer ? { ok: true, data: { refusal } } : read;
});
