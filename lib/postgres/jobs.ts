import type pg from "pg";
import type { CreateJob } from "@/lib/engine/job/effects";
import {
  JOB_LEASES_MAX,
  type ClaimedItem,
  type Job,
  type JobItem,
  type JobOutcomeCount,
  type JobReads,
  type Selection,
  type SelectionGroup,
} from "@/lib/engine/job/job";
import type { Lease } from "@/lib/engine/lease/lease";
import { boundedRead } from "@/lib/postgres/bounded-read";
import { oneByOne, type EffectRunners } from "@/lib/postgres/effect-runner";
import {
  filterValues,
  LIVE_LEASES,
  LIVE_LEASES_BY_WORDS,
  LIVE_NAMES,
  usesWords,
} from "@/lib/postgres/lease-search";
import { LEASE_COLUMNS, leaseOf, type LeaseRow } from "@/lib/postgres/leases";
import { named, type NamedStatement } from "@/lib/postgres/named-parameters";
import { instantOf, microsOf } from "@/lib/postgres/search-text";

const NAMES = [...LIVE_NAMES, "as_of", "ids", "job_id", "limit"] as const;
type Statement = NamedStatement<(typeof NAMES)[number]>;
type Values = Parameters<Statement["with"]>[0];

const CHOSEN = {
  plain: `${LIVE_LEASES} and l.issued_at <= :as_of::timestamptz`,
  byWords: `${LIVE_LEASES_BY_WORDS} and l.issued_at <= :as_of::timestamptz`,
  byIds: `lease l where l.id = any(:ids::text[])`,
};
type Way = keyof typeof CHOSEN;

function everyWay(make: (chosen: string) => string): Readonly<Record<Way, Statement>> {
  return {
    plain: named(make(CHOSEN.plain), NAMES),
    byWords: named(make(CHOSEN.byWords), NAMES),
    byIds: named(make(CHOSEN.byIds), NAMES),
  };
}

const PREVIEWS = everyWay(
  (chosen) => `
    select l.kind, l.mount_id as "mountId", l.needs_undo as "stopsAtAws", count(*)::int as count,
      max(l.aws_ends_at) as "awsEndsAt"
    from ${chosen} group by l.kind, l.mount_id, l.needs_undo order by count(*) desc, l.kind, l.mount_id`,
);

const INSERTS = everyWay(
  (chosen) => `
    insert into job_item (job_id, lease_id, mount_id, kind, access_key_id, aws_ends_at)
    select :job_id::uuid, l.id, l.mount_id, l.kind, l.access_key_id, l.aws_ends_at from ${chosen} limit :limit`,
);

async function choose(
  pool: pg.Pool,
  selection: Selection,
  more: { jobId: string | null },
): Promise<{ way: Way; values: Values }> {
  const rest = { job_id: more.jobId, limit: JOB_LEASES_MAX + 1 };
  if (selection.by === "ids") {
    return { way: "byIds", values: { ...NO_FILTER, ...rest, as_of: null, ids: selection.ids } };
  }
  const values = await filterValues(pool, selection.filter, true);
  return {
    way: usesWords(values) ? "byWords" : "plain",
    values: { ...values, ...rest, state: selection.state, as_of: selection.asOf, ids: null },
  };
}

/** Leases by id are limited by nothing else. */
const NO_FILTER = Object.fromEntries(LIVE_NAMES.map((name) => [name, null])) as Record<
  (typeof LIVE_NAMES)[number],
  null
>;

