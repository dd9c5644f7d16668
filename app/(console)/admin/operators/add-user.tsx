"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { addUserAction } from "@/app/(console)/admin/operators/actions";
import { PasswordField } from "@/app/(console)/admin/operators/password-field";
import { PoliciesField } from "@/app/(console)/admin/operators/policies-field";
import { RightsPreview } from "@/app/(console)/admin/operators/rights-preview";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { fieldErrors } from "@/components/field-errors";
import { operatorHref, type SignInMount } from "@/lib/console/admin-operators";

const WHERE = [
  [/password/i, "password"],
  [/username|operator of this name/i, "name"],
] as const;

/** Adds a person who signs in with a password. */
export function AddUser({
  mounts,
  policies,
  onClose,
}: {
  mounts: readonly SignInMount[];
  policies: readonly string[];
  onClose: () => void;
}) {
  const router = useRouter();
  const [accessor, setAccessor] = useState(mounts[0]?.accessor ?? "");
  const [form, setForm] = useState({ name: "", password: "", policies: [] as string[] });
  const mount = mounts.find((one) => one.accessor === accessor)?.fullPath ?? "";
  const change = useChange(addUserAction, ({ name }) => {
    router.push(operatorHref(accessor, name));
    return true;
  });
  const { fields, refusal } = fieldErrors(change, WHERE);
  const set = (changed: Partial<typeof form>) => setForm({ ...form, ...changed });
  return (
    <ActionModal
      title="Add operator"
      label="Add operator"
      refusedText="Nobody was added."
      change={{ isRunning: change.isRunning, refusal }}
      onRun={() => change.run({ mount, ...form })}
      onClose={onClose}
    >
      {mounts.length > 1 && <Door {...{ mounts, mount }} onChange={setAccessor} />}
      <FormField
        label="Name"
        description="What they sign in with. Capital letters are stored as small ones."
        errorText={fields["name"]}
      >
        <Input
          value={form.name}
          autoComplete="off"
          spellcheck={false}
          onChange={({ detail }) => set({ name: detail.value })}
        />
      </FormField>
      <PasswordField
        value={form.password}
        errorText={fields["password"]}
        onChange={(password) => set({ password })}
      />
      <PoliciesField
        names={policies}
        values={form.policies}
        errorText={fields["policies"]}
        onChange={(chosen) => set({ policies: chosen })}
      />
      <RightsPreview policies={form.policies} />
    </ActionModal>
  );
}

function Door({
  mounts,
  mount,
  onChange,
}: {
  mounts: readonly SignInMount[];
  mount: string;
  onChange: (accessor: string) => void;
}) {
  const options = mounts.map(({ accessor: value, fullPath: label }) => ({ value, label }));
  return (
    <FormField label="Signs in at">
      <Select
        selectedOption={options.find(({ label }) => label === mount) ?? null}
        options={options}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
      />
    </FormField>
  );
}
