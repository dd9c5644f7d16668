-- What logins through AWS auth mounts came to. Bounded: many alike are one row with a count, and the
-- worker keeps the table small. Lost with a killed process is at most half a second of them; the audit
-- log has them all.

create table login_attempt (
  id uuid primary key,
  at timestamptz not null,
  last_at timestamptz not null,
  repeats integer not null default 0,
  mount_id uuid not null,
  mount_path text not null,
  role text not null,
  passed boolean not null,
  step text not null,
  cause text not null,
  account text not null,
  principal text not null,
  access_key_id text not null,
  client_address text not null,
  error text,
  facts jsonb not null
);
create index login_attempt_at on login_attempt (at desc, id);
create index login_attempt_refused on login_attempt (at desc, id) where not passed;
create index login_attempt_role on login_attempt (mount_id, role, at desc, id);
create index login_attempt_account on login_attempt (account, at desc, id);
