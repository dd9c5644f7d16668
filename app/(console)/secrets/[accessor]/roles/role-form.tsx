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
import { lifetimeOf, type LifetimeSurroundings } from "@/lib/console/lifetime";
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
  const { draft, role, problems, isStopped, set, submit, change } = useRoleForm(props);
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
  const set = (changed: Partial<RoleDraft>) => setDraft((now) => ({ ...now, ...changed }));
  const role = roleOf(draft);
  const found = { ...lifetimeProblem(surroundings, draft, role), ...draftProblems(draft) };
  const isWrong = Object.keys(found).length > 0;
  const change = useChange(writeRoleAction, () => {
    router.push(secretsHref.role(mount.accessor, draft.name));
    return true;
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTold(true);
    if (!isWrong) change.run({ mount: mount.path, name: draft.name, isNew, role });
  };
  const problems: DraftProblems = isTold ? found : {};
  return { draft, role, problems, isStopped: isTold && isWrong, set, submit, change };
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

function askedOf({ type }: RoleDraft, role: SecretsRole) {
  return {
    type,
    defaultStsTtlSeconds: role.default_sts_ttl,
    maxStsTtlSeconds: role.max_sts_ttl,
  };
}

/** A default that AWS is certain to refuse would be a role that never works. */
function lifetimeProblem(
  surroundings: LifetimeSurroundings,
  draft: RoleDraft,
  role: SecretsRole,
): DraftProblems {
  const { refusals } = lifetimeOf(surroundings, askedOf(draft, role));
  return refusals.some(({ certain }) => certain)
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
