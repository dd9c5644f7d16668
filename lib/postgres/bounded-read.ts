import type pg from "pg";
import { EngineError } from "@/lib/engine/errors";
import { sqlState, storeError } from "@/lib/postgres/store-error";
import { together } from "@/lib/postgres/together";

/** Longest time that one search may take. */
const SEARCH_TIMEOUT_MS = 15_000;
const CANCELLED = "57014";

/**
 * Reads what an operator searches, for a bounded time, on a connection that can change nothing.
 *
 * @throws EngineError `invalid_request` when it takes too long; `unavailable`.
 */
export async function boundedRead<R extends pg.QueryResultRow>(
  pool: pg.Pool,
  statement: { text: string; values: unknown[] },
  timeoutMs = SEARCH_TIMEOUT_MS,
): Promise<R[]> {
  let client: pg.PoolClient | null = null;
  let failure: Error | undefined;
  try {
    const connected = await pool.connect();
    client = connected;
    const [, , result] = await together(connected, () =>
      Promise.all([
        connected.query("begin read only"),
        connected.query(
          `select set_config('statement_timeout', $1, true), set_config('jit', 'off', true)`,
          [`${timeoutMs}ms`],
        ),
        connected.query<R>(statement),
      ]),
    );
    return result.rows;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    if (sqlState(error) === CANCELLED) {
      throw new EngineError(
        "invalid_request",
        `the search takes longer than ${timeoutMs / 1000} s: narrow its time range or its filter`,
        { cause: error },
      );
    }
    throw storeError(error);
  } finally {
    await end(client, failure);
  }
}

async function end(client: pg.PoolClient | null, failure: Error | undefined): Promise<void> {
  if (client === null) return;
  try {
    await client.query("rollback");
    client.release();
  } catch {
    client.release(failure ?? true);
  }
}
