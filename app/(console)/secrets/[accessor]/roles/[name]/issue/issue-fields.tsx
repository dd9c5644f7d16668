"use client";

import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { IssueValues } from "@/app/(console)/secrets/[accessor]/roles/[name]/issue/issue-page";
import { TtlField } from "@/components/ttl-field";
import { parseTtl } from "@/lib/console/lifetime";
import type { CredentialType, SecretsRole } from "@/lib/console/secrets-roles";

type FieldsProps = {
  role: SecretsRole;
  values: IssueValues;
  problems: Readonly<Record<string, string>>;
  set: (changed: Partial<IssueValues>) => void;
};

/** What a caller may choose, by the type of credential. */
export function IssueFields({
  type,
  role,
  values,
  problems,
  set,
}: FieldsProps & { type: CredentialType | null }) {
  return (
    <SpaceBetween size="l">
      {type === "iam_user" ? (
        <Box>
          There is nothing to choose: the lease of an IAM user lives as the mount&apos;s lease
          defaults say.
        </Box>
      ) : (
        <TtlField
          label="TTL"
          description="How long the session is to live; more than the role's maximum is cut to it."
          empty="the role's default, or one hour"
          value={values.ttl}
          seconds={parseTtl(values.ttl)}
          errorText={problems["ttl"]}
          onChange={(ttl) => set({ ttl })}
        />
      )}
      {type === "assumed_role" && (
        <SessionFields role={role} values={values} problems={problems} set={set} />
      )}
      {type === "session_token" && role.mfa_serial_number !== "" && (
        <FormField label="MFA code" errorText={problems["mfaCode"]}>
          <Input
            value={values.mfaCode}
            inputMode="numeric"
            autoComplete={false}
            onChange={({ detail }) => set({ mfaCode: detail.value.trim() })}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}

function SessionFields({ role, values, problems, set }: FieldsProps) {
  return (
    <SpaceBetween size="l">
      {role.role_arns.length > 1 && (
        <FormField label="Role to assume" errorText={problems["roleArn"]}>
          <Select
            selectedOption={{ value: values.roleArn, label: values.roleArn }}
            options={role.role_arns.map((arn) => ({ value: arn, label: arn }))}
            onChange={({ detail }) => set({ roleArn: detail.selectedOption.value ?? "" })}
          />
        </FormField>
      )}
      <FormField
        label="Session name"
        description="It stands in CloudTrail."
        constraintText="Empty: named by the mount's template."
        errorText={problems["sessionName"]}
      >
        <Input
          value={values.sessionName}
          spellcheck={false}
          onChange={({ detail }) => set({ sessionName: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}
