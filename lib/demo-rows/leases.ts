import type pg from "pg";
import { LIVE_DAYS } from "@/lib/demo-rows/workloads";

/** Leases that one token holds. */
const LEASES_A_TOKEN = 5;
/** For so many live leases one has ended. */
const LIVE_AN_ENDED = 2;

/** How many rows of each kind go with so many live leases. */
export function rowsOf(leases: number) {
  const endedLeases = Math.ceil(leases / LIVE_AN_ENDED);
  return {
    leases,
    tokens: Math.ceil(leases / LEASES_A_TOKEN),
    endedLeases,
    endedTokens: Math.ceil(endedLeases / LEASES_A_TOKEN),
  };
}

export type RowKind = keyof ReturnType<typeof rowsOf>;

/** SQL of what is known of row `n`: its token `k`, the workload `w` that it belongs to, what it drew, `d`. */
export const TOKEN_OF = `(n - 1) / ${LEASES_A_TOKEN} + 1`;
export const WHO = `join workload w on w.number = pg_temp.workload_of(k)`;
export const WHAT = `join draw d on d.workload = w.number and d.number = 1 + floor(d.choices * pg_temp.chance(n, 2))`;
const LEASE_ID = `d.path || 'creds/' || d.role || '/' || pg_temp.letters('lease ' || n, 24)`;
export const ENDED_LEASE_ID = `d.path || 'creds/' || d.role || '/' || pg_temp.letters('ended lease ' || n, 24)`;
export const ENDED_ACCESSOR = `pg_temp.letters('ended token ' || k, 24)`;
const MACHINE = `w.name || '/i-0' || left(md5(w.name || k % 12), 16)`;
export const DISPLAY_NAME = `'aws-' || ${MACHINE}`;
const PRINCIPAL = `'arn:aws:sts::' || w.account || ':assumed-role/' || ${MACHINE}`;

const holder = (accessor: string): string => `
  jsonb_build_object('accessor', ${accessor}, 'entityId', w.entity_id, 'principal', ${PRINCIPAL}, 'displayName', ${DISPLAY_NAME})`;

const handle = (seed: string): string => `
  case d.kind
    when 'iam_user' then jsonb_build_object('groups', '[]'::jsonb, 'policyName', d.role,
      'userName', left('vault-aws-' || w.name || '-' || d.role, 42) || '-' || pg_temp.letters('${seed} name ' || n, 20))
    when 'session_token' then '{"awsUserId": null}'::jsonb
    else jsonb_strip_nulls(jsonb_build_object('roleArn', d.role_arn,
      'sessionName', left('vault-aws-' || w.name || '-' || d.role, 42) || '-' || pg_temp.letters('${seed} name ' || n, 20),
      'awsUserId', pg_temp.key_id('AROA', d.role) || ':' || pg_temp.letters('${seed} name ' || n, 20)))
  end`;

const accessKey = (seed: string): string =>
  `pg_temp.key_id(case d.kind when 'iam_user' then 'AKIA' else 'ASIA' end, '${seed} key ' || n)`;

/** The more recent, the more are still there. */
const LIVE_FRACTION = `1 - power(1 - k::float8 / ($3::float8 + 1), 1.5)`;

const TOKENS = `
  insert into token (hmac, accessor, policies, path, display_name, meta, num_uses, issued_at, creation_ttl_seconds,
    granted_ttl_seconds, explicit_max_ttl_seconds, period_seconds, renewable, expires_at, last_renewed_at, entity_id,
    bound_cidrs, mount_id, renewal, leased)
  select decode(pg_temp.hash('token ' || k), 'hex'), pg_temp.letters('token ' || k, 24), array['default'] || w.policies,
    'auth/aws/login', ${DISPLAY_NAME},
    jsonb_build_object('role_id', w.role_id, 'auth_type', 'iam', 'account_id', w.account), 0,
    pg_temp.instant(${LIVE_FRACTION}, ${LIVE_DAYS}), 2764800, 2764800, 0, 2764800, true,
    now() + (31 + 10 * pg_temp.chance(k, 3)) * interval '1 day',
    case when k % 3 = 0 then now() - pg_temp.chance(k, 4) * interval '1 hour' end, w.entity_id, '{}', w.mount_id,
    jsonb_build_object('role', w.auth_role, 'roleId', w.role_id, 'account', w.account, 'authType', 'iam',
      'uniqueId', pg_temp.key_id('AROA', w.name), 'clientArn', ${PRINCIPAL},
      'canonicalArn', 'arn:aws:iam::' || w.account || ':role/' || w.name,
      'inferredRegion', '', 'inferredHostname', '', 'inferredInstanceId', ''), true
  from generate_series($1::bigint, $2::bigint) as k ${WHO}
  on conflict do nothing`;

