/* Filters of a list, in any combination: one that nothing matches is answered by skipping from value to value, without reading leases. */
create index lease_facets on lease (mount_id, role, kind, account);
drop index lease_role_kind;

/* The same for leases that have ended, on days that are over: those that were indexed before get it too. */
create or replace function index_closed_day() returns boolean language plpgsql as $$
declare
  closed record;
begin
  select c.relname as child, p.relname as parent into closed
  from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    join pg_class p on p.oid = i.inhparent
  where p.relname in ('audit_entry', 'lease_ended', 'token_ended') and c.relname ~ '_[0-9]{8}$'
    and to_date(right(c.relname, 8), 'YYYYMMDD') < (now() at time zone 'utc')::date
    and to_regclass(c.relname || case p.relname when 'lease_ended' then '_facets' else '_closed' end) is null
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
    execute format('create index if not exists %I on %I (mount_id, role, kind, account)',
      closed.child || '_facets', closed.child);
    execute format('create statistics if not exists %I (mcv) on mount_id, role, kind, account from %I',
      closed.child || '_mcv', closed.child);
  else
    execute format('create index if not exists %I on %I (mount_id, ended_at desc)',
      closed.child || '_closed', closed.child);
  end if;
  execute format('analyze %I', closed.child);
  return true;
end $$;
