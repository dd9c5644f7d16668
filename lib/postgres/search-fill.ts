import type pg from "pg";
import { storeError } from "@/lib/postgres/store-error";

/** Rows that one statement adds. */
const FILL_MAX = 20_000;
/** A row may be committed this much later than the instant it bears. */
const OVERLAP = "10 seconds";
/** What the thorough rounds go back over. */
const OVERLAP_LONG = "5 minutes";

type Table = "lease" | "token";

/** The mark is the lock: rounds follow one another. It goes back over what may have come late. */
const TAKE_MARK = `
  select (until - $2::interval)::text as since, now()::text as now from search_mark where name = $1 for update`;

const PUT_MARK = `update search_mark set until = greatest(until, $2) where name = $1`;

/** What was issued since, and what ended since, each oldest first; its own statement, so that the planner sees the instant. */
const FILL_LEASES = `
  with live as (
    select l.id, l.issued_at, l.issued_at as at, lease_doc(l.id, l.access_key_id, l.account, l.holder, l.handle) as doc
    from lease l where l.issued_at > $1 and not exists (select 1 from lease_search s where s.lease_id = l.id)
    order by l.issued_at limit $2
  ), ended as (
    select l.id, l.issued_at, l.ended_at as at, lease_doc(l.id, l.access_key_id, l.account, l.holder, l.handle) as doc
    from lease_ended l where l.ended_at > $1 and not exists (select 1 from lease_search s where s.lease_id = l.id)
    order by l.ended_at limit $2
  ), added as (
    insert into lease_search (lease_id, issued_at, doc)
    select distinct on (id) id, issued_at, doc from (select * from live union all select * from ended) as fresh
    on conflict do nothing
  )
  select stopped_at, stopped_at::text as stopped from (select least(
    (select case when count(*) >= $2 then max(at) end from live),
    (select case when count(*) >= $2 then max(at) end from ended)) as stopped_at) as reached`;

const FILL_TOKENS = `
  with live as (
    select t.accessor, t.issued_at, t.issued_at as at,
      token_doc(t.accessor, t.display_name, t.path, t.entity_id, t.meta, t.renewal) as doc
    from token t where t.issued_at > $1 and not exists (select 1 from token_search s where s.accessor = t.accessor)
    order by t.issued_at limit $2
  ), ended as (
    select t.accessor, t.issued_at, t.ended_at as at,
      token_doc(t.accessor, t.display_name, t.path, t.entity_id, null, null) as doc
    from token_ended t where t.ended_at > $1 and not exists (select 1 from token_search s where s.accessor = t.accessor)
    order by t.ended_at limit $2
  ), added as (
    insert into token_search (accessor, issued_at, doc)
    select distinct on (accessor) accessor, issued_at, doc
    from (select * from live union all select * from ended) as fresh
    on conflict do nothing
  )
  select stopped_at, stopped_at::text as stopped from (select least(
    (select case when count(*) >= $2 then max(at) end from live),
    (select case when count(*) >= $2 then max(at) end from ended)) as stopped_at) as reached`;

const STATEMENTS: Readonly<Record<Table, string>> = { lease: FILL_LEASES, token: FILL_TOKENS };

/**
 * Brings free text up to date with what was issued.
 *
 * @returns up to when it is, while there is more than one round can add; null: it is up to date.
 * @throws EngineError `unavailable`.
 */
export async function fillSearch(
  pool: pg.Pool,
  table: Table,
  thorough = false,
): Promise<Date | null> {
  const client = await pool.connect().catch((error: unknown) => {
    throw storeError(error);
  });
  let failure: Error | undefined;
  try {
    await client.query("begin");
    const stoppedAt = await fillRound(client, table, thorough ? OVERLAP_LONG : OVERLAP);
    await client.query("commit");
    return stoppedAt;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw storeError(error);
  } finally {
    client.release(failure);
  }
}

async function fillRound(
  client: pg.ClientBase,
  table: Table,
  overlap: string,
): Promise<Date | null> {
  // Instants pass through this process as text: a date would cut their microseconds off.
  const marks = await client.query<{ since: string; now: string }>(TAKE_MARK, [table, overlap]);
  const [mark] = marks.rows;
  if (mark === undefined) throw new Error(`there is no search mark ${table}`);
  const filled = await client.query<{ stopped: string | null; stopped_at: Date | null }>(
    STATEMENTS[table],
    [mark.since, FILL_MAX],
  );
  const [reached] = filled.rows;
  await client.query(PUT_MARK, [table, reached?.stopped ?? mark.now]);
  return reached?.stopped_at ?? null;
}

/** Forgets the text of what is neither live nor kept among the ended. */
export async function sweepSearch(pool: pg.Pool, historyDays: number): Promise<void> {
  await pool.query(SWEEP_LEASES, [historyDays, FILL_MAX]);
  await pool.query(SWEEP_TOKENS, [historyDays, FILL_MAX]);
}

const SWEEP_LEASES = `
  delete from lease_search where lease_id in (
    select s.lease_id from lease_search s
    where s.issued_at < now() - make_interval(days => $1)
      and not exists (select 1 from lease l where l.id = s.lease_id)
      and not exists (select 1 from lease_ended e where e.id = s.lease_id)
    order by s.issued_at limit $2)`;

const SWEEP_TOKENS = `
  delete from token_search where accessor in (
    select s.accessor from token_search s
    where s.issued_at < now() - make_interval(days => $1)
      and not exists (select 1 from token t where t.accessor = s.accessor)
      and not exists (select 1 from token_ended e where e.accessor = s.accessor)
    order by s.issued_at limit $2)`;
