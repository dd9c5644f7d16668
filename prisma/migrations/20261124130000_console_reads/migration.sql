-- What operators search, order and look back at.

create extension if not exists pg_trgm;

-- Free text over leases and tokens --------------------------------------------------------------

/* What free text over a lease looks at, in lower case. */
create function lease_doc(id text, access_key_id text, account text, holder jsonb, handle jsonb)
returns text language sql immutable parallel safe as $$
  select lower(concat_ws(' ', id, access_key_id, account,
    holder ->> 'displayName', holder ->> 'principal', holder ->> 'accessor', holder ->> 'entityId',
    handle ->> 'roleArn', handle ->> 'sessionName', handle ->> 'userName', handle ->> 'awsUserId'))
$$;

create function token_doc(accessor text, display_name text, path text, entity_id uuid, meta jsonb, renewal jsonb)
returns text language sql immutable parallel safe as $$
  select lower(concat_ws(' ', accessor, display_name, path, entity_id,
    renewal ->> 'clientArn', renewal ->> 'canonicalArn', renewal ->> 'role',
    (select string_agg(value, ' ') from jsonb_each_text(case when jsonb_typeof(meta) = 'object' then meta end))))
$$;

/* Written behind, once for each lease, and left alone then: issuing and ending stay fast. */
create table lease_search (
  lease_id text collate "C" primary key,
  issued_at timestamptz not null,
  doc text not null
);
create index lease_search_doc on lease_search using gin (doc gin_trgm_ops);
create index lease_search_issued on lease_search (issued_at);

create table token_search (
  accessor text primary key,
  issued_at timestamptz not null,
  doc text not null
);
create index token_search_doc on token_search using gin (doc gin_trgm_ops);
create index token_search_issued on token_search (issued_at);

/* Up to when the search tables are filled, and rows to lock by those who keep them. */
create table search_mark (
  name text primary key,
  until timestamptz not null
);
insert into search_mark (name, until) values ('lease', '-infinity'), ('token', '-infinity'), ('closed days', 'infinity');

create index lease_kind on lease (kind, issued_at desc, id);
create index lease_account on lease (account, issued_at desc, id) where account is not null;
create index lease_role_issued on lease (role, issued_at desc, id);
/* A role has one type and few accounts: what never goes together must not be looked for by walking a list. */
create statistics lease_facets (mcv) on mount_id, role, kind, account from lease;
create index token_issued on token (issued_at desc, accessor);

/* Which batch chains an entry. */
create index audit_batch_seq on audit_batch (writer, first_seq);

-- Days that are over ----------------------------------------------------------------------------

/* What free text over the audit log looks at. Dear: a cheaper condition is to be asked first. */
create function audit_doc(entry json)
returns text language sql immutable parallel safe cost 10000 as $$
  select lower(concat_ws(' ',
    e #>> '{request,remote_address}', e #>> '{request,path}', e #>> '{request,data,lease_id}',
    e #>> '{auth,display_name}', e #>> '{auth,accessor}', e #>> '{auth,entity_id}',
    e #>> '{auth,metadata,client_arn}', e #>> '{auth,metadata,canonical_arn}', e #>> '{auth,metadata,account_id}',
    e #>> '{auth,metadata,role}', e #>> '{auth,metadata,username}',
    e ->> 'path', e ->> 'lease_id', e ->> 'event', e #>> '{detail,job_id}', e #>> '{detail,aws_access_key_id}'))
  from (select entry::jsonb as e) as parsed
$$;

/* The partition of one day, for rows that are brought in later. */
create function make_day_partition(parent text, day date) returns void language plpgsql as $$
begin
  execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
    parent || '_' || to_char(day, 'YYYYMMDD'), parent, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
end $$;

/* Gives one day that is over the indices that would cost too much while it is written; false: none is left. */
create function index_closed_day() returns boolean language plpgsql as $$
declare
  closed record;
begin
  select c.relname as child, p.relname as parent into closed
  from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    join pg_class p on p.oid = i.inhparent
  where p.relname in ('audit_entry', 'lease_ended', 'token_ended') and c.relname ~ '_[0-9]{8}$'
    and to_date(right(c.relname, 8), 'YYYYMMDD') < (now() at time zone 'utc')::date
    and to_regclass(c.relname || '_closed') is null
  order by c.relname desc limit 1;
  if not found then
    return false;
  end if;
  if closed.parent = 'audit_entry' then
    execute format('create index if not exists %I on %I using gin (audit_doc(entry) gin_trgm_ops)',
      closed.child || '_doc', closed.child);
    execute format('create index if not exists %I on %I (at) include (status, kind)',
      closed.child || '_closed', closed.child);
  elsif closed.parent = 'lease_ended' then
    execute format('create index if not exists %I on %I (mount_id, role, ended_at desc)',
      closed.child || '_role', closed.child);
    execute format('create index if not exists %I on %I (account, ended_at desc)',
      closed.child || '_account', closed.child);
    execute format('create index if not exists %I on %I (kind, ended_at desc)',
      closed.child || '_closed', closed.child);
  else
    execute format('create index if not exists %I on %I (mount_id, ended_at desc)',
      closed.child || '_closed', closed.child);
  end if;
  execute format('analyze %I', closed.child);
  return true;
end $$;

-- Jobs ------------------------------------------------------------------------------------------

/* One act on many leases, worked off by whoever has a worker. */
create table job (
  id uuid primary key,
  action text not null,
  reason text not null,
  filter jsonb,
  as_of timestamptz not null,
  request_id uuid not null,
  asked_by jsonb not null,
  created_at timestamptz not null default now(),
  total integer not null,
  done integer not null default 0,
  failed integer not null default 0,
  finished_at timestamptz,
  constraint job_counts check (done >= 0 and failed >= 0 and done + failed <= total)
);
create index job_created on job (created_at desc, id);

create table job_item (
  job_id uuid not null references job (id) on delete cascade,
  lease_id text collate "C" not null,
  mount_id uuid,
  kind text not null,
  access_key_id text,
  aws_ends_at timestamptz,
  state text not null default 'waiting' constraint job_item_state check (state in ('waiting', 'done', 'failed')),
  outcome text,
  error text,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  fence uuid,
  locked_until timestamptz,
  ended_at timestamptz,
  primary key (job_id, lease_id)
);
create index job_item_waiting on job_item (next_attempt_at) where state = 'waiting';
create index job_item_of_state on job_item (job_id, state, lease_id);

-- Views and history -----------------------------------------------------------------------------

create table saved_view (
  id uuid primary key,
  owner text not null,
  page text not null,
  name text not null,
  query text not null,
  shared boolean not null,
  created_at timestamptz not null default now(),
  constraint saved_view_name unique (owner, page, name)
);
create index saved_view_shared on saved_view (page, name) where shared;

/* Who changed which part of the configuration, without secrets; written with the change itself. */
create table config_change (
  id uuid primary key,
  at timestamptz not null default now(),
  request_id uuid,
  accessor text,
  changed_by text not null,
  path text not null,
  kind text not null,
  mount_id uuid,
  key text collate "C" not null,
  before jsonb,
  after jsonb,
  secret_changed boolean not null
);
create index config_change_at on config_change (at desc, id);
create index config_change_mount on config_change (mount_id, at desc, id);
create index config_change_key on config_change (kind, key, at desc, id);
