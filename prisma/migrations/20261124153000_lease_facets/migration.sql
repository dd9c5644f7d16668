/*
 * Filters of a list in any combination: one that nothing matches is answered by skipping from value to
 * value, without reading leases. Few values, so it is no larger than an index without the account.
 */
create index lease_by_facets on lease (mount_id, role, kind, account);
drop index lease_role_kind;
