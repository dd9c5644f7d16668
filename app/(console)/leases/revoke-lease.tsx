"use client";

import Box from "@cloudscape-design/components/box";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { revokeLeaseAction } from "@/app/(console)/leases/actions";
import { ReasonField } from "@/app/(console)/leases/reason-field";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { useFlashes } from "@/components/flashes";
import { KeyValue } from "@/components/key-value";
import { useNow } from "@/components/now";
import { jobHref } from "@/lib/console/jobs";
import type { Lease } from "@/lib/console/leases";
import { revokeLabel, revokePreview, typeText } from "@/lib/console/leases-words";

/** Ends one lease, after saying what stops and what does not. */
export function RevokeLease({ lease, onClose }: { lease: Lease; onClose: () => void }) {
  const router = useRouter();
  const queries = useQueryClient();
  const { show } = useFlashes();
  const now = useNow();
  const [reason, setReason] = useState("");
  const change = useChange(revokeLeaseAction, ({ jobId, end, text }) => {
    onClose();
    void queries.invalidateQueries({ queryKey: ["leases"] });
    if (end === "ended") return true;
    if (end === "running") router.push(jobHref(jobId));
    else {
      show({
        id: `revoke ${lease.lease_id}`,
        type: "error",
        header: `The lease was not ended: ${text}`,
        content: "Its credential may still work. The lease’s page says what to fix.",
      });
    }
    return false;
  });
  const label = revokeLabel(lease, now);
  const { stops, stays } = revokePreview(lease, now);
  return (
    <ActionModal
      title="Revoke one lease"
      label={label}
      refusedText="The lease was not ended."
      change={change}
      onRun={() => change.run({ leaseId: lease.lease_id, reason })}
      onClose={onClose}
    >
      <KeyValue
        columns={2}
        facts={[
          { label: "Lease", value: <code>{lease.lease_id}</code> },
          { label: "Type", value: typeText(lease.credential_type) },
          { label: "Held by", value: lease.holder ?? "" },
          { label: "Access key id", value: lease.access_key_id ?? "" },
        ]}
      />
      <div>
        <Box variant="awsui-key-label">What happens</Box>
        {stops}
      </div>
      <div>
        <Box variant="awsui-key-label">What is still true then</Box>
        {stays}
      </div>
      <ReasonField reason={reason} errorText={change.fields["reason"]} onChange={setReason} />
    </ActionModal>
  );
}
