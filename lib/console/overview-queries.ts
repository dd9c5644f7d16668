import { queryOptions } from "@tanstack/react-query";
import { getJson, ReadRefused } from "@/lib/console/get-json";
import type { Read } from "@/lib/console/operator";
import { OVERVIEW_PARTS, type OverviewData, type OverviewPart } from "@/lib/console/overview";

const REFRESH_MS: Readonly<Record<OverviewPart, number>> = {
  overview: 10_000,
  stuck: 15_000,
  refused: 30_000,
  jobs: 10_000,
  changes: 30_000,
  integrity: 5 * 60_000,
};
/** While somebody follows the first steps. */
const FIRST_STEPS_REFRESH_MS = 2_000;

/**
 * One part of the overview, read again while the page is in view. That the operator may not read it is
 * an outcome; when nobody answers, the last one stays.
 */
export function overviewQuery<P extends OverviewPart>(part: P, { isFirstSteps = false } = {}) {
  return queryOptions<Read<OverviewData[P]>>({
    queryKey: ["overview", part],
    queryFn: async ({ signal }) => {
      try {
        const said = await getJson(`/api/console/overview?part=${part}`, signal);
        return { ok: true, data: OVERVIEW_PARTS[part].parse(said) };
      } catch (error) {
        if (error instanceof ReadRefused && error.refusal.kind === "forbidden") {
          return { ok: false, refusal: error.refusal };
        }
        throw error;
      }
    },
    refetchInterval: isFirstSteps ? FIRST_STEPS_REFRESH_MS : REFRESH_MS[part],
    retry: false,
    staleTime: REFRESH_MS[part] / 2,
  });
}