/** One in 2,000 could not be ended at AWS, and is tried again when the others end. */
const LEASES = `
  insert into lease (id, mount_id, role, kind, token_hmac, holder, account, root_version, access_key_id, handle, needs_undo,
    renewable, issued_at, expires_at, last_renewed_at, aws_ends_at, next_attempt_at, attempts, last_error, irrevocable_at)
  select ${LEASE_ID}, d.mount_id, d.role, d.kind,
    decode(pg_temp.hash('token ' || k), 'hex'), ${holder("pg_temp.letters('token ' || k, 24)")}, d.account, 1,
    ${accessKey("lease")}, ${handle("lease")}, d.kind = 'iam_user', d.kind = 'iam_user', issued_at,
    case when is_stuck then now() - pg_temp.chance(n, 5) * interval '2 hours' else ends_at end,
    case when d.kind = 'iam_user' and n % 4 = 0 then now() - pg_temp.chance(n, 4) * interval '1 hour' end,
    case when d.kind <> 'iam_user' then ends_at + interval '1 second' end, ends_at,
    case when is_stuck then 7 else 0 end,
    case when is_stuck then 'AccessDenied: User: arn:aws:iam::' || d.account
      || ':user/leasehold is not authorized to perform: iam:DeleteAccessKey' end,
    case when is_stuck then now() - pg_temp.chance(n, 5) * interval '1 hour' end
  from generate_series($1::bigint, $2::bigint) as n
    cross join lateral (select ${TOKEN_OF} as k) as of_token ${WHO} ${WHAT}
    cross join lateral (select d.kind = 'iam_user' and n % 500 = 0 as is_stuck,
      pg_temp.instant(${LIVE_FRACTION}, ${LIVE_DAYS}) + pg_temp.chance(n, 6) * interval '15 minutes' as issued_at,
      now() + (2 + 28 * pg_temp.chance(n, 7)) * interval '1 day' as ends_at) as at
  on conflict do nothing`;

/** Fractions of what ended are of its tokens, so that a token's leases end about when it does. */
const ENDED_FRACTION = `k::float8 / $3::float8`;

const ENDED_LEASES = `
  insert into lease_ended (ended_at, id, mount_id, role, kind, holder, account, access_key_id, handle, issued_at, expires_at,
    aws_ends_at, attempts, outcome)
  select case when is_revoked then issued_at + (ends_at - issued_at) * pg_temp.chance(n, 8) else ends_at end,
    ${ENDED_LEASE_ID}, d.mount_id, d.role, d.kind, ${holder(ENDED_ACCESSOR)}, d.account, ${accessKey("ended")}, ${handle("ended")},
    issued_at, ends_at, case when d.kind <> 'iam_user' then ends_at + interval '1 second' end, 0,
    case when is_revoked then 'revoked' else 'expired' end
  from generate_series($1::bigint, $2::bigint) as n
    cross join lateral (select ${TOKEN_OF} as k) as of_token ${WHO} ${WHAT}
    cross join lateral (select n % 3 = 0 as is_revoked, pg_temp.instant(${ENDED_FRACTION}, pg_temp.ended_days()) as ends_at) as e
    cross join lateral (select ends_at - (15 + 45 * pg_temp.chance(n, 9)) * interval '1 minute' as issued_at) as i`;

