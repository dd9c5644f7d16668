import type pg from "pg";

/**
 * Gives one day that is over the indices that searches need and that would be too dear while it is
 * written. Of several instances one does it, the others go on.
 *
 * @returns true when more days may wait.
 */
export async function indexClosedDay(pool: pg.Pool): Promise<boolean> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query("begin");
    // A day takes seconds at a thousand requests a second.
    await client.query("set local statement_timeout = 0");
    const mark = await client.query(
      `select 1 from search_mark where name = 'closed days' for update skip locked`,
    );
    const result = await client.query<{ more: boolean }>(
      mark.rowCount === 1 ? "select index_closed_day() as more" : "select false as more",
    );
    await client.query("commit");
    return result.rows[0]?.more ?? false;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(failure);
  }
}
