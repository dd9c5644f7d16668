import { createHash } from "node:crypto";
import type pg from "pg";
import { prepareEntries, putEntries, type Head, type Share } from "@/lib/demo-rows/entries";
import { isPresent, putRows, putSearchText, rowsOf, type RowKind } from "@/lib/demo-rows/leases";
import { ENDED_DAYS, withWorkloads } from "@/lib/demo-rows/workloads";
import { indexClosedDay } from "@/lib/postgres/closed-days";

/** Rows of one commit. */
const ROWS_A_COMMIT = 25_000;
/** Writers of the log, each on a connection of its own. */
const LANES = 2;
/** Live leases and entries of the log to have in all. */
export type Amounts = {
  leases: number;
  entries: number;
  /** Days up to now that entries and what has ended lie in; 30 unless given. */
  days?: number;
};
type Asked = Required<Amounts>;

/** Told what is being done and how much of it is. */
export type Progress = (what: string, done: number, of: number) => void;

/**
 * Writes what is missing of so many leases, with their tokens and what has ended, and of so many
 * entries of the log, over the past days.
 */
export async function fillRows(
  pool: pg.Pool,
  { leases, entries, days = ENDED_DAYS }: Amounts,
  tell: Progress,
): Promise<void> {
  const amounts = { leases, entries, days };
  await makeDays(pool, days);
  await holdingClosedDays(pool, async () => {
    const wrote = await fillLeases(pool, amounts, tell);
    await fillEntries(pool, amounts, tell);
    if (wrote) await analyze(pool);
  });
  await indexDays(pool, days, tell);
}

async function makeDays(pool: pg.Pool, days: number): Promise<void> {
  for (const table of ["audit_entry", "lease_ended", "token_ended"]) {
    await pool.query(
      `select make_day_partition($1, (now() at time zone 'utc')::date - back) from generate_series(0, $2::int) as back`,
      [table, days + 1],
    );
  }
}

/** A day must not get the indices of one that is over while it is being filled. */
async function holdingClosedDays(pool: pg.Pool, work: () => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("set idle_in_transaction_session_timeout = 0");
    await client.query("begin");
    await client.query("select 1 from search_mark where name = 'closed days' for update");
    await work();
  } finally {
    client.release(true);
  }
}

/** @returns whether anything was written. */
async function fillLeases(
  pool: pg.Pool,
  { leases, days }: Asked,
  tell: Progress,
): Promise<boolean> {
  if (leases === 0) return false;
  const rows = rowsOf(leases);
  const kinds: readonly [RowKind, string, number][] = [
    ["tokens", "tokens", rows.tokens],
    ["leases", "leases", rows.tokens],
    ["endedLeases", "ended leases", rows.endedTokens],
    ["endedTokens", "ended tokens", rows.endedTokens],
  ];
  let written = 0;
  for (const [kind, title, tokens] of kinds) {
    const chunks = chunksOf(rows[kind]);
    let done = 0;
    await inLanes(pool, days, async (client) => {
      for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
        const first = await firstMissing(client, kind, chunk);
        if (first <= chunk.last) {
          await putRows(client, kind, { first, last: chunk.last, tokens });
          written += 1;
        }
        done += chunk.last - chunk.first + 1;
        tell(title, done, rows[kind]);
      }
    });
  }
  if (written === 0 && !(await isTextMissing(pool))) return false;
  await Promise.all(
    (["lease", "token"] as const).map(async (table) => {
      tell(`free text of ${table}s`, 0, 1);
      await withWorkloads(pool, days, (client) => putSearchText(client, table));
      tell(`free text of ${table}s`, 1, 1);
    }),
  );
  return true;
}

/** A run may have ended before it came to the text of what it wrote. */
async function isTextMissing(pool: pg.Pool): Promise<boolean> {
  const { rowCount } = await pool.query(`
    select 1 from (select id from lease order by issued_at limit 1000) as l
    where not exists (select 1 from lease_search s where s.lease_id = l.id)
    union all
    select 1 from (select accessor from token where mount_id is not null order by issued_at limit 1000) as t
    where not exists (select 1 from token_search s where s.accessor = t.accessor) limit 1`);
  return (rowCount ?? 0) > 0;
}

