"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { enableMountAction } from "@/app/(console)/secrets/actions";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { MountFields } from "@/components/mount-fields";
import { parseTtl } from "@/lib/console/lifetime";
import { secretsHref } from "@/lib/console/secrets-roles";

/** Enables an AWS secrets engine at a path, and goes to it. */
export function EnableMount({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const change = useChange(enableMountAction, ({ accessor }) => {
    router.push(secretsHref.mount(accessor));
    return true;
  });
  const [form, setForm] = useState({ path: "aws", description: "", defaultTtl: "", maxTtl: "" });
  const seconds = { defaultTtl: parseTtl(form.defaultTtl), maxTtl: parseTtl(form.maxTtl) };
  return (
    <ActionModal
      title="Enable AWS secrets engine"
      label="Enable"
      refusedText="The engine was not enabled."
      change={change}
      canRun={seconds.defaultTtl !== null && seconds.maxTtl !== null}
      onRun={() => change.run(form)}
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
