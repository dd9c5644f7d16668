import type pg from "pg";
import type { Lease } from "@/lib/engine/lease/lease";
import type { Intent } from "@/lib/engine/ports";
import { LEASE_COLUMNS, leaseOf, type LeaseRow } from "@/lib/postgres/leases";

/** A claim not kept alive for this long belongs to whoever takes it next. */
const CLAIM_SECONDS = 30;
/** The API gives up on a request after 90 s: no intent is kept alive for longer than this. */
const INTENT_SECONDS_MAX = 120;

/** Mounts that have leases due, each once; some may be in other hands by then. */
export async function mountsWithDueLeases(pool: pg.Pool): Promise<string[]> {
  const result = await pool.query<{ mount_id: string }>({
    name: "mounts_with_due_leases",
    // From mount to mount along an index, however many leases each of them has.
    text: `
      with recursive mounts as (
        (select mount_id from lease order by mount_id limit 1)
        union all
        select (select l.mount_id from lease l where l.mount_id > m.mount_id order by l.mount_id limit 1)
        from mounts m where m.mount_id is not null
      )
      select m.mount_id from mounts m where m.mount_id is not null and (
        exists (select 1 from lease l
          where l.mount_id = m.mount_id and l.keys_off_at is null and l.next_attempt_at <= now())
        or exists (select 1 from lease l
          where l.mount_id = m.mount_id and l.keys_off_at is not null and l.next_attempt_at <= now()))`,
    values: [],
  });
  return result.rows.map((row) => row.mount_id);
}

export type LeaseClaim = {
  fence: string;
  mountId: string;
  /** Those whose credential works no more, or those whose credential may still work. */
  keysOff: boolean;
};

/**
 * Takes leases of one mount that are due, each for one attempt under a fence; no two instances take
 * the same.
 */
export async function claimDueLeases(
  pool: pg.Pool,
  { fence, mountId, keysOff }: LeaseClaim,
  limit: number,
): Promise<Lease[]> {
  const statement = keysOff ? CLAIM_CLEAN_UPS : CLAIM_KEY_OFFS;
  const values = [fence, limit, CLAIM_SECONDS, mountId];
  const result = await pool.query<LeaseRow>({ ...statement, values });
  return result.rows.map(leaseOf);
}

const CLAIM_KEY_OFFS = {
  name: "claim_key_offs",
  text: `
    with due as (
      select id from lease
      where mount_id = $4 and keys_off_at is null and next_attempt_at <= now()
        and (locked_until is null or locked_until <= now())
      order by next_attempt_at limit $2
      for update skip locked
    )
    update lease l set fence = $1, locked_until = now() + make_interval(secs => $3)
    from due where l.id = due.id
    returning ${LEASE_COLUMNS}`,
};

const CLAIM_CLEAN_UPS = {
  name: "claim_clean_ups",
  text: `
    with due as (
      select id from lease
      where mount_id = $4 and keys_off_at is not null and next_attempt_at <= now()
        and (locked_until is null or locked_until <= now())
        -- Also those in other hands go first.
        and not exists (
          select 1 from lease o
          where o.mount_id = $4 and o.keys_off_at is null and o.next_attempt_at <= now() and o.needs_undo)
      order by next_attempt_at limit $2
      for update skip locked
    )
    update lease l set fence = $1, locked_until = now() + make_interval(secs => $3)
    from due where l.id = due.id
    returning ${LEASE_COLUMNS}`,
};

/** Keeps claims alive while their work lasts. */
export async function keepLeaseClaims(pool: pg.Pool, fences: readonly string[]): Promise<void> {
  if (fences.length === 0) return;
  await pool.query({
    name: "keep_lease_claims",
    // Only what has ended is claimed for longer; that is found by an index, fences have none.
    text: `update lease set locked_until = now() + make_interval(secs => $2)
           where fence = any($1::uuid[]) and locked_until > now() and expires_at <= now()`,
    values: [fences, CLAIM_SECONDS],
  });
}

type IntentRow = {
  id: string;
  mount_id: string;
  root_version: number;
  account: string | null;
  user_name: string;
  handle: Intent["handle"];
  age_seconds: number;
  attempts: number;
};

/** Mounts that have intents whose owner has let go of them. */
export async function mountsWithLapsedIntents(pool: pg.Pool): Promise<string[]> {
  const result = await pool.query<{ mount_id: string }>({
    name: "mounts_with_lapsed_intents",
    text: `select distinct mount_id from intent where next_attempt_at <= now() and locked_until <= now()`,
    values: [],
  });
  return result.rows.map((row) => row.mount_id);
}

