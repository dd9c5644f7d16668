import { createHash } from "node:crypto";
import type pg from "pg";
import type { AuditRow } from "@/lib/engine/audit/row";

/** Where one writer's chain of batches stands. */
export type ChainHead = { writer: string; no: number; seq: number; hash: Buffer };

/** The head of a writer that has written nothing yet. */
export function newChain(writer: string): ChainHead {
  return { writer, no: 0, seq: 0, hash: Buffer.alloc(32) };
}

/**
 * Hash of a batch: SHA-256 over the hash before, writer, number, and all that is stored of each row,
 * every part framed by its length so that no two batches read alike.
 */
export function batchHash(head: ChainHead, rows: readonly AuditRow[]): Buffer {
  const hash = createHash("sha256").update(head.hash);
  hash.update(framed(head.writer) + framed(String(head.no + 1)));
  rows.forEach((row, index) => {
    hash.update(
      framed(String(head.seq + index + 1)) +
        framed(row.at.toISOString()) +
        framed(row.kind) +
        framed(row.requestId ?? "") +
        framed(row.operation) +
        framed(row.path) +
        framed(String(row.status ?? "")) +
        framed(row.accessor ?? "") +
        framed(row.leaseId ?? "") +
        framed(row.entry),
    );
  });
  return hash.digest();
}

function framed(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`;
}

/** Where the chain stands once a batch of these rows was added. */
export function nextHead(head: ChainHead, rows: readonly AuditRow[]): ChainHead {
  return {
    writer: head.writer,
    no: head.no + 1,
    seq: head.seq + rows.length,
    hash: batchHash(head, rows),
  };
}

/** Adds rows and the batch that chains them, from `head` to `next`, in one statement. */
export async function insertAuditRows(
  client: pg.ClientBase,
  rows: readonly AuditRow[],
  head: ChainHead,
  next: ChainHead,
): Promise<void> {
  await client.query({
    name: "insert_audit_rows",
    text: `
      with rows as (
        insert into audit_entry
          (at, writer, seq, kind, request_id, operation, path, status, accessor, lease_id, entry)
        select r.at, $1, $2 + r.ord, r.kind, r.request_id, r.operation, r.path, r.status, r.accessor, r.lease_id, r.entry
        from unnest($3::timestamptz[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::int[], $9::text[], $10::text[], $11::json[])
          with ordinality as r (at, kind, request_id, operation, path, status, accessor, lease_id, entry, ord)
      )
      insert into audit_batch (writer, no, first_seq, count, hash, prev) values ($1, $12, $2 + 1, $13, $14, $15)`,
    values: [
      head.writer,
      head.seq,
      rows.map((row) => row.at),
      rows.map((row) => row.kind),
      rows.map((row) => row.requestId),
      rows.map((row) => row.operation),
      rows.map((row) => row.path),
      rows.map((row) => row.status),
      rows.map((row) => row.accessor),
      rows.map((row) => row.leaseId),
      rows.map((row) => row.entry),
      next.no,
      rows.length,
      next.hash,
      head.hash,
    ],
  });
}

/** How long a commit whose connection was lost is waited for: 2 seconds. */
const LOST_COMMIT_WAIT = "2s";
/** Attempts at learning its fate, as long as they fail quickly: callers wait. */
const ATTEMPTS_MAX = 3;
const ATTEMPTS_MS_MAX = 2_000;

/**
 * Takes the number of a batch whose commit got no answer, with an empty batch. The number is unique,
 * so this waits for a commit that is still under way, and keeps one that was not from coming late.
 *
 * @returns false when the batch did commit.
 */
export async function takeBatchNumber(pool: pg.Pool, head: ChainHead): Promise<boolean> {
  const until = performance.now() + ATTEMPTS_MS_MAX;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryBatchNumber(pool, head);
    } catch (error) {
      if (attempt >= ATTEMPTS_MAX || performance.now() >= until) throw error;
    }
  }
}

async function tryBatchNumber(pool: pg.Pool, head: ChainHead): Promise<boolean> {
  const next = nextHead(head, []);
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("begin");
    await client.query(`select set_config('lock_timeout', $1, true)`, [LOST_COMMIT_WAIT]);
    await client.query(
      `insert into audit_batch (writer, no, first_seq, count, hash, prev)
       values ($1, $2, $3, 0, $4, $5) on conflict do nothing`,
      [head.writer, next.no, head.seq + 1, next.hash, head.hash],
    );
    const result = await client.query<{ hash: Buffer }>(
      `select hash from audit_batch where writer = $1 and no = $2`,
      [head.writer, next.no],
    );
    await client.query("commit");
    // The empty batch may be there from the attempt before.
    return result.rows[0]?.hash.equals(next.hash) === true;
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
  }
}
