"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { freezeAction } from "@/app/(console)/respond/actions";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";

export type FreezeTarget = { principal: string } | { mount: string; role: string };

const HOURS = [1, 4, 24, 72, 168] as const;
const OPTIONS = HOURS.map((hours) => ({
  value: String(hours),
  label: hours < 48 ? `${hours} h` : `${hours / 24} days`,
}));

/** Keeps a principal or role from new logins and credentials, until a time and with a message. */
export function Freeze({ target, onClose }: { target: FreezeTarget; onClose: () => void }) {
  const queries = useQueryClient();
  const [hours, setHours] = useState<string>("4");
  const [message, setMessage] = useState("");
  const [reason, setReason] = useState("");
  const change = useChange(freezeAction, () => {
    onClose();
    void queries.invalidateQueries({ queryKey: ["freezes"] });
    return true;
  });
  const whom = "principal" in target ? target.principal : `${target.mount}roles/${target.role}`;
  return (
    <ActionModal
      title="Freeze"
      label="Freeze"
      refusedText="Nothing was frozen."
      change={change}
      onRun={() => change.run({ target, hours: Number(hours), message, reason })}
      onClose={onClose}
    >
      <p>
        <code>{whom}</code> logs in no more and is given no credentials until the freeze ends. What
        is held already works on.
      </p>
      <FormField label="For">
        <Select
          selectedOption={OPTIONS.find(({ value }) => value === hours) ?? null}
          options={OPTIONS}
          onChange={({ detail }) => setHours(detail.selectedOption.value ?? "4")}
        />
      </FormField>
      <FormField
        label="Message"
        description="Told to whoever is refused."
        errorText={change.fields["message"]}
      >
        <Input value={message} onChange={({ detail }) => setMessage(detail.value)} />
      </FormField>
      <FormField label="Reason" description="For the log." errorText={change.fields["reason"]}>
        <Input value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </ActionModal>
  );
}
