import type pg from "pg";
import type { GrantToken, RevokeTokens } from "@/lib/engine/effects";
import { oneByOne, type EffectRunner, type EffectRunners } from "@/lib/postgres/effect-runner";

/** The grants, and which of their parents still live. */
const GRANTS = `
    with i as (
      select * from unnest(
        $1::text[], $2::text[], $3::text[], $4::json[], $5::text[], $6::text[], $7::json[], $8::int[],
        $9::float8[], $10::float8[], $11::float8[], $12::bool[], $13::text[], $14::uuid[], $15::json[],
        $16::uuid[], $17::json[], $18::bool[], $19::uuid[], $20::uuid[], $21::text[], $22::float8[])
      as i (hmac, accessor, parent, policies, path, display_name, meta, num_uses,
        ttl, explicit_max, period, renewable, role, entity_id, cidrs,
        mount_id, renewal, leased, mark_mount, mark_role, mac, mark_window)
    ), parent as (
      select t.hmac from token t
      where t.hmac in (select decode(parent, 'hex') from i where parent is not null)
        and (t.expires_at is null or t.expires_at > now()) and t.num_uses >= 0
      order by t.hmac for share
    )`;

const INSERT_TOKENS = `
    insert into token (hmac, accessor, parent_hmac, policies, path, display_name, meta, num_uses,
      creation_ttl_seconds, granted_ttl_seconds, explicit_max_ttl_seconds, period_seconds, renewable, role, entity_id, bound_cidrs,
      mount_id, renewal, leased, expires_at)
    select decode(hmac, 'hex'), accessor, decode(parent, 'hex'),
      array(select json_array_elements_text(policies)), path, display_name, meta::jsonb, num_uses,
      ttl, ttl, explicit_max, period, renewable, role, entity_id, array(select json_array_elements_text(cidrs)),
      mount_id, renewal::jsonb, leased,
      case when ttl > 0 then now() + make_interval(secs => ttl) end
    from i
    where (parent is null or decode(parent, 'hex') in (select hmac from parent))
      and (mount_id is null or exists (select 1 from mount m where m.id = i.mount_id))`;

const GRANT_TOKENS = {
  name: "grant_tokens",
  text: `${GRANTS}${INSERT_TOKENS}
    on conflict do nothing
    returning encode(hmac, 'hex') as hmac`,
};

const GRANT_MARKED_TOKENS = {
  name: "grant_marked_tokens",
  text: `${GRANTS}, mark as (
      insert into replay_mark as m (mount_id, role_id, mac)
      select mark_mount, mark_role, decode(mac, 'hex') from i
      on conflict (mount_id, role_id, mac) do update set first_seen = m.first_seen
        where (select max(mark_window) from i where decode(i.mac, 'hex') = m.mac) > 0
          and m.first_seen > now() - (
            select make_interval(secs => max(mark_window)) from i where decode(i.mac, 'hex') = m.mac)
      returning mac
    )
    ${INSERT_TOKENS}
      and decode(mac, 'hex') in (select mac from mark)
    on conflict do nothing
    returning encode(hmac, 'hex') as hmac`,
};

/**
 * Tokens, their replay marks and the check of their parents, in one statement. A parent whose
 * revocation is under way is waited for, and then there is no child. A mark seen inside its window
 * lets the same request through (two honest clients with the same keys sign equal requests within
 * a second); one seen before the window refuses it.
 */
const grantTokens: EffectRunner<"grant_token"> = async (_context, client, effects) => {
  const marked = effects.filter((effect) => effect.replayMark !== undefined);
  const plain = effects.filter((effect) => effect.replayMark === undefined);
  const granted = new Set<string>();
  // Apart, so that whoever brings no signed request is none of the replay guard's business.
  if (marked.length > 0) await runGrants(client, GRANT_MARKED_TOKENS, marked, granted);
  if (plain.length > 0) await runGrants(client, GRANT_TOKENS, plain, granted);
  return effects.map(({ grant }) => granted.has(grant.hmac));
};

