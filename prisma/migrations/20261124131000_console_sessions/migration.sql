-- Who is signed in to the console. The cookie holds a random id, known here by its hash alone; the
-- token behind it is known by its HMAC alone.

create table console_session (
  id uuid primary key,
  cookie_hash bytea not null,
  token_hmac bytea not null,
  accessor text not null,
  operator text not null,
  entity_id uuid,
  way text not null constraint console_session_way check (way in ('token', 'userpass', 'oidc')),
  mount_id uuid,
  alias text,
  owns_token boolean not null,
  client_address text not null,
  user_agent text not null,
  signed_in_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  idle_until timestamptz not null,
  ends_at timestamptz not null,
  constraint console_session_cookie unique (cookie_hash)
);
create index console_session_token on console_session (token_hmac);
create index console_session_ends on console_session (ends_at);
