-- What the overview tells of the last day, counted behind what happens.

/* Answers to logins and to requests for credentials, by minute. */
create table audit_minute (
  minute timestamptz not null,
  mount_id uuid not null, -- no foreign key: what was counted stays when its mount is gone
  what text not null constraint audit_minute_what check (what in ('login', 'issue')),
  outcome text not null,
  count integer not null,
  primary key (minute, mount_id, what, outcome)
);

/* Live leases now and then; a row of the mount that is none says that a sample was taken. */
create table lease_sample (
  at timestamptz not null,
  mount_id uuid not null,
  kind text not null,
  count integer not null,
  primary key (at, mount_id, kind)
);

insert into search_mark (name, until) values ('audit minute', '-infinity'), ('lease sample', '-infinity');

/* Counts by kind from the index alone. A role has one kind, so it is no larger than without. */
create index lease_role_kind on lease (mount_id, role, kind);
drop index lease_role;
