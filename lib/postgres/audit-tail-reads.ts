import type pg from "pg";
import type { AuditFilter, FoundEntry } from "@/lib/engine/audit/search";
import {
  COLUMNS,
  FILTER,
  FILTER_NAMES,
  filterValues,
  foundOf,
  type EntryRow,
} from "@/lib/postgres/audit-search";
import { boundedRead } from "@/lib/postgres/bounded-read";
import { named } from "@/lib/postgres/named-parameters";

/** A look takes no longer; what it did not get comes with the next. */
const LOOK_TIMEOUT_MS = 5_000;

/** A commit of one writer. */
export type NewBatch = { writer: string; no: number; firstSeq: number; count: number; at: Date };

/** How far each writer was read: the number of its last batch. */
export type Heads = ReadonlyMap<string, number>;

const NOW = `select clock_timestamp() as now`;

const HEADS = `
  select writer, max(no)::float8 as no from audit_batch
  where at >= now() - make_interval(secs => $1) group by writer`;

const BATCH = `b.writer, b.no::float8 as no, b.first_seq::float8 as "firstSeq", b.count, b.at`;

/** A transaction that began earlier may commit later: the time is looked at again for a while. */
const NEW_BATCHES = `
  select ${BATCH} from audit_batch b
    left join unnest($2::uuid[], $3::bigint[]) as k (writer, no) on k.writer = b.writer
  where b.at >= $1 and (k.no is null or b.no > k.no)
  order by b.at, b.writer, b.no limit $4`;

const BATCHES_BETWEEN = `
  select ${BATCH} from audit_batch b
  where b.writer = $1 and b.no > $2 and b.no < $3 order by b.no limit $4`;

const ENTRIES = named(
  `select ${COLUMNS}, coalesce((${FILTER}), false) as passes
   from unnest(:writers::uuid[], :firsts::bigint[], :lasts::bigint[]) as r (writer, first, last)
     join audit_entry a on a.writer = r.writer and a.seq between r.first and r.last
   where a.at >= :low and a.at <= :high
   order by a.at, a.writer, a.seq`,
  [...FILTER_NAMES, "writers", "firsts", "lasts", "low", "high"] as const,
);

/** The database's clock. */
export async function databaseNow(pool: pg.Pool): Promise<Date> {
  const [row] = await boundedRead<{ now: Date }>(pool, { text: NOW, values: [] });
  return row?.now ?? new Date();
}

/** Where the writers stand that wrote within so many seconds. */
export async function readHeads(pool: pg.Pool, seconds: number): Promise<Map<string, number>> {
  const rows = await boundedRead<{ writer: string; no: number }>(
    pool,
    { text: HEADS, values: [seconds] },
    LOOK_TIMEOUT_MS,
  );
  return new Map(rows.map(({ writer, no }) => [writer, no]));
}

/** Batches since `since` that are beyond the heads, oldest first. */
export function readNewBatches(
  pool: pg.Pool,
  heads: Heads,
  { since, limit }: { since: Date; limit: number },
): Promise<NewBatch[]> {
  const values = [since, [...heads.keys()], [...heads.values()], limit];
  return boundedRead<NewBatch>(pool, { text: NEW_BATCHES, values }, LOOK_TIMEOUT_MS);
}

/** Batches of a writer that lie between two of its numbers. */
export function readBatchesBetween(
  pool: pg.Pool,
  writer: string,
  { after, before, limit }: { after: number; before: number; limit: number },
): Promise<NewBatch[]> {
  const values = [writer, after, before, limit];
  return boundedRead<NewBatch>(pool, { text: BATCHES_BETWEEN, values }, LOOK_TIMEOUT_MS);
}

/** What is written of batches: those entries that pass, and how many there are in all. */
export async function readEntriesOf(
  pool: pg.Pool,
  batches: readonly NewBatch[],
  { filter, aroundMs }: { filter: AuditFilter; aroundMs: number },
): Promise<{ passing: FoundEntry[]; read: number }> {
  const times = batches.map(({ at }) => at.getTime());
  const rows = await boundedRead<EntryRow & { passes: boolean }>(
    pool,
    ENTRIES.with({
      ...filterValues(filter),
      writers: batches.map(({ writer }) => writer),
      firsts: batches.map(({ firstSeq }) => firstSeq),
      lasts: batches.map(({ firstSeq, count }) => firstSeq + count - 1),
      low: new Date(Math.min(...times) - aroundMs),
      high: new Date(Math.max(...times) + aroundMs),
    }),
    LOOK_TIMEOUT_MS,
  );
  return { passing: rows.filter(({ passes }) => passes).map(foundOf), read: rows.length };
}
