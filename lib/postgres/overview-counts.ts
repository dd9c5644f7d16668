import type pg from "pg";
import { storeError } from "@/lib/postgres/store-error";

/** An entry may be committed this much later than the instant it bears. */
const OVERLAP = "90 seconds";
/** Counted in one round while there is more to catch up with. */
const ROUND = "20 minutes";
/** What the overview looks back at, and a little more. */
const KEPT = "25 hours";

/** The mark is the lock; who finds it taken leaves the round to the other. */
const TAKE_MARK = `
  select date_trunc('minute', greatest(until - $2::interval, now() - $3::interval))::text as since,
    least(date_trunc('minute', greatest(until - $2::interval, now() - $3::interval)) + $4::interval, now())::text as until,
    date_trunc('minute', greatest(until - $2::interval, now() - $3::interval)) + $4::interval < now() as more
  from search_mark where name = $1 for update skip locked`;

const PUT_MARK = `update search_mark set until = $2 where name = $1`;

/** Whole minutes are counted anew, so counting twice changes nothing. */
const COUNT_ANSWERS = `
  insert into audit_minute (minute, mount_id, what, outcome, count)
  select date_trunc('minute', a.at), m.id, m.what,
    case when a.status < 400 then 'success' when a.status = 403 then 'denied' when a.status < 500 then 'refused' else 'failed' end,
    count(*)
  from audit_entry a
    join (
      select id, 'login' as what, 'auth/' || path || 'login' as prefix from mount where class = 'auth'
      union all select id, 'issue', path || 'creds/' from mount where class = 'secret' and type = 'aws'
      union all select id, 'issue', path || 'sts/' from mount where class = 'secret' and type = 'aws'
    ) as m on starts_with(a.path, m.prefix)
  where a.at >= $1 and a.at < $2 and a.kind in ('response', 'both') and a.status is not null
    and a.operation in ('read', 'update', 'create')
  group by 1, 2, 3, 4
  on conflict (minute, mount_id, what, outcome) do update set count = excluded.count`;

const FORGET_ANSWERS = `delete from audit_minute where minute < now() - $1::interval`;

/**
 * Counts answers to logins and to requests for credentials by minute, behind what is written.
 *
 * @returns true when there is more to catch up with.
 * @throws EngineError `unavailable`.
 */
export function countAnswers(pool: pg.Pool): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const marks = await client.query<{ since: string; until: string; more: boolean }>(TAKE_MARK, [
      "audit minute",
      OVERLAP,
      KEPT,
      ROUND,
    ]);
    const [mark] = marks.rows;
    if (mark === undefined) return false;
    await client.query(COUNT_ANSWERS, [mark.since, mark.until]);
    await client.query(FORGET_ANSWERS, [KEPT]);
    await client.query(PUT_MARK, ["audit minute", mark.until]);
    return mark.more;
  });
}

/** One sample a minute, whichever instance takes it. */
const TAKE_SAMPLE_MARK = `
  select 1 from search_mark
  where name = 'lease sample' and until <= now() - interval '55 seconds' for update skip locked`;

const SAMPLE = `
  insert into lease_sample (at, mount_id, kind, count)
  select now(), mount_id, kind, count(*) from lease group by mount_id, kind
  union all select now(), '00000000-0000-0000-0000-000000000000', '', 0
  on conflict do nothing`;

const FORGET_SAMPLES = `delete from lease_sample where at < now() - $1::interval`;

/** Counts live leases by mount and kind, unless somebody did in the last minute. @throws EngineError `unavailable`. */
export function sampleLeases(pool: pg.Pool): Promise<void> {
  return inTransaction(pool, async (client) => {
    const due = await client.query(TAKE_SAMPLE_MARK);
    if (due.rows.length === 0) return;
    await client.query(SAMPLE);
    await client.query(FORGET_SAMPLES, [KEPT]);
    await client.query(`update search_mark set until = now() where name = 'lease sample'`);
  });
}

async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.ClientBase) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw storeError(error);
  });
  let failure: Error | undefined;
  try {
    await client.query("begin");
    const done = await work(client);
    await client.query("commit");
    return done;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw storeError(error);
  } finally {
    client.release(failure);
  }
}
