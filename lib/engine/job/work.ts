import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { Effect } from "@/lib/engine/effects";
import { EngineError, isEngineError } from "@/lib/engine/errors";
import type { SettledItem } from "@/lib/engine/job/effects";
import type { ClaimedItem, JobOutcome } from "@/lib/engine/job/job";
import { failureText, keepFailed, leaseEvent, undo } from "@/lib/engine/lease/end";
import type { Lease } from "@/lib/engine/lease/lease";
import type { Ports } from "@/lib/engine/ports";

/** Somebody else may hold a lease for as long as his attempt lasts; then it is looked at again. */
const HELD_RETRY_SECONDS = 5;
/** After this many looks the job says that it could not get hold of the lease. */
const HELD_ATTEMPTS_MAX = 60;

/** An item with its lease; null: it has ended meanwhile. */
export type JobWork = { item: ClaimedItem; lease: Lease | null };

type Committing = Pick<Ports, "commit">;

/**
 * Ends the leases of a job that leave nothing to undo, and settles those that have ended, in one
 * commit with what came of them.
 *
 * @throws EngineError `unavailable`
 */
export async function endItems(ports: Committing, works: readonly JobWork[]): Promise<void> {
  if (works.length === 0) return;
  if (await committed(ports, works)) return;
  // Somebody else ended one of them: each by itself then.
  for (const work of works) {
    if (!(await committed(ports, [work]))) await committed(ports, [{ ...work, lease: null }]);
  }
}

async function committed(ports: Committing, works: readonly JobWork[]): Promise<boolean> {
  const [first, ...events] = works.map(({ item, lease }) =>
    lease === null
      ? {
          name: "job.already_ended",
          path: folderOf(item.leaseId),
          leaseId: item.leaseId,
          detail: { job_id: item.jobId },
        }
      : leaseEvent("lease.revoked", lease, {
          aws_access_key_id: lease.accessKeyId,
          job_id: item.jobId,
        }),
  );
  if (first === undefined) return true;
  const ends = works.flatMap(({ lease }) => (lease === null ? [] : [endOf(lease, null)]));
  const settled = works.map(({ item, lease }) =>
    settle(item, lease === null ? "already_ended" : "ended_here"),
  );
  return unlessConflict(
    ports.commit([...ends, { kind: "settle_job_items", items: settled }], first, ...events),
  );
}

/**
 * Ends one lease of a job whose credential has to be made useless at AWS first, and settles what came
 * of it.
 *
 * @throws EngineError `unavailable`
 */
export async function undoItem(
  ports: Ports,
  config: ConfigSnapshot,
  item: ClaimedItem,
  lease: Lease,
): Promise<void> {
  const fence = ports.random.uuid();
  const refused = new EngineError("conflict", "the lease is being revoked by somebody else");
  const detail = { job_id: item.jobId };
  const claimed = await unlessConflict(
    ports.commit(
      [{ kind: "claim_lease", id: lease.id, fence, refused }],
      leaseEvent("lease.claimed", lease, detail),
    ),
  );
  if (!claimed) {
    await postpone(ports, item, lease);
    return;
  }
  try {
    await undo(ports, config, lease);
  } catch (cause) {
    await keepFailed(ports, { lease, fence }, { cause, explicit: true });
    await settleFailed(ports, item, lease, failureText(cause));
    return;
  }
  const ended = await unlessConflict(
    ports.commit(
      [endOf(lease, fence), { kind: "settle_job_items", items: [settle(item, "stopped_at_aws")] }],
      leaseEvent("lease.revoked", lease, { ...detail, aws_access_key_id: lease.accessKeyId }),
    ),
  );
  // The claim had lapsed: whoever took the lease over ends it, or it is taken again.
  if (!ended) await postpone(ports, item, lease);
}

async function postpone(ports: Ports, item: ClaimedItem, lease: Lease): Promise<void> {
  if (item.attempts >= HELD_ATTEMPTS_MAX) {
    await settleFailed(ports, item, lease, "somebody else holds the lease and does not end it");
    return;
  }
  await ports.commit(
    [
      {
        kind: "postpone_job_item",
        jobId: item.jobId,
        leaseId: item.leaseId,
        fence: item.fence,
        delaySeconds: HELD_RETRY_SECONDS,
      },
    ],
    leaseEvent("job.postponed", lease, { job_id: item.jobId }),
  );
}

async function settleFailed(
  ports: Ports,
  item: ClaimedItem,
  lease: Lease,
  error: string,
): Promise<void> {
  await ports.commit(
    [{ kind: "settle_job_items", items: [{ ...settle(item, null), error }] }],
    leaseEvent("job.failed", lease, { job_id: item.jobId, error }),
  );
}

function settle({ jobId, leaseId, fence }: ClaimedItem, outcome: JobOutcome | null): SettledItem {
  return { jobId, leaseId, fence, outcome, error: null };
}

function endOf(lease: Lease, fence: string | null): Effect {
  const refused = new EngineError("conflict", "the lease was ended by somebody else");
  return { kind: "end_lease", id: lease.id, fence, outcome: "revoked", refused };
}

function folderOf(leaseId: string): string {
  return leaseId.slice(0, leaseId.lastIndexOf("/"));
}

/** False: somebody else was first. */
async function unlessConflict(commit: Promise<void>): Promise<boolean> {
  try {
    await commit;
    return true;
  } catch (error) {
    if (isEngineError(error) && error.kind === "conflict") return false;
    throw error;
  }
}
