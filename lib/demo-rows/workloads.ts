import type pg from "pg";
import { EngineError } from "@/lib/engine/errors";
import { openPool } from "@/lib/postgres/pool";

/** Who asks: the role that it runs as, the auth role it logs in for, and what it draws. */
type Workload = { name: string; account: string; authRole: string; draws: readonly string[] };

const TOOLS = "111122223333";
const PRODUCTION = "444455556666";
/** The first ask most often. */
const SERVICES = [
  ...["orders-api", "payments-api", "catalog", "search", "checkout", "invoices", "shipping"],
  ...["inventory", "recommendations", "notifications", "profiles", "reviews", "fraud-check"],
  ...["loyalty", "returns", "tax", "media-resize", "exports", "incident-bot"],
];

const WORKLOADS: readonly Workload[] = [
  ...SERVICES.map((name, index) => ({
    ...{ name, account: PRODUCTION, authRole: "production" },
    draws: [
      ...["aws-production/orders-data", "aws/reports-user"],
      ...(index % 3 === 0 ? ["aws-production/incident-admin"] : []),
    ],
  })),
  {
    ...{ name: "ci-runner", account: TOOLS, authRole: "ci-runner" },
    draws: ["aws/build-user", "aws/ci-upload", "aws/app-deploy"],
  },
  {
    ...{ name: "backup-agent", account: TOOLS, authRole: "backup-agent" },
    draws: ["aws/app-readonly", "aws/backup-session"],
  },
];

/** What is written lies in so many days up to now. */
export const ENDED_DAYS = 30;
export const LIVE_DAYS = 10;

const CONNECTIONS_MAX = 4;

/** A pool for statements that take minutes. */
export function openRowsPool(url: string): pg.Pool {
  return openPool({
    url,
    applicationName: "leasehold-demo-rows",
    connectionsMax: CONNECTIONS_MAX,
    statementTimeoutMs: 0,
    onError: () => undefined,
  });
}

const SETTINGS = `
  set synchronous_commit = off;
  set idle_in_transaction_session_timeout = 0;
  set work_mem = '128MB';
  set maintenance_work_mem = '512MB'`;

/** Texts and numbers that look like chance and are the same each time. */
const functionsFor = (endedDays: number): string => `
  create or replace function pg_temp.ended_days() returns float8 language sql immutable as $$ select ${endedDays}::float8 $$;
  create or replace function pg_temp.letters(seed text, length int) returns text language sql immutable as $$
    select substr(translate(encode(sha256(convert_to(seed, 'UTF8')), 'base64'), '+/=', 'xYz'), 1, length) $$;
  create or replace function pg_temp.key_id(prefix text, seed text) returns text language sql immutable as $$
    select prefix || substr(upper(translate(encode(sha256(convert_to(seed, 'UTF8')), 'base64'), '+/=0189', 'ABCDEFG')), 1, 16) $$;
  create or replace function pg_temp.hash(seed text) returns text language sql immutable as $$
    select encode(sha256(convert_to(seed, 'UTF8')), 'hex') $$;
  create or replace function pg_temp.chance(n bigint, salt bigint) returns float8 language sql immutable as $$
    select (hashint8extended(n, salt) & 1048575) / 1048576.0::float8 $$;
  create or replace function pg_temp.workload_of(token bigint) returns int language sql immutable as $$
    select 1 + floor(${WORKLOADS.length} * power(pg_temp.chance(token, 1), 2))::int $$;
  /* Which of so many days a fraction of them is: busy afternoons, quiet nights. */
  create or replace function pg_temp.instant(fraction float8, days float8) returns timestamptz language sql stable as $$
    select date_trunc('milliseconds', now() - interval '20 minutes'
      - (days * (1 - fraction) + 0.1 * sin(2 * pi() * days * fraction)) * interval '1 day') $$`;

const TABLES = `
  create temp table workload (number int, name text, account text, mount_id uuid, mount_accessor text, auth_role text,
    role_id text, policies text[], entity_id uuid);
  create temp table draw (workload int, number int, mount_id uuid, path text, mount_accessor text, role text, kind text,
    role_arn text, account text, choices int)`;

const PUT_WORKLOADS = `
  insert into workload
  select w.n, w.body ->> 'name', w.body ->> 'account', m.id, m.accessor, r.key, r.body ->> 'roleId',
    array(select jsonb_array_elements_text(r.body #> '{token,policies}') order by 1),
    md5('entity ' || (r.body ->> 'roleId'))::uuid
  from jsonb_array_elements($1::jsonb) with ordinality as w (body, n)
    join mount m on m.class = 'auth' and m.path = 'aws/'
    join mount_setting r on r.mount_id = m.id and r.setting = 'role' and r.key = w.body ->> 'authRole'`;

const PUT_DRAWS = `
  insert into draw
  select w.n, row_number() over (partition by w.n), m.id, m.path, m.accessor, r.key, r.body #>> '{credentialTypes,0}',
    r.body #>> '{roleArns,0}', coalesce(split_part(r.body #>> '{roleArns,0}', ':', 5), $2), count(*) over (partition by w.n)
  from jsonb_array_elements($1::jsonb) with ordinality as w (body, n)
    cross join jsonb_array_elements_text(w.body -> 'draws') as d (name)
    join mount m on m.class = 'secret' and m.path = split_part(d.name, '/', 1) || '/'
    join mount_setting r on r.mount_id = m.id and r.setting = 'role' and r.key = split_part(d.name, '/', 2)`;

/** Those who log in for one role are one entity, as Vault counts them by default. */
const PUT_ENTITIES = `
  with added as (
    insert into entity (id, name)
    select distinct w.entity_id, 'entity_' || left(w.entity_id::text, 8) from workload w
    where not exists (select 1 from entity_alias a where a.mount_accessor = w.mount_accessor and a.name = w.role_id)
    on conflict do nothing returning id
  )
  insert into entity_alias (id, entity_id, mount_accessor, name, metadata)
  select gen_random_uuid(), a.id, w.mount_accessor, w.role_id, '{"auth_type": "iam"}'
  from added a join (select distinct entity_id, mount_accessor, role_id from workload) w on w.entity_id = a.id
  on conflict do nothing`;

const KNOWN_ENTITIES = `
  update workload w set entity_id = a.entity_id from entity_alias a
  where a.mount_accessor = w.mount_accessor and a.name = w.role_id`;

/**
 * Runs work on a connection that knows the workloads.
 *
 * @throws EngineError `invalid_request` where the demo has not filled the installation in.
 */
export async function withWorkloads<T>(
  pool: pg.Pool,
  endedDays: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(`${SETTINGS}; ${functionsFor(endedDays)}; ${TABLES}`);
    const source = JSON.stringify(WORKLOADS);
    const put = await client.query(PUT_WORKLOADS, [source]);
    await client.query(PUT_DRAWS, [source, TOOLS]);
    if (put.rowCount !== WORKLOADS.length) {
      throw new EngineError("invalid_request", "the roles of the demo are not there");
    }
    await client.query(PUT_ENTITIES);
    await client.query(KNOWN_ENTITIES);
    await client.query("analyze workload, draw");
    return await work(client);
  } finally {
    // What it knows is the connection's own: the next one begins anew.
    client.release(true);
  }
}
