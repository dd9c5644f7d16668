"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { ActionModal } from "@/app/(console)/secrets/action-modal";
import { tuneMountAction } from "@/app/(console)/secrets/actions";
import { TtlField } from "@/app/(console)/secrets/ttl-field";
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
  const set = (changed: Partial<typeof form>) => setForm({ ...form, ...changed });
  return (
    <ActionModal
      title={`Settings of ${mount.path}`}
      label="Change settings"
      refusedText="The settings were not changed."
      change={change}
      canRun={parseTtl(form.defaultTtl) !== null && parseTtl(form.maxTtl) !== null}
      onRun={() => change.run({ mount: mount.path, ...form })}
      onClose={onClose}
    >
      <FormField label="Description">
        <Input
          value={form.description}
          onChange={({ detail }) => set({ description: detail.value })}
        />
      </FormField>
      <TtlField
        label="Default TTL of leases"
        empty="as the system has it"
        value={form.defaultTtl}
        onChange={(defaultTtl) => set({ defaultTtl })}
      />
      <TtlField
        label="Maximum TTL of leases"
        description="No lease of this mount lives longer, renewed or not."
        empty="as the system has it"
        value={form.maxTtl}
        onChange={(maxTtl) => set({ maxTtl })}
      />
    </ActionModal>
  );
}