/** Adds the tokens that were granted to `granted`. */
async function runGrants(
  client: pg.ClientBase,
  statement: { name: string; text: string },
  effects: readonly GrantToken[],
  granted: Set<string>,
): Promise<void> {
  const grants = effects.map((effect) => effect.grant);
  const marks = effects.map((effect) => effect.replayMark);
  const result = await client.query<{ hmac: string }>({
    ...statement,
    values: [
      grants.map((g) => g.hmac),
      grants.map((g) => g.accessor),
      grants.map((g) => g.parentHmac),
      grants.map((g) => JSON.stringify(g.policies)),
      grants.map((g) => g.path),
      grants.map((g) => g.displayName),
      grants.map((g) => (g.meta === null ? null : JSON.stringify(g.meta))),
      grants.map((g) => g.numUses),
      grants.map((g) => g.ttlSeconds),
      grants.map((g) => g.explicitMaxTtlSeconds),
      grants.map((g) => g.periodSeconds),
      grants.map((g) => g.renewable),
      grants.map((g) => g.role),
      grants.map((g) => g.entityId),
      grants.map((g) => JSON.stringify(g.boundCidrs)),
      grants.map((g) => g.mountId),
      grants.map((g) => (g.renewal === null ? null : JSON.stringify(g.renewal))),
      grants.map((g) => g.leased),
      marks.map((mark) => mark?.mountId ?? null),
      marks.map((mark) => mark?.roleId ?? null),
      marks.map((mark) => mark?.mac ?? null),
      marks.map((mark) => mark?.windowSeconds ?? null),
    ],
  });
  for (const { hmac } of result.rows) granted.add(hmac);
}

/** The mark of `grantTokens` by itself. */
const markReplay = oneByOne<"mark_replay">(async (_context, client, { mark }) => {
  const result = await client.query({
    name: "mark_replay",
    text: `
      insert into replay_mark as m (mount_id, role_id, mac) values ($1, $2, decode($3, 'hex'))
      on conflict (mount_id, role_id, mac) do update set first_seen = m.first_seen
        where $4 > 0 and m.first_seen > now() - make_interval(secs => $4)
      returning 1`,
    values: [mark.mountId, mark.roleId, mark.mac, mark.windowSeconds],
  });
  return result.rowCount === 1;
});

/** Which of `keys` came back. */
export function appliedBy<C extends string>(
  result: pg.QueryResult<Record<C, string>>,
  column: C,
  keys: readonly string[],
): boolean[] {
  const returned = new Set(result.rows.map((row) => row[column]));
  return keys.map((key) => returned.has(key));
}

const renewTokens: EffectRunner<"renew_token"> = async (_context, client, effects) => {
  const result = await client.query<{ hmac: string }>({
    name: "renew_tokens",
    text: `
      update token t set expires_at = now() + make_interval(secs => i.ttl), last_renewed_at = now(),
        granted_ttl_seconds = i.ttl,
        period_seconds = coalesce(i.period, t.period_seconds),
        explicit_max_ttl_seconds = coalesce(i.explicit_max, t.explicit_max_ttl_seconds)
      from unnest($1::text[], $2::float8[], $3::float8[], $4::float8[])
        as i (hmac, ttl, period, explicit_max)
      where t.hmac = decode(i.hmac, 'hex') and t.expires_at > now()
      returning encode(t.hmac, 'hex') as hmac`,
    values: [
      effects.map((e) => e.hmac),
      effects.map((e) => e.ttlSeconds),
      effects.map((e) => e.periodSeconds ?? null),
      effects.map((e) => e.explicitMaxTtlSeconds ?? null),
    ],
  });
  return appliedBy(
    result,
    "hmac",
    effects.map((e) => e.hmac),
  );
};

/** The last use leaves -1: from then on the token opens nothing, whatever happens to the request. */
const spendTokenUses: EffectRunner<"spend_token_use"> = async (_context, client, effects) => {
  const result = await client.query<{ hmac: string }>({
    name: "spend_token_uses",
    text: `
      update token set num_uses = case when num_uses = 1 then -1 else num_uses - 1 end
      where hmac in (select decode(h, 'hex') from unnest($1::text[]) as h) and num_uses > 0
      returning encode(hmac, 'hex') as hmac`,
    values: [effects.map((e) => e.hmac)],
  });
  return appliedBy(
    result,
    "hmac",
    effects.map((e) => e.hmac),
  );
};

