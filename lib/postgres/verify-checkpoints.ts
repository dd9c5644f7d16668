import type pg from "pg";
import {
  checkpointHash,
  isSigned,
  NO_CHECKPOINT,
  rootOf,
  type Checkpoint,
  type SignedHead,
} from "@/lib/engine/audit/checkpoint";
import type { CheckpointDefect } from "@/lib/engine/audit/integrity";
import {
  CHECKPOINT_COLUMNS,
  checkpointOf,
  type CheckpointRow,
} from "@/lib/postgres/audit-checkpoints";
import { publicKeys } from "@/lib/postgres/audit-signing-key";
import type { ChainRange } from "@/lib/postgres/verify-chain";

const PAGE_ROWS = 1_000;
const DEFECTS_MAX = 100;

export type CheckpointReport = {
  checkpoints: number;
  /** The last one that is whole, with all before it. */
  last: Checkpoint | null;
  defects: CheckpointDefect[];
};

/**
 * Reads the checkpoints from the first to the last, or those of a range: that each is signed by a key of
 * ours, names the one before and has the root that its heads make, and that the batches which it signed
 * are still there as they were.
 */
export async function verifyCheckpoints(
  pool: pg.Pool,
  range: ChainRange | null = null,
): Promise<CheckpointReport> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query("set local statement_timeout = 0");
    const report = await readChain(client, range);
    report.defects.push(...(await batchesNotAsSigned(client, range)));
    report.defects.splice(DEFECTS_MAX);
    return report;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    if (failure === undefined) await client.query("rollback");
    client.release(failure);
  }
}

async function readChain(
  client: pg.ClientBase,
  range: ChainRange | null,
): Promise<CheckpointReport> {
  const keys = await publicKeys(client);
  const report: CheckpointReport = { checkpoints: 0, last: null, defects: [] };
  const chain = new ReadChain(keys, range === null);
  for (let after = 0; ;) {
    const page = await readPage(client, range, after);
    for (const checkpoint of page) {
      report.checkpoints += 1;
      const defect = chain.take(checkpoint);
      if (defect !== null) report.defects.push(defect);
      else if (report.defects.length === 0) report.last = checkpoint;
      after = checkpoint.no;
    }
    if (page.length < PAGE_ROWS) break;
  }
  return report;
}

async function readPage(
  client: pg.ClientBase,
  range: ChainRange | null,
  after: number,
): Promise<Checkpoint[]> {
  const result = await client.query<CheckpointRow & { clusterId: string }>({
    name: "checkpoint_page",
    text: `select ${CHECKPOINT_COLUMNS}, i.cluster_id as "clusterId" from audit_checkpoint, installation i
           where no > $1 and ($2::timestamptz is null or at >= $2) and ($3::timestamptz is null or at <= $3)
           order by no limit $4`,
    values: [after, range?.from ?? null, range?.to ?? null, PAGE_ROWS],
  });
  return result.rows.map((row) => checkpointOf(row, row.clusterId));
}

/** What the checkpoints that were read say of the next. */
class ReadChain {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #heads = new Map<string, SignedHead>();
  /** From the first on: where all writers stood is known. */
  readonly #isWhole: boolean;
  #before: Checkpoint | null = null;

  constructor(keys: ReadonlyMap<string, Buffer>, isWhole: boolean) {
    this.#keys = keys;
    this.#isWhole = isWhole;
  }

  take(checkpoint: Checkpoint): CheckpointDefect | null {
    const what = this.#defectOf(checkpoint);
    const no = what === "checkpoint missing" ? this.#expected() : checkpoint.no;
    this.#before = checkpoint;
    return what === null ? null : { checkpoint: no, what, writer: null, batch: null };
  }

  #expected(): number {
    return (this.#before?.no ?? 0) + 1;
  }

  #defectOf(checkpoint: Checkpoint): CheckpointDefect["what"] | null {
    const isFirst = this.#before === null;
    for (const head of checkpoint.heads) this.#heads.set(head.writer, head);
    if ((this.#isWhole || !isFirst) && checkpoint.no !== this.#expected()) {
      return "checkpoint missing";
    }
    const key = this.#keys.get(checkpoint.keyId);
    if (key === undefined || !isSigned(checkpoint, key)) return "not signed by us";
    const prev = this.#before === null ? NO_CHECKPOINT : checkpointHash(this.#before);
    if ((this.#isWhole || !isFirst) && checkpoint.prev !== prev) return "checkpoint altered";
    const isRoot = !this.#isWhole || rootOf(this.#heads.values()) === checkpoint.root;
    return isRoot ? null : "checkpoint altered";
  }
}

async function batchesNotAsSigned(
  client: pg.ClientBase,
  range: ChainRange | null,
): Promise<CheckpointDefect[]> {
  const result = await client.query<{
    no: number;
    writer: string;
    batch: number;
    isThere: boolean;
  }>({
    name: "batches_not_as_signed",
    text: `
      select c.no::float8 as no, h ->> 0 as writer, (h ->> 1)::float8 as batch, b.writer is not null as "isThere"
      from audit_checkpoint c
        cross join lateral json_array_elements(c.heads) as h
        left join audit_batch b on b.writer = (h ->> 0)::uuid and b.no = (h ->> 1)::bigint
      where ($1::timestamptz is null or c.at >= $1) and ($2::timestamptz is null or c.at <= $2)
        and (b.hash is null or encode(b.hash, 'hex') <> h ->> 3 or b.first_seq + b.count - 1 <> (h ->> 2)::bigint)
      order by c.no, 2 limit $3`,
    values: [range?.from ?? null, range?.to ?? null, DEFECTS_MAX],
  });
  return result.rows.map(({ no, writer, batch, isThere }) => ({
    ...{ checkpoint: no, writer, batch },
    what: isThere ? "batch not as signed" : "batch missing",
  }));
}
