import { answered, type Decision } from "@/lib/engine/answer";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { EndLease } from "@/lib/engine/effects";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import { claimWhenFree, type ClaimedLease } from "@/lib/engine/lease/claim";
import {
  endClaimed,
  endTogether,
  failureText,
  keepFailed,
  leaseEvent,
  undo,
} from "@/lib/engine/lease/end";
import type { Lease } from "@/lib/engine/lease/lease";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { revokeMany } from "@/lib/engine/token/revoke-many";

/** Leases that one statement of a prefix revocation takes. */
const PREFIX_PAGE = 500;

/**
 * Ends one lease. Where there is something to undo at AWS it is undone first: in the request
 * (`sync`), or by the worker, at once.
 *
 * @throws EngineError `invalid_request`: AWS refused; the lease stays as it was.
 * @see https://developer.hashicorp.com/vault/api-docs/system/leases#revoke-lease
 */
export async function revokeLease(
  ports: Ports,
  scope: RequestScope,
  input: { leaseId: string; sync: boolean },
): Promise<Decision> {
  if (input.leaseId === "") throw invalidRequest("lease_id must be specified");
  const lease = await ports.leases.find(input.leaseId);
  if (lease === null) return revokeTokenLease(ports, input);
  if (!lease.needsUndo) return done(input.sync, [ended(lease)]);
  if (!input.sync) return queued([lease.id]);
  await undoNow(ports, scope, lease);
  return done(true, []);
}

/** Success without a body: done now (204), or on its way (202). */
function done(sync: boolean, effects: EndLease[]): Decision {
  return { answer: sync ? null : { accepted: true }, effects };
}

function queued(ids: readonly string[]): Decision {
  return { answer: { accepted: true }, effects: [{ kind: "due_leases", ids }] };
}

function ended(lease: Lease): EndLease {
  return { kind: "end_lease", id: lease.id, fence: null, outcome: "revoked" };
}

/** A token's own lease stands at its creation path: revoking it ends the token. */
async function revokeTokenLease(
  ports: Ports,
  input: { leaseId: string; sync: boolean },
): Promise<Decision> {
  const hmac = tokenHmacOf(input.leaseId);
  const token = hmac === null ? null : await ports.tokens.byHmac(hmac);
  const answer = input.sync ? null : { accepted: true };
  if (token === null || `${token.path}/h${token.hmac}` !== input.leaseId) {
    return { answer, effects: [] };
  }
  return {
    answer,
    effects: [
      { kind: "revoke_tokens", hmacs: [token.hmac], orphanChildren: false, reason: "revoked" },
    ],
  };
}

/** The token that a lease id of the form `auth/aws/login/h<hex>` names. */
export function tokenHmacOf(leaseId: string): string | null {
  return /^auth\/.*\/h([0-9a-f]{64})$/.exec(leaseId)?.[1] ?? null;
}

/**
 * COMMIT 1 claims the lease (with the request's entry), AWS is asked, COMMIT 2 ends the lease or
 * keeps the reason. Both hold only under the fence taken here.
 */
async function undoNow(ports: Ports, scope: RequestScope, lease: Lease): Promise<void> {
  const claimed = await claimWhenFree(ports, lease, (claim) => scope.begin([claim]));
  // Whoever held it has ended it.
  if (claimed === null) return;
  const failure = await undoClaimed(ports, scope.config, claimed);
  if (failure !== null) {
    throw new EngineError("invalid_request", `failed to revoke entry: ${failure.message}`, {
      cause: failure,
    });
  }
}

/** @returns why the lease stays; null: it has ended. */
async function undoClaimed(
  ports: Ports,
  config: ConfigSnapshot,
  claimed: ClaimedLease,
): Promise<EngineError | null> {
  try {
    await undo(ports, config, claimed.lease);
  } catch (error) {
    return keepFailed(ports, claimed, { cause: error, explicit: true });
  }
  await endClaimed(ports, claimed, "revoked");
  return null;
}

/**
 * Ends everything below a prefix. Without `sync` it is queued and done by the worker; with it the
 * caller waits, and the first failure is told.
 *
 * @throws EngineError `invalid_request` naming the lease that could not be revoked.
 */
export async function revokePrefix(
  ports: Ports,
  scope: RequestScope,
  input: { prefix: string; sync: boolean },
): Promise<Decision> {
  const single = input.prefix.endsWith("/") ? null : await ports.leases.find(input.prefix);
  if (single !== null) return revokeLease(ports, scope, { leaseId: single.id, sync: input.sync });
  const prefix = folderOf(input.prefix);
  if (prefix.startsWith("auth/")) return revokeTokensUnder(ports, scope, prefix, input.sync);
  if (!input.sync) {
    return { answer: { accepted: true }, effects: [{ kind: "due_leases", prefix }] };
  }
  await scope.begin([]);
  await endUnder(ports, scope.config, prefix);
  return answered(null);
}