/** Locks tokens by hmac and by parent, with all below them; orphaning stops at the tokens themselves. */
const LOCK_TREE = {
  name: "lock_token_tree",
  text: `
    with recursive roots as (
      select decode(h, 'hex') as hmac from unnest($1::text[]) as h
    ), tree as (
      select hmac from (
        select t.hmac from token t where t.hmac in (select hmac from roots)
        union
        select c.hmac from token c where not $2::bool and c.parent_hmac in (select hmac from roots)
      ) as first
      union
      select c.hmac from token c join tree p on c.parent_hmac = p.hmac where not $2::bool
    )
    select encode(hmac, 'hex') as hmac from token where hmac in (select hmac from tree)
    order by hmac for update`,
};

/** Leases that become due with their token in one statement; a token with more is worked off page by page. */
const LEASES_AT_ONCE = 1_000;

/**
 * Ends locked tokens. Its snapshot is younger than their locks, so nothing that hangs on them is
 * missed; what it returns are children that the locking did not see, and tokens with many leases.
 */
const END_TOKENS = {
  name: "end_tokens",
  text: `
    with gone as (
      delete from token where hmac in (select decode(h, 'hex') from unnest($1::text[]) as h)
      returning hmac, accessor, path, display_name, policies, entity_id, mount_id, issued_at, expires_at
    ), ended as (
      insert into token_ended (accessor, path, display_name, policies, entity_id, mount_id, issued_at, expires_at, reason)
      select accessor, path, display_name, policies, entity_id, mount_id, issued_at, expires_at, $2 from gone
    ), cubby as (
      delete from cubbyhole where token_hmac in (select hmac from gone)
    ), leases as (
      select g.hmac, l.id from gone g
      cross join lateral (select id from lease where token_hmac = g.hmac limit $3 + 1) as l
    ), many as (
      select hmac from leases group by hmac having count(*) > $3
    ), due as (
      update lease set next_attempt_at = now(), expires_at = least(expires_at, now()),
        revoked_at = case when $2 = 'expired' then revoked_at else coalesce(revoked_at, now()) end
      where id in (select id from leases where hmac not in (select hmac from many)) and irrevocable_at is null
    ), queued as (
      insert into lease_revocation (id, token_hmac) select gen_random_uuid(), hmac from many
    )
    select encode(c.hmac, 'hex') as hmac from token c
    where c.parent_hmac in (select hmac from gone) and c.hmac not in (select hmac from gone)`,
};

/**
 * Ends tokens with all that hangs on them. Once a token is locked, whoever grants a child, issues a
 * lease or fills a cubbyhole under it waits, and then finds no token. A child granted while the lock
 * was waited for is found at the end, and is the root of the next round.
 */
const revokeTokens: EffectRunner<"revoke_tokens"> = async (_context, client, effects) => {
  const applied: boolean[] = [];
  for (const effect of effects) applied.push(await revokeTree(client, effect));
  return applied;
};

async function revokeTree(client: pg.ClientBase, effect: RevokeTokens): Promise<boolean> {
  let complete = true;
  let roots = effect.hmacs;
  while (roots.length > 0) {
    const locked = await client.query<{ hmac: string }>({
      ...LOCK_TREE,
      values: [roots, effect.orphanChildren],
    });
    const hmacs = locked.rows.map((row) => row.hmac);
    if (roots === effect.hmacs) complete = hasAll(hmacs, roots);
    if (!complete && effect.refused !== undefined) return false;
    if (hmacs.length === 0) break;
    if (effect.orphanChildren) await orphanChildren(client, hmacs);
    const left = await client.query<{ hmac: string }>({
      ...END_TOKENS,
      values: [hmacs, effect.reason, LEASES_AT_ONCE],
    });
    roots = left.rows.map((row) => row.hmac);
  }
  return true;
}

function hasAll(found: readonly string[], wanted: readonly string[]): boolean {
  const known = new Set(found);
  return wanted.every((hmac) => known.has(hmac));
}

async function orphanChildren(client: pg.ClientBase, hmacs: readonly string[]): Promise<void> {
  await client.query({
    name: "orphan_children",
    text: `update token set parent_hmac = null
           where parent_hmac in (select decode(h, 'hex') from unnest($1::text[]) as h)`,
    values: [hmacs],
  });
}

type TokenEffectKind =
  "grant_token" | "mark_replay" | "renew_token" | "spend_token_use" | "revoke_tokens";

export const tokenEffects: Pick<EffectRunners, TokenEffectKind> = {
  grant_token: grantTokens,
  mark_replay: markReplay,
  renew_token: renewTokens,
  spend_token_use: spendTokenUses,
  revoke_tokens: revokeTokens,
};
