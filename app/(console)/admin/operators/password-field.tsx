"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { PASSWORD_CHARACTERS_MIN } from "@/lib/console/admin-operators";

/** A new password; what is typed is never shown. */
export function PasswordField({
  value,
  onChange,
  errorText,
}: {
  value: string;
  onChange: (value: string) => void;
  errorText?: string | undefined;
}) {
  return (
    <FormField
      label="Password"
      description={`At least ${PASSWORD_CHARACTERS_MIN} characters. Hand it over by a way that keeps it secret.`}
      errorText={errorText}
    >
      <Input
        type="password"
        value={value}
        autoComplete="new-password"
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
