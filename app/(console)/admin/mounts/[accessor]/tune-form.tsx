"use client";

import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { tuneMountAction } from "@/app/(console)/admin/mounts/actions";
import { LockoutFields } from "@/app/(console)/admin/mounts/[accessor]/lockout-fields";
import { useChange } from "@/components/change";
import { fieldErrors } from "@/components/field-errors";
import { ListField } from "@/components/list-field";
import { MountFields } from "@/components/mount-fields";
import { RefusalState } from "@/components/refusal-state";
import { changedValues, type TuneValues, tuneValuesOf } from "@/lib/console/admin-mount-form";
import { type AnyMount, hasLockout } from "@/lib/console/admin-mounts";
import { parseTtl } from "@/lib/console/lifetime";

export type TunePart = {
  values: TuneValues;
  fields: Readonly<Record<string, string>>;
  onChange: (changed: Partial<TuneValues>) => void;
};

const WHERE = [
  [/lockout/i, "lockoutThreshold"],
  [/default lease TTL/i, "defaultTtl"],
  [/max lease TTL/i, "maxTtl"],
  [/token_type/i, "tokenType"],
  [/listing_visibility/i, "listingVisibility"],
] as const;

/** All settings of a mount that can be changed while it runs. */
export function TuneForm({ mount }: { mount: AnyMount }) {
  const [values, setValues] = useState(() => tuneValuesOf(mount));
  const change = useChange(tuneMountAction, () => true);
  // What the schema finds stands under `changed`.
  const byField = Object.fromEntries(
    Object.entries(change.fields).map(([name, text]) => [name.split(".")[1] ?? name, text]),
  );
  const { fields, refusal } = fieldErrors({ refusal: change.refusal, fields: byField }, WHERE);
  const onChange = (changed: Partial<TuneValues>) => setValues({ ...values, ...changed });
  const seconds = { defaultTtl: parseTtl(values.defaultTtl), maxTtl: parseTtl(values.maxTtl) };
  const isSame = JSON.stringify(values) === JSON.stringify(tuneValuesOf(mount));
  const part = { values, fields, onChange };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const { class: of, path } = mount;
        if (!isSame) change.run({ class: of, path, changed: changedValues(mount, values) });
      }}
    >
      <Form
        actions={
          <Button
            variant="primary"
            formAction="submit"
            loading={change.isRunning}
            disabled={isSame}
            disabledReason="Nothing was changed yet."
          >
            Save settings
          </Button>
        }
      >
        <Container
          header={
            <Header
              variant="h2"
              description="They hold for what is handed out and renewed from then on."
            >
              Settings
            </Header>
          }
        >
          <SpaceBetween size="l">
            {refusal && <RefusalState what="The settings were not saved." refusal={refusal} />}
            <MountFields
              of={mount.class === "auth" ? "tokens" : "leases"}
              values={values}
              seconds={seconds}
              fields={fields}
              onChange={onChange}
            />
            {mount.class === "auth" && <TokenType {...part} />}
            {hasLockout(mount) && <LockoutFields {...part} />}
            <Shown {...part} />
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}

const TOKEN_TYPES = [
  {
    value: "default-service",
    label: "Service unless the role says otherwise",
    description: "Can be renewed and revoked",
  },
  {
    value: "default-batch",
    label: "Batch unless the role says otherwise",
    description: "Ends by itself alone",
  },
  { value: "service", label: "Service always", description: "Roles cannot choose" },
  { value: "batch", label: "Batch always", description: "Roles cannot choose; cannot be revoked" },
] as const;

function TokenType({ values, fields, onChange }: TunePart) {
  return (
    <FormField
      label="Type of tokens"
      description="What logins are given. Batch tokens cannot sign in to this console."
      errorText={fields["tokenType"]}
    >
      <Select
        selectedOption={
          TOKEN_TYPES.find(({ value }) => value === values.tokenType) ?? TOKEN_TYPES[0]
        }
        options={TOKEN_TYPES}
        onChange={({ detail }) => {
          const found = TOKEN_TYPES.find(({ value }) => value === detail.selectedOption.value);
          if (found !== undefined) onChange({ tokenType: found.value });
        }}
      />
    </FormField>
  );
}

const VISIBILITIES = [
  { value: "", label: "As the system", description: "Hidden from whoever is not signed in" },
  { value: "hidden", label: "Hidden", description: "From whoever is not signed in" },
  {
    value: "unauth",
    label: "Listed to everybody",
    description: "Its path and description, before any login",
  },
] as const;

const LISTS = [
  [
    "requestKeys",
    "Request fields in clear",
    "The audit log shows them as they were sent, not hashed. Never name a secret here.",
  ],
  [
    "responseKeys",
    "Answer fields in clear",
    "The audit log shows them as they were answered, not hashed. Never name a secret here.",
  ],
  ["requestHeaders", "Request headers passed on", "The mount sees them; others it does not."],
  ["responseHeaders", "Answer headers allowed", "The mount may set them on its answers."],
] as const;

/** What outsiders, the log and the mount itself get to see. */
function Shown({ values, fields, onChange }: TunePart) {
  return (
    <SpaceBetween size="l">
      <FormField
        label="Listing"
        description="Whether sys/internal/ui/mounts names it before a login."
        errorText={fields["listingVisibility"]}
      >
        <Select
          selectedOption={
            VISIBILITIES.find(({ value }) => value === values.listingVisibility) ?? VISIBILITIES[0]
          }
          options={VISIBILITIES}
          onChange={({ detail }) =>
            onChange({
              listingVisibility:
                VISIBILITIES.find(({ value }) => value === detail.selectedOption.value)?.value ??
                "",
            })
          }
        />
      </FormField>
      {LISTS.map(([name, label, description]) => (
        <ListField
          key={name}
          label={label}
          description={description}
          values={values[name]}
          errorText={fields[name]}
          onChange={(names) => onChange({ [name]: [...names] })}
        />
      ))}
      <Checkbox
        checked={values.forceNoCache}
        description="Kept for tools that set it. Every read here is answered from the database."
        onChange={({ detail }) => onChange({ forceNoCache: detail.checked })}
      >
        No caching
      </Checkbox>
    </SpaceBetween>
  );
}
