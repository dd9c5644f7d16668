import { setTimeout } from "node:timers/promises";
import type pg from "pg";
import type { Lease } from "@/lib/engine/lease/lease";
import type { LeaseReads } from "@/lib/engine/ports";
import { BatchedRead } from "@/lib/postgres/batched-read";

export const LEASE_COLUMNS = `
  l.id, l.mount_id, l.role, l.kind, encode(l.token_hmac, 'hex') as token_hmac, l.owner_expires_at, l.holder,
  l.account, l.root_version, l.access_key_id, l.handle, l.needs_undo, l.renewable, l.issued_at, l.expires_at, l.aws_ends_at,
  l.last_renewed_at, extract(epoch from l.expires_at - now())::float8 as remaining_seconds,
  extract(epoch from now() - l.issued_at)::float8 as age_seconds, l.attempts, l.last_error, l.irrevocable_at, l.revoked_at`;

/** Whether a lease `l` is among those of a revocation `r` that is being worked off. */
export const IS_REVOKED = `
  (starts_with(l.id, r.prefix) or l.token_hmac = r.token_hmac) and l.issued_at <= r.asked_at`.trim();

export type LeaseRow = {
  id: string;
  mount_id: string;
  role: string;
  kind: string;
  token_hmac: string | null;
  owner_expires_at: Date | null;
  holder: Lease["holder"];
  account: string | null;
  root_version: number | null;
  access_key_id: string | null;
  handle: Lease["handle"];
  needs_undo: boolean;
  renewable: boolean;
  issued_at: Date;
  expires_at: Date;
  aws_ends_at: Date | null;
  last_renewed_at: Date | null;
  remaining_seconds: number;
  age_seconds: number;
  attempts: number;
  last_error: string | null;
  irrevocable_at: Date | null;
  revoked_at: Date | null;
};

export function leaseOf(row: LeaseRow): Lease {
  return {
    id: row.id,
    mountId: row.mount_id,
    role: row.role,
    kind: row.kind,
    tokenHmac: row.token_hmac,
    ownerExpiresAt: row.owner_expires_at,
    holder: row.holder,
    account: row.account,
    rootVersion: row.root_version,
    accessKeyId: row.access_key_id,
    handle: row.handle,
    needsUndo: row.needs_undo,
    renewable: row.renewable,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    awsEndsAt: row.aws_ends_at,
    lastRenewedAt: row.last_renewed_at,
    remainingSeconds: row.remaining_seconds,
    ageSeconds: row.age_seconds,
    attempts: row.attempts,
    lastError: row.last_error,
    irrevocableAt: row.irrevocable_at,
    revokedAt: row.revoked_at,
  };
}

/** The first text that sorts behind everything that begins with `prefix` (collation "C"). */
export function prefixEnd(prefix: string): string {
  return prefix + "\u{10ffff}";
}

/** Reads of leases. A list walks the primary key, one folder at a time. */
export function leaseReads(pool: pg.Pool): LeaseReads {
  const byId = new LeasesById(pool);
  return {
    find: (id) => byId.find(id),
    whenFree: (id) => byId.whenFree(id),
    under: (prefix, after, limit) => leasesUnder(pool, { prefix, after, limit }),
    keysUnder: (prefix, limit) =>
      prefix.startsWith("auth/")
        ? tokenKeysUnder(pool, prefix, limit)
        : leaseKeysUnder(pool, prefix, limit),
    countIrrevocable: async () => {
      const result = await pool.query<{ mountId: string; count: number }>({
        name: "count_irrevocable_leases",
        text: `select mount_id as "mountId", count(*)::int as count from lease
               where irrevocable_at is not null group by mount_id`,
        values: [],
      });
      return result.rows;
    },
    irrevocable: async (limit) => {
      const result = await pool.query<{ id: string; mountId: string; error: string }>({
        name: "irrevocable_leases",
        text: `select id, mount_id as "mountId", coalesce(last_error, '') as error from lease
               where irrevocable_at is not null order by irrevocable_at, id limit $1`,
        values: [limit],
      });
      return result.rows;
    },
    countIntents: async (mountId) => {
      const result = await pool.query<{ count: number }>({
        name: "count_intents",
        text: `select count(*)::int as count from intent where mount_id = $1`,
        values: [mountId],
      });
      return result.rows[0]?.count ?? 0;
    },
    countUnder: async (prefix) => {
      const result = await pool.query<{ count: number }>({
        name: "count_leases_under",
        text: `select count(*)::int as count from lease where id >= $1 and id < $2`,
        values: [prefix, prefixEnd(prefix)],
      });
      return result.rows[0]?.count ?? 0;
    },
  };
}

type FoundRow = LeaseRow & { ended_at: Date | null; held: boolean };

