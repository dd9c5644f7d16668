import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import { isUuid } from "@/lib/engine/audit/search";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Job, JobItem } from "@/lib/engine/job/job";
import { isoOf } from "@/lib/engine/lease/search";
import { visibleMounts } from "@/lib/engine/mount/visible";
import { cutPage, pageAsk } from "@/lib/engine/page";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { choice } from "@/lib/engine/search-input";

const JOBS_PAGE = { default: 50, max: 500 };
const ITEMS_PAGE = { default: 100, max: 1_000 };
const ITEM_STATES = ["", "waiting", "done", "failed"] as const;
const OUTCOMES = ["", "stopped_at_aws", "ended_here", "already_ended"] as const;

type PageInput = { limit: number | undefined; cursor: string | undefined };

/** Jobs, newest first, a page at a time. @throws EngineError `invalid_request`. */
export async function searchJobs(ports: Ports, input: PageInput): Promise<Decision> {
  const ask = pageAsk(input, "jobs", JOBS_PAGE);
  const { shown, next } = cutPage(await ports.operator.jobs.page(ask), ask.limit, "jobs");
  return {
    answer: {
      data: { jobs: shown.map((job) => jobData(job)), next_cursor: next },
      audited: { jobs: shown.length, more: next !== null },
    },
    effects: [],
  };
}

/** Ids of the newest jobs, as Vault lists. */
export async function listJobs(ports: Ports): Promise<Decision> {
  const jobs = await ports.operator.jobs.page({ limit: JOBS_PAGE.max - 1, after: null });
  if (jobs.length === 0) return answered(null);
  return told({ keys: jobs.map((job) => job.id) });
}

/**
 * A job's progress, and what came of its leases as far as the caller sees their mounts.
 *
 * @throws EngineError `invalid_request`.
 */
export async function readJob(
  ports: Ports,
  scope: RequestScope,
  input: PageInput & { id: string; state: string | undefined; outcome: string | undefined },
): Promise<Decision> {
  const job = await findJob(ports, input.id);
  if (job === null) return answered(null);
  const wanted = choice("state", input.state, ITEM_STATES);
  const mountIds = visibleMounts(scope)?.map(({ id }) => id) ?? null;
  const outcome = choice("outcome", input.outcome, OUTCOMES);
  const list = ["job", job.id, wanted, outcome, mountIds];
  const ask = pageAsk(input, list, ITEMS_PAGE);
  const filter = {
    state: wanted === "" ? null : wanted,
    outcome: outcome === "" ? null : outcome,
    mountIds,
  };
  const [rows, outcomes] = await Promise.all([
    ports.operator.jobs.items(job.id, filter, ask),
    ports.operator.jobs.outcomes(job.id),
  ]);
  const { shown, next } = cutPage(rows, ask.limit, list);
  return {
    answer: {
      data: {
        ...jobData(job),
        outcomes: outcomes.map((one) => ({
          outcome: one.outcome,
          count: one.count,
          aws_honours_until: one.outcome === "ended_here" ? isoOf(one.awsEndsAt) : null,
        })),
        items: shown.map((item) => itemData(scope, item)),
        next_cursor: next,
        as_of: ports.clock.now().toISOString(),
      },
      audited: { id: job.id, items: shown.length, more: next !== null },
    },
    effects: [],
  };
}

/**
 * Has what failed in a job tried again.
 *
 * @throws EngineError `not_found`; `invalid_request` when nothing failed.
 */
export async function retryJob(ports: Ports, id: string): Promise<Decision> {
  const job = await findJob(ports, id);
  if (job === null) throw new EngineError("not_found", "");
  const refused = invalidRequest("nothing in this job has failed");
  if (job.failed === 0) throw refused;
  return { ...effected({ kind: "retry_job", id, refused }), answer: { data: { id } } };
}

async function findJob(ports: Ports, id: string): Promise<Job | null> {
  return isUuid(id) ? ports.operator.jobs.find(id) : null;
}

function jobData(job: Job): Record<string, unknown> {
  return {
    id: job.id,
    action: job.action,
    reason: job.reason,
    asked_by: job.askedBy.displayName,
    accessor: job.askedBy.accessor,
    request_id: job.requestId,
    as_of: job.asOf.toISOString(),
    created_at: job.createdAt.toISOString(),
    finished_at: isoOf(job.finishedAt),
    state: job.finishedAt === null ? "running" : job.failed > 0 ? "failed" : "done",
    total: job.total,
    done: job.done,
    failed: job.failed,
    waiting: job.total - job.done - job.failed,
  };
}

function itemData(scope: RequestScope, item: JobItem): Record<string, unknown> {
  const mount = item.mountId === null ? null : scope.config.mounts.byId(item.mountId);
  return {
    lease_id: item.leaseId,
    mount_path: mount?.fullPath ?? null,
    credential_type: item.kind,
    access_key_id: item.accessKeyId,
    state: item.state,
    outcome: item.outcome,
    // A session that only ended here goes on at AWS until then.
    aws_honours_until: item.outcome === "ended_here" ? isoOf(item.awsEndsAt) : null,
    error: item.error,
    attempts: item.attempts,
    ended_at: isoOf(item.endedAt),
  };
}
