"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionModal } from "@/app/(console)/secrets/action-modal";
import { enableMountAction } from "@/app/(console)/secrets/actions";
import { TtlField } from "@/app/(console)/secrets/ttl-field";
import { useChange } from "@/components/change";
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
  const set = (changed: Partial<typeof form>) => setForm({ ...form, ...changed });
  const { fields } = change;
  return (
    <ActionModal
      title="Enable AWS secrets engine"
      label="Enable"
      refusedText="The engine was not enabled."
      change={change}
      canRun={parseTtl(form.defaultTtl) !== null && parseTtl(form.maxTtl) !== null}
      onRun={() => change.run(form)}
      onClose={onClose}
    >
      <FormField
        label="Path"
        description="Roles and credentials stand below it: aws/roles/…, aws/creds/…"
        errorText={fields["path"]}
      >
        <Input value={form.path} onChange={({ detail }) => set({ path: detail.value })} />
      </FormField>
      <FormField label="Description" constraintText="Which account it serves, for people.">
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
        empty="as the system has it"
        value={form.maxTtl}
        onChange={(maxTtl) => set({ maxTtl })}
      />
    </ActionModal>
  );
}
