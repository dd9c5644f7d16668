"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";

/** Why something is ended: kept with the job, and in the log. */
export function ReasonField({
  reason,
  errorText,
  onChange,
}: {
  reason: string;
  errorText: string | undefined;
  onChange: (reason: string) => void;
}) {
  return (
    <FormField label="Reason" description="Kept with the job and in the log." errorText={errorText}>
      <Input
        value={reason}
        placeholder="INC-1234: key found in a public repository"
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
