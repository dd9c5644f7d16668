-- AWS sessions that were ended before their time: each is denied by name in a policy of ours on the
-- role, or the user, that the session is of. Desired state, one row a session; what is written to AWS is
-- always the whole of it.

create table session_denial (
  lease_id text collate "C" primary key,
  mount_id uuid not null,
  container text not null,
  aws_userid text not null,
  is_unique boolean not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  state text not null default 'pending' constraint session_denial_state
    check (state in ('pending', 'applied', 'verified', 'moot', 'failed')),
  is_cut boolean not null default false,
  asked_at timestamptz not null default now(),
  applied_at timestamptz,
  verified_at timestamptz,
  error text
);
create index session_denial_container on session_denial (container, expires_at);
create index session_denial_userid on session_denial (aws_userid);
create index session_denial_mount on session_denial (mount_id, asked_at desc, lease_id);

/* Who writes a role's or user's policy, and when next. */
create table denial_container (
  container text primary key,
  mount_id uuid not null,
  root_version integer,
  policy text,
  written_at timestamptz,
  fence uuid,
  locked_until timestamptz,
  next_attempt_at timestamptz not null,
  attempts integer not null default 0,
  last_error text,
  checked_at timestamptz
);
create index denial_container_due on denial_container (next_attempt_at);
