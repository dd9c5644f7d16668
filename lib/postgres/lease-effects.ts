import type pg from "pg";
import { oneByOne, type EffectRunner, type EffectRunners } from "@/lib/postgres/effect-runner";
import { IS_REVOKED, prefixEnd } from "@/lib/postgres/leases";
import { appliedBy } from "@/lib/postgres/token-effects";

/** A claim not finished within this time belongs to whoever takes it next. */
const CLAIM_SECONDS = 30;
/** Longest text kept of why a revocation failed. */
const LAST_ERROR_MAX = 1024;

const ISSUE_LEASES = {
  name: "issue_leases",
  text: `
    with i as (
      select * from unnest(
        $1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::json[],
        $8::text[], $9::int[], $10::text[], $11::json[], $12::bool[], $13::bool[], $14::float8[], $15::float8[],
        $16::uuid[], $17::uuid[])
      as i (id, mount_id, role, kind, token_hmac, owner_expires_at, holder, account, root_version,
        access_key_id, handle, needs_undo, renewable, ttl, aws_ttl, intent_id, fence)
    ), owner as (
      select t.hmac from token t
      where t.hmac in (select decode(token_hmac, 'hex') from i where token_hmac is not null)
        and (t.expires_at is null or t.expires_at > now())
      order by t.hmac for share
    ), admitted as (
      select i.* from i
      where (token_hmac is null or decode(token_hmac, 'hex') in (select hmac from owner))
        and exists (select 1 from mount m where m.id = i.mount_id and m.tainted_at is null)
    ), closed as (
      delete from intent n using admitted a where n.id = a.intent_id and n.fence = a.fence returning n.id
    )
    insert into lease (id, mount_id, role, kind, token_hmac, owner_expires_at, holder, account, root_version,
      access_key_id, handle, needs_undo, renewable, expires_at, aws_ends_at, next_attempt_at)
    select id, mount_id, role, kind, decode(token_hmac, 'hex'), owner_expires_at, holder::jsonb, account, root_version,
      access_key_id, handle::jsonb, needs_undo, renewable,
      least(now() + make_interval(secs => ttl), owner_expires_at),
      now() + make_interval(secs => aws_ttl),
      least(now() + make_interval(secs => ttl), owner_expires_at)
    from admitted
    where intent_id is null or intent_id in (select id from closed)
    on conflict do nothing
    returning id`,
};

/**
 * Leases under their tokens and intents, in one statement. A token whose revocation is under way is
 * waited for, and then there is no lease; an intent must still carry the fence of its owner, and
 * stays open when there is no lease.
 */
const issueLeases: EffectRunner<"issue_lease"> = async (_context, client, effects) => {
  const leases = effects.map((effect) => effect.lease);
  const result = await client.query<{ id: string }>({
    ...ISSUE_LEASES,
    values: [
      leases.map((l) => l.id),
      leases.map((l) => l.mountId),
      leases.map((l) => l.role),
      leases.map((l) => l.kind),
      leases.map((l) => l.tokenHmac),
      leases.map((l) => l.ownerExpiresAt),
      leases.map((l) => JSON.stringify(l.holder)),
      leases.map((l) => l.account),
      leases.map((l) => l.rootVersion),
      leases.map((l) => l.accessKeyId),
      leases.map((l) => JSON.stringify(l.handle)),
      leases.map((l) => l.needsUndo),
      leases.map((l) => l.renewable),
      leases.map((l) => l.ttlSeconds),
      leases.map((l) => l.awsTtlSeconds),
      effects.map((e) => e.intent?.id ?? null),
      effects.map((e) => e.intent?.fence ?? null),
    ],
  });
  return appliedBy(
    result,
    "id",
    leases.map((l) => l.id),
  );
};

const renewLeases: EffectRunner<"renew_lease"> = async (_context, client, effects) => {
  const result = await client.query<{ id: string }>({
    name: "renew_leases",
    text: `
      update lease l set last_renewed_at = now(),
        expires_at = least(now() + make_interval(secs => i.ttl), l.owner_expires_at),
        next_attempt_at = least(now() + make_interval(secs => i.ttl), l.owner_expires_at)
      from unnest($1::text[], $2::float8[]) as i (id, ttl)
      where l.id = i.id and l.expires_at > now() and l.irrevocable_at is null
        and not exists (select 1 from lease_revocation r where ${IS_REVOKED})
      returning l.id`,
    values: [effects.map((e) => e.id), effects.map((e) => e.ttlSeconds)],
  });
  return appliedBy(
    result,
    "id",
    effects.map((e) => e.id),
  );
};

/** A lease that is gone already has ended: that is refused only where the caller wants to know. */
const endLeases: EffectRunner<"end_lease"> = async (_context, client, effects) => {
  const result = await client.query<{ id: string }>({
    name: "end_leases",
    text: `
      with i as (
        select * from unnest($1::text[], $2::uuid[], $3::text[]) as i (id, fence, outcome)
      ), gone as (
        delete from lease l using i
        where l.id = i.id and (i.fence is null or l.fence = i.fence)
        returning l.*, i.outcome
      )
      insert into lease_ended (id, mount_id, role, kind, holder, account, access_key_id, handle,
        issued_at, expires_at, aws_ends_at, attempts, last_error, outcome)
      select id, mount_id, role, kind, holder, account, access_key_id, handle,
        issued_at, expires_at, aws_ends_at, attempts, last_error, outcome
      from gone
      returning id`,
    values: [effects.map((e) => e.id), effects.map((e) => e.fence), effects.map((e) => e.outcome)],
  });
  const ended = new Set(result.rows.map((row) => row.id));
  return effects.map((e) => e.refused === undefined || ended.has(e.id));
};

