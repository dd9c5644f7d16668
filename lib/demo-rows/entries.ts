import type pg from "pg";
import {
  DISPLAY_NAME,
  ENDED_ACCESSOR,
  ENDED_LEASE_ID,
  TOKEN_OF,
  WHAT,
  WHO,
} from "@/lib/demo-rows/leases";

/** Batches that one statement chains, and entries of one: as a busy server commits them. */
const BATCHES_A_STATEMENT = 200;
const ENTRIES_A_BATCH_MAX = 50;
/** A batch is of one moment, also where there is little to do. */
const BATCH_MINUTES = 5;

/** A writer, that is an instance that ran, and which entries of all it writes. */
export type Share = {
  writer: string;
  /** This writer's number, from 0, of so many. */
  lane: number;
  lanes: number;
  /** Entries that it writes in all. */
  entries: number;
  /** Ended leases that the entries tell of. */
  endedLeases: number;
  /** Days up to now that they lie in. */
  days: number;
};

export type Head = { no: number; seq: number; hash: Buffer };

/** What happens in each visit of a workload, by turns of ten rows: it logs in, draws, uses, leaves. */
const SLOTS = `
  (0, 'update', 'auth/aws/login', 'both', 200, 'auth/aws/'),
  (1, 'read', null, 'request', null, null),
  (2, 'read', null, 'response', 200, null),
  (3, 'read', 'auth/token/lookup-self', 'both', 200, 'auth/token/'),
  (4, 'update', 'sys/leases/renew', 'both', 200, 'sys/'),
  (5, 'update', 'sys/leases/lookup', 'both', 200, 'sys/'),
  (6, 'update', 'auth/token/renew-self', 'both', 200, 'auth/token/'),
  (7, 'update', 'auth/aws/login', 'both', 400, 'auth/aws/'),
  (8, 'lease.expired', null, 'event', null, null),
  (9, 'update', 'auth/token/revoke-self', 'both', 204, 'auth/token/'),
  (10, 'read', 'aws/creds/app-deploy', 'both', 403, 'aws/'),
  (11, 'read', 'sys/leasehold/leases', 'both', 200, 'sys/')`;

/** Row `seq` of a writer: `$1` writer, `$2`, `$3` its rows, `$4` lane of `$5`, `$6` rows in all, `$7` ended leases. */
const ACTS = `
  select seq, s.slot, s.operation, coalesce(s.path, d.path || 'creds/' || d.role) as path, s.kind,
    case when s.slot = 4 and turn % 8 = 0 then 400 when s.slot = 7 and turn % 2 = 0 then 403 else s.status end as status,
    case when s.slot not in (7, 8) then ${ENDED_ACCESSOR} end as accessor,
    case when s.slot in (2, 4, 5, 8) then ${ENDED_LEASE_ID} end as lease_id,
    case when s.slot <> 8 then md5('request ' || $1 || case when s.slot = 2 then seq - 1 else seq end)::uuid end as request_id,
    pg_temp.instant(seq::float8 / $6::float8, pg_temp.ended_days()) as at,
    coalesce(s.mount, d.path) as mount, ${DISPLAY_NAME} as display_name, w.role_id, w.account, w.entity_id,
    to_json(array['default'] || w.policies)::text as policies, pg_temp.hash('token ' || k) as token_hash,
    '10.' || 20 + w.number || '.' || k % 16 || '.' || 1 + k % 250 as address, 1 + seq % 9 as elapsed_ms
  from generate_series($2::bigint, $3::bigint) as seq
    cross join lateral (select (seq - 1) / 10 as turn) as v
    cross join lateral (select 1 + floor(($5::bigint * turn + $4::bigint)::float8 * $7::float8 / ($5::float8 * $6::float8 / 10))::bigint as n) as l
    cross join lateral (select ${TOKEN_OF} as k) as of_token ${WHO} ${WHAT}
    join slot s on s.slot = case when (seq - 1) % 10 <> 7 then (seq - 1) % 10 when turn % 3 = 0 then 7 when turn % 3 = 1 then 10 else 11 end`;

