"use client";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Multiselect from "@cloudscape-design/components/multiselect";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { saveIdentityAction } from "@/app/(console)/auth/actions";
import { useChange } from "@/components/change";
import { RefusalState } from "@/components/refusal-state";
import type { AuthMount, IdentityConfig } from "@/lib/console/auth-mounts";
import type { Read } from "@/lib/console/operator";

const ALIASES = [
  ["role_id", "One entity for each auth role", "Whoever logs in with the role shares it."],
  ["unique_id", "One for each IAM principal", "By its unique id: made again, it is another."],
  ["canonical_arn", "One for each principal’s ARN", "Sessions of a role share it."],
  ["full_arn", "One for each ARN, sessions apart", "Every session name makes an entity."],
] as const;
type Alias = (typeof ALIASES)[number][0];

const METADATA = [
  ["account_id", "Account id"],
  ["auth_type", "Kind of login"],
  ["canonical_arn", "ARN of the principal"],
  ["client_arn", "ARN of the session"],
  ["client_user_id", "Unique id"],
  ["inferred_aws_region", "Region of the instance"],
  ["inferred_entity_id", "Id of the instance"],
  ["inferred_entity_type", "Kind of what was inferred"],
  ["inferred_hostname", "Host name of the instance"],
] as const;

/** How logins become entities, and what of them policies and the audit log can use. */
export function IdentityForm({
  mount,
  identity,
}: {
  mount: AuthMount;
  identity: Read<IdentityConfig>;
}) {
  if (!identity.ok) {
    return <RefusalState what="The identity settings are not shown." refusal={identity.refusal} />;
  }
  return <Identity mount={mount} identity={identity.data} />;
}

function Identity({ mount, identity }: { mount: AuthMount; identity: IdentityConfig }) {
  const [iamAlias, setAlias] = useState<Alias>(aliasOf(identity.iam_alias));
  const [iamMetadata, setMetadata] = useState<readonly string[]>(identity.iam_metadata);
  const change = useChange(saveIdentityAction, () => true);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.run({ path: mount.path, iamAlias, iamMetadata: [...iamMetadata] });
      }}
    >
      <Form
        actions={
          <Button variant="primary" formAction="submit" loading={change.isRunning}>
            Save identity settings
          </Button>
        }
      >
        <Container header={<Header variant="h2">Who a login is</Header>}>
          <SpaceBetween size="m">
            {change.refusal && (
              <RefusalState what="The identity settings were not saved." refusal={change.refusal} />
            )}
            <FormField
              label="Entities"
              description="Templates of policies and reports go by them."
              errorText={change.fields["iamAlias"]}
            >
              <RadioGroup
                value={iamAlias}
                items={ALIASES.map(([value, label, description]) => ({
                  value,
                  label,
                  description,
                }))}
                onChange={({ detail }) => setAlias(aliasOf(detail.value))}
              />
            </FormField>
            <FormField
              label="Metadata of tokens"
              description="Each token and its audit entries carry it."
              errorText={change.fields["iamMetadata"]}
            >
              <Multiselect
                selectedOptions={iamMetadata.map((value) => ({ value, label: labelOf(value) }))}
                options={METADATA.map(([value, label]) => ({ value, label }))}
                deselectAriaLabel={({ label }) => `Take ${label ?? "it"} away`}
                placeholder="Choose what tokens carry"
                onChange={({ detail }) =>
                  setMetadata(detail.selectedOptions.flatMap(({ value }) => value ?? []))
                }
              />
            </FormField>
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}

function aliasOf(value: string): Alias {
  return ALIASES.find(([alias]) => alias === value)?.[0] ?? "role_id";
}

function labelOf(value: string): string {
  return METADATA.find(([name]) => name === value)?.[1] ?? value;
}
