"use client";

import { removeGroupAction } from "@/app/(console)/admin/operators/actions";
import { useChange } from "@/components/change";
import { ConfirmChange } from "@/components/confirm-change";
import type { OperatorRow } from "@/lib/console/admin-operators";

/** Takes a group's policies away, from its members' next sign-in on. */
export function RemoveGroup({ group, onClose }: { group: OperatorRow; onClose: () => void }) {
  const change = useChange(removeGroupAction, () => {
    onClose();
    return true;
  });
  return (
    <ConfirmChange
      title={`Remove group ${group.name}`}
      doIt="Remove its policies"
      input={{ group: group.name }}
      change={change}
      onClose={onClose}
    >
      <div>
        Members lose <code>{group.policies.join(", ") || "nothing"}</code> with their next sign-in,
        unless another group of theirs gives it.
      </div>
      <div>Sessions that are open keep what they began with; end them on the page of sessions.</div>
    </ConfirmChange>
  );
}
