import type pg from "pg";
import type { AuditRow } from "@/lib/engine/audit/row";
import { batchHash, newChain, type ChainHead } from "@/lib/postgres/audit-rows";

/** Rows that are in memory at once. */
const PAGE_ROWS = 2_000;
const DEFECTS_MAX = 100;

/** The first thing that is wrong at one place of one writer's chain. */
export type ChainDefect = {
  writer: string;
  /** Number of the batch; null for a row that belongs to none. */
  batch: number | null;
  what: "batch missing" | "batch altered" | "row missing" | "row altered" | "row without a batch";
  /** Sequence number of the row, where one can be named. */
  seq: number | null;
};

export type ChainReport = {
  writers: number;
  batches: number;
  rows: number;
  /** Batches whose rows were removed when their days of keeping were over. */
  retired: number;
  /** At most the first hundred. */
  defects: ChainDefect[];
};

/** Batches that were written between two instants; the batch before the first is taken for granted. */
export type ChainRange = { from: Date; to: Date };

/**
 * Reads the built-in audit log and its chain of batches, as they are at one moment, from end to end
 * or in a range, and recomputes every hash. What was edited, removed, added or moved is named by
 * writer and position; the end of a writer's chain is what its last batch says.
 */
export async function verifyChain(pool: pg.Pool, range?: ChainRange): Promise<ChainReport> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query("set local statement_timeout = 0");
    return await readAll(client, range ?? null);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    if (failure === undefined) await client.query("rollback");
    client.release(failure);
  }
}

export type BatchRow = {
  writer: string;
  no: number;
  firstSeq: number;
  count: number;
  hash: Buffer;
  prev: Buffer;
  at: Date;
  retired: boolean;
};

export type EntryRow = AuditRow & { writer: string; seq: number };

const BATCHES = `
  select writer, no::float8 as no, first_seq::float8 as "firstSeq", count, hash, prev, at,
    at < coalesce((select max(before) from audit_retired), '-infinity') + interval '10 minutes' as retired
  from audit_batch
  where ($1::timestamptz is null or at >= $1) and ($2::timestamptz is null or at <= $2)
  order by writer, no`;

const ENTRIES = `
  select writer, seq::float8 as seq, at, kind, request_id as "requestId", operation, path, status, accessor,
    lease_id as "leaseId", entry::text as entry
  from audit_entry a
  left join lateral (
    select b.at as batch_at, b.first_seq + b.count as past from audit_batch b
    where b.writer = a.writer and b.first_seq <= a.seq and b.count > 0 order by b.first_seq desc limit 1
  ) as b on $1::timestamptz is not null
  where $1::timestamptz is null
    or (at >= $1::timestamptz - interval '10 minutes' and at <= $2::timestamptz + interval '10 minutes'
      and case when a.seq < b.past then b.batch_at >= $1 and b.batch_at <= $2 else at >= $1 and at <= $2 end)
  order by writer, seq`;

async function readAll(client: pg.PoolClient, range: ChainRange | null): Promise<ChainReport> {
  const report: ChainReport = { writers: 0, batches: 0, rows: 0, retired: 0, defects: [] };
  let head = newChain("");
  for await (const { batch, rows } of readLog(client, range)) {
    report.rows += rows.length;
    if (batch === null) {
      for (const row of rows) note(report, stray(row));
      continue;
    }
    if (head.writer !== batch.writer) {
      report.writers += 1;
      head = range === null ? newChain(batch.writer) : headBefore(batch);
    }
    report.batches += 1;
    note(report, defectOf(head, batch, rows));
    if (batch.retired && rows.length < batch.count) report.retired += 1;
    head = { writer: batch.writer, no: batch.no, seq: lastSeqOf(batch), hash: batch.hash };
  }
  return report;
}

/** A batch with its rows, or, where it is null, rows of no batch. */
export type LogPart = { batch: BatchRow | null; rows: EntryRow[] };

