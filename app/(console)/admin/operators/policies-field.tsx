"use client";

import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { PRESETS } from "@/lib/console/admin-rights";

/** Which policies a login gives; the three usual kinds of operators are one press away. */
export function PoliciesField({
  names,
  values,
  onChange,
  errorText,
}: {
  /** Those that are stored; none where they are not told. */
  names: readonly string[];
  values: readonly string[];
  onChange: (values: string[]) => void;
  errorText?: string | undefined;
}) {
  const offered = new Set([...names.filter((name) => name !== "root"), ...values]);
  const presets = PRESETS.filter(({ policy }) => names.includes(policy));
  return (
    <SpaceBetween size="xs">
      <FormField
        label="Policies"
        description="What may be done. Every login has the policy default too."
        errorText={errorText}
      >
        <Multiselect
          selectedOptions={values.map((value) => ({ value, label: value }))}
          options={[...offered].map((value) => ({ value, label: value }))}
          filteringType="auto"
          placeholder="Choose policies"
          empty="No policies are shown to you"
          deselectAriaLabel={({ label }) => `Take ${label ?? "it"} away`}
          onChange={({ detail }) =>
            onChange(detail.selectedOptions.flatMap(({ value }) => value ?? []))
          }
        />
      </FormField>
      {presets.map(({ policy, label, means }) => (
        <div key={policy}>
          <Button
            variant="inline-link"
            formAction="none"
            ariaLabel={`Preset ${label}: ${means}`}
            onClick={() => onChange([policy])}
          >
            {label}
          </Button>
          : {means}
        </div>
      ))}
    </SpaceBetween>
  );
}
