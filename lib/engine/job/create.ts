import type { Decision } from "@/lib/engine/answer";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import { JOB_LEASES_MAX, type Selection, type SelectionGroup } from "@/lib/engine/job/job";
import {
  isoOf,
  leaseFilter,
  type LeaseFilter,
  type LeaseFilterInput,
  type LiveState,
} from "@/lib/engine/lease/search";
import { isVisible } from "@/lib/engine/mount/visible";
import type { Ports } from "@/lib/engine/ports";
import { callerOf, type RequestScope } from "@/lib/engine/scope";
import { choice, value } from "@/lib/engine/search-input";

const ACTIONS = ["revoke"] as const;
const STATES = ["live", "active", "revoking", "irrevocable"] as const;
const IDS_MAX = 500;
const REASON_MAX = 500;

export type CreateJobInput = LeaseFilterInput & {
  action: string | undefined;
  state: string | undefined;
  ids: readonly string[] | undefined;
  /** Without ids and filter: really all leases. */
  all: boolean | undefined;
  /** What was issued later is left alone. */
  asOf: Date | undefined;
  dryRun: boolean | undefined;
  reason: string | undefined;
  /** As many leases as the operator expects to end. */
  expected: number | undefined;
};

/**
 * Ends many leases as one job, worked off in the background; with `dryRun` it only tells which and
 * what their end means. The job is refused when other than the expected number of leases match.
 *
 * @throws EngineError `invalid_request`, `not_found` for a lease or mount that is not there.
 */
export async function createJob(
  ports: Ports,
  scope: RequestScope,
  input: CreateJobInput,
): Promise<Decision> {
  const action = choice("action", input.action, ACTIONS);
  const selection = await selectionOf(ports, scope, input);
  const groups = await ports.operator.jobs.preview(selection);
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  const preview = {
    total,
    as_of: selection.by === "filter" ? selection.asOf.toISOString() : null,
    groups: groups.map((group) => groupData(scope, group)),
  };
  if (input.dryRun === true) {
    return { answer: { data: { dry_run: true, ...preview } }, effects: [] };
  }
  checkNumbers(total, input.expected);
  const id = ports.random.uuid();
  const { token } = callerOf(scope);
  return {
    answer: { data: { id, dry_run: false, ...preview } },
    effects: [
      {
        kind: "create_job",
        id,
        action,
        reason: reasonOf(input.reason),
        selection,
        expected: total,
        requestId: scope.requestId,
        askedBy: {
          displayName: token.displayName,
          accessor: token.accessor,
          entityId: token.entityId,
        },
        refused: changedMeanwhile(),
      },
    ],
  };
}

function changedMeanwhile(): EngineError {
  return invalidRequest("other leases match now than a moment ago: look at the preview again");
}

function checkNumbers(total: number, expected: number | undefined): void {
  if (total === 0) throw invalidRequest("no lease matches");
  if (total > JOB_LEASES_MAX) {
    throw invalidRequest(`a job takes at most ${JOB_LEASES_MAX} leases, not ${total}`);
  }
  if (expected === undefined) throw invalidRequest("expected must say how many leases are to end");
  if (expected !== total) {
    throw invalidRequest(`${expected} leases were expected to end, but ${total} match`);
  }
}

function reasonOf(given: string | undefined): string {
  const reason = given?.trim() ?? "";
  if (reason === "") throw invalidRequest("a reason is needed");
  if (reason.length > REASON_MAX) {
    throw invalidRequest(`the reason is longer than ${REASON_MAX} characters`);
  }
  return value("reason", reason) ?? reason;
}

async function selectionOf(
  ports: Ports,
  scope: RequestScope,
  input: CreateJobInput,
): Promise<Selection> {
  const ids = [...new Set(input.ids ?? [])];
  const filter = leaseFilter(scope, input);
  const state = choice<LiveState>("state", input.state, STATES);
  const filtered = isFiltered(input);
  if (ids.length > 0) {
    if (filtered) throw invalidRequest("leases are chosen by ids or by filter, not by both");
    return selectionOfIds(ports, scope, ids);
  }
  if (!filtered && input.all !== true) {
    throw invalidRequest("name ids or a filter, or say that all leases are meant");
  }
  return selectionOfFilter(ports, filter, { state, asOf: input.asOf });
}

function selectionOfFilter(
  ports: Ports,
  filter: LeaseFilter,
  { state, asOf }: { state: LiveState; asOf: Date | undefined },
): Selection {
  const now = ports.clock.now();
  if (asOf !== undefined && asOf > now) throw invalidRequest("as_of is in the future");
  return { by: "filter", filter, state, asOf: asOf ?? now };
}

/** Whether anything narrows the selection down. */
function isFiltered(input: CreateJobInput): boolean {
  const { mount, role, kind, account, accessKeyId, accessor, holder, q, state } = input;
  const without = [input.notMount, input.notRole, input.notKind, input.notAccount];
  const lists = [mount, role, kind, account, ...without].some((list) => (list?.length ?? 0) > 0);
  const texts = [accessKeyId, accessor, holder, q, state].some((text) => (text ?? "") !== "");
  const times = [input.issuedAfter, input.issuedBefore, input.endsAfter, input.endsBefore];
  return lists || texts || times.some((time) => time !== undefined);
}

async function selectionOfIds(
  ports: Ports,
  scope: RequestScope,
  ids: readonly string[],
): Promise<Selection> {
  if (ids.length > IDS_MAX) throw invalidRequest(`a job takes at most ${IDS_MAX} leases by id`);
  for (const id of ids) {
    const lease = await ports.operator.leases.find(id);
    if (lease === null || !isVisible(scope, lease.mountId)) {
      throw new EngineError("not_found", `there is no lease ${id}`);
    }
    if (lease.state === "ended") throw invalidRequest(`the lease ${id} has ended already`);
  }
  return { by: "ids", ids };
}

/** Leases that end alike, as operators see them. */
export function groupData(scope: RequestScope, group: SelectionGroup): Record<string, unknown> {
  const mount = scope.config.mounts.byId(group.mountId);
  return {
    credential_type: group.kind,
    mount_path: mount?.fullPath ?? null,
    count: group.count,
    stops_at_aws: group.stopsAtAws,
    // Ending the lease takes nothing from a session that AWS has handed out.
    aws_honours_until: group.stopsAtAws ? null : isoOf(group.awsEndsAt),
  };
}
