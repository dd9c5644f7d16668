import { sign } from "node:crypto";
import type pg from "pg";
import {
  checkpointHash,
  checkpointText,
  NO_CHECKPOINT,
  rootOf,
  type Checkpoint,
  type CheckpointClaim,
  type SignedHead,
} from "@/lib/engine/audit/checkpoint";
import { signingKey, type SigningKey } from "@/lib/postgres/audit-signing-key";
import type { DataKeyring } from "@/lib/postgres/keyring";
import { sqlState } from "@/lib/postgres/store-error";

/** A checkpoint is due this long after the last, or with so many entries, whichever comes first. */
const DUE_MS = 9_000;
const DUE_ENTRIES = 1_000;
/** A batch is seen at most so long after its transaction began, as a rule. */
const OVERLAP_SECONDS = 15;
/** And, now and then, one that took longer. */
const LONG_OVERLAP_SECONDS = 600;
const LONG_EVERY_MS = 60_000;

export type CheckpointRow = {
  no: number;
  at: Date;
  entries: number;
  writers: number;
  heads: [string, number, number, string][];
  root: string;
  prev: string;
  keyId: string;
  signature: Buffer;
};

export const CHECKPOINT_COLUMNS = `no::float8 as no, at, entries::float8 as entries, writers, heads,
  encode(root, 'hex') as root, encode(prev, 'hex') as prev, key_id as "keyId", signature`;

const HEADS = `select writer, no::float8 as no, seq::float8 as seq, encode(hash, 'hex') as hash from audit_head`;

/** Where the writers stand that wrote lately. */
const WRITTEN = `
  select distinct on (writer) writer, no::float8 as no, (first_seq + count - 1)::float8 as seq,
    encode(hash, 'hex') as hash
  from audit_batch where at >= $1::timestamptz - make_interval(secs => $2) order by writer, no desc`;
/** At the first checkpoint: where all of them stand. */
const ALL_WRITTEN = `
  select distinct on (writer) writer, no::float8 as no, (first_seq + count - 1)::float8 as seq,
    encode(hash, 'hex') as hash
  from audit_batch order by writer, no desc`;

const STORE = `
  with stored as (
    insert into audit_checkpoint (no, at, entries, writers, heads, root, prev, key_id, signature)
    values ($1, $2, $3, $4, $5, decode($6, 'hex'), decode($7, 'hex'), $8, $9)
    on conflict (no) do nothing returning 1
  )
  insert into audit_head (writer, no, seq, hash)
  select (h ->> 0)::uuid, (h ->> 1)::bigint, (h ->> 2)::bigint, decode(h ->> 3, 'hex')
  from stored, json_array_elements($5::json) as h
  on conflict (writer) do update set no = excluded.no, seq = excluded.seq, hash = excluded.hash`;

/** What was signed last, with where all writers stood then. */
export type Standing = { last: Checkpoint | null; heads: Map<string, SignedHead> };

export function checkpointOf(row: CheckpointRow, clusterId: string): Checkpoint {
  const heads = row.heads.map(([writer, no, seq, hash]) => ({ writer, no, seq, hash }));
  return { ...row, clusterId, heads };
}

/** The last checkpoint and where all writers stood, as of one moment. */
export async function readStanding(client: pg.ClientBase): Promise<Standing & { now: Date }> {
  const result = await client.query<CheckpointRow & { clusterId: string; now: Date }>({
    name: "last_checkpoint",
    text: `select ${CHECKPOINT_COLUMNS}, i.cluster_id as "clusterId" from audit_checkpoint, installation i
           order by no desc limit 1`,
    values: [],
  });
  const [row] = result.rows;
  const heads = await client.query<SignedHead>({ name: "audit_heads", text: HEADS, values: [] });
  const now = await client.query<{ now: Date }>("select date_trunc('milliseconds', now()) as now");
  return {
    last: row === undefined ? null : checkpointOf(row, row.clusterId),
    heads: new Map(heads.rows.map((head) => [head.writer, head])),
    now: now.rows[0]?.now ?? new Date(),
  };
}

