import type pg from "pg";
import type { Lease } from "@/lib/engine/lease/lease";
import { LEASE_COLUMNS, leaseOf, prefixEnd, type LeaseRow } from "@/lib/postgres/leases";

/** A claim not kept alive for this long belongs to whoever takes it next. */
const CLAIM_SECONDS = 30;

/** Many leases that were revoked at once: those below a prefix, or those of a token. */
export type Revocation = {
  id: string;
  fence: string;
  prefix: string | null;
  tokenHmac: string | null;
  /** The lease that was worked off last. */
  after: string;
};

/** Takes the oldest revocation that nobody works on. */
export async function claimRevocation(pool: pg.Pool, fence: string): Promise<Revocation | null> {
  const result = await pool.query<Omit<Revocation, "fence">>({
    name: "claim_revocation",
    text: `
      update lease_revocation set fence = $1, locked_until = now() + make_interval(secs => $2)
      where id = (
        select id from lease_revocation where locked_until is null or locked_until <= now()
        order by asked_at limit 1 for update skip locked)
      returning id, prefix, encode(token_hmac, 'hex') as "tokenHmac", after`,
    values: [fence, CLAIM_SECONDS],
  });
  const [row] = result.rows;
  return row === undefined ? null : { ...row, fence };
}

/** The next leases of a revocation, in the order of their ids. */
export async function leasesOfRevocation(
  pool: pg.Pool,
  { id, prefix, tokenHmac, after }: Revocation,
  limit: number,
): Promise<Lease[]> {
  // The instant is compared in SQL: a Date has lost its microseconds.
  const asked = `l.issued_at <= (select asked_at from lease_revocation where id = $1)`;
  const result =
    prefix === null
      ? await pool.query<LeaseRow>({
          name: "leases_of_revoked_token",
          text: `select ${LEASE_COLUMNS} from lease l
                 where l.token_hmac = decode($2, 'hex') and l.id > $3 and ${asked} order by l.id limit $4`,
          values: [id, tokenHmac, after, limit],
        })
      : await pool.query<LeaseRow>({
          name: "leases_of_revoked_prefix",
          text: `select ${LEASE_COLUMNS} from lease l
                 where l.id > $2 and l.id >= $3 and l.id < $4 and ${asked} order by l.id limit $5`,
          values: [id, after, prefix, prefixEnd(prefix), limit],
        });
  return result.rows.map(leaseOf);
}

/**
 * Notes how far a revocation has come, and makes those leases due whose credential is still to be
 * undone; keeps the claim.
 *
 * @returns false when somebody else has taken it over.
 */
export async function advanceRevocation(
  pool: pg.Pool,
  { id, fence }: Revocation,
  done: { after: string; dueIds: readonly string[] },
): Promise<boolean> {
  const result = await pool.query({
    name: "advance_revocation",
    text: `
      with due as (
        update lease set next_attempt_at = now(), expires_at = least(expires_at, now()), revoked_at = coalesce(revoked_at, now())
        where id = any($4::text[]) and irrevocable_at is null
      )
      update lease_revocation set after = $3, locked_until = now() + make_interval(secs => $5)
      where id = $1 and fence = $2`,
    values: [id, fence, done.after, done.dueIds, CLAIM_SECONDS],
  });
  return result.rowCount === 1;
}

/** Forgets a revocation that is done. */
export async function finishRevocation(pool: pg.Pool, { id, fence }: Revocation): Promise<void> {
  await pool.query({
    name: "finish_revocation",
    text: `delete from lease_revocation where id = $1 and fence = $2`,
    values: [id, fence],
  });
}