const TIME = `to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const AUTH = `
  case when accessor is null then '"auth":{"policy_results":{"allowed":true},"token_type":"default"}'
    else '"auth":{"client_token":"hmac-sha256:' || token_hash || '","accessor":"' || accessor || '","display_name":"' || display_name
      || '","policies":' || policies || ',"token_policies":' || policies || ',"metadata":{"role_id":"' || role_id
      || '","account_id":"' || account || '","auth_type":"iam"},"entity_id":"' || entity_id
      || '","token_type":"service","token_ttl":300' || case when a.slot = 0 then '}' else
      ',"policy_results":{"allowed":' || case when status = 403 then 'false}}' else
        'true,"granting_policies":[{"name":"default","namespace_id":"root","type":"acl"}]}}' end end end`;

const REQUEST = `
  '"request":{"id":"' || request_id || '","operation":"' || operation || '","mount_point":"' || mount || '","mount_type":"' || mount_type
    || '","mount_accessor":"' || mount_accessor || '","mount_class":"' || mount_class || '"' || case when accessor is null then '' else
      ',"client_token":"hmac-sha256:' || token_hash || '","client_token_accessor":"' || accessor || '"' end
    || ',"namespace":{"id":"root"},"path":"' || a.path || '"' || case when a.slot in (4, 5) then ',"data":{"lease_id":"' || lease_id || '"}' else '' end
    || ',"remote_address":"' || address || '","remote_port":' || 32768 + seq % 28000 || ',"headers":{"user-agent":["app/1.4"]},"request_uri":"/v1/'
    || a.path || '"}'`;

const RESPONSE = `
  '"response":{' || case
      when a.slot = 2 then '"secret":{"lease_id":"' || lease_id || '"},"data":{"access_key":"hmac-sha256:' || pg_temp.hash(lease_id)
        || '","secret_key":"hmac-sha256:' || pg_temp.hash('secret ' || lease_id) || '"},'
      when status >= 400 then '"data":{"error":"hmac-sha256:' || token_hash || '"},' else '' end
    || '"mount_point":"' || mount || '","mount_type":"' || mount_type || '","mount_accessor":"' || mount_accessor || '"},"elapsed_ms":' || elapsed_ms`;

const ENTRY = `
  case kind
    when 'event' then '{"time":"' || ${TIME} || '","type":"event","event":"' || operation || '","path":"' || a.path
      || '","lease_id":"' || lease_id || '","detail":{"aws_access_key_id":"' || pg_temp.key_id('ASIA', lease_id) || '"}}'
    else '{"time":"' || ${TIME} || '","type":"' || case kind when 'request' then 'request' else 'response' end || '",'
      || ${AUTH} || ',' || ${REQUEST} || case kind when 'request' then '' else ',' || ${RESPONSE} end || '}'
  end`;

const framed = (text: string): string => `octet_length(${text}) || ':' || ${text}`;

/** A row as the chain hashes it. */
const ROW = [
  ...["seq::text", TIME, "kind", "coalesce(request_id::text, '')", "operation", "path"],
  ...["coalesce(status::text, '')", "coalesce(accessor, '')", "coalesce(lease_id, '')", "entry"],
]
  .map(framed)
  .join(" || ");

/** `$8` number and `$9` hash of the batch before, `$10` entries of one. */
const PUT = `
  with recursive acts as (${ACTS}),
  rows as materialized (
    select seq, at, kind, request_id, operation, a.path, status, accessor, lease_id, ${ENTRY} as entry
    from acts a join (
      select case when class = 'auth' then 'auth/' || path else path end as mount_path, type as mount_type,
        accessor as mount_accessor, class as mount_class from mount) as m on m.mount_path = a.mount
  ), put as (
    insert into audit_entry (at, writer, seq, kind, request_id, operation, path, status, accessor, lease_id, entry)
    select at, $1::uuid, seq, kind, request_id, operation, path, status, accessor, lease_id, entry::json from rows order by seq
  ), batches as materialized (
    select (seq - $2) / $10 as b, min(seq) as first_seq, count(*)::int as count, max(at) as at,
      convert_to(string_agg(${ROW}, '' order by seq), 'UTF8') as content
    from rows group by 1
  ), chain as (
    select b.b, b.first_seq, b.count, b.at, $9::bytea as prev, ${hashOf("$9::bytea")} as hash from batches b where b.b = 0
    union all
    select b.b, b.first_seq, b.count, b.at, c.hash, ${hashOf("c.hash")} from chain c join batches b on b.b = c.b + 1
  ), chained as (
    insert into audit_batch (writer, no, first_seq, count, hash, prev, at)
    select $1::uuid, $8 + b + 1, first_seq, count, hash, prev, at from chain
  )
  select ($8 + b + 1)::float8 as no, (first_seq + count - 1)::float8 as seq, hash from chain order by b desc limit 1`;

function hashOf(before: string): string {
  const header = `${framed("$1::text")} || ${framed("($8::bigint + b.b + 1)::text")}`;
  return `sha256(${before} || convert_to(${header}, 'UTF8') || b.content)`;
}

/** Makes the table of what happens, once on a connection. */
export async function prepareEntries(client: pg.ClientBase): Promise<void> {
  await client.query(`
    create temp table slot (slot int, operation text, path text, kind text, status int, mount text);
    insert into slot values ${SLOTS};
    analyze slot`);
}

/** Writes the entries behind `head`, in chained batches, up to `last`. */
export async function putEntries(
  client: pg.ClientBase,
  { writer, lane, lanes, entries, endedLeases, days }: Share,
  head: Head,
): Promise<Head> {
  const batch = entriesOfBatch(entries, days);
  const last = Math.min(head.seq + batch * BATCHES_A_STATEMENT, entries);
  const values = [writer, head.seq + 1, last, lane, lanes, entries, endedLeases];
  const result = await client.query<Head>(PUT, [...values, head.no, head.hash, batch]);
  return result.rows[0] ?? head;
}

function entriesOfBatch(entries: number, days: number): number {
  const minutes = days * 24 * 60;
  const found = Math.floor((entries / minutes) * BATCH_MINUTES);
  return Math.min(Math.max(found, 1), ENTRIES_A_BATCH_MAX);
}
