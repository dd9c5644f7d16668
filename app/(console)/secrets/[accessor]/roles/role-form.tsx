"use client";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRouter } from "next/navigation";
import { useState, type SubmitEvent } from "react";
import { writeRoleAction } from "@/app/(console)/secrets/[accessor]/roles/actions";
import { LifetimeBox } from "@/app/(console)/secrets/[accessor]/roles/lifetime-box";
import { LimitFields, TargetFields } from "@/app/(console)/secrets/[accessor]/roles/role-fields";
import { TypeField } from "@/app/(console)/secrets/[accessor]/roles/type-field";
import { useChange } from "@/components/change";
import { useFollow } from "@/components/follow";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { ShowAsCode } from "@/components/show-as-code";
import { leastLimit, lifetimeOf, type LifetimeSurroundings } from "@/lib/console/lifetime";
import {
  type DraftProblems,
  draftProblems,
  type RoleDraft,
  roleOf,
} from "@/lib/console/role-draft";
import { roleCode } from "@/lib/console/secrets-code";
import type { AwsMount } from "@/lib/console/secrets-mounts";
import { secretsHref, type SecretsRole } from "@/lib/console/secrets-roles";

export type RoleFieldsProps = {
  draft: RoleDraft;
  problems: DraftProblems;
  set: (changed: Partial<RoleDraft>) => void;
};

type FormProps = {
  mount: AwsMount;
  isNew: boolean;
  draft: RoleDraft;
  surroundings: LifetimeSurroundings;
};

/** Creates or edits a role: what its type has, and what all of it comes to. */
export function RoleForm(props: FormProps) {
  const { mount, isNew, surroundings } = props;
  const name = isNew ? null : props.draft.name;
  const form = useRoleForm(props);
  const { draft, role, problems, isStopped, set, submit, change } = form;
  const fields = { draft, problems, set };
  return (
    <Page
      title={name === null ? "Create role" : `Edit ${name}`}
      apiPath={`${mount.path}roles/${draft.name || "…"}`}
      above={aboveOf(mount, name)}
      actions={<ShowAsCode code={roleCode(mount, draft.name || "name", role)} />}
      contentType="form"
    >
      <form onSubmit={submit} noValidate>
        <Form
          actions={<FormActions mount={mount} name={name} isRunning={change.isRunning} />}
          errorText={isStopped ? "Something above is not right yet." : ""}
        >
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">Role</Header>}>
              <SpaceBetween size="l">
                {isNew && <NameField {...fields} />}
                <TypeField {...fields} />
              </SpaceBetween>
            </Container>
            <TargetFields {...fields} />
            <LimitFields {...fields} />
            <LifetimeBox surroundings={surroundings} asked={askedOf(draft, role)} />
            {form.isOverLimit && <OverrideField reason={form.reason} onChange={form.setReason} />}
            {change.refusal !== null && (
              <RefusalState what="The role was not saved." refusal={change.refusal} />
            )}
          </SpaceBetween>
        </Form>
      </form>
    </Page>
  );
}

/** Problems are told once saving was tried, and from then on while they are put right. */
function useRoleForm({ mount, isNew, draft: initial, surroundings }: FormProps) {
  const router = useRouter();
  const [draft, setDraft] = useState(initial);
  const [isTold, setTold] = useState(false);
  const [reason, setReason] = useState("");
  const set = (changed: Partial<RoleDraft>) => setDraft((now) => ({ ...now, ...changed }));
  const role = roleOf(draft);
  const isOverLimit = exceedsLimit(surroundings, draft, role);
  const isOverridden = isOverLimit && reason.trim() !== "";
  const lifetime = isOverridden ? {} : lifetimeProblem(surroundings, draft, role);
  const found = { ...lifetime, ...draftProblems(draft) };
  const isWrong = Object.keys(found).length > 0;
  const change = useChange(writeRoleAction, () => {
    router.push(secretsHref.role(mount.accessor, draft.name));
    return true;
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTold(true);
    if (!isWrong) {
      const why = isOverridden ? reason.trim() : "";
      change.run({ mount: mount.path, name: draft.name, isNew, role, reason: why });
    }
  };
  const problems: DraftProblems = isTold ? found : {};
  const isStopped = isTold && isWrong;
  const override = { isOverLimit, reason, setReason };
  return { draft, role, problems, isStopped, set, submit, change, ...override };
}

function NameField({ draft, problems, set }: RoleFieldsProps) {
  return (
    <FormField
      label="Name"
      description="Clients ask for it by this name; it stands in every lease id and cannot be changed."
      errorText={problems.name}
    >
      <Input
        value={draft.name}
        spellcheck={false}
        onChange={({ detail }) => set({ name: detail.value.trim() })}
      />
    </FormField>
  );
}

function FormActions({
  mount,
  name,
  isRunning,
}: {
  mount: AwsMount;
  name: string | null;
  isRunning: boolean;
}) {
  const follow = useFollow();
  const { accessor } = mount;
  const back = name === null ? secretsHref.roles(accessor) : secretsHref.role(accessor, name);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button variant="link" href={back} onFollow={follow}>
        Cancel
      </Button>
      <Button variant="primary" loading={isRunning} loadingText="Saving">
        {name === null ? "Create role" : "Save role"}
      </Button>
    </SpaceBetween>
  );
}

function OverrideField({
  reason,
  onChange,
}: {
  reason: string;
  onChange: (reason: string) => void;
}) {
  return (
    <FormField
      label="Reason to save it all the same"
      description="For example that MaxSessionDuration is being raised. The audit log keeps it, with who gave it."
    >
      <Input value={reason} onChange={({ detail }) => onChange(detail.value.slice(0, 500))} />
    </FormField>
  );
}

function askedOf({ type }: RoleDraft, role: SecretsRole) {
  return {
    type,
    defaultStsTtlSeconds: role.default_sts_ttl,
    maxStsTtlSeconds: role.max_sts_ttl,
    roleArns: role.role_arns,
  };
}

/** True where AWS's limit of a target is known, and less than what the role asks for. */
function exceedsLimit(
  surroundings: LifetimeSurroundings,
  draft: RoleDraft,
  role: SecretsRole,
): boolean {
  return refusalsOf(surroundings, draft, role).some(({ term }) => term === "max_session_duration");
}

function refusalsOf(surroundings: LifetimeSurroundings, draft: RoleDraft, role: SecretsRole) {
  const limit = draft.type === "assumed_role" ? leastLimit(surroundings, role.role_arns) : null;
  const { roleArns: _arns, ...asked } = askedOf(draft, role);
  const maxSessionDurationSeconds = limit?.seconds ?? null;
  return lifetimeOf(surroundings, { ...asked, maxSessionDurationSeconds }).refusals;
}

/** A default that AWS is certain to refuse would be a role that never works. */
function lifetimeProblem(
  surroundings: LifetimeSurroundings,
  draft: RoleDraft,
  role: SecretsRole,
): DraftProblems {
  return refusalsOf(surroundings, draft, role).some(({ certain }) => certain)
    ? { defaultTtl: "AWS will refuse this; see the effective lifetime below." }
    : {};
}

function aboveOf(mount: AwsMount, name: string | null) {
  return [
    { text: "AWS secrets", href: secretsHref.mounts },
    { text: mount.path, href: secretsHref.mount(mount.accessor) },
    { text: "Roles", href: secretsHref.roles(mount.accessor) },
    ...(name === null ? [] : [{ text: name, href: secretsHref.role(mount.accessor, name) }]),
  ];
}
