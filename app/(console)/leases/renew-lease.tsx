"use client";

import { useQueryClient } from "@tanstack/react-query";
import { renewLeaseAction } from "@/app/(console)/leases/actions";
import { ActionModal } from "@/components/action-modal";
import { Ago } from "@/components/ago";
import { useChange } from "@/components/change";
import type { Lease } from "@/lib/console/leases";

/** Extends a lease by what its mount allows. */
export function RenewLease({ lease, onClose }: { lease: Lease; onClose: () => void }) {
  const queries = useQueryClient();
  const change = useChange(renewLeaseAction, () => {
    void queries.invalidateQueries({ queryKey: ["leases"] });
    onClose();
    return true;
  });
  return (
    <ActionModal
      title="Renew lease"
      label="Renew lease"
      refusedText="The lease was not renewed."
      change={change}
      onRun={() => change.run({ leaseId: lease.lease_id })}
      onClose={onClose}
    >
      <div>
        <code>{lease.lease_id}</code> ends <Ago at={lease.expires_at} />. It is given as long again
        as its mount’s limits allow; the credential and its holder do not notice.
      </div>
    </ActionModal>
  );
}
