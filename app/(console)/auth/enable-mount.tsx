"use client";

import { useState } from "react";
import { enableAction } from "@/app/(console)/auth/actions";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { MountFields } from "@/components/mount-fields";
import { parseTtl } from "@/lib/console/lifetime";

/** Enables an AWS auth method. */
export function EnableMount({ onClose }: { onClose: () => void }) {
  const [form, setForm] = useState({ path: "aws", description: "", defaultTtl: "", maxTtl: "" });
  const change = useChange(enableAction, () => {
    onClose();
    return true;
  });
  const seconds = { defaultTtl: parseTtl(form.defaultTtl), maxTtl: parseTtl(form.maxTtl) };
  const isFormWrong = Object.keys(change.fields).length > 0;
  return (
    <ActionModal
      title="Enable AWS auth"
      label="Enable"
      refusedText="Nothing was enabled."
      change={{ isRunning: change.isRunning, refusal: isFormWrong ? null : change.refusal }}
      onRun={() => change.run(form)}
      onClose={onClose}
    >
      <MountFields
        of="tokens"
        values={form}
        seconds={seconds}
        fields={change.fields}
        onChange={(changed) => setForm({ ...form, ...changed })}
      />
    </ActionModal>
  );
}
