import type pg from "pg";
import type { HealthReads, WorkHealth } from "@/lib/engine/system/health";
import { boundedRead } from "@/lib/postgres/bounded-read";
import { storeError } from "@/lib/postgres/store-error";

const WORK = `
  select
    (select count(*)::int from (select 1 from lease where next_attempt_at <= now() limit $1) as c) as "dueLeases",
    (select min(next_attempt_at) from lease where next_attempt_at <= now()) as "oldestDueAt",
    (select count(*)::int from (select 1 from lease where irrevocable_at is not null limit $1) as c) as "irrevocableLeases",
    (select count(*)::int from (select 1 from intent limit $1) as c) as "openIntents",
    (select min(opened_at) from intent) as "oldestIntentAt",
    (select count(*)::int from (select 1 from job_item where state = 'waiting' limit $1) as c) as "waitingJobItems",
    (select nullif(min(until), '-infinity') from search_mark where name in ('lease', 'token')) as "searchUntil",
    exists (select 1 from audit_entry_default) as "strayEntries"`;

/** Where the work of all instances stands. */
export function healthReads(pool: pg.Pool): HealthReads {
  return {
    work: async (max) => {
      const databaseMs = await roundTrip(pool);
      const [row] = await boundedRead<Omit<WorkHealth, "databaseMs" | "pool">>(pool, {
        text: WORK,
        values: [max + 1],
      });
      if (row === undefined) throw new Error("a statement without a table has one row");
      return { ...row, databaseMs, pool: poolState(pool) };
    },
  };
}

function poolState(pool: pg.Pool): WorkHealth["pool"] {
  const { totalCount: open, idleCount: idle, waitingCount: waiting, options } = pool;
  return { max: options.max, open, idle, waiting };
}

/** Milliseconds, on a connection that stands, to a tenth. */
async function roundTrip(pool: pg.Pool): Promise<number> {
  try {
    await pool.query("select 1");
    const beganAt = performance.now();
    await pool.query("select 1");
    return Math.round((performance.now() - beganAt) * 10) / 10;
  } catch (error) {
    throw storeError(error);
  }
}
