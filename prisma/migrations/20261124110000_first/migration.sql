-- The tables of a new installation. Constraints carry the invariants; their names are what the code matches on.

create table installation (
  one boolean primary key default true constraint installation_one check (one),
  cluster_id uuid not null,
  cluster_name text not null,
  initialized_at timestamptz
);

create table config_version (
  one boolean primary key default true constraint config_version_one check (one),
  version bigint not null,
  sealed boolean not null default false
);
insert into config_version (version) values (1);

create table version_history (
  version text primary key,
  installed_at timestamptz not null default now()
);

create table data_key (
  id uuid primary key,
  purpose text not null,
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);

create table instance (
  id uuid primary key,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  clock_offset_ms integer not null default 0
);

-- Configuration -------------------------------------------------------------------------------

create table mount (
  id uuid primary key,
  class text not null constraint mount_class check (class in ('auth', 'secret')),
  path text collate "C" not null,
  type text not null,
  accessor text not null,
  description text not null,
  config jsonb not null,
  options jsonb,
  local boolean not null,
  seal_wrap boolean not null,
  external_entropy_access boolean not null,
  tainted_at timestamptz,
  created_at timestamptz not null default now(),
  constraint mount_path unique (class, path),
  constraint mount_accessor unique (accessor)
);

create table mount_setting (
  mount_id uuid not null references mount (id) on delete cascade,
  setting text not null,
  key text collate "C" not null,
  body jsonb not null,
  sealed bytea,
  revision integer not null,
  updated_at timestamptz not null default now(),
  primary key (mount_id, setting, key)
);

create table policy (
  name text collate "C" primary key,
  text text not null,
  updated_at timestamptz not null default now()
);

create table audit_device (
  path text collate "C" primary key,
  type text not null,
  description text not null,
  local boolean not null,
  options jsonb not null,
  salt bytea not null,
  created_at timestamptz not null default now()
);

-- Identity ------------------------------------------------------------------------------------

create table entity (
  id uuid primary key,
  name text not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint entity_name unique (name)
);

create table entity_alias (
  id uuid primary key,
  entity_id uuid not null references entity (id) on delete cascade,
  mount_accessor text not null,
  name text not null,
  metadata jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint entity_alias_name unique (mount_accessor, name)
);
create index entity_alias_entity on entity_alias (entity_id);

-- Tokens and leases ---------------------------------------------------------------------------

create table token (
  hmac bytea primary key,
  accessor text not null,
  parent_hmac bytea,
  policies text[] not null,
  path text collate "C" not null,
  display_name text not null,
  meta jsonb,
  num_uses integer not null,
  issued_at timestamptz not null default now(),
  creation_ttl_seconds bigint not null,
  granted_ttl_seconds bigint not null,
  explicit_max_ttl_seconds bigint not null,
  period_seconds bigint not null,
  renewable boolean not null,
  expires_at timestamptz,
  last_renewed_at timestamptz,
  role text,
  entity_id uuid,
  bound_cidrs text[] not null,
  mount_id uuid,
  renewal jsonb,
  leased boolean not null,
  constraint token_accessor unique (accessor),
  constraint token_ends check (expires_at is not null or policies = array['root'])
);
create index token_parent on token (parent_hmac) where parent_hmac is not null;
create index token_expires on token (expires_at) where expires_at is not null;
create index token_mount on token (mount_id);
create index token_path on token (path);

create table token_ended (
  ended_at timestamptz not null default now(),
  accessor text not null,
  path text not null,
  display_name text not null,
  policies text[] not null,
  entity_id uuid,
  mount_id uuid,
  issued_at timestamptz not null,
  expires_at timestamptz,
  reason text not null,
  primary key (ended_at, accessor)
) partition by range (ended_at);
create index token_ended_accessor on token_ended (accessor);

create table lease (
  id text collate "C" primary key,
  mount_id uuid not null, -- no foreign key: it would lock the mount's row with each lease
  role text not null,
  kind text not null,
  token_hmac bytea,
  owner_expires_at timestamptz,
  holder jsonb not null,
  account text,
  root_version integer,
  access_key_id text,
  handle jsonb not null,
  needs_undo boolean not null,
  renewable boolean not null,
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_renewed_at timestamptz,
  aws_ends_at timestamptz,
  next_attempt_at timestamptz not null,
  fence uuid,
  locked_until timestamptz,
  attempts integer not null default 0,
  last_error text,
  irrevocable_at timestamptz,
  revoked_at timestamptz -- somebody asked for its end before its time
);
create index lease_due on lease (next_attempt_at);
create index lease_token on lease (token_hmac, id) where token_hmac is not null;
create index lease_role on lease (mount_id, role);
create index lease_issued on lease (issued_at desc, id);
create index lease_expires on lease (expires_at, id);
create index lease_access_key on lease (access_key_id) where access_key_id is not null;
create index lease_irrevocable on lease (irrevocable_at) where irrevocable_at is not null;

