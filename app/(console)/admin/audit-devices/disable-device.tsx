"use client";

import Alert from "@cloudscape-design/components/alert";
import { useState } from "react";
import { disableDeviceAction } from "@/app/(console)/admin/audit-devices/actions";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { isTyped, TypedName } from "@/components/typed-name";
import type { AuditDevice } from "@/lib/console/admin-devices";

/** Disables a device, once its name was typed. */
export function DisableDevice({ device, onClose }: { device: AuditDevice; onClose: () => void }) {
  const { path } = device;
  const [confirmed, setConfirmed] = useState("");
  const change = useChange(disableDeviceAction, () => {
    onClose();
    return true;
  });
  return (
    <ActionModal
      title={`Disable ${path}`}
      label={`Disable ${path}`}
      refusedText="The device was not disabled."
      change={change}
      canRun={isTyped(confirmed, path)}
      onRun={() => change.run({ path, confirmed })}
      onClose={onClose}
    >
      <Alert type="warning" header="What stops working">
        <ul>
          <li>Nothing is written to it any more; whoever watches it sees nothing new.</li>
          <li>
            Its salt is forgotten: hashes in what it has written can no longer be compared with a
            value, not even after it is enabled again.
          </li>
        </ul>
        The built-in log goes on, and what was written stays where it is.
      </Alert>
      <TypedName label="Name of the device" name={path} value={confirmed} onChange={setConfirmed} />
    </ActionModal>
  );
}
