"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { DevicePart } from "@/app/(console)/admin/audit-devices/enable-device";

type Text = "filePath" | "mode" | "address" | "facility" | "tag";

const SOCKETS = [
  { value: "tcp", label: "TCP" },
  { value: "udp", label: "UDP" },
  { value: "unix", label: "Unix socket" },
] as const;

/** What a device of the chosen type needs to know. */
export function DeviceOptions({
  folders,
  ...part
}: DevicePart & { folders: readonly string[] | null }) {
  const { form, onChange } = part;
  if (form.type === "syslog") {
    return (
      <SpaceBetween size="l">
        <Field {...part} name="facility" label="Facility" description="Empty: AUTH." />
        <Field {...part} name="tag" label="Tag" description="Empty: vault." />
      </SpaceBetween>
    );
  }
  if (form.type === "socket") {
    return (
      <SpaceBetween size="l">
        <FormField label="Kind of socket">
          <Select
            selectedOption={SOCKETS.find(({ value }) => value === form.socketType) ?? SOCKETS[0]}
            options={SOCKETS}
            onChange={({ detail }) =>
              onChange({
                socketType:
                  SOCKETS.find(({ value }) => value === detail.selectedOption.value)?.value ??
                  "tcp",
              })
            }
          />
        </FormField>
        <Field
          {...part}
          name="address"
          label="Address"
          description="Host and port, or the path of a Unix socket: one of those that LEASEHOLD_AUDIT_HOSTS lists."
        />
      </SpaceBetween>
    );
  }
  return (
    <SpaceBetween size="l">
      <Field
        {...part}
        name="filePath"
        label="File"
        description={
          folders === null
            ? "Below a folder of LEASEHOLD_AUDIT_DIRS; which those are is not shown to you."
            : `Below ${folders.join(" or ")}, as LEASEHOLD_AUDIT_DIRS allows. Folders are made as needed.`
        }
      />
      <Field
        {...part}
        name="mode"
        label="Mode"
        description="Octal. Empty: 0600, for this program's account alone. 0000 leaves the file's mode as it is."
      />
    </SpaceBetween>
  );
}

function Field({
  name,
  label,
  description,
  form,
  fields,
  onChange,
}: DevicePart & { name: Text; label: string; description: string }) {
  return (
    <FormField label={label} description={description} errorText={fields[name]}>
      <Input
        value={form[name]}
        spellcheck={false}
        onChange={({ detail }) => onChange({ [name]: detail.value })}
      />
    </FormField>
  );
}
