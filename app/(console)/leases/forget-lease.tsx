"use client";

import Alert from "@cloudscape-design/components/alert";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { forgetLeaseAction } from "@/app/(console)/leases/actions";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import type { Lease } from "@/lib/console/leases";

/** Gives a lease up that AWS does not let end. */
export function ForgetLease({ lease, onClose }: { lease: Lease; onClose: () => void }) {
  const queries = useQueryClient();
  const [isKnown, setKnown] = useState(false);
  const [isMissing, setMissing] = useState(false);
  const change = useChange(forgetLeaseAction, () => {
    void queries.invalidateQueries({ queryKey: ["leases"] });
    onClose();
    return true;
  });
  const user = lease.user_name ?? "the IAM user behind it";
  return (
    <ActionModal
      title="Forget lease anyway"
      label="Forget lease (its credential may go on working)"
      refusedText="The lease was not forgotten."
      change={change}
      onRun={() => {
        setMissing(!isKnown);
        if (isKnown) change.run({ leaseId: lease.lease_id });
      }}
      onClose={onClose}
    >
      <Alert type="warning" header={`${user} may stay at AWS with a working access key`}>
        Deleting it is tried once more. If AWS refuses again, the lease is dropped from here all the
        same, and nothing tries again: whoever has the key {lease.access_key_id ?? ""} keeps its
        rights until somebody deletes the user at AWS by hand. What is left behind stands in the
        audit log.
      </Alert>
      <FormField errorText={isMissing && !isKnown ? "Say that you will, or leave it." : undefined}>
        <Checkbox checked={isKnown} onChange={({ detail }) => setKnown(detail.checked)}>
          I will have {user} deleted at AWS by other means.
        </Checkbox>
      </FormField>
    </ActionModal>
  );
}
