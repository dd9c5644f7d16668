"use client";

import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TunePart } from "@/app/(console)/admin/mounts/[accessor]/tune-form";
import { TtlField } from "@/components/ttl-field";
import { parseTtl } from "@/lib/console/lifetime";

const DURATIONS = [
  ["lockoutDuration", "Locked for", "From the failure that locked it."],
  ["lockoutReset", "Failures count for", "After this long without one, counting begins anew."],
] as const;

/** How failed logins lock a name. */
export function LockoutFields({ values, fields, onChange }: TunePart) {
  return (
    <SpaceBetween size="l">
      <Checkbox
        checked={!values.lockoutDisabled}
        description="Without it passwords can be guessed as fast as the rate limits allow."
        onChange={({ detail }) => onChange({ lockoutDisabled: !detail.checked })}
      >
        Lock a name after failed logins
      </Checkbox>
      {!values.lockoutDisabled && (
        <SpaceBetween size="l">
          <FormField label="Failures until it is locked" errorText={fields["lockoutThreshold"]}>
            <Input
              value={values.lockoutThreshold}
              inputMode="numeric"
              onChange={({ detail }) => onChange({ lockoutThreshold: detail.value })}
            />
          </FormField>
          {DURATIONS.map(([name, label, description]) => (
            <TtlField
              key={name}
              label={label}
              description={description}
              empty="15 min"
              value={values[name]}
              seconds={parseTtl(values[name])}
              errorText={fields[name]}
              onChange={(value) => onChange({ [name]: value })}
            />
          ))}
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
}
