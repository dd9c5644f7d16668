import type pg from "pg";
import { countAnswers, sampleLeases } from "@/lib/postgres/overview-counts";

/** Counting takes at most this part of the time of whoever counts. */
const SHARE = 1 / 50;
const REST_MS_MAX = 60_000;

/**
 * Counts for the overview, behind what happens; where there is very much to count, less often.
 *
 * @returns a step for the worker: true when there is more to do at once.
 */
export function overviewUpkeep(pool: pg.Pool): () => Promise<boolean> {
  let restUntil = 0;
  return async () => {
    const beganAt = performance.now();
    if (beganAt < restUntil) return false;
    await sampleLeases(pool);
    const more = await countAnswers(pool);
    const endedAt = performance.now();
    if (!more) restUntil = endedAt + Math.min((endedAt - beganAt) / SHARE, REST_MS_MAX);
    return more;
  };
}
