import type pg from "pg";

/**
 * Leases as they lie in a busy installation, one issued every 100 ms up to now, written as rows: of
 * 40 roles, 200 holders and four credential types.
 */
export async function insertLeases(pool: pg.Pool, mountId: string, count: number): Promise<void> {
  await pool.query(
    `insert into lease (id, mount_id, role, kind, token_hmac, holder, account, root_version, access_key_id, handle,
       needs_undo, renewable, issued_at, expires_at, aws_ends_at, next_attempt_at)
     select 'aws/creds/role-' || n % 40 || '/' || lpad(n::text, 24, 'L'), $1, 'role-' || n % 40,
       (array['assumed_role', 'iam_user', 'federation_token', 'session_token'])[1 + n % 4],
       decode(md5('holder ' || n % 200) || md5('token ' || n % 200), 'hex'),
       jsonb_build_object('displayName', 'app-' || n % 200, 'accessor', 'accessor-' || n % 200, 'entityId', null,
         'principal', 'arn:aws:sts::111122223333:assumed-role/app-' || n % 200 || '/i-' || n),
       (array['111122223333', '444455556666'])[1 + n % 2], 1, 'ASIA' || lpad(n::text, 16, '0'),
       jsonb_build_object('roleArn', 'arn:aws:iam::111122223333:role/role-' || n % 40, 'sessionName', 'session-' || n),
       n % 4 = 1, n % 4 = 1, now() - ($2 - n) * interval '100 ms',
       now() + (n % 3600 + 60) * interval '1 second', now() + interval '1 hour', now() + (n % 3600 + 60) * interval '1 second'
     from generate_series(1, $2::int) as n`,
    [mountId, count],
  );
  await pool.query(
    `insert into lease_search (lease_id, issued_at, doc)
     select id, issued_at, lease_doc(id, access_key_id, account, holder, handle) from lease
     where mount_id = $1 on conflict do nothing`,
    [mountId],
  );
  await pool.query("analyze lease, lease_search");
}

/** Tokens of logins, one issued every 100 ms up to now; every tenth is a child of the one before. */
export async function insertTokens(pool: pg.Pool, mountId: string, count: number): Promise<void> {
  await pool.query(
    `insert into token (hmac, accessor, parent_hmac, policies, path, display_name, meta, num_uses, issued_at, creation_ttl_seconds,
       granted_ttl_seconds, explicit_max_ttl_seconds, period_seconds, renewable, expires_at, bound_cidrs, mount_id, renewal, leased)
     select decode(md5('a' || n) || md5('b' || n), 'hex'), 'accessor-' || n,
       case when n % 10 = 0 then decode(md5('a' || n - 1) || md5('b' || n - 1), 'hex') end, '{default,app}', 'auth/aws/login',
       'app-' || n, '{"role":"app"}', 0, now() - ($2 - n) * interval '100 ms', 3600, 3600, 0, 0, true,
       now() + (n % 3600 + 60) * interval '1 second', '{}', $1,
       jsonb_build_object('role', 'app', 'clientArn', 'arn:aws:sts::111122223333:assumed-role/app/i-' || n), true
     from generate_series(1, $2::int) as n`,
    [mountId, count],
  );
  await pool.query(
    `insert into token_search (accessor, issued_at, doc)
     select accessor, issued_at, token_doc(accessor, display_name, path, entity_id, meta, renewal) from token
     where mount_id = $1 on conflict do nothing`,
    [mountId],
  );
  await pool.query("analyze token, token_search");
}

/** Entries of the log, spread evenly over so many days up to now: one in 50 is denied. */
export async function insertEntries(pool: pg.Pool, count: number, days: number): Promise<void> {
  for (let back = 0; back <= days; back += 1) {
    await pool.query(
      `select make_day_partition('audit_entry', (now() at time zone 'utc')::date - $1::int)`,
      [back],
    );
  }
  await pool.query(
    `insert into audit_entry (at, writer, seq, kind, request_id, operation, path, status, accessor, lease_id, entry)
     select date_trunc('milliseconds', now()) - ($1 - n) * (make_interval(days => $2) / $1), md5('writer')::uuid, n, 'both', gen_random_uuid(),
       (array['read', 'update'])[1 + n % 2], 'aws/creds/role-' || n % 40, case when n % 50 = 0 then 403 else 200 end,
       'accessor-' || n % 200, case when n % 50 <> 0 then 'aws/creds/role-' || n % 40 || '/' || lpad(n::text, 24, 'L') end,
       json_build_object('type', 'response',
         'auth', json_build_object('display_name', 'app-' || n % 200, 'accessor', 'accessor-' || n % 200),
         'request', json_build_object('path', 'aws/creds/role-' || n % 40, 'mount_point', 'aws/',
           'remote_address', '10.0.' || n % 7 || '.' || n % 250))
     from generate_series(1, $1::int) as n`,
    [count, days],
  );
  await pool.query("analyze audit_entry");
}
