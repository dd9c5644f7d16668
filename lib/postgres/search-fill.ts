import type pg from "pg";
import { storeError } from "@/lib/postgres/store-error";

/** Rows that one round looks at: more than are ever issued within the overlap. */
const FILL_MAX = 50_000;
/** A row may be committed this much later than the instant it bears. */
const OVERLAP = "10 seconds";
/** What the thorough rounds go back over. */
const OVERLAP_LONG = "5 minutes";
/** Rows of one instant may lie on both sides of a round's end. */
const OVERLAP_OF_ROUNDS = "1 second";

type Table = "lease" | "token";

/** The mark is the lock: rounds follow one another. */
const TAKE_MARK = `
  select (until - $2::interval)::text as since, now()::text as now from search_mark where name = $1 for update`;

const PUT_MARK = `update search_mark set until = greatest(until, $2) where name = $1`;

/**
 * The next rows that were issued, and the next that ended, since an instant; it is a parameter, so that
 * the planner sees it.
 */
const FILL_LEASES = `
  with live as (
    select l.id, l.issued_at, l.issued_at as at, l.access_key_id, l.account, l.holder, l.handle
    from lease l where l.issued_at > $1 order by l.issued_at limit $2
  ), ended as (
    select l.id, l.issued_at, l.ended_at as at, l.access_key_id, l.account, l.holder, l.handle
    from lease_ended l where l.ended_at > $1 order by l.ended_at limit $2
  ), added as (
    insert into lease_search (lease_id, issued_at, doc)
    select distinct on (id) id, issued_at, lease_doc(id, access_key_id, account, holder, handle)
    from (select * from live union all select * from ended) as next
    where not exists (select 1 from lease_search s where s.lease_id = next.id)
    on conflict do nothing
  )
  select stopped_at, stopped_at::text as stopped from (select least(
    (select case when count(*) >= $2 then max(at) end from live),
    (select case when count(*) >= $2 then max(at) end from ended)) as stopped_at) as reached`;

const FILL_TOKENS = `
  with live as (
    select t.accessor, t.issued_at, t.issued_at as at, t.display_name, t.path, t.entity_id, t.meta, t.renewal
    from token t where t.issued_at > $1 order by t.issued_at limit $2
  ), ended as (
    select t.accessor, t.issued_at, t.ended_at as at, t.display_name, t.path, t.entity_id,
      null::jsonb as meta, null::jsonb as renewal
    from token_ended t where t.ended_at > $1 order by t.ended_at limit $2
  ), added as (
    insert into token_search (accessor, issued_at, doc)
    select distinct on (accessor) accessor, issued_at, token_doc(accessor, display_name, path, entity_id, meta, renewal)
    from (select * from live union all select * from ended) as next
    where not exists (select 1 from token_search s where s.accessor = next.accessor)
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
export function fillSearch(pool: pg.Pool, table: Table): Promise<Date | null> {
  return underMark(pool, table, OVERLAP, async (client, mark) => {
    const { stopped, stopped_at: stoppedAt } = await fillFrom(client, table, mark.since);
    await client.query(PUT_MARK, [table, stopped ?? mark.now]);
    return stoppedAt;
  });
}

/** Goes back over the last minutes, for rows whose commit took long. @throws EngineError `unavailable`. */
export async function refillSearch(pool: pg.Pool, table: Table): Promise<void> {
  let since: string | null = null;
  do {
    const from: string | null = since;
    since = await underMark(pool, table, OVERLAP_LONG, async (client, mark) => {
      const { stopped } = await fillFrom(client, table, from ?? mark.since);
      return stopped === null ? null : earlier(client, stopped);
    });
  } while (since !== null);
}

async function earlier(client: pg.ClientBase, instant: string): Promise<string> {
  const result = await client.query<{ since: string }>(
    `select ($1::timestamptz - $2::interval)::text as since`,
    [instant, OVERLAP_OF_ROUNDS],
  );
  return result.rows[0]?.since ?? instant;
}

/** Instants pass through this process as text: a date would cut their microseconds off. */
type Mark = { since: string; now: string };

async function underMark<T>(
  pool: pg.Pool,
  table: Table,
  overlap: string,
  work: (client: pg.ClientBase, mark: Mark) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw storeError(error);
  });
  let failure: Error | undefined;
  try {
    await client.query("begin");
    const marks = await client.query<Mark>(TAKE_MARK, [table, overlap]);
    const [mark] = marks.rows;
    if (mark === undefined) throw new Error(`there is no search mark ${table}`);
    const done = await work(client, mark);
    await client.query("commit");
    return done;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw storeError(error);
  } finally {
    client.release(failure);
  }
}

type Filled = { stopped: string | null; stopped_at: Date | null };

async function fillFrom(client: pg.ClientBase, table: Table, since: string): Promise<Filled> {
  const filled = await client.query<Filled>(STATEMENTS[table], [since, FILL_MAX]);
  return filled.rows[0] ?? { stopped: null, stopped_at: null };
}

/** Rows that one round removes. */
const SWEEP_MAX = 20_000;

/** Forgets the text of what is neither live nor kept among the ended. */
export async function sweepSearch(pool: pg.Pool, historyDays: number): Promise<void> {
  await pool.query(SWEEP_LEASES, [historyDays, SWEEP_MAX]);
  await pool.query(SWEEP_TOKENS, [historyDays, SWEEP_MAX]);
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