const turnKeysOff: EffectRunner<"key_off"> = async (_context, client, effects) => {
  const result = await client.query<{ id: string }>({
    name: "key_off",
    text: `
      update lease l set keys_off_at = now(), fence = null, locked_until = null
      from unnest($1::text[], $2::uuid[]) as i (id, fence)
      where l.id = i.id and l.fence = i.fence
      returning l.id`,
    values: [effects.map((e) => e.id), effects.map((e) => e.fence)],
  });
  return appliedBy(
    result,
    "id",
    effects.map((e) => e.id),
  );
};

const claimLease = oneByOne<"claim_lease">(async (_context, client, effect) => {
  const result = await client.query({
    name: "claim_lease",
    text: `
      update lease set fence = $2, locked_until = now() + make_interval(secs => $3)
      where id = $1 and (locked_until is null or locked_until <= now())`,
    values: [effect.id, effect.fence, CLAIM_SECONDS],
  });
  return result.rowCount === 1;
});

const retryLease = oneByOne<"retry_lease">(async (_context, client, effect) => {
  await client.query({
    name: "retry_lease",
    text: `
      update lease set fence = null, locked_until = null, last_error = $3,
        attempts = case when $5 then attempts else attempts + 1 end,
        next_attempt_at = case when $5 then next_attempt_at else now() + make_interval(secs => $4) end,
        irrevocable_at = case when $6 then coalesce(irrevocable_at, now()) else irrevocable_at end
      where id = $1 and fence = $2`,
    values: [
      effect.id,
      effect.fence,
      effect.error.slice(0, LAST_ERROR_MAX),
      effect.delaySeconds,
      effect.keepTimer,
      effect.irrevocable,
    ],
  });
  return true;
});

/** Leases below a prefix that become due in the request itself. */
const DUE_AT_ONCE = 1_000;

const dueLeases = oneByOne<"due_leases">(async (_context, client, { ids, prefix }) => {
  if (prefix !== undefined && (await hasMany(client, prefix))) {
    await client.query({
      name: "queue_revocation",
      text: `insert into lease_revocation (id, prefix) values (gen_random_uuid(), $1)`,
      values: [prefix],
    });
    return true;
  }
  await client.query({
    name: "due_leases",
    text: `
      update lease set next_attempt_at = now(), expires_at = least(expires_at, now()), revoked_at = coalesce(revoked_at, now())
      where id = any($1::text[]) or ($2::text is not null and id >= $2 and id < $3)`,
    values: [ids ?? [], prefix ?? null, prefixEnd(prefix ?? "")],
  });
  return true;
});

async function hasMany(client: pg.ClientBase, prefix: string): Promise<boolean> {
  const result = await client.query({
    name: "has_many_leases",
    text: `select 1 from lease where id >= $1 and id < $2 limit $3`,
    values: [prefix, prefixEnd(prefix), DUE_AT_ONCE + 1],
  });
  return (result.rowCount ?? 0) > DUE_AT_ONCE;
}

/** None on a mount that is being disabled: the request is run again, and finds out. */
const openIntent = oneByOne<"open_intent">(async (context, client, effect) => {
  const result = await client.query({
    name: "open_intent",
    text: `
      insert into intent (id, mount_id, root_version, account, user_name, handle, request_id, instance, fence, locked_until, next_attempt_at)
      select $1, id, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(secs => $10), now() + make_interval(secs => $10)
      from mount where id = $2 and tainted_at is null`,
    values: [
      effect.id,
      effect.mountId,
      effect.rootVersion,
      effect.account,
      effect.userName,
      JSON.stringify(effect.handle),
      effect.requestId,
      context.instanceId,
      effect.fence,
      CLAIM_SECONDS,
    ],
  });
  return result.rowCount === 1;
});

const closeIntent = oneByOne<"close_intent">(async (_context, client, effect) => {
  const result = await client.query({
    name: "close_intent",
    text: `delete from intent where id = $1 and fence = $2`,
    values: [effect.id, effect.fence],
  });
  return result.rowCount === 1;
});

type LeaseKind =
  | "issue_lease"
  | "renew_lease"
  | "key_off"
  | "end_lease"
  | "claim_lease"
  | "retry_lease"
  | "due_leases"
  | "open_intent"
  | "close_intent";

export const leaseEffects: Pick<EffectRunners, LeaseKind> = {
  issue_lease: issueLeases,
  renew_lease: renewLeases,
  key_off: turnKeysOff,
  end_lease: endLeases,
  claim_lease: claimLease,
  retry_lease: retryLease,
  due_leases: dueLeases,
  open_intent: openIntent,
  close_intent: closeIntent,
};