/** The whole log in the order of its chains, or the part of it that was written in a range. */
export async function* readLog(
  client: pg.PoolClient,
  range: ChainRange | null,
): AsyncGenerator<LogPart> {
  const bounds = range === null ? [null, null] : [range.from, range.to];
  const batches = new Pages<BatchRow>(client, { name: "batches", text: BATCHES, values: bounds });
  const rows = new Pages<EntryRow>(client, { name: "entries", text: ENTRIES, values: bounds });
  for (let batch = await batches.next(); batch !== null; batch = await batches.next()) {
    const { own, strays } = await takeRows(rows, batch);
    if (strays.length > 0) yield { batch: null, rows: strays };
    yield { batch, rows: own };
  }
  for (let row = await rows.next(); row !== null; row = await rows.next()) {
    yield { batch: null, rows: [row] };
  }
}

/** Where the chain stood before the first batch of a range, by that batch's own word. */
function headBefore({ writer, no, firstSeq, prev }: BatchRow): ChainHead {
  return { writer, no: no - 1, seq: firstSeq - 1, hash: prev };
}

function lastSeqOf(batch: BatchRow): number {
  return batch.firstSeq + batch.count - 1;
}

/** The rows of a batch, and those before it, which are of no batch. */
async function takeRows(
  rows: Pages<EntryRow>,
  batch: BatchRow,
): Promise<{ own: EntryRow[]; strays: EntryRow[] }> {
  const own: EntryRow[] = [];
  const strays: EntryRow[] = [];
  for (let row = await rows.peek(); row !== null; row = await rows.peek()) {
    const later =
      row.writer > batch.writer || (row.writer === batch.writer && row.seq > lastSeqOf(batch));
    if (later) break;
    await rows.next();
    if (row.writer === batch.writer && row.seq >= batch.firstSeq) own.push(row);
    else strays.push(row);
  }
  return { own, strays };
}

function stray(row: EntryRow): ChainDefect {
  return { writer: row.writer, batch: null, what: "row without a batch", seq: row.seq };
}

function note(report: ChainReport, defect: ChainDefect | null): void {
  if (defect !== null && report.defects.length < DEFECTS_MAX) report.defects.push(defect);
}

function defectOf(head: ChainHead, batch: BatchRow, rows: readonly EntryRow[]): ChainDefect | null {
  const at = { writer: batch.writer, batch: batch.no };
  if (batch.no !== head.no + 1) {
    return { ...at, batch: head.no + 1, what: "batch missing", seq: null };
  }
  if (!batch.prev.equals(head.hash) || batch.firstSeq !== head.seq + 1) {
    return { ...at, what: "batch altered", seq: null };
  }
  const missing = firstMissing(batch, rows);
  if (missing !== null) {
    return batch.retired ? null : { ...at, what: "row missing", seq: missing };
  }
  if (batchHash(head, rows).equals(batch.hash)) return null;
  return { ...at, what: "row altered", seq: rows.length === 1 ? batch.firstSeq : null };
}

function firstMissing(batch: BatchRow, rows: readonly EntryRow[]): number | null {
  for (let index = 0; index < batch.count; index += 1) {
    if (rows[index]?.seq !== batch.firstSeq + index) return batch.firstSeq + index;
  }
  return null;
}

/** `name` and `text` are constants of this file: they become part of a statement. */
type PagedQuery = { name: "batches" | "entries"; text: string; values: readonly (Date | null)[] };

/** The rows of a query in order, a page at a time. */
class Pages<R extends pg.QueryResultRow> {
  readonly #client: pg.PoolClient;
  readonly #query: PagedQuery;
  #page: R[] | null = null;
  #at = 0;

  constructor(client: pg.PoolClient, query: PagedQuery) {
    this.#client = client;
    this.#query = query;
  }

  async peek(): Promise<R | null> {
    const { name, text, values } = this.#query;
    if (this.#page === null) {
      await this.#client.query(`declare ${name} no scroll cursor for ${text}`, [...values]);
    }
    if (this.#page === null || (this.#at >= this.#page.length && this.#page.length > 0)) {
      const result = await this.#client.query<R>(`fetch ${PAGE_ROWS} from ${name}`);
      this.#page = result.rows;
      this.#at = 0;
    }
    return this.#page[this.#at] ?? null;
  }

  async next(): Promise<R | null> {
    const row = await this.peek();
    if (row !== null) this.#at += 1;
    return row;
  }
}
