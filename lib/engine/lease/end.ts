import type { AuditEvent } from "@/lib/engine/audit/event";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { EndLease } from "@/lib/engine/effects";
import { EngineError, isEngineError } from "@/lib/engine/errors";
import { nextAttempt } from "@/lib/engine/lease/backoff";
import type { ClaimedLease } from "@/lib/engine/lease/claim";
import type { Lease } from "@/lib/engine/lease/lease";
import type { LeaseEngine, Ports } from "@/lib/engine/ports";

/** How a lease ends without force. */
type Outcome = "revoked" | "expired";

/**
 * Ends leases that leave nothing to undo, in one commit; one that has ended already ends once.
 *
 * @throws EngineError `unavailable`
 */
export async function endTogether(
  ports: Pick<Ports, "commit">,
  leases: readonly Lease[],
  how: { fence: string | null; outcome: Outcome | "as asked" },
): Promise<void> {
  const ends = leases.map((lease) => {
    const outcome = how.outcome === "as asked" ? outcomeOf(lease) : how.outcome;
    return { effect: endEffect(lease, how.fence, outcome), event: endEvent(lease, outcome) };
  });
  const [first, ...others] = ends.map(({ event }) => event);
  if (first === undefined) return;
  const all = ends.map(({ effect }) => effect);
  if (await committed(ports.commit(all, first, ...others))) return;
  // Somebody else ended one of them: each by itself then.
  for (const { effect, event } of ends) await committed(ports.commit([effect], event));
}

/**
 * The worker's first step with a lease that is due and claimed: its credential ends, and the claim is
 * given back. Clearing away what is left can wait until no credential works that should not.
 *
 * @returns why it could not be done, which is kept with the lease; else null.
 */
export async function turnOffClaimed(
  ports: Ports,
  config: ConfigSnapshot,
  claimed: ClaimedLease,
): Promise<EngineError | null> {
  const { lease, fence } = claimed;
  try {
    await engineOf(ports, config, lease).turnOff(ports, config, lease);
  } catch (error) {
    return keepFailed(ports, claimed, { cause: error, explicit: false });
  }
  const refused = new EngineError("conflict", "the lease was ended by somebody else");
  await committed(
    ports.commit(
      [{ kind: "key_off", id: lease.id, fence, refused }],
      leaseEvent("lease.key_off", lease, { aws_access_key_id: lease.accessKeyId }),
    ),
  );
  return null;
}

/**
 * The worker's second step: what the credential leaves behind is undone, and the lease ends.
 *
 * @returns why it could not be done, which is kept with the lease; else null.
 */
export async function revokeClaimed(
  ports: Ports,
  config: ConfigSnapshot,
  claimed: ClaimedLease,
): Promise<EngineError | null> {
  try {
    await undo(ports, config, claimed.lease);
  } catch (error) {
    return keepFailed(ports, claimed, { cause: error, explicit: false });
  }
  await endClaimed(ports, claimed, outcomeOf(claimed.lease));
  return null;
}

/** @returns false when somebody else ended the lease, or took it over. */
export async function endClaimed(
  ports: Pick<Ports, "commit">,
  { lease, fence }: ClaimedLease,
  outcome: Outcome,
): Promise<boolean> {
  return committed(ports.commit([endEffect(lease, fence, outcome)], endEvent(lease, outcome)));
}

/**
 * Keeps why a claimed lease could not be ended, and when it is tried again.
 *
 * @param failure `explicit`: somebody asked for it now; an active lease keeps its timer then.
 * @returns the failure as it is told.
 */
export async function keepFailed(
  ports: Pick<Ports, "commit">,
  { lease, fence }: ClaimedLease,
  failure: { cause: unknown; explicit: boolean },
): Promise<EngineError> {
  const { explicit, cause } = failure;
  const text = failureText(cause);
  const next = nextAttempt(lease.attempts + 1, text);
  await ports.commit(
    [
      {
        kind: "retry_lease",
        id: lease.id,
        fence,
        error: next.irrevocable && !explicit ? next.text : text,
        delaySeconds: next.delaySeconds,
        keepTimer: explicit && lease.remainingSeconds > 0,
        irrevocable: !explicit && next.irrevocable,
      },
    ],
    leaseEvent("lease.revoke_failed", lease, {
      error: text,
      ...(!explicit && { attempt: lease.attempts + 1 }),
    }),
  );
  return new EngineError("invalid_request", text, { cause });
}

/** Makes useless at AWS what the lease stands for. @throws EngineError when it may still work. */
export async function undo(ports: Ports, config: ConfigSnapshot, lease: Lease): Promise<void> {
  if (lease.needsUndo) await engineOf(ports, config, lease).undo(ports, config, lease);
}

/** @throws EngineError `internal` */
function engineOf(ports: Ports, config: ConfigSnapshot, lease: Lease): LeaseEngine {
  const mount = config.mounts.byId(lease.mountId);
  const engine = mount === null ? undefined : ports.leaseEngines[mount.type];
  if (engine === undefined) {
    throw new EngineError("internal", "the mount that issued this lease is gone");
  }
  return engine;
}

export function failureText(error: unknown): string {
  return isEngineError(error) ? error.message : "internal error";
}

/** An act upon a lease, for the log. */
export function leaseEvent(
  name: string,
  lease: Lease,
  detail: Record<string, unknown>,
): AuditEvent {
  return { name, path: lease.id.slice(0, lease.id.lastIndexOf("/")), leaseId: lease.id, detail };
}

function outcomeOf(lease: Lease): Outcome {
  return lease.revokedAt === null ? "expired" : "revoked";
}

function endEvent(lease: Lease, outcome: Outcome): AuditEvent {
  return leaseEvent(`lease.${outcome}`, lease, { aws_access_key_id: lease.accessKeyId });
}

function endEffect(lease: Lease, fence: string | null, outcome: Outcome): EndLease {
  const refused = new EngineError("conflict", "the lease was ended by somebody else");
  return { kind: "end_lease", id: lease.id, fence, outcome, refused };
}

/** False: the database refused, since somebody else was first. */
async function committed(commit: Promise<void>): Promise<boolean> {
  try {
    await commit;
    return true;
  } catch (error) {
    if (isEngineError(error) && error.kind === "conflict") return false;
    throw error;
  }
}