/** Takes intents whose owner has let go of them: those of one mount, or of all. */
export async function claimLapsedIntents(
  pool: pg.Pool,
  claim: { fence: string; instanceId: string; mountId?: string },
  limit: number,
): Promise<Intent[]> {
  const result = await pool.query<IntentRow>({
    name: "claim_lapsed_intents",
    text: `
      with due as (
        select id from intent where next_attempt_at <= now() and locked_until <= now()
          and ($5::uuid is null or mount_id = $5)
        order by next_attempt_at limit $3
        for update skip locked
      )
      update intent n set fence = $1, instance = $2, locked_until = now() + make_interval(secs => $4)
      from due where n.id = due.id
      returning n.id, n.mount_id, n.root_version, n.account, n.user_name, n.handle,
        extract(epoch from now() - n.opened_at)::float8 as age_seconds, n.attempts`,
    values: [claim.fence, claim.instanceId, limit, CLAIM_SECONDS, claim.mountId ?? null],
  });
  return result.rows.map((row) => ({
    id: row.id,
    mountId: row.mount_id,
    rootVersion: row.root_version,
    account: row.account,
    userName: row.user_name,
    handle: row.handle,
    fence: claim.fence,
    ageSeconds: row.age_seconds,
    attempts: row.attempts,
  }));
}

/** An intent that could not be undone is tried again later. */
export async function retryIntent(
  pool: pg.Pool,
  intent: Intent,
  failure: { error: string; delaySeconds: number },
): Promise<void> {
  await pool.query({
    name: "retry_intent",
    text: `update intent set attempts = attempts + 1, last_error = $3, locked_until = now(),
             next_attempt_at = now() + make_interval(secs => $4)
           where id = $1 and fence = $2`,
    values: [intent.id, intent.fence, failure.error, failure.delaySeconds],
  });
}

/** Keeps the intents of requests in flight from being taken for those of a dead instance. */
export async function keepIntents(pool: pg.Pool, fences: readonly string[]): Promise<void> {
  if (fences.length === 0) return;
  await pool.query({
    name: "keep_intents",
    text: `update intent set locked_until = now() + make_interval(secs => $2),
             next_attempt_at = now() + make_interval(secs => $2)
           where fence = any($1::uuid[]) and opened_at > now() - make_interval(secs => $3)`,
    values: [fences, CLAIM_SECONDS, INTENT_SECONDS_MAX],
  });
}

/** Tokens that have run out, or whose last use is done, oldest first. */
export async function expiredTokens(
  pool: pg.Pool,
  limit: number,
): Promise<{ hmac: string; accessor: string }[]> {
  const result = await pool.query<{ hmac: string; accessor: string }>({
    name: "expired_tokens",
    text: `select encode(hmac, 'hex') as hmac, accessor from token
           where expires_at <= now() order by expires_at limit $1`,
    values: [limit],
  });
  return result.rows;
}

/** Rows that nobody will ask for again. */
export async function sweep(
  pool: pg.Pool,
  keep: { auditDays: number; historyDays: number },
): Promise<void> {
  await pool.query(`delete from replay_mark where first_seen < now() - interval '20 minutes'`);
  await pool.query(`delete from approle_secret_id where expires_at < now()`);
  await pool.query(
    `delete from lockout where first_failure_at < now() - interval '1 day'
       and (locked_until is null or locked_until < now())`,
  );
  await pool.query(`delete from instance where seen_at < now() - interval '1 day'`);
  await pool.query(`select make_day_partitions(7)`);
  await pool.query({
    text: `select drop_day_partitions('audit_entry', $1)`,
    values: [keep.auditDays],
  });
  await pool.query({
    text: `select drop_day_partitions('lease_ended', $1)`,
    values: [keep.historyDays],
  });
  await pool.query({
    text: `select drop_day_partitions('token_ended', $1)`,
    values: [keep.historyDays],
  });
}

/** Whether something is left that this version of a mount's root credential made. */
export async function isRootVersionInUse(
  pool: pg.Pool,
  mountId: string,
  version: number,
): Promise<boolean> {
  const result = await pool.query<{ used: boolean }>({
    name: "is_root_version_in_use",
    text: `
      select exists (select 1 from intent where mount_id = $1 and root_version = $2)
        or exists (select 1 from lease where mount_id = $1 and root_version = $2 and needs_undo) as used`,
    values: [mountId, version],
  });
  return result.rows[0]?.used ?? true;
}
