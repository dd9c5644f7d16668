"use client";

import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { changeLimitsAction } from "@/app/(console)/admin/operators/actions";
import type { UserFacts } from "@/app/(console)/admin/operators/[accessor]/[name]/user-page";
import { useChange } from "@/components/change";
import { fieldErrors } from "@/components/field-errors";
import { ListField } from "@/components/list-field";
import { RefusalState } from "@/components/refusal-state";
import { TtlField } from "@/components/ttl-field";
import { parseTtl, ttlText } from "@/lib/console/lifetime";

const TTLS = [
  ["ttl", "TTL", "From sign-in to the first renewal.", "as the mount has it"],
  ["maxTtl", "Max TTL", "No renewal goes beyond it.", "as the mount has it"],
  ["hardLimit", "Hard limit", "Ends periodic tokens too.", "none"],
] as const;

const WHERE = [
  [/greater than 'token_max_ttl'/, "ttl"],
  [/cidr/i, "cidrs"],
] as const;

/** What the tokens of an operator's logins are like. */
export function LimitsForm({ name, mount, user }: UserFacts) {
  const first: Limits = {
    ttl: ttlText(user.token_ttl),
    maxTtl: ttlText(user.token_max_ttl),
    hardLimit: ttlText(user.token_explicit_max_ttl),
    cidrs: user.token_bound_cidrs,
    hasDefault: !user.token_no_default_policy,
  };
  const [form, setForm] = useState(first);
  const set = (changed: Partial<Limits>) => setForm({ ...form, ...changed });
  const change = useChange(changeLimitsAction, () => true);
  const { fields, refusal } = fieldErrors(change, WHERE);
  const isSame = JSON.stringify(form) === JSON.stringify(first);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSame) change.run({ mount: mount.fullPath, name, ...form });
      }}
    >
      <Form
        actions={
          <Button
            formAction="submit"
            loading={change.isRunning}
            disabled={isSame}
            disabledReason="Nothing was changed yet."
          >
            Save limits
          </Button>
        }
      >
        <Container
          header={
            <Header
              variant="h2"
              description="Of their tokens, from the next sign-in on. A session of the console ends after 12 h whatever stands here."
            >
              Token limits
            </Header>
          }
        >
          <SpaceBetween size="l">
            {refusal && <RefusalState what="The limits were not saved." refusal={refusal} />}
            <Fields form={form} fields={fields} onChange={set} />
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}

type Limits = {
  ttl: string;
  maxTtl: string;
  hardLimit: string;
  cidrs: readonly string[];
  hasDefault: boolean;
};

function Fields({
  form,
  fields,
  onChange,
}: {
  form: Limits;
  fields: Readonly<Record<string, string>>;
  onChange: (changed: Partial<Limits>) => void;
}) {
  return (
    <SpaceBetween size="l">
      {TTLS.map(([field, label, description, empty]) => (
        <TtlField
          key={field}
          label={label}
          description={description}
          empty={empty}
          value={form[field]}
          seconds={parseTtl(form[field])}
          errorText={fields[field]}
          onChange={(value) => onChange({ [field]: value })}
        />
      ))}
      <ListField
        label="Addresses"
        description="From where they may log in and use tokens. None: from anywhere."
        placeholder="10.0.0.0/8"
        values={form.cidrs}
        errorText={fields["cidrs"]}
        onChange={(cidrs) => onChange({ cidrs })}
      />
      <Checkbox
        checked={form.hasDefault}
        description="It lets a token look itself up, renew itself and revoke itself."
        onChange={({ detail }) => onChange({ hasDefault: detail.checked })}
      >
        Give the policy default too
      </Checkbox>
    </SpaceBetween>
  );
}
