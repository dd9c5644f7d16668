import { answered, type Decision } from "@/lib/engine/answer";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { EndLease } from "@/lib/engine/effects";
import { EngineError, invalidRequest, isEngineError } from "@/lib/engine/errors";
import { nextAttempt } from "@/lib/engine/lease/backoff";
import type { Lease } from "@/lib/engine/lease/lease";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

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
  const fence = ports.random.uuid();
  await scope.begin([claim(lease, fence)]);
  try {
    await undo(ports, scope.config, lease);
  } catch (error) {
    const text = failureText(error);
    await ports.commit(
      [retry(lease, fence, { error: text, explicit: true })],
      event("lease.revoke_failed", lease, { error: text }),
    );
    throw new EngineError("invalid_request", `failed to revoke entry: ${text}`, { cause: error });
  }
  await ports.commit(
    [{ kind: "end_lease", id: lease.id, fence, outcome: "revoked" }],
    event("lease.revoked", lease, {}),
  );
}

function claim(lease: Lease, fence: string) {
  return {
    kind: "claim_lease",
    id: lease.id,
    fence,
    refused: invalidRequest("failed to revoke entry: the lease is being revoked by somebody else"),
  } as const;
}

/**
 * The step of the worker: one attempt at a lease that is due and claimed under `fence`.
 *
 * @returns true when the lease has ended.
 */
export async function revokeClaimed(
  ports: Ports,
  config: ConfigSnapshot,
  lease: Lease,
  fence: string,
): Promise<boolean> {
  try {
    await undo(ports, config, lease);
  } catch (error) {
    const text = failureText(error);
    await ports.commit(
      [retry(lease, fence, { error: text, explicit: false })],
      event("lease.revoke_failed", lease, { error: text, attempt: lease.attempts + 1 }),
    );
    return false;
  }
  await ports.commit(
    [{ kind: "end_lease", id: lease.id, fence, outcome: "expired" }],
    event("lease.expired", lease, {}),
  );
  return true;
}

async function undo(ports: Ports, config: ConfigSnapshot, lease: Lease): Promise<void> {
  if (!lease.needsUndo) return;
  const mount = config.mounts.byId(lease.mountId);
  const engine = mount === null ? undefined : ports.leaseEngines[mount.type];
  if (engine === undefined) {
    throw new EngineError("internal", "the mount that issued this lease is gone");
  }
  await engine.undo(ports, config, lease);
}

function retry(lease: Lease, fence: string, failure: { error: string; explicit: boolean }) {
  const next = nextAttempt(lease.attempts + 1, failure.error);
  return {
    kind: "retry_lease",
    id: lease.id,
    fence,
    error: next.irrevocable && !failure.explicit ? next.text : failure.error,
    delaySeconds: next.delaySeconds,
    keepTimer: failure.explicit && lease.remainingSeconds > 0,
    irrevocable: !failure.explicit && next.irrevocable,
  } as const;
}

function failureText(error: unknown): string {
  return isEngineError(error) ? error.message : "internal error";
}

function event(name: string, lease: Lease, detail: Record<string, unknown>) {
  return { name, path: lease.id.slice(0, lease.id.lastIndexOf("/")), leaseId: lease.id, detail };
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
  if (prefix.startsWith("auth/")) return revokeTokensUnder(ports, prefix, input.sync);
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
    const ids = await ports.leases.idsUnder(prefix, after, PREFIX_PAGE);
    for (const id of ids) {
      position += 1;
      await endOne(ports, config, { id, position, total });
    }
    const last = ids.at(-1);
    if (last === undefined || ids.length < PREFIX_PAGE) return;
    after = last;
  }
}

async function endOne(
  ports: Ports,
  config: ConfigSnapshot,
  at: { id: string; position: number; total: number },
): Promise<void> {
  const lease = await ports.leases.find(at.id);
  if (lease === null) return;
  const fence = ports.random.uuid();
  const fail = (text: string): EngineError =>
    invalidRequest(
      `failed to revoke "${at.id}" (${at.position} / ${at.total}): failed to revoke entry: ${text}`,
    );
  try {
    if (lease.needsUndo) {
      await ports.commit([claim(lease, fence)], event("lease.claimed", lease, {}));
      await undo(ports, config, lease);
    }
  } catch (error) {
    const text = failureText(error);
    await ports.commit(
      [retry(lease, fence, { error: text, explicit: true })],
      event("lease.revoke_failed", lease, { error: text }),
    );
    throw fail(text);
  }
  await ports.commit(
    [
      {
        kind: "end_lease",
        id: lease.id,
        fence: lease.needsUndo ? fence : null,
        outcome: "revoked",
      },
    ],
    event("lease.revoked", lease, {}),
  );
}

async function revokeTokensUnder(ports: Ports, prefix: string, sync: boolean): Promise<Decision> {
  const hmacs = await ports.tokens.hmacsUnder(prefix);
  return {
    answer: sync ? null : { accepted: true },
    effects: [{ kind: "revoke_tokens", hmacs, orphanChildren: false, reason: "revoked" }],
  };
}

/**
 * Forgets everything below a prefix, whether or not AWS agrees; what may still exist there is kept
 * on record.
 */
export async function revokeForce(
  ports: Ports,
  scope: RequestScope,
  prefix: string,
): Promise<Decision> {
  const folder = folderOf(prefix);
  if (folder.startsWith("auth/")) return revokeTokensUnder(ports, folder, true);
  await scope.begin([]);
  for (;;) {
    const ids = await ports.leases.idsUnder(folder, "", PREFIX_PAGE);
    if (ids.length === 0) return answered(null);
    for (const id of ids) await forceOne(ports, scope.config, id);
  }
}

async function forceOne(ports: Ports, config: ConfigSnapshot, id: string): Promise<void> {
  const lease = await ports.leases.find(id);
  if (lease === null) return;
  let failure = "";
  try {
    await undo(ports, config, lease);
  } catch (error) {
    failure = failureText(error);
  }
  await ports.commit(
    [{ kind: "end_lease", id, fence: null, outcome: failure === "" ? "revoked" : "forced" }],
    event(
      failure === "" ? "lease.revoked" : "lease.forgotten",
      lease,
      failure === "" ? {} : { error: failure, left_behind: lease.handle },
    ),
  );
}
