"use client";

import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { durationText } from "@/components/duration-text";
import { ListField } from "@/components/list-field";
import { type RoleValues, secondsOf } from "@/lib/console/auth-role-form";

type Ttls = { defaultSeconds: number; maxSeconds: number } | null;

type Part = {
  values: RoleValues;
  onChange: (changed: Partial<RoleValues>) => void;
  fields: Readonly<Record<string, string>>;
};

const TYPES = [
  {
    value: "default",
    label: "As the mount",
    description: "Service, unless the mount says otherwise",
  },
  { value: "service", label: "Service", description: "Can be renewed and revoked" },
  { value: "batch", label: "Batch", description: "Ends by itself alone; cannot be revoked" },
] as const;

/** What the tokens of logins with this role are like. */
export function TokenSettings({
  policyNames,
  ttls,
  ...part
}: Part & { policyNames: readonly string[]; ttls: Ttls }) {
  const { values, onChange, fields } = part;
  return (
    <Container
      header={<Header variant="h2">Tokens</Header>}
      footer={<span>{lifetimeText(values, ttls)}</span>}
    >
      <SpaceBetween size="m">
        <Policies names={policyNames} {...part} />
        <Checkbox
          checked={values.token_no_default_policy}
          onChange={({ detail }) => onChange({ token_no_default_policy: detail.checked })}
          description="It lets a token look itself up, renew itself and revoke itself."
        >
          Leave out the default policy
        </Checkbox>
        <Durations {...part} />
        <ColumnLayout columns={2}>
          <FormField
            label="Number of uses"
            description="0: any number. Each request is one."
            errorText={fields["token_num_uses"]}
          >
            <Input
              value={values.token_num_uses}
              inputMode="numeric"
              onChange={({ detail }) => onChange({ token_num_uses: detail.value })}
            />
          </FormField>
          <FormField label="Type" errorText={fields["token_type"]}>
            <Select
              selectedOption={TYPES.find(({ value }) => value === values.token_type) ?? TYPES[0]}
              options={TYPES}
              onChange={({ detail }) =>
                onChange({
                  token_type:
                    TYPES.find(({ value }) => value === detail.selectedOption.value)?.value ??
                    "default",
                })
              }
            />
          </FormField>
        </ColumnLayout>
        <ListField
          label="Addresses"
          description="From where logins and their tokens are taken. None: from anywhere."
          placeholder="10.0.0.0/8"
          values={values.token_bound_cidrs}
          onChange={(token_bound_cidrs) => onChange({ token_bound_cidrs })}
          errorText={fields["token_bound_cidrs"]}
        />
      </SpaceBetween>
    </Container>
  );
}

function Policies({ names, values, onChange, fields }: Part & { names: readonly string[] }) {
  const chosen = values.token_policies;
  const missing = chosen.filter((name) => !names.includes(name));
  const offered = [...new Set([...names.filter((name) => name !== "root"), ...chosen])];
  return (
    <FormField
      label="Policies"
      description="What the tokens may do."
      errorText={fields["token_policies"]}
      warningText={
        missing.length > 0 &&
        names.length > 0 &&
        `No policy is stored as ${missing.join(", ")}: it grants nothing until there is.`
      }
    >
      <Multiselect
        selectedOptions={chosen.map((value) => ({ value, label: value }))}
        options={offered.map((value) => ({ value, label: value }))}
        filteringType="auto"
        placeholder="Choose policies"
        empty="There are no policies to choose from"
        deselectAriaLabel={({ label }) => `Take ${label ?? "it"} away`}
        onChange={({ detail }) =>
          onChange({
            token_policies: detail.selectedOptions.flatMap(({ value }) => value ?? []),
          })
        }
      />
    </FormField>
  );
}

const DURATIONS = [
  ["token_ttl", "TTL", "From login to the first renewal. Empty: as the mount."],
  ["token_max_ttl", "Max TTL", "No renewal goes beyond it. Empty: as the mount."],
  ["token_period", "Period", "Each renewal gives this long again, without an end. Empty: none."],
  ["token_explicit_max_ttl", "Hard limit", "Ends periodic tokens too. Empty: none."],
] as const;

function Durations({ values, onChange, fields }: Part) {
  return (
    <ColumnLayout columns={2}>
      {DURATIONS.map(([name, label, description]) => (
        <FormField key={name} label={label} description={description} errorText={fields[name]}>
          <Input
            value={values[name]}
            placeholder="30m, 12h, 2d"
            spellcheck={false}
            onChange={({ detail }) => onChange({ [name]: detail.value })}
          />
        </FormField>
      ))}
    </ColumnLayout>
  );
}

/** What a token of these settings lives, and which of the limits says so. */
function lifetimeText(values: RoleValues, ttls: Ttls): string {
  if (ttls === null)
    return "What holds on the mount is not shown to you, so the lifetime is not known.";
  const period = secondsOf(values.token_period);
  const hard = secondsOf(values.token_explicit_max_ttl);
  const max = Math.min(secondsOf(values.token_max_ttl) ?? ttls.maxSeconds, ttls.maxSeconds);
  if (period !== undefined) {
    const end =
      hard === undefined ? "without an end" : `until ${durationText(hard)} after the login`;
    return `A token lives ${durationText(period)} and can be renewed ${end}.`;
  }
  const own = secondsOf(values.token_ttl);
  const end = Math.min(max, hard ?? max);
  const ttl = Math.min(own ?? ttls.defaultSeconds, end);
  const isCut = (own ?? ttls.defaultSeconds) > end;
  const source = isCut
    ? "cut by the maximum"
    : own === undefined
      ? "from the mount"
      : "from this role";
  const maxSource = max === ttls.maxSeconds ? "the mount’s maximum" : "this role’s maximum";
  return `A token lives ${durationText(ttl)} (${source}) and can be renewed until ${durationText(end)} after the login (${hard === end ? "the hard limit" : maxSource}).`;
}