/** Leases that are asked for by id, those of all requests in flight in one statement. */
class LeasesById {
  readonly #rows: BatchedRead<string, FoundRow | null>;

  constructor(pool: pg.Pool) {
    this.#rows = new BatchedRead((ids) => readLeases(pool, ids));
  }

  async find(id: string): Promise<Lease | null> {
    const row = await this.#rows.read(id);
    return row === null ? null : foundLease(row);
  }

  async whenFree(id: string): Promise<Lease | null> {
    const until = performance.now() + HELD_WAIT_MS;
    for (;;) {
      const row = await this.#rows.read(id);
      if (row === null) return null;
      if (!row.held || performance.now() >= until) return foundLease(row);
      await setTimeout(HELD_POLL_MS);
    }
  }
}

async function readLeases(pool: pg.Pool, ids: readonly string[]): Promise<(FoundRow | null)[]> {
  const result = await pool.query<FoundRow>({
    name: "lease_by_id",
    text: `
      select ${LEASE_COLUMNS}, coalesce(l.locked_until > now(), false) as held,
        (select min(r.asked_at) from lease_revocation r where ${IS_REVOKED}) as ended_at
      from lease l where l.id in (select unnest($1::text[]))`,
    values: [[...new Set(ids)]],
  });
  const rows = new Map(result.rows.map((row) => [row.id, row]));
  return ids.map((id) => rows.get(id) ?? null);
}

/** One of many that were revoked at once has ended for everybody, though its turn is still to come. */
function foundLease(row: FoundRow): Lease {
  const lease = leaseOf(row);
  if (row.ended_at === null || row.ended_at >= row.expires_at) return lease;
  return { ...lease, expiresAt: row.ended_at, remainingSeconds: 0, revokedAt: row.ended_at };
}

/** How often a lease that somebody holds is looked at. */
const HELD_POLL_MS = 100;
/** Longest wait for a lease that somebody holds: as long as a claim that is not kept alive. */
const HELD_WAIT_MS = 30_000;

async function leasesUnder(
  pool: pg.Pool,
  range: { prefix: string; after: string; limit: number },
): Promise<Lease[]> {
  const result = await pool.query<LeaseRow>({
    name: "leases_under",
    text: `select ${LEASE_COLUMNS} from lease l
           where l.id > $1 and l.id >= $2 and l.id < $3 order by l.id limit $4`,
    values: [range.after, range.prefix, prefixEnd(range.prefix), range.limit],
  });
  return result.rows.map(leaseOf);
}

/** Jumps from folder to folder: its cost is that of what it shows, not of what lies below. */
async function leaseKeysUnder(pool: pg.Pool, prefix: string, limit: number): Promise<string[]> {
  const result = await pool.query<{ key: string }>({
    name: "lease_keys_under",
    text: `
      with recursive level as (
        (select id from lease where id >= $1 and id < $2 order by id limit 1)
        union all
        select (
          select l.id from lease l
          where l.id >= case
              when strpos(substr(level.id, length($1) + 1), '/') = 0 then level.id || chr(1)
              else $1 || split_part(substr(level.id, length($1) + 1), '/', 1) || '0' end
            and l.id < $2
          order by l.id limit 1)
        from level where level.id is not null
      )
      select case when strpos(rest, '/') = 0 then rest else split_part(rest, '/', 1) || '/' end as key
      from (select substr(id, length($1) + 1) as rest from level where id is not null limit $3) as found
      order by key`,
    values: [prefix, prefixEnd(prefix), limit],
  });
  return result.rows.map((row) => row.key);
}

/**
 * A token's own lease stands at its creation path, named by its hmac. Jumps from path to path: the
 * next one behind a folder, or behind a path that ends here.
 */
async function tokenKeysUnder(pool: pg.Pool, prefix: string, limit: number): Promise<string[]> {
  const result = await pool.query<{ key: string }>({
    name: "token_keys_under",
    text: `
      with recursive level as (
        (select path from token where path >= $1 and path < $2 and leased order by path limit 1)
        union all
        select (
          select t.path from token t
          where t.path > case
              when strpos(substr(level.path, length($1) + 1), '/') = 0 then level.path
              else $1 || split_part(substr(level.path, length($1) + 1), '/', 1) || '/' || chr(1114111) end
            and t.path < $2 and t.leased
          order by t.path limit 1)
        from level where level.path is not null
      ), folders as (
        select distinct split_part(substr(path, length($1) + 1), '/', 1) || '/' as key
        from level where path is not null limit $3
      ), own as (
        select 'h' || encode(hmac, 'hex') as key from token
        where path = rtrim($1, '/') and leased limit $3
      )
      select key from (select key from folders union all select key from own) as found
      order by key collate "C" limit $3`,
    values: [prefix, prefixEnd(prefix), limit],
  });
  return result.rows.map((row) => row.key);
}
