import type { Decision } from "@/lib/engine/answer";
import { EngineError, invalidRequest, isEngineError } from "@/lib/engine/errors";
import type { Lease } from "@/lib/engine/lease/lease";
import { tokenHmacOf } from "@/lib/engine/lease/revoke";
import { grantTtl } from "@/lib/engine/lease/ttl";
import type { Mount } from "@/lib/engine/mount/mount";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Ports, RenewalTerms } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

/**
 * Extends a lease by what its engine allows now.
 *
 * @throws EngineError `invalid_request` with Vault's texts, checked in Vault's order.
 * @see https://developer.hashicorp.com/vault/api-docs/system/leases#renew-lease
 */
export async function renewLease(
  ports: Ports,
  scope: RequestScope,
  input: { leaseId: string; incrementSeconds: number },
): Promise<Decision> {
  if (input.leaseId === "") throw invalidRequest("lease_id must be specified");
  const lease = await ports.leases.find(input.leaseId);
  if (lease === null) throw await absent(ports, input.leaseId);
  if (isLeftAlone(lease)) return { answer: null, effects: [] };
  checkRenewable(lease);
  const mount = scope.config.mounts.byId(lease.mountId);
  if (mount === null) throw invalidRequest("failed to renew entry: the mount is gone");
  const terms = await termsOf(ports, scope, mount, lease);
  const granted = grantTtl({
    incrementSeconds: input.incrementSeconds,
    ttlSeconds: terms.ttlSeconds,
    periodSeconds: 0,
    maxTtlSeconds: terms.maxTtlSeconds,
    explicitMaxTtlSeconds: 0,
    ageSeconds: lease.ageSeconds,
    ...mountTtls(mount, ports.limits),
  });
  const ttlSeconds = cappedByOwner(ports, lease, granted.ttlSeconds);
  return {
    answer: {
      lease: { id: lease.id, ttlSeconds, renewable: lease.renewable },
      warnings: granted.warnings,
    },
    effects: [
      {
        kind: "renew_lease",
        id: lease.id,
        ttlSeconds,
        refused: invalidRequest("lease expired"),
      },
    ],
  };
}

async function absent(ports: Ports, leaseId: string): Promise<EngineError> {
  const hmac = tokenHmacOf(leaseId);
  const token = hmac === null ? null : await ports.tokens.byHmac(hmac);
  if (token === null) return invalidRequest("lease not found");
  return invalidRequest("tokens cannot be renewed through this endpoint");
}

/** As in Vault, renewing what a batch token drew and what cannot be renewed is no error and does nothing. */
function isLeftAlone(lease: Lease): boolean {
  return lease.ownerExpiresAt !== null && !lease.renewable && lease.remainingSeconds > 0;
}

function checkRenewable(lease: Lease): void {
  if (lease.irrevocableAt !== null) {
    throw invalidRequest("lease is expired and has failed previous revocation attempts");
  }
  if (lease.remainingSeconds <= 0) throw invalidRequest("lease expired");
  if (!lease.renewable) throw invalidRequest("lease is not renewable");
}

async function termsOf(
  ports: Ports,
  scope: RequestScope,
  mount: Mount,
  lease: Lease,
): Promise<RenewalTerms> {
  const engine = ports.leaseEngines[mount.type];
  if (engine === undefined) throw new Error(`no lease engine ${mount.type}`);
  try {
    return await engine.renewal(scope.config, lease);
  } catch (error) {
    if (!isEngineError(error)) throw error;
    throw new EngineError("invalid_request", `failed to renew entry: ${error.message}`, {
      cause: error.cause,
    });
  }
}

/** A batch token is outlived by nothing that it drew. */
function cappedByOwner(ports: Ports, lease: Lease, ttlSeconds: number): number {
  if (lease.ownerExpiresAt === null) return ttlSeconds;
  const left = (lease.ownerExpiresAt.getTime() - ports.clock.now().getTime()) / 1000;
  return Math.max(0, Math.min(ttlSeconds, Math.floor(left)));
}
