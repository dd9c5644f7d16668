-- What is known at AWS of the roles that secrets roles hand out, and what follows from it for each of
-- them. All of it can be found out again; nothing here decides who may do what.

/* One row a target, and one for a mount's own principal (empty target). */
create table validator_fact (
  mount_id uuid not null,
  target_arn text collate "C" not null,
  /* Whose question it is: changes with the credential or the reader. */
  origin text not null,
  principal_arn text,
  is_temporary boolean not null default false,
  max_session_seconds integer,
  role_id text,
  found_arn text,
  trust_policy text,
  identity_side text,
  probe jsonb,
  read_at timestamptz,
  checked_at timestamptz,
  error_code text,
  error_text text,
  next_check_at timestamptz not null default now(),
  fence uuid,
  locked_until timestamptz,
  primary key (mount_id, target_arn)
);
create index validator_fact_due on validator_fact (next_check_at);

/* One row a role and target. */
create table validator_verdict (
  mount_id uuid not null,
  role text collate "C" not null,
  target_arn text collate "C" not null,
  /* From 0, ok, to 3, error. */
  rank integer not null,
  codes text[] not null,
  findings jsonb not null,
  figures jsonb not null,
  digest text not null,
  revision integer not null,
  checked_at timestamptz not null default now(),
  primary key (mount_id, role, target_arn)
);
create index validator_verdict_worst on validator_verdict (rank desc, mount_id, role, target_arn);

create table validator_change (
  id bigint generated always as identity primary key,
  mount_id uuid not null,
  role text collate "C" not null,
  target_arn text collate "C" not null,
  at timestamptz not null default now(),
  change jsonb not null
);
create index validator_change_row on validator_change (mount_id, role, target_arn, id desc);
create index validator_change_at on validator_change (at);

/* When the next read of an account's IAM may start. */
create table validator_pace (
  account text primary key,
  next_at timestamptz not null
);
