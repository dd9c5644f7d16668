"use client";

import { testDeviceAction } from "@/app/(console)/admin/audit-devices/actions";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import type { AuditDevice } from "@/lib/console/admin-devices";

/** Writes a test entry to a device, and tells what came of it. */
export function TestDevice({ device, onClose }: { device: AuditDevice; onClose: () => void }) {
  const { path } = device;
  const change = useChange(testDeviceAction, () => {
    onClose();
    return true;
  });
  return (
    <ActionModal
      title={`Test ${path}`}
      label="Write a test entry"
      refusedText="The device did not take the entry."
      change={change}
      onRun={() => change.run({ path })}
      onClose={onClose}
    >
      <div>
        An entry that stands for no request is written to <code>{path}</code>, as it is open now. It
        carries the path <code>sys/leasehold/audit-devices/{path}test</code> and an id to look for.
        The test itself is audited like any request.
      </div>
    </ActionModal>
  );
}
