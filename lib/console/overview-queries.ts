import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { getJson } from "@/lib/console/get-json";
import type { Read } from "@/lib/console/operator";
import { OVERVIEW_PARTS, type OverviewData, type OverviewPart } from "@/lib/console/overview";
import { Refusal } from "@/lib/console/refusal";

const REFRESH_MS: Readonly<Record<OverviewPart, number>> = {
  overview: 10_000,
  stuck: 15_000,
  refused: 30_000,
  jobs: 10_000,
  changes: 30_000,
  integrity: 5 * 60_000,
  health: 20_000,
};
/** While somebody follows the first steps. */
const FIRST_STEPS_REFRESH_MS = 2_000;

const Refused = z.object({ refusal: Refusal });
const Told = z.object({ data: z.unknown() });

/**
 * One part of the overview, read again while the page is in view. That the operator may not read it is
 * an outcome, and asked once; when nobody answers, that is an error, and the last outcome stays.
 */
export function overviewQuery<P extends OverviewPart>(part: P, { isFirstSteps = false } = {}) {
  const everyMs = isFirstSteps ? FIRST_STEPS_REFRESH_MS : REFRESH_MS[part];
  return queryOptions<Read<OverviewData[P]>>({
    queryKey: ["overview", part],
    queryFn: async ({ signal }) => {
      const said = await getJson(`/api/console/overview?part=${part}`, signal);
      const refused = Refused.safeParse(said);
      if (refused.success) return { ok: false, refusal: refused.data.refusal };
      return { ok: true, data: OVERVIEW_PARTS[part].parse(Told.parse(said).data) };
    },
    refetchInterval: ({ state }) =>
      state.data?.ok === false && state.data.refusal.kind === "forbidden" ? false : everyMs,
    retry: false,
    staleTime: everyMs / 2,
  });
}