const createJob = oneByOne<"create_job">(async (context, client, effect) => {
  await client.query({
    name: "create_job",
    text: `insert into job (id, action, reason, filter, as_of, request_id, asked_by, total)
           values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      effect.id,
      effect.action,
      effect.reason,
      effect.selection.by === "filter" ? JSON.stringify(effect.selection.filter) : null,
      effect.selection.by === "filter" ? effect.selection.asOf : new Date(),
      effect.requestId,
      JSON.stringify(effect.askedBy),
      effect.expected,
    ],
  });
  return (await insertItems(context.pool, client, effect)) === effect.expected;
});

async function insertItems(
  pool: pg.Pool,
  client: pg.ClientBase,
  { id, selection }: CreateJob,
): Promise<number> {
  const { way, values } = await choose(pool, selection, { jobId: id });
  const result = await client.query(INSERTS[way].with(values));
  return result.rowCount ?? 0;
}

/** Items under their fence; the counts of their jobs follow in the same commit. */
const settleItems = oneByOne<"settle_job_items">(async (_context, client, { items }) => {
  await client.query({
    name: "settle_job_items",
    text: `
      with i as (
        select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[])
          as i (job_id, lease_id, fence, outcome, error)
      ), settled as (
        update job_item j set state = case when i.error is null then 'done' else 'failed' end, outcome = i.outcome,
          error = left(i.error, 1024), attempts = j.attempts + 1, fence = null, locked_until = null, ended_at = now()
        from i where j.job_id = i.job_id and j.lease_id = i.lease_id and j.fence = i.fence and j.state = 'waiting'
        returning j.job_id, j.state
      ), counted as (
        select job_id, count(*) filter (where state = 'done') as done, count(*) filter (where state = 'failed') as failed
        from settled group by job_id
      )
      update job set done = job.done + c.done, failed = job.failed + c.failed,
        finished_at = case when job.done + c.done + job.failed + c.failed >= total then now() end
      from counted c where job.id = c.job_id`,
    values: [
      items.map((item) => item.jobId),
      items.map((item) => item.leaseId),
      items.map((item) => item.fence),
      items.map((item) => item.outcome),
      items.map((item) => item.error),
    ],
  });
  return true;
});

const postponeItem = oneByOne<"postpone_job_item">(async (_context, client, effect) => {
  await client.query({
    name: "postpone_job_item",
    text: `update job_item set attempts = attempts + 1, fence = null, locked_until = null,
             next_attempt_at = now() + make_interval(secs => $4)
           where job_id = $1 and lease_id = $2 and fence = $3`,
    values: [effect.jobId, effect.leaseId, effect.fence, effect.delaySeconds],
  });
  return true;
});

const retryJob = oneByOne<"retry_job">(async (_context, client, { id }) => {
  const result = await client.query({
    name: "retry_job",
    text: `
      with again as (
        update job_item set state = 'waiting', error = null, attempts = 0, next_attempt_at = now(), ended_at = null
        where job_id = $1 and state = 'failed' returning 1
      ), counted as (select count(*)::int as n from again)
      update job set failed = failed - n, finished_at = null from counted where id = $1 and n > 0`,
    values: [id],
  });
  return result.rowCount === 1;
});

type JobKind = "create_job" | "settle_job_items" | "postpone_job_item" | "retry_job";

export const jobEffects: Pick<EffectRunners, JobKind> = {
  create_job: createJob,
  settle_job_items: settleItems,
  postpone_job_item: postponeItem,
  retry_job: retryJob,
};

/** A claim not finished within this time belongs to whoever takes it next: undoing has 30 s a call. */
const CLAIM_SECONDS = 120;

/** Takes items of jobs to work on, oldest first; no two instances take the same. */
export async function claimJobItems(
  pool: pg.Pool,
  fence: string,
  limit: number,
): Promise<ClaimedItem[]> {
  const result = await pool.query<ClaimedItem>({
    name: "claim_job_items",
    text: `
      with due as (
        select job_id, lease_id from job_item
        where state = 'waiting' and next_attempt_at <= now() and (locked_until is null or locked_until <= now())
        order by next_attempt_at, job_id, lease_id limit $2
        for update skip locked
      )
      update job_item j set fence = $1, locked_until = now() + make_interval(secs => $3)
      from due where j.job_id = due.job_id and j.lease_id = due.lease_id
      returning j.job_id as "jobId", j.lease_id as "leaseId", j.fence::text as fence, j.attempts`,
    values: [fence, limit, CLAIM_SECONDS],
  });
  return result.rows;
}

/** The leases of items that still live, by id. */
export async function leasesOfItems(
  pool: pg.Pool,
  items: readonly ClaimedItem[],
): Promise<Map<string, Lease>> {
  const result = await pool.query<LeaseRow>({
    name: "leases_of_items",
    text: `select ${LEASE_COLUMNS} from lease l where l.id = any($1::text[])`,
    values: [items.map((item) => item.leaseId)],
  });
  return new Map(result.rows.map((row) => [row.id, leaseOf(row)]));
}

/** Forgets jobs that were finished so many days ago. */
export async function sweepJobs(pool: pg.Pool, days: number): Promise<void> {
  await pool.query({
    name: "sweep_jobs",
    text: `delete from job where id in (
             select id from job where finished_at < now() - make_interval(days => $1) order by created_at limit 10)`,
    values: [days],
  });
}

const JOB_COLUMNS = `
  j.id, j.action, j.reason, j.as_of as "asOf", j.request_id as "requestId", j.asked_by as "askedBy",
  j.created_at as "createdAt", j.finished_at as "finishedAt", j.total, j.done, j.failed, ${microsOf("j.created_at")} as key`;

const JOBS_PAGE = `
  select ${JOB_COLUMNS} from job j
  where $1::bigint is null or (j.created_at <= ${instantOf("$1")} and (j.created_at, j.id) < (${instantOf("$1")}, $2::uuid))
  order by j.created_at desc, j.id desc limit $3`;

const ITEMS_PAGE = `
  select lease_id as "leaseId", mount_id as "mountId", kind, access_key_id as "accessKeyId", aws_ends_at as "awsEndsAt",
    state, outcome, error, attempts, ended_at as "endedAt"
  from job_item
  where job_id = $1 and ($2::text is null or state = $2) and ($3::uuid[] is null or mount_id = any($3))
    and ($4::text is null or lease_id > $4) and ($6::text is null or outcome = $6)
  order by lease_id limit $5`;

const OUTCOMES = `
  select outcome, count(*)::int as count, max(aws_ends_at) as "awsEndsAt"
  from job_item where job_id = $1 and state = 'done' group by outcome order by outcome`;

type JobRow = Omit<Job, "position"> & { key: string };

function jobOf({ key, ...job }: JobRow): Job {
  return { ...job, position: { key, id: job.id } };
}

/** Jobs and what came of their leases. */
export function jobReads(pool: pg.Pool): JobReads {
  return {
    preview: async (selection) => {
      const { way, values } = await choose(pool, selection, { jobId: null });
      return boundedRead<SelectionGroup>(pool, PREVIEWS[way].with(values));
    },
    page: async ({ limit, after }) => {
      const values = [after?.key ?? null, after?.id ?? null, limit + 1];
      return (await boundedRead<JobRow>(pool, { text: JOBS_PAGE, values })).map(jobOf);
    },
    find: async (id) => {
      const text = `select ${JOB_COLUMNS} from job j where j.id = $1`;
      const [row] = await boundedRead<JobRow>(pool, { text, values: [id] });
      return row === undefined ? null : jobOf(row);
    },
    outcomes: (id) => boundedRead<JobOutcomeCount>(pool, { text: OUTCOMES, values: [id] }),
    items: async (id, { state, outcome, mountIds }, { limit, after }) => {
      const values = [id, state, mountIds, after?.id ?? null, limit + 1, outcome];
      const rows = await boundedRead<Omit<JobItem, "position">>(pool, { text: ITEMS_PAGE, values });
      return rows.map((row) => ({ ...row, position: { key: "0", id: row.leaseId } }));
    },
  };
}
