"use client";

import { useState } from "react";
import { ActionModal } from "@/components/action-modal";
import { tuneMountAction } from "@/app/(console)/secrets/actions";
import { MountFields } from "@/components/mount-fields";
import { useChange } from "@/components/change";
import { parseTtl, ttlText } from "@/lib/console/lifetime";
import type { AwsMount } from "@/lib/console/secrets-mounts";

/** Changes what a mount is for, and its limits. */
export function TuneMount({ mount, onClose }: { mount: AwsMount; onClose: () => void }) {
  const change = useChange(tuneMountAction, () => {
    onClose();
    return true;
  });
  const [form, setForm] = useState({
    description: mount.description,
    defaultTtl: ttlText(mount.tunedDefaultSeconds),
    maxTtl: ttlText(mount.tunedMaxSeconds),
  });
  const seconds = { defaultTtl: parseTtl(form.defaultTtl), maxTtl: parseTtl(form.maxTtl) };
  return (
    <ActionModal
      title={`Settings of ${mount.path}`}
      label="Change settings"
      refusedText="The settings were not changed."
      change={change}
      canRun={seconds.defaultTtl !== null && seconds.maxTtl !== null}
      onRun={() => change.run({ mount: mount.path, ...form })}
      onClose={onClose}
    >
      <MountFields
        of="leases"
        values={form}
        seconds={seconds}
        fields={change.fields}
        onChange={(changed) => setForm({ ...form, ...changed })}
      />
    </ActionModal>
  );
}
