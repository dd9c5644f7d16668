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

/** Writers that are beyond where the last checkpoint saw them; at the first, all of them. */
const WRITTEN = `
  select w.writer, w.no::float8 as no, w.seq::float8 as seq, encode(w.hash, 'hex') as hash,
    (w.seq - coalesce(h.seq, 0))::float8 as added
  from (
    select distinct on (writer) writer, no, first_seq + count - 1 as seq, hash
    from audit_batch where $1::timestamptz is null or at >= $1::timestamptz - make_interval(secs => $2)
    order by writer, no desc
  ) as w left join audit_head h on h.writer = w.writer
  where w.no > coalesce(h.no, 0)`;

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

/** The last checkpoint and where all writers stood. */
export async function readStanding(client: pg.ClientBase): Promise<Standing> {
  return { last: await readLast(client), heads: await readHeads(client) };
}

async function readHeads(client: pg.ClientBase): Promise<Map<string, SignedHead>> {
  const heads = await client.query<SignedHead>({ name: "audit_heads", text: HEADS, values: [] });
  return new Map(heads.rows.map((head) => [head.writer, head]));
}

async function readLast(client: pg.ClientBase): Promise<Checkpoint | null> {
  const result = await client.query<CheckpointRow & { clusterId: string }>({
    name: "last_checkpoint",
    text: `select ${CHECKPOINT_COLUMNS}, i.cluster_id as "clusterId" from audit_checkpoint, installation i
           order by no desc limit 1`,
    values: [],
  });
  const [row] = result.rows;
  return row === undefined ? null : checkpointOf(row, row.clusterId);
}

async function databaseNow(client: pg.ClientBase): Promise<Date> {
  const result = await client.query<{ now: Date }>(
    "select date_trunc('milliseconds', now()) as now",
  );
  return result.rows[0]?.now ?? new Date();
}

/**
 * Signs where all writers of the audit log stand, when that is due. Any number of instances may do it:
 * a checkpoint's number is unique, so whoever comes second has signed nothing.
 */
export class Checkpointer {
  readonly #pool: pg.Pool;
  readonly #keys: DataKeyring;
  #longAt = 0;

  constructor(pool: pg.Pool, keys: DataKeyring) {
    this.#pool = pool;
    this.#keys = keys;
  }

  /** @returns true when it signed one. @throws EngineError `sealed`. */
  async look({ force = false } = {}): Promise<boolean> {
    // Opened each time: a key that is kept would outlive the sealing of the installation.
    const key = await signingKey(this.#pool, this.#keys);
    const isLong = performance.now() - this.#longAt >= LONG_EVERY_MS;
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query("begin isolation level repeatable read");
      const last = await readLast(client);
      const now = await databaseNow(client);
      const written = await readWritten(client, last, isLong);
      if (isLong) this.#longAt = performance.now();
      // What only a long look finds is signed at once: the next one would not see it.
      const isWanted = force || isLong ? written.length > 0 : isDue(last, written, now);
      if (!isWanted) {
        await client.query("rollback");
        return false;
      }
      const heads = await readHeads(client);
      const names = { clusterId: await clusterIdOf(client), keyId: key.id, at: now };
      const claim = claimOf({ last, heads }, written, names);
      const isStored = await store(client, claim, { written, key });
      await client.query("commit");
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
}

/** A writer's new head, and how many entries it added. */
type Written = SignedHead & { added: number };

async function readWritten(
  client: pg.ClientBase,
  last: Checkpoint | null,
  isLong: boolean,
): Promise<Written[]> {
  const seconds = isLong ? LONG_OVERLAP_SECONDS : OVERLAP_SECONDS;
  const values = [last?.at ?? null, seconds];
  const result = await client.query<Written>({ name: "written", text: WRITTEN, values });
  return result.rows;
}

function addedBy(written: readonly Written[]): number {
  return written.reduce((sum, { added }) => sum + added, 0);
}

function isDue(last: Checkpoint | null, written: readonly Written[], now: Date): boolean {
  if (written.length === 0) return false;
  if (last === null || now.getTime() - last.at.getTime() >= DUE_MS) return true;
  return addedBy(written) >= DUE_ENTRIES;
}

function claimOf(
  { last, heads }: Standing,
  written: readonly Written[],
  names: Pick<CheckpointClaim, "clusterId" | "keyId" | "at">,
): CheckpointClaim {
  const all = new Map(heads);
  for (const head of written) all.set(head.writer, head);
  return {
    ...names,
    no: (last?.no ?? 0) + 1,
    entries: (last?.entries ?? 0) + addedBy(written),
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
