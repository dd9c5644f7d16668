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

/**
 * Reads the built-in audit log and its chain of batches from end to end, as they are at one moment,
 * and recomputes every hash. What was edited, removed, added or moved is named by writer and
 * position; the end of a writer's chain is what its last batch says.
 */
export async function verifyChain(pool: pg.Pool): Promise<ChainReport> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query("set local statement_timeout = 0");
    return await readAll(client);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    if (failure === undefined) await client.query("rollback");
    client.release(failure);
  }
}

type BatchRow = {
  writer: string;
  no: number;
  firstSeq: number;
  count: number;
  hash: Buffer;
  prev: Buffer;
  retired: boolean;
};

type EntryRow = AuditRow & { writer: string; seq: number };

const BATCHES = `
  select writer, no::float8 as no, first_seq::float8 as "firstSeq", count, hash, prev,
    at < coalesce((select max(before) from audit_retired), '-infinity') + interval '10 minutes' as retired
  from audit_batch order by writer, no`;

const ENTRIES = `
  select writer, seq::float8 as seq, at, kind, request_id as "requestId", operation, path, status, accessor,
    lease_id as "leaseId", entry::text as entry
  from audit_entry order by writer, seq`;

async function readAll(client: pg.PoolClient): Promise<ChainReport> {
  const report: ChainReport = { writers: 0, batches: 0, rows: 0, retired: 0, defects: [] };
  const batches = new Pages<BatchRow>(client, "batches", BATCHES);
  const rows = new Pages<EntryRow>(client, "entries", ENTRIES);
  let head = newChain("");
  for (let batch = await batches.next(); batch !== null; batch = await batches.next()) {
    if (head.writer !== batch.writer) {
      report.writers += 1;
      head = newChain(batch.writer);
    }
    report.batches += 1;
    const own = await takeRows(rows, batch, report);
    note(report, defectOf(head, batch, own));
    if (batch.retired && own.length < batch.count) report.retired += 1;
    head = { writer: batch.writer, no: batch.no, seq: lastSeqOf(batch), hash: batch.hash };
  }
  for (let row = await rows.next(); row !== null; row = await rows.next()) {
    note(report, stray(row));
  }
  report.rows = rows.read;
  return report;
}

function lastSeqOf(batch: BatchRow): number {
  return batch.firstSeq + batch.count - 1;
}

/** The rows of a batch; those before it, of no batch, are defects. */
async function takeRows(
  rows: Pages<EntryRow>,
  batch: BatchRow,
  report: ChainReport,
): Promise<EntryRow[]> {
  const own: EntryRow[] = [];
  for (let row = await rows.peek(); row !== null; row = await rows.peek()) {
    const later =
      row.writer > batch.writer || (row.writer === batch.writer && row.seq > lastSeqOf(batch));
    if (later) break;
    await rows.next();
    if (row.writer === batch.writer && row.seq >= batch.firstSeq) own.push(row);
    else note(report, stray(row));
  }
  return own;
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

/** The rows of a query in order, a page at a time. */
class Pages<R extends pg.QueryResultRow> {
  readonly #client: pg.PoolClient;
  readonly #name: string;
  readonly #text: string;
  #page: R[] | null = null;
  #at = 0;
  /** Rows handed out so far. */
  read = 0;

  /** `name` and `text` are constants of this file: they become part of a statement. */
  constructor(client: pg.PoolClient, name: "batches" | "entries", text: string) {
    this.#client = client;
    this.#name = name;
    this.#text = text;
  }

  async peek(): Promise<R | null> {
    if (this.#page === null) {
      await this.#client.query(`declare ${this.#name} no scroll cursor for ${this.#text}`);
    }
    if (this.#page === null || (this.#at >= this.#page.length && this.#page.length > 0)) {
      const result = await this.#client.query<R>(`fetch ${PAGE_ROWS} from ${this.#name}`);
      this.#page = result.rows;
      this.#at = 0;
    }
    return this.#page[this.#at] ?? null;
  }

  async next(): Promise<R | null> {
    const row = await this.peek();
    if (row !== null) {
      this.#at += 1;
      this.read += 1;
    }
    return row;
  }
}
