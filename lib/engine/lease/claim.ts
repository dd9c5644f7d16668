import type { ClaimLease } from "@/lib/engine/effects";
import { invalidRequest } from "@/lib/engine/errors";
import type { Lease } from "@/lib/engine/lease/lease";
import type { Ports } from "@/lib/engine/ports";

/** A lease that only the holder of the fence may end. */
export type ClaimedLease = { lease: Lease; fence: string };

/** Longest time that others are waited for: 30 seconds. */
const WAIT_MS_MAX = 30_000;

/**
 * Claims a lease for one attempt at its revocation. Somebody who holds it is waited for: either they
 * end it, or it is ours to try.
 *
 * @param take commits the claim; called again after each refusal.
 * @returns null when the lease has ended meanwhile.
 * @throws EngineError `invalid_request` when others hold it for half a minute.
 */
export async function claimWhenFree(
  ports: Pick<Ports, "clock" | "leases" | "random">,
  lease: Lease,
  take: (claim: ClaimLease) => Promise<void>,
): Promise<ClaimedLease | null> {
  const until = ports.clock.now().getTime() + WAIT_MS_MAX;
  let current: Lease | null = lease;
  for (;;) {
    const fence = ports.random.uuid();
    const refused = invalidRequest(
      "failed to revoke entry: the lease is being revoked by somebody else",
    );
    try {
      await take({ kind: "claim_lease", id: lease.id, fence, refused });
      return { lease: current, fence };
    } catch (error) {
      if (error !== refused || ports.clock.now().getTime() >= until) throw error;
    }
    current = await ports.leases.whenFree(lease.id);
    if (current === null) return null;
  }
}
