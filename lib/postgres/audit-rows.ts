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
 * Hash of a batch: SHA-256 over the hash before, writer, number, and each row's sequence number,
 * kind and entry text, each framed by its length so that no two batches read alike.
 */
export function batchHash(head: ChainHead, rows: readonly AuditRow[]): Buffer {
  const hash = createHash("sha256").update(head.hash);
  frame(hash, head.writer);
  frame(hash, String(head.no + 1));
  rows.forEach((row, index) => {
    frame(hash, String(head.seq + index + 1));
    frame(hash, row.kind);
    frame(hash, row.entry);
  });
  return hash.digest();
}

function frame(hash: ReturnType<typeof createHash>, text: string): void {
  hash.update(`${Buffer.byteLength(text)}:`).update(text);
}

/**
 * Adds rows and the batch that chains them, in one statement.
 *
 * @returns the writer's new head, to be taken over once the transaction has committed.
 */
export async function insertAuditRows(
  client: pg.ClientBase,
  head: ChainHead,
  rows: readonly AuditRow[],
): Promise<ChainHead> {
  const hash = batchHash(head, rows);
  const next = { writer: head.writer, no: head.no + 1, seq: head.seq + rows.length, hash };
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
      hash,
      head.hash,
    ],
  });
  return next;
}
