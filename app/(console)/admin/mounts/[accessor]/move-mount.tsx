"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { moveMountAction } from "@/app/(console)/admin/mounts/actions";
import type { MountFacts } from "@/app/(console)/admin/mounts/[accessor]/mount-page";
import { WhatEnds } from "@/app/(console)/admin/mounts/[accessor]/what-ends";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { fieldErrors } from "@/components/field-errors";
import { isTyped, TypedName } from "@/components/typed-name";

const WHERE = [[/destination|in use|'to' path|path/i, "to"]] as const;

/** Moves a mount to another path, with its settings and roles. */
export function MoveMount({ onClose, ...facts }: MountFacts & { onClose: () => void }) {
  const { class: of, path, fullPath } = facts.mount;
  const [to, setTo] = useState("");
  const [confirmed, setConfirmed] = useState("");
  const change = useChange(moveMountAction, () => {
    onClose();
    return true;
  });
  const { fields, refusal } = fieldErrors(change, WHERE);
  return (
    <ActionModal
      title={`Move ${fullPath}`}
      label="Move it and end what it handed out"
      refusedText="The mount was not moved."
      change={{ isRunning: change.isRunning, refusal }}
      canRun={isTyped(confirmed, fullPath)}
      onRun={() => change.run({ class: of, path, to, confirmed })}
      onClose={onClose}
    >
      <FormField
        label="New path"
        description={of === "auth" ? "Below auth/." : "Not below another mount."}
        errorText={fields["to"]}
      >
        <Input value={to} spellcheck={false} onChange={({ detail }) => setTo(detail.value)} />
      </FormField>
      <WhatEnds {...facts} />
      <div>Settings, roles and the accessor move along.</div>
      <TypedName
        label="Present path of the mount"
        name={fullPath}
        value={confirmed}
        onChange={setConfirmed}
      />
    </ActionModal>
  );
}
