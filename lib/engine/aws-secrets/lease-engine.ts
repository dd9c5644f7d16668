import { userLeaseTerms } from "@/lib/engine/aws-secrets/lease-config";
import { turnOffLease, undoLease } from "@/lib/engine/aws-secrets/undo";
import type { LeaseEngine } from "@/lib/engine/ports";

/** How the lease manager ends and renews what this engine issued. */
export const awsLeaseEngine: LeaseEngine = {
  undo: undoLease,
  turnOff: turnOffLease,
  /** By `config/lease` as it is now, not as it was when the credential was issued. */
  renewal: (config, lease) => userLeaseTerms(config, lease.mountId),
};
