import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";

const POLL_MS = 250;
const SETTLED_MS_MAX = 60_000;

/** What instances that were killed had claimed counts as let go of, as it would within 30 seconds. */
export async function letClaimsLapse(pool: pg.Pool): Promise<void> {
  await pool.query(`update intent set locked_until = now(), next_attempt_at = now()`);
  await pool.query(`update lease set locked_until = now() where locked_until > now()`);
}

/**
 * Resolves once nothing is left to be undone or ended; moves instants in place of waiting for
 * delays after failures, and for the five minutes in which a user that is missing may still appear.
 *
 * @throws Error when that takes a minute.
 */
export async function settle(pool: pg.Pool): Promise<void> {
  const deadline = Date.now() + SETTLED_MS_MAX;
  for (;;) {
    const { rows } = await pool.query<{ intents: number; leases: number }>(`
      select (select count(*)::int from intent) as intents,
        (select count(*)::int from lease where attempts > 0 or next_attempt_at <= now()) as leases`);
    const { intents, leases } = rows[0] ?? { intents: -1, leases: -1 };
    if (intents === 0 && leases === 0) return;
    if (Date.now() > deadline) {
      throw new Error(`${intents} intents and ${leases} leases are not done with after a minute`);
    }
    await pool.query(`
      update intent set next_attempt_at = now(), opened_at = opened_at - interval '10 minutes'
      where attempts > 0 and locked_until <= now()`);
    await pool.query(`
      update lease set next_attempt_at = now(), issued_at = issued_at - interval '10 minutes'
      where attempts > 0 and (locked_until is null or locked_until <= now())`);
    await pause(POLL_MS);
  }
}
