import { answered, told, type Decision } from "@/lib/engine/answer";
import { invalidRequest } from "@/lib/engine/errors";
import { folderOf, tokenHmacOf } from "@/lib/engine/lease/revoke";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

/** Keys that a list shows at most. */
const KEYS_MAX = 100_000;
/** Irrevocable leases that are shown unless a limit is given. */
const IRREVOCABLE_MAX = 10_000;

/**
 * Times of a lease, or of a token's own lease; whoever knows the id may ask.
 *
 * @throws EngineError `invalid_request`.
 */
export async function lookupLease(ports: Ports, leaseId: string): Promise<Decision> {
  if (leaseId === "") throw invalidRequest("lease_id must be specified");
  const lease = (await ports.leases.find(leaseId)) ?? (await tokenLease(ports, leaseId));
  if (lease === null) throw invalidRequest("invalid lease");
  const alive = lease.expiresAt === null || (lease.remainingSeconds ?? 0) > 0;
  return told({
    id: leaseId,
    issue_time: lease.issuedAt.toISOString(),
    expire_time: lease.expiresAt?.toISOString() ?? null,
    last_renewal: lease.lastRenewedAt?.toISOString() ?? null,
    ttl: Math.trunc(lease.remainingSeconds ?? 0),
    renewable: alive && lease.renewable,
  });
}

async function tokenLease(ports: Ports, leaseId: string) {
  const hmac = tokenHmacOf(leaseId);
  const token = hmac === null ? null : await ports.tokens.byHmac(hmac);
  return token !== null && `${token.path}/h${token.hmac}` === leaseId ? token : null;
}

/** One level below a prefix; folders end in `/`. */
export async function listLeases(ports: Ports, prefix: string): Promise<Decision> {
  const keys = await ports.leases.keysUnder(folderOf(prefix), KEYS_MAX);
  return keys.length === 0 ? answered(null) : told({ keys });
}

export async function countLeases(
  ports: Ports,
  scope: RequestScope,
  type: string,
): Promise<Decision> {
  if (type !== "irrevocable") return answered(null);
  const counts = await ports.leases.countIrrevocable();
  const byAccessor = counts.map(({ mountId, count }) => [
    scope.config.mounts.byId(mountId)?.accessor ?? mountId,
    count,
  ]);
  return told({
    lease_count: counts.reduce((sum, { count }) => sum + count, 0),
    counts: Object.fromEntries(byAccessor) as Record<string, number>,
  });
}

/** @throws EngineError `invalid_request`: the limit is neither a number nor `none`. */
export async function listIrrevocable(
  ports: Ports,
  scope: RequestScope,
  input: { type: string; limit: string },
): Promise<Decision> {
  if (input.type !== "irrevocable") return answered(null);
  const limit = limitOf(input.limit);
  const leases = await ports.leases.irrevocable(limit + 1);
  const shown = leases.slice(0, limit).map(({ id, mountId, error }) => ({
    lease_id: id,
    mount_id: scope.config.mounts.byId(mountId)?.accessor ?? mountId,
    error,
  }));
  const answer = { data: { lease_count: shown.length, leases: shown } };
  if (leases.length <= limit) return { answer, effects: [] };
  const warnings = [
    `Command halted because many irrevocable leases were found. To emit the entire list, re-run the command with force set true.`,
  ];
  return { answer: { ...answer, warnings }, effects: [] };
}

function limitOf(text: string): number {
  if (text === "") return IRREVOCABLE_MAX;
  if (text === "none") return KEYS_MAX;
  if (!/^\d{1,7}$/.test(text) || Number(text) < 1) {
    throw invalidRequest(
      `invalid 'limit' provided: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Math.min(Number(text), KEYS_MAX);
}
