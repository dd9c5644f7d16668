import type pg from "pg";
import { checkpointText } from "@/lib/engine/audit/checkpoint";
import {
  CHECKPOINT_COLUMNS,
  checkpointOf,
  type CheckpointRow,
} from "@/lib/postgres/audit-checkpoints";
import { readLog, type BatchRow, type EntryRow } from "@/lib/postgres/verify-chain";

const CHECKPOINTS_A_PAGE = 1_000;

/**
 * The built-in log with its chains and checkpoints as lines of JSON, as it is at one moment: what
 * `verify-audit.mjs` reads on a machine that trusts neither this server nor its database.
 */
export async function* exportChain(pool: pg.Pool): AsyncGenerator<string> {
  const client = await pool.connect();
  let failure: unknown = true;
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query("set local statement_timeout = 0");
    yield line({ format: "leasehold-audit-bundle-1", exported_at: new Date().toISOString() });
    yield* checkpoints(client);
    for await (const { batch, rows } of readLog(client, null)) {
      yield batch === null
        ? rows.map((row) => line({ stray: [row.writer, ...cells(row)] })).join("")
        : line(batchLine(batch, rows));
    }
    await client.query("rollback");
    failure = undefined;
  } finally {
    client.release(failure !== undefined);
  }
}

function batchLine(batch: BatchRow, rows: readonly EntryRow[]): Record<string, unknown> {
  const { writer, no, firstSeq, count, hash, prev, at, retired } = batch;
  return {
    batch: [writer, no, firstSeq, count, hash.toString("hex"), prev.toString("hex")],
    at: at.toISOString(),
    ...(retired && { retired }),
    rows: rows.map(cells),
  };
}

async function* checkpoints(client: pg.ClientBase): AsyncGenerator<string> {
  for (let after = 0; ;) {
    const result = await client.query<CheckpointRow & { clusterId: string }>({
      text: `select ${CHECKPOINT_COLUMNS}, i.cluster_id as "clusterId" from audit_checkpoint, installation i
             where no > $1 order by no limit $2`,
      values: [after, CHECKPOINTS_A_PAGE],
    });
    for (const row of result.rows) {
      const statement = checkpointText(checkpointOf(row, row.clusterId));
      yield line({ checkpoint: statement, heads: row.heads });
      after = row.no;
    }
    if (result.rows.length < CHECKPOINTS_A_PAGE) return;
  }
}

/** All that a batch's hash covers of a row, in its order. */
function cells(row: EntryRow): (string | number | null)[] {
  return [
    ...[row.seq, row.at.toISOString(), row.kind, row.requestId, row.operation, row.path],
    ...[row.status, row.accessor, row.leaseId, row.entry],
  ];
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
