"use client";

import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { enableDeviceAction } from "@/app/(console)/admin/audit-devices/actions";
import { DeviceOptions } from "@/app/(console)/admin/audit-devices/device-options";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { fieldErrors } from "@/components/field-errors";
import { type DeviceForm } from "@/lib/console/admin-devices";

const TYPES = [
  { value: "file", label: "File", description: "Lines of JSON, appended; rotation is followed" },
  { value: "socket", label: "Socket", description: "Lines of JSON over TCP, UDP or a Unix socket" },
  { value: "syslog", label: "Syslog", description: "Of the machine that this program runs on" },
] as const;

const SHOWN = [
  [
    "hmacAccessor",
    "Hash accessors of tokens",
    "Off, the device shows them in clear: whoever reads it can look tokens up and revoke them, as far as their policies let them.",
  ],
  [
    "elideLists",
    "Count the entries of lists instead of writing them",
    "Keeps long lists out of the device.",
  ],
  [
    "logRaw",
    "Write everything in clear, tokens and secrets too",
    "Whoever reads the device can use them. Only where the server runs with LEASEHOLD_AUDIT_RAW=on.",
  ],
] as const;

const WHERE = [
  [/path already in use/, "path"],
  [/file_path|file sink|outside the folders|sanity check/, "filePath"],
  [/mode/, "mode"],
  [/LEASEHOLD_AUDIT_HOSTS|address|socket|ECONN|ENOTFOUND|connect/, "address"],
] as const;

/** Enables a device beside the built-in log. */
export function EnableDevice({
  folders,
  onClose,
}: {
  /** Where files may lie; null: not told to this operator. */
  folders: readonly string[] | null;
  onClose: () => void;
}) {
  const [form, setForm] = useState<DeviceForm>({
    path: "file",
    type: "file",
    description: "",
    filePath: `${folders?.[0] ?? "/var/log"}/leasehold/audit.log`,
    mode: "",
    address: "",
    socketType: "tcp",
    facility: "",
    tag: "",
    logRaw: false,
    hmacAccessor: true,
    elideLists: false,
  });
  const set = (changed: Partial<DeviceForm>) => setForm({ ...form, ...changed });
  const change = useChange(enableDeviceAction, () => {
    onClose();
    return true;
  });
  const { fields, refusal } = fieldErrors(change, WHERE);
  return (
    <ActionModal
      title="Enable audit device"
      label="Enable, and write a test entry"
      refusedText="The device was not enabled."
      change={{ isRunning: change.isRunning, refusal }}
      onRun={() => change.run(form)}
      onClose={onClose}
    >
      <Kind form={form} fields={fields} onChange={set} />
      <DeviceOptions form={form} fields={fields} folders={folders} onChange={set} />
      {SHOWN.map(([name, label, description]) => (
        <Checkbox
          key={name}
          checked={form[name]}
          description={description}
          onChange={({ detail }) => set({ [name]: detail.checked })}
        >
          {label}
        </Checkbox>
      ))}
    </ActionModal>
  );
}

export type DevicePart = {
  form: DeviceForm;
  fields: Readonly<Record<string, string>>;
  onChange: (changed: Partial<DeviceForm>) => void;
};

function Kind({ form, fields, onChange }: DevicePart) {
  const choose = (value: string) => {
    const type = TYPES.find((one) => one.value === value)?.value;
    // Who has not named a device yet means the name of the type.
    if (type) onChange({ type, path: form.path === form.type ? type : form.path });
  };
  return (
    <SpaceBetween size="l">
      <FormField label="Type">
        <Select
          selectedOption={TYPES.find(({ value }) => value === form.type) ?? TYPES[0]}
          options={TYPES}
          onChange={({ detail }) => choose(detail.selectedOption.value ?? "")}
        />
      </FormField>
      <FormField label="Name" description="It stands below sys/audit/." errorText={fields["path"]}>
        <Input
          value={form.path}
          spellcheck={false}
          onChange={({ detail }) => onChange({ path: detail.value })}
        />
      </FormField>
      <FormField label="Description" constraintText="For people; may be empty.">
        <Input
          value={form.description}
          onChange={({ detail }) => onChange({ description: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}
