/* The credential of a lease that is due works no more, though what it belongs to is still there. */
alter table lease add column keys_off_at timestamptz;

/* Credentials are ended first, what they leave behind is cleared away later; each mount by itself. */
drop index lease_due;
create index lease_due on lease (mount_id, next_attempt_at) where keys_off_at is null;
create index lease_clean_up on lease (mount_id, next_attempt_at) where keys_off_at is not null;