/** Every prefix ends at a folder: `aws/creds/my` does not mean `aws/creds/my-app/…`. */
export function folderOf(prefix: string): string {
  return prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
}

/**
 * Revokes all leases below a folder now, page by page.
 *
 * @throws EngineError `invalid_request` naming the first lease that could not be revoked.
 */
export async function endUnder(
  ports: Ports,
  config: ConfigSnapshot,
  prefix: string,
): Promise<void> {
  let after = "";
  let position = 0;
  const total = await ports.leases.countUnder(prefix);
  for (;;) {
    const leases = await ports.leases.under(prefix, after, PREFIX_PAGE);
    await endTogether(
      ports,
      leases.filter((lease) => !lease.needsUndo),
      { fence: null, outcome: "revoked" },
    );
    const sessions = await endSessions(ports, config, leases);
    for (const lease of leases) {
      position += 1;
      const failure = sessions.has(lease.id)
        ? (sessions.get(lease.id) ?? null)
        : await endUser(ports, config, lease);
      if (failure !== null) {
        throw invalidRequest(
          `failed to revoke "${lease.id}" (${position} / ${total}): failed to revoke entry: ${failure.message}`,
        );
      }
    }
    const last = leases.at(-1);
    if (last === undefined || leases.length < PREFIX_PAGE) return;
    after = last.id;
  }
}

/** AWS sessions of one role are denied by one call, so all of them are ended at once. */
async function endSessions(
  ports: Ports,
  config: ConfigSnapshot,
  leases: readonly Lease[],
): Promise<Map<string, EngineError | null>> {
  const sessions = leases.filter(({ needsUndo, kind }) => needsUndo && kind !== "iam_user");
  const failures = await Promise.all(sessions.map((lease) => endOne(ports, config, lease)));
  return new Map(sessions.map(({ id }, index) => [id, failures[index] ?? null]));
}

function endUser(ports: Ports, config: ConfigSnapshot, lease: Lease): Promise<EngineError | null> {
  return lease.needsUndo ? endOne(ports, config, lease) : Promise.resolve(null);
}

/** @returns why the lease stays; null: it has ended. */
async function endOne(
  ports: Ports,
  config: ConfigSnapshot,
  lease: Lease,
): Promise<EngineError | null> {
  const claimed = await claimWhenFree(ports, lease, (claim) =>
    ports.commit([claim], leaseEvent("lease.claimed", lease, {})),
  );
  return claimed === null ? null : undoClaimed(ports, config, claimed);
}

/** Tokens are dead for everybody when this returns, whether or not the caller wanted to wait. */
async function revokeTokensUnder(
  ports: Ports,
  scope: RequestScope,
  prefix: string,
  sync: boolean,
): Promise<Decision> {
  await scope.begin([]);
  await revokeMany(ports, (limit) => ports.tokens.under(prefix, limit), prefix);
  return { answer: sync ? null : { accepted: true }, effects: [] };
}

/**
 * Forgets everything below a prefix, or one lease, whether or not AWS agrees; what may still exist
 * there is kept on record.
 */
export async function revokeForce(
  ports: Ports,
  scope: RequestScope,
  prefix: string,
): Promise<Decision> {
  const folder = folderOf(prefix);
  if (folder.startsWith("auth/")) return revokeTokensUnder(ports, scope, folder, true);
  const single = prefix.endsWith("/") ? null : await ports.leases.find(prefix);
  await scope.begin([]);
  if (single !== null) {
    await forceAll(ports, scope.config, [single]);
    return answered(null);
  }
  for (;;) {
    const leases = await ports.leases.under(folder, "", PREFIX_PAGE);
    if (leases.length === 0) return answered(null);
    await forceAll(ports, scope.config, leases);
  }
}

async function forceAll(
  ports: Ports,
  config: ConfigSnapshot,
  leases: readonly Lease[],
): Promise<void> {
  await endTogether(
    ports,
    leases.filter((lease) => !lease.needsUndo),
    { fence: null, outcome: "revoked" },
  );
  for (const lease of leases) {
    if (lease.needsUndo) await forceOne(ports, config, lease);
  }
}

async function forceOne(ports: Ports, config: ConfigSnapshot, lease: Lease): Promise<void> {
  let failure: string | null = null;
  try {
    await undo(ports, config, lease);
  } catch (error) {
    failure = failureText(error);
  }
  const forgotten = failure !== null;
  await ports.commit(
    [
      {
        kind: "end_lease",
        id: lease.id,
        fence: null,
        outcome: forgotten ? "forced" : "revoked",
      },
    ],
    forgotten
      ? leaseEvent("lease.forgotten", lease, { error: failure, left_behind: lease.handle })
      : leaseEvent("lease.revoked", lease, {}),
  );
}
