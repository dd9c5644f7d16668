"use client";

import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { PolicyField } from "@/app/(console)/secrets/[accessor]/roles/policy-field";
import type { RoleFieldsProps } from "@/app/(console)/secrets/[accessor]/roles/role-form";
import { TagsField } from "@/app/(console)/secrets/[accessor]/roles/tags-field";
import { TextListField } from "@/app/(console)/secrets/[accessor]/roles/text-list-field";
import { TtlField } from "@/components/ttl-field";
import { parseTtl } from "@/lib/console/lifetime";
import { policyArnProblem, roleArnProblem, type RoleDraft } from "@/lib/console/role-draft";
import { FIELDS_OF_TYPE } from "@/lib/console/secrets-roles";

/** What the credential may do, by what its type has. */
export function TargetFields({ draft, problems, set }: RoleFieldsProps) {
  const has = hasOf(draft);
  return (
    <Container header={<Header variant="h2">{TARGET_TITLES[draft.type]}</Header>}>
      <SpaceBetween size="l">
        {has("role_arns") && (
          <TextListField
            label="Role ARNs"
            description="Where there are several, the caller chooses one."
            placeholder="arn:aws:iam::111111111111:role/app"
            texts={draft.roleArns}
            problemOf={roleArnProblem}
            errorText={problems.roleArns}
            onChange={(roleArns) => set({ roleArns })}
          />
        )}
        {has("external_id") && (
          <ShortText
            label="External id"
            description="What the trust policy of the role demands, if it does."
            value={draft.externalId}
            onChange={(externalId) => set({ externalId })}
          />
        )}
        {has("mfa_serial_number") && (
          <ShortText
            label="MFA device"
            description="Serial number or ARN. Callers then give a code with each request."
            value={draft.mfaSerial}
            onChange={(mfaSerial) => set({ mfaSerial })}
          />
        )}
        {has("policy_arns") && <PolicyFields draft={draft} problems={problems} set={set} />}
      </SpaceBetween>
    </Container>
  );
}

const TARGET_TITLES: Readonly<Record<RoleDraft["type"], string>> = {
  assumed_role: "Roles to assume, and policies that narrow them",
  iam_user: "What the IAM user may do",
  federation_token: "Policies that narrow the session",
  session_token: "Second factor",
};

function PolicyFields({ draft, problems, set }: RoleFieldsProps) {
  return (
    <SpaceBetween size="l">
      <TextListField
        label="Policy ARNs"
        description="Managed policies, of AWS or of the account."
        placeholder="arn:aws:iam::aws:policy/ReadOnlyAccess"
        texts={draft.policyArns}
        problemOf={policyArnProblem}
        errorText={problems.policyArns}
        onChange={(policyArns) => set({ policyArns })}
      />
      <TextListField
        label="IAM groups"
        description={
          draft.type === "iam_user"
            ? "The user is added to them."
            : "Their policies are read when a credential is issued, and added to those here."
        }
        placeholder="readers"
        texts={draft.iamGroups}
        problemOf={groupProblem}
        onChange={(iamGroups) => set({ iamGroups })}
      />
      <PolicyField draft={draft} problems={problems} set={set} />
    </SpaceBetween>
  );
}

/** Tags, boundary, path, TTLs: what bounds and marks the credential. */
export function LimitFields({ draft, problems, set }: RoleFieldsProps) {
  const has = hasOf(draft);
  return (
    <Container header={<Header variant="h2">Limits and marks</Header>}>
      <SpaceBetween size="l">
        {has("default_sts_ttl") && <TtlFields draft={draft} problems={problems} set={set} />}
        {has("session_tags") && (
          <TagsField
            label="Session tags"
            pairs={draft.sessionTags}
            errorText={problems.sessionTags}
            onChange={(sessionTags) => set({ sessionTags })}
          />
        )}
        {has("permissions_boundary_arn") && (
          <ShortText
            label="Permissions boundary"
            description="A managed policy that bounds what the user may ever do."
            value={draft.boundaryArn}
            errorText={problems.boundaryArn}
            onChange={(boundaryArn) => set({ boundaryArn })}
          />
        )}
        {has("user_path") && (
          <ShortText
            label="User path"
            description="Where the user stands in IAM; empty is /."
            value={draft.userPath}
            errorText={problems.userPath}
            onChange={(userPath) => set({ userPath })}
          />
        )}
        {has("iam_tags") && (
          <TagsField
            label="Tags of the user"
            pairs={draft.iamTags}
            errorText={problems.iamTags}
            onChange={(iamTags) => set({ iamTags })}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}

function TtlFields({ draft, problems, set }: RoleFieldsProps) {
  return (
    <SpaceBetween size="l">
      <TtlField
        label="Default TTL"
        description="For callers who name none."
        empty="one hour"
        value={draft.defaultTtl}
        seconds={parseTtl(draft.defaultTtl)}
        errorText={problems.defaultTtl}
        onChange={(defaultTtl) => set({ defaultTtl })}
      />
      <TtlField
        label="Maximum TTL"
        description="Callers who ask for more get this."
        empty="the mount's maximum TTL"
        value={draft.maxTtl}
        seconds={parseTtl(draft.maxTtl)}
        errorText={problems.maxTtl}
        onChange={(maxTtl) => set({ maxTtl })}
      />
    </SpaceBetween>
  );
}

function ShortText({
  label,
  description,
  value,
  errorText,
  onChange,
}: {
  label: string;
  description: string;
  value: string;
  errorText?: string | undefined;
  onChange: (value: string) => void;
}) {
  return (
    <FormField label={label} description={description} errorText={errorText}>
      <Input
        value={value}
        spellcheck={false}
        onChange={({ detail }) => onChange(detail.value.trim())}
      />
    </FormField>
  );
}

function hasOf({ type }: RoleDraft) {
  return (field: (typeof FIELDS_OF_TYPE)[typeof type][number]) =>
    FIELDS_OF_TYPE[type].includes(field);
}

function groupProblem(text: string): string {
  return /^[\w+=,.@-]{1,128}$/.test(text) ? "" : "A group has a name, not a path or an ARN.";
}
