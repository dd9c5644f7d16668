"use client";

import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Textarea from "@cloudscape-design/components/textarea";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { RootFieldsProps } from "@/app/(console)/secrets/[accessor]/root/root-form";
import { useSettled } from "@/components/settled";
import { RefusalState } from "@/components/refusal-state";
import { ReadRefused } from "@/lib/console/get-json";
import { type UserNames, userNamesQuery } from "@/lib/console/secrets-queries";

/** Until typing pauses, nothing is asked. */
const TYPING_MS = 400;

/** How IAM users and sessions are named, with names that the template would make now. */
export function TemplateField({ values, problems, set }: RootFieldsProps) {
  const [sample, setSample] = useState({ displayName: "aws-ci-runner", role: "app" });
  const { template } = values;
  const typed = useMemo(() => ({ template, ...sample }), [template, sample]);
  const asked = useSettled(typed, TYPING_MS);
  const { data, error } = useQuery({
    ...userNamesQuery(asked),
    placeholderData: keepPreviousData,
  });
  return (
    <SpaceBetween size="l">
      <FormField
        label="User-name template"
        description="Names IAM users, role sessions and federated users. It knows .Type, .DisplayName and .PolicyName (the role)."
        constraintText="Empty: the default template."
        errorText={problems["template"]}
        stretch
      >
        <Textarea
          value={values.template}
          rows={5}
          spellcheck={false}
          onChange={({ detail }) => set({ template: detail.value })}
        />
      </FormField>
      <ColumnLayout columns={2}>
        <FormField label="Display name of the token, to try it with">
          <Input
            value={sample.displayName}
            onChange={({ detail }) => setSample({ ...sample, displayName: detail.value })}
          />
        </FormField>
        <FormField label="Role, to try it with">
          <Input
            value={sample.role}
            onChange={({ detail }) => setSample({ ...sample, role: detail.value })}
          />
        </FormField>
      </ColumnLayout>
      {error instanceof ReadRefused && (
        <RefusalState what="There is no preview." refusal={error.refusal} />
      )}
      {data !== undefined && error === null && <Preview names={data} />}
    </SpaceBetween>
  );
}

function Preview({ names }: { names: UserNames }) {
  return (
    <ColumnLayout columns={2}>
      <Name label="IAM user or role session, at most 64 characters" {...names.iam} />
      <Name label="Federated user, at most 32 characters" {...names.sts} />
    </ColumnLayout>
  );
}

function Name({ label, name, problem }: { label: string; name: string; problem: string }) {
  return (
    <div aria-live="polite">
      <Box variant="awsui-key-label">{label}</Box>
      {problem === "" ? (
        <>
          <code>{name}</code> ({name.length})
        </>
      ) : (
        <StatusIndicator type="error" wrapText>
          {problem}
        </StatusIndicator>
      )}
    </div>
  );
}