/**
 * Signs where all writers of the audit log stand, when that is due. Any number of instances may do it:
 * a checkpoint's number is unique, so whoever comes second has signed nothing.
 */
export class Checkpointer {
  readonly #pool: pg.Pool;
  readonly #keys: DataKeyring;
  #key: SigningKey | null = null;
  #longAt = 0;

  constructor(pool: pg.Pool, keys: DataKeyring) {
    this.#pool = pool;
    this.#keys = keys;
  }

  /** @returns true when it signed one. @throws EngineError `sealed`. */
  async look({ force = false } = {}): Promise<boolean> {
    this.#key ??= await signingKey(this.#pool, this.#keys);
    const key = this.#key;
    const isLong = performance.now() - this.#longAt >= LONG_EVERY_MS;
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query("begin isolation level repeatable read");
      const standing = await readStanding(client);
      const written = await this.#written(client, standing, isLong);
      const isDue = force ? written.length > 0 : dueNow(standing, written);
      if (!isDue) {
        await client.query("rollback");
        return false;
      }
      const clusterId = await clusterIdOf(client);
      const claim = claimOf(standing, written, { clusterId, keyId: key.id });
      const isStored = await store(client, claim, { written, key });
      await client.query("commit");
      if (isLong) this.#longAt = performance.now();
      return isStored;
    } catch (error) {
      await client.query("rollback").catch((failure: unknown) => (broken = asError(failure)));
      // Somebody else signed meanwhile.
      if (sqlState(error) === "40001") return false;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Heads that moved since the last checkpoint. */
  async #written(
    client: pg.ClientBase,
    { last, heads }: Standing,
    isLong: boolean,
  ): Promise<SignedHead[]> {
    const seconds = isLong ? LONG_OVERLAP_SECONDS : OVERLAP_SECONDS;
    const result =
      last === null
        ? await client.query<SignedHead>({ name: "all_written", text: ALL_WRITTEN, values: [] })
        : await client.query<SignedHead>({
            ...{ name: "written", text: WRITTEN },
            values: [last.at, seconds],
          });
    return result.rows.filter(({ writer, no }) => no > (heads.get(writer)?.no ?? 0));
  }
}

function newEntries({ heads }: Standing, written: readonly SignedHead[]): number {
  return written.reduce((sum, { writer, seq }) => sum + seq - (heads.get(writer)?.seq ?? 0), 0);
}

function dueNow(standing: Standing & { now: Date }, written: readonly SignedHead[]): boolean {
  if (written.length === 0) return false;
  const { last, now } = standing;
  if (last === null || now.getTime() - last.at.getTime() >= DUE_MS) return true;
  return newEntries(standing, written) >= DUE_ENTRIES;
}

function claimOf(
  standing: Standing & { now: Date },
  written: readonly SignedHead[],
  names: { clusterId: string; keyId: string },
): CheckpointClaim {
  const { last, heads, now } = standing;
  const all = new Map(heads);
  for (const head of written) all.set(head.writer, head);
  return {
    ...names,
    no: (last?.no ?? 0) + 1,
    at: now,
    entries: (last?.entries ?? 0) + newEntries(standing, written),
    writers: all.size,
    root: rootOf(all.values()),
    prev: last === null ? NO_CHECKPOINT : checkpointHash(last),
  };
}

async function store(
  client: pg.ClientBase,
  claim: CheckpointClaim,
  { written, key }: { written: readonly SignedHead[]; key: SigningKey },
): Promise<boolean> {
  const heads = written.map(({ writer, no, seq, hash }) => [writer, no, seq, hash]);
  const signature = sign(null, Buffer.from(checkpointText(claim)), key.privateKey);
  const result = await client.query({
    name: "store_checkpoint",
    text: STORE,
    values: [
      ...[claim.no, claim.at, claim.entries, claim.writers, JSON.stringify(heads)],
      ...[claim.root, claim.prev, claim.keyId, signature],
    ],
  });
  return (result.rowCount ?? 0) > 0;
}

async function clusterIdOf(client: pg.ClientBase): Promise<string> {
  const result = await client.query<{ id: string }>(`select cluster_id as id from installation`);
  return result.rows[0]?.id ?? "";
}

function asError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure));
}