type Chunk = { first: number; last: number };

/** What is there of a chunk are its first rows. */
async function firstMissing(client: pg.PoolClient, kind: RowKind, chunk: Chunk): Promise<number> {
  let [low, high] = [chunk.first, chunk.last + 1];
  if (!(await isPresent(client, kind, low))) return low;
  if (await isPresent(client, kind, chunk.last)) return high;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await isPresent(client, kind, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function chunksOf(rows: number): Chunk[] {
  return Array.from({ length: Math.ceil(rows / ROWS_A_COMMIT) }, (_, index) => ({
    first: index * ROWS_A_COMMIT + 1,
    last: Math.min((index + 1) * ROWS_A_COMMIT, rows),
  }));
}

async function inLanes(
  pool: pg.Pool,
  days: number,
  work: (client: pg.PoolClient, lane: number) => Promise<void>,
): Promise<void> {
  const lanes = Array.from({ length: LANES }, (_, lane) => lane);
  await Promise.all(lanes.map((lane) => withWorkloads(pool, days, (client) => work(client, lane))));
}

async function fillEntries(pool: pg.Pool, amounts: Asked, tell: Progress): Promise<void> {
  const { written, runs } = await writtenSoFar(pool);
  const missing = Math.floor((amounts.entries - written) / LANES);
  if (missing <= 0) return;
  await pool.query(REOPEN_DAYS);
  const { days } = amounts;
  const { endedLeases } = rowsOf(Math.max(amounts.leases, 1));
  let done = written;
  await inLanes(pool, days, async (client, lane) => {
    await prepareEntries(client);
    const writer = writerOf(runs, lane);
    const share: Share = { writer, lane, lanes: LANES, entries: missing, endedLeases, days };
    let head: Head = { no: 0, seq: 0, hash: Buffer.alloc(32) };
    while (head.seq < missing) {
      const next = await putEntries(client, share, head);
      done += next.seq - head.seq;
      head = next;
      tell("entries of the log", done, amounts.entries);
    }
  });
  tell("entries of the log", done, amounts.entries);
  await pool.query("analyze audit_entry, audit_batch");
}

/** Each run has writers of its own: a chain goes on in time. */
function writerOf(run: number, lane: number): string {
  const hash = createHash("md5").update(`demo writer ${run} ${lane}`).digest("hex");
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function writtenSoFar(pool: pg.Pool): Promise<{ written: number; runs: number }> {
  let written = 0;
  for (let run = 0; ; run += 1) {
    const writers = Array.from({ length: LANES }, (_, lane) => writerOf(run, lane));
    const result = await pool.query<{ count: number }>(
      "select sum(count)::float8 as count from audit_batch where writer = any($1::uuid[])",
      [writers],
    );
    const count = result.rows[0]?.count ?? null;
    if (count === null) return { written, runs: run };
    written += count;
  }
}

/** Days that were over get their indices anew, once they are filled. */
const REOPEN_DAYS = `
  do $$ declare index_name text; begin
    for index_name in select c.relname from pg_class c
      where c.relkind = 'i' and c.relname ~ '^audit_entry_[0-9]{8}_(doc|closed)$' loop
      execute format('drop index %I', index_name);
    end loop;
  end $$`;

async function analyze(pool: pg.Pool): Promise<void> {
  await pool.query(
    "analyze lease, token, lease_ended, token_ended, lease_search, token_search, entity, entity_alias",
  );
}

async function indexDays(pool: pg.Pool, days: number, tell: Progress): Promise<void> {
  let done = 0;
  while (await indexClosedDay(pool)) {
    done += 1;
    if (done % 10 === 0) tell("indices of days that are over", done, 3 * (days + 1));
  }
}
