"use client";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Change } from "@/components/change";
import { InstanceBounds } from "@/app/(console)/auth/[accessor]/roles/[name]/instance-bounds";
import { PrincipalsField } from "@/app/(console)/auth/[accessor]/roles/[name]/principals-field";
import { TokenSettings } from "@/app/(console)/auth/[accessor]/roles/[name]/token-settings";
import { RefusalState } from "@/components/refusal-state";
import { INSTANCE_BOUNDS, roleChanges, type RoleValues } from "@/lib/console/auth-role-form";
import type { AuthRole } from "@/lib/console/auth-roles";

type Props<I> = {
  /** Null: a new role. */
  name: string | null;
  stored: AuthRole | null;
  values: RoleValues;
  policyNames: readonly string[];
  ttls: { defaultSeconds: number; maxSeconds: number } | null;
  save: Change<I>;
  typedName: string;
  onName: (name: string) => void;
  onChange: (changed: Partial<RoleValues>) => void;
  onSave: () => void;
  onRebind: () => void;
};

/** Who may log in, and what their tokens are like. */
export function RoleForm<I>(props: Props<I>) {
  const { name, stored, values, save, onChange, onSave } = props;
  const isFormWrong = Object.keys(save.fields).length > 0;
  const fields = changedFields(save.fields);
  const reason = reasonAgainst(props);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (reason === null) onSave();
      }}
    >
      <Form
        actions={
          <Button
            variant="primary"
            formAction="submit"
            loading={save.isRunning}
            disabled={reason !== null}
            disabledReason={reason ?? ""}
          >
            {name === null ? "Create role" : "Save role"}
          </Button>
        }
        errorText={isFormWrong ? "Some fields are not right yet." : undefined}
      >
        <SpaceBetween size="l">
          {save.refusal && !isFormWrong && (
            <RefusalState what="The role was not saved." refusal={save.refusal} />
          )}
          {name === null && <NameField {...props} />}
          <PrincipalsField
            stored={stored}
            values={values}
            onChange={onChange}
            onRebind={props.onRebind}
            errorText={fields["bound_iam_principal_arn"]}
          />
          <TokenSettings
            values={values}
            onChange={onChange}
            policyNames={props.policyNames}
            ttls={props.ttls}
            fields={fields}
          />
          <InstanceBounds values={values} onChange={onChange} fields={fields} />
        </SpaceBetween>
      </Form>
    </form>
  );
}

function NameField<I>({ typedName, onName, save }: Props<I>) {
  return (
    <Container header={<Header variant="h2">Name</Header>}>
      <FormField
        label="Name"
        description="Clients name it when they log in. Letter case does not count."
        errorText={save.fields["name"]}
      >
        <Input
          autoFocus
          value={typedName}
          spellcheck={false}
          onChange={({ detail }) => onName(detail.value)}
        />
      </FormField>
    </Container>
  );
}

/** What is wrong with a changed value stands under `changes.` in the action's answer. */
function changedFields(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([path, text]) => [path.split(".")[1] ?? path, text]),
  );
}

/** Why the role cannot be saved as it stands; null: it can. */
function reasonAgainst<I>({ name, stored, values, typedName }: Props<I>): string | null {
  const isBound =
    values.bound_iam_principal_arn.length > 0 ||
    INSTANCE_BOUNDS.some(([bound]) => values[bound].length > 0);
  if (name === null && typedName.trim() === "") return "The role needs a name.";
  if (!isBound) return "The role needs at least one bound principal.";
  if (name !== null && Object.keys(roleChanges(stored, values)).length === 0) {
    return "Nothing was changed.";
  }
  return null;
}
