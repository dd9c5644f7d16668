"use client";

import { useState } from "react";
import { setPasswordAction } from "@/app/(console)/admin/operators/actions";
import type { UserFacts } from "@/app/(console)/admin/operators/[accessor]/[name]/user-page";
import { PasswordField } from "@/app/(console)/admin/operators/password-field";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { fieldErrors } from "@/components/field-errors";

const WHERE = [[/password/i, "password"]] as const;

/** Gives an operator another password. */
export function SetPassword({ name, mount, onClose }: UserFacts & { onClose: () => void }) {
  const [password, setPassword] = useState("");
  const change = useChange(setPasswordAction, () => {
    onClose();
    return true;
  });
  const { fields, refusal } = fieldErrors(change, WHERE);
  return (
    <ActionModal
      title={`Password of ${name}`}
      label="Set password"
      refusedText="The password was not set."
      change={{ isRunning: change.isRunning, refusal }}
      onRun={() => change.run({ mount: mount.fullPath, name, password })}
      onClose={onClose}
    >
      <PasswordField value={password} errorText={fields["password"]} onChange={setPassword} />
      <div>The present password stops working at once. Sessions that are open go on.</div>
    </ActionModal>
  );
}
