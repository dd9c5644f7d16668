-- Signed checkpoints of the audit log, and its batches by time.

/* For the live tail and for verifying a range. */
create index audit_batch_at on audit_batch (at);

/* Signs checkpoints. The private part is sealed under a data key. */
create table audit_signing_key (
  id uuid primary key,
  public_key bytea not null,
  sealed bytea not null,
  created_at timestamptz not null default now()
);

/* Each signs where all writers stand, and the checkpoint before. */
create table audit_checkpoint (
  no bigint primary key,
  at timestamptz not null,
  entries bigint not null,
  writers integer not null,
  /* Writers that wrote since the checkpoint before, with where they stand now. */
  heads json not null,
  root bytea not null,
  prev bytea not null,
  key_id uuid not null references audit_signing_key (id),
  signature bytea not null
);
create index audit_checkpoint_at on audit_checkpoint (at);

/* Where all writers stood at the last checkpoint. */
create table audit_head (
  writer uuid primary key,
  no bigint not null,
  seq bigint not null,
  hash bytea not null
);

/* What came of the last verification that the worker made by itself: one row. */
create table audit_verification (
  id boolean primary key default true constraint audit_verification_one check (id),
  at timestamptz not null,
  verified_to timestamptz,
  checkpoint_no bigint not null,
  defects json not null
);
