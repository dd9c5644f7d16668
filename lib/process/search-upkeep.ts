import type pg from "pg";
import { sweepHistory } from "@/lib/postgres/config-changes";
import { sweepAttempts } from "@/lib/postgres/login-attempts";
import { sweepDenials } from "@/lib/postgres/session-denials";
import { sweepJobs } from "@/lib/postgres/jobs";
import { indexClosedDay } from "@/lib/postgres/closed-days";
import { fillSearch, refillSearch, sweepSearch } from "@/lib/postgres/search-fill";

/** Days that are given their indices in one round. */
const DAYS_A_ROUND = 5;

/** Brings free text up to date; true when there is more to add. */
export async function fillSearchTables(pool: pg.Pool): Promise<boolean> {
  const behind = await Promise.all([fillSearch(pool, "lease"), fillSearch(pool, "token")]);
  return behind.some((until) => until !== null);
}

/** Forgets what is not kept any longer, and readies days that are over for searches. */
export async function keepSearchTables(
  pool: pg.Pool,
  keep: { auditDays: number; historyDays: number },
): Promise<void> {
  await refillSearch(pool, "lease");
  await refillSearch(pool, "token");
  await sweepSearch(pool, keep.historyDays);
  await sweepDenials(pool, keep.historyDays);
  await sweepAttempts(pool, keep.historyDays);
  await sweepJobs(pool, keep.historyDays);
  await sweepHistory(pool, Math.max(keep.auditDays, keep.historyDays));
  for (let day = 0; day < DAYS_A_ROUND; day += 1) {
    if (!(await indexClosedDay(pool))) return;
  }
}