/* Many leases that were revoked at once, worked off page by page: what is `after` is still to do. */
create table lease_revocation (
  id uuid primary key,
  prefix text collate "C",
  token_hmac bytea,
  asked_at timestamptz not null default now(),
  after text collate "C" not null default '',
  fence uuid,
  locked_until timestamptz,
  constraint lease_revocation_of check ((prefix is null) <> (token_hmac is null))
);

create table lease_ended (
  ended_at timestamptz not null default now(),
  id text collate "C" not null,
  mount_id uuid not null,
  role text not null,
  kind text not null,
  holder jsonb not null,
  account text,
  access_key_id text,
  handle jsonb not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  aws_ends_at timestamptz,
  attempts integer not null,
  last_error text,
  outcome text not null,
  primary key (ended_at, id)
) partition by range (ended_at);
create index lease_ended_id on lease_ended (id);
create index lease_ended_access_key on lease_ended (access_key_id);

create table intent (
  id uuid primary key,
  mount_id uuid not null,
  root_version integer not null,
  account text,
  user_name text not null,
  handle jsonb not null,
  request_id uuid not null,
  instance uuid not null,
  fence uuid not null,
  opened_at timestamptz not null default now(),
  locked_until timestamptz not null,
  next_attempt_at timestamptz not null,
  attempts integer not null default 0,
  last_error text
);
create index intent_due on intent (next_attempt_at);
create index intent_instance on intent (instance);
create index intent_mount on intent (mount_id);

create table replay_mark (
  mount_id uuid not null,
  role_id uuid not null,
  mac bytea not null,
  first_seen timestamptz not null default now(),
  primary key (mount_id, role_id, mac)
);
create index replay_mark_seen on replay_mark (first_seen);

create table cubbyhole (
  token_hmac bytea not null,
  path text collate "C" not null,
  sealed bytea not null,
  primary key (token_hmac, path)
);

create table approle_secret_id (
  mount_id uuid not null references mount (id) on delete cascade,
  role text not null,
  hmac bytea not null,
  accessor text not null,
  num_uses integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  expires_at timestamptz,
  cidr_list text[] not null,
  token_bound_cidrs text[] not null,
  metadata jsonb not null,
  primary key (mount_id, role, hmac),
  constraint approle_secret_id_accessor unique (accessor)
);
create index approle_secret_id_expires on approle_secret_id (expires_at) where expires_at is not null;

create table lockout (
  mount_accessor text not null,
  alias text not null,
  failures integer not null,
  first_failure_at timestamptz not null,
  locked_until timestamptz,
  primary key (mount_accessor, alias)
);

-- The built-in audit log ----------------------------------------------------------------------

create table audit_entry (
  at timestamptz not null,
  writer uuid not null,
  seq bigint not null,
  kind text not null constraint audit_entry_kind check (kind in ('request', 'response', 'both', 'event')),
  request_id uuid,
  operation text not null,
  path text not null,
  status integer,
  accessor text,
  lease_id text,
  entry json not null,
  primary key (at, writer, seq)
) partition by range (at);
create index audit_entry_path on audit_entry (path text_pattern_ops, at desc);
create index audit_entry_accessor on audit_entry (accessor, at desc) where accessor is not null;
create index audit_entry_failed on audit_entry (at desc) where status >= 400;
create index audit_entry_request on audit_entry (request_id) where request_id is not null;
create index audit_entry_lease on audit_entry (lease_id, at desc) where lease_id is not null;

create table audit_batch (
  writer uuid not null,
  no bigint not null,
  first_seq bigint not null,
  count integer not null,
  hash bytea not null,
  prev bytea not null,
  at timestamptz not null default now(),
  primary key (writer, no)
);

/* Up to when entries were removed because their days of keeping were over. */
create table audit_retired (
  before timestamptz primary key,
  at timestamptz not null default now()
);

-- Daily partitions ----------------------------------------------------------------------------

/* A default partition catches what has no day of its own; the worker reports rows found there. */
create table audit_entry_default partition of audit_entry default;
create table lease_ended_default partition of lease_ended default;
create table token_ended_default partition of token_ended default;

create function make_day_partitions(days_ahead integer) returns integer language plpgsql as $$
declare
  parent text;
  day date;
  child text;
  made integer := 0;
begin
  foreach parent in array array['audit_entry', 'lease_ended', 'token_ended'] loop
    for ahead in 0..days_ahead loop
      day := (now() at time zone 'utc')::date + ahead;
      child := parent || '_' || to_char(day, 'YYYYMMDD');
      if to_regclass(child) is null then
        execute format(
          'create table if not exists %I partition of %I for values from (%L) to (%L)',
          child, parent, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end $$;

create function drop_day_partitions(parent text, keep_days integer) returns integer language plpgsql as $$
declare
  child text;
  dropped integer := 0;
begin
  for child in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = parent::regclass and c.relname ~ '_[0-9]{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') < (now() at time zone 'utc')::date - keep_days
  loop
    execute format('drop table %I', child);
    if parent = 'audit_entry' then
      insert into audit_retired (before)
      values ((to_date(right(child, 8), 'YYYYMMDD') + 1)::timestamp at time zone 'utc')
      on conflict do nothing;
    end if;
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

select make_day_partitions(7);