const ENDED_TOKENS = `
  insert into token_ended (ended_at, accessor, path, display_name, policies, entity_id, mount_id, issued_at, expires_at, reason)
  select ended_at, ${ENDED_ACCESSOR}, 'auth/aws/login', ${DISPLAY_NAME}, array['default'] || w.policies, w.entity_id, w.mount_id,
    ended_at - interval '65 minutes', ended_at, case when k % 4 = 0 then 'revoked' else 'expired' end
  from generate_series($1::bigint, $2::bigint) as k ${WHO}
    cross join lateral (select pg_temp.instant(${ENDED_FRACTION}, pg_temp.ended_days()) as ended_at) as e`;

/** `$1` to `$2` of rows of a kind; `$3`: how many tokens hold all of them. */
const STATEMENTS: Readonly<Record<RowKind, string>> = {
  tokens: TOKENS,
  leases: LEASES,
  endedLeases: ENDED_LEASES,
  endedTokens: ENDED_TOKENS,
};

/** `$1`: is row `n` of its kind there, or was it? */
const PRESENT: Readonly<Record<RowKind, string>> = {
  tokens: `select 1 from (select $1::bigint as k) as r join token t on t.accessor = pg_temp.letters('token ' || k, 24)
    union all select 1 from (select $1::bigint as k) as r join token_ended t on t.accessor = pg_temp.letters('token ' || k, 24)`,
  leases: `select 1 from (select $1::bigint as n, ($1::bigint - 1) / ${LEASES_A_TOKEN} + 1 as k) as r ${WHO} ${WHAT}
    where exists (select 1 from lease l where l.id = ${LEASE_ID}) or exists (select 1 from lease_ended l where l.id = ${LEASE_ID})`,
  endedLeases: `select 1 from (select $1::bigint as n, ($1::bigint - 1) / ${LEASES_A_TOKEN} + 1 as k) as r ${WHO} ${WHAT}
    join lease_ended l on l.id = ${ENDED_LEASE_ID}`,
  endedTokens: `select 1 from (select $1::bigint as k) as r join token_ended t on t.accessor = ${ENDED_ACCESSOR}`,
};

export async function isPresent(
  client: pg.ClientBase,
  kind: RowKind,
  row: number,
): Promise<boolean> {
  const { rowCount } = await client.query(PRESENT[kind], [row]);
  return (rowCount ?? 0) > 0;
}

/** Writes rows `first` to `last` of a kind, none of which is there. */
export async function putRows(
  client: pg.ClientBase,
  kind: RowKind,
  { first, last, tokens }: { first: number; last: number; tokens: number },
): Promise<void> {
  await client.query(STATEMENTS[kind], [first, last, tokens]);
}

const FILL_LEASE_SEARCH = `
  insert into lease_search (lease_id, issued_at, doc)
  select id, issued_at, lease_doc(id, access_key_id, account, holder, handle) from (
    select id, issued_at, access_key_id, account, holder, handle from lease
    union all select id, issued_at, access_key_id, account, holder, handle from lease_ended) as l
  where not exists (select 1 from lease_search s where s.lease_id = l.id)
  on conflict do nothing`;

const FILL_TOKEN_SEARCH = `
  insert into token_search (accessor, issued_at, doc)
  select accessor, issued_at, token_doc(accessor, display_name, path, entity_id, meta, renewal) from (
    select accessor, issued_at, display_name, path, entity_id, meta, renewal from token
    union all select accessor, issued_at, display_name, path, entity_id, null, null from token_ended) as t
  where not exists (select 1 from token_search s where s.accessor = t.accessor)
  on conflict do nothing`;

/** Fills free text in, with its index made anew: many times as quick as growing it. */
export async function putSearchText(
  client: pg.ClientBase,
  table: "lease" | "token",
): Promise<void> {
  await client.query("begin");
  await client.query(`drop index ${table}_search_doc`);
  await client.query(table === "lease" ? FILL_LEASE_SEARCH : FILL_TOKEN_SEARCH);
  await client.query(
    `create index ${table}_search_doc on ${table}_search using gin (doc gin_trgm_ops)`,
  );
  await client.query("commit");
}
