"use client";

import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { enableMountAction } from "@/app/(console)/admin/mounts/actions";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { fieldErrors } from "@/components/field-errors";
import { MountFields } from "@/components/mount-fields";
import { type MountClass, typesOf } from "@/lib/console/admin-mounts";
import { parseTtl } from "@/lib/console/lifetime";

const MEANINGS: Readonly<Record<string, string>> = {
  "secret aws": "Hands out short-lived credentials of AWS.",
  "auth aws": "Machines log in with their AWS identity.",
  "auth approle": "Programs log in with a role id and a secret id.",
  "auth userpass": "People log in with a name and a password, to this console too.",
};

const WHERE = [
  [/path|mount/i, "path"],
  [/default lease TTL|default TTL/i, "defaultTtl"],
  [/max(?:imum)? (?:lease )?TTL/i, "maxTtl"],
] as const;

/** Enables any type that there is, and goes to the new mount. */
export function EnableMount({
  mountClass,
  onClose,
}: {
  mountClass: MountClass;
  onClose: () => void;
}) {
  const router = useRouter();
  const first = typesOf(mountClass)[0] ?? "";
  const [form, setForm] = useState({
    type: first,
    path: first,
    description: "",
    defaultTtl: "",
    maxTtl: "",
    local: false,
  });
  const change = useChange(enableMountAction, ({ accessor }) => {
    router.push(`/admin/mounts/${accessor}`);
    return true;
  });
  const { fields, refusal } = fieldErrors(change, WHERE);
  const seconds = { defaultTtl: parseTtl(form.defaultTtl), maxTtl: parseTtl(form.maxTtl) };
  // Who has not named a path yet means that of the type.
  const choose = (type: string) =>
    setForm({ ...form, type, path: form.path === form.type ? type : form.path });
  return (
    <ActionModal
      title={mountClass === "auth" ? "Enable an auth method" : "Enable a secrets engine"}
      label={`Enable ${form.type} at ${mountClass === "auth" ? "auth/" : ""}${form.path}`}
      refusedText="Nothing was enabled."
      change={{ isRunning: change.isRunning, refusal }}
      canRun={seconds.defaultTtl !== null && seconds.maxTtl !== null}
      onRun={() => change.run({ class: mountClass, ...form })}
      onClose={onClose}
    >
      <TypeField
        mountClass={mountClass}
        type={form.type}
        errorText={fields["type"]}
        onChange={choose}
      />
      <MountFields
        of={mountClass === "auth" ? "tokens" : "leases"}
        values={form}
        seconds={seconds}
        fields={fields}
        onChange={(changed) => setForm({ ...form, ...changed })}
      />
      <Checkbox
        checked={form.local}
        description="Kept with the mount for tools that ask; there is no replication here."
        onChange={({ detail }) => setForm({ ...form, local: detail.checked })}
      >
        Mark as local
      </Checkbox>
    </ActionModal>
  );
}

function TypeField({
  mountClass,
  type,
  errorText,
  onChange,
}: {
  mountClass: MountClass;
  type: string;
  errorText: string | undefined;
  onChange: (type: string) => void;
}) {
  return (
    <FormField label="Type" errorText={errorText}>
      <RadioGroup
        value={type}
        items={typesOf(mountClass).map((one) => ({
          value: one,
          label: one,
          description: MEANINGS[`${mountClass} ${one}`],
        }))}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
