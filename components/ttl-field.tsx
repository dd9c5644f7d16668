"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { durationText } from "@/components/duration-text";

/** A duration as the API reads it, with what it comes to. */
export function TtlField({
  label,
  empty,
  value,
  seconds,
  onChange,
  description,
  errorText,
  warningText,
}: {
  label: string;
  /** What no value means: "as the mount has it". */
  empty: string;
  value: string;
  /** What it comes to, as `parseTtl` of lib/console/lifetime.ts reads it; null: it is no duration. */
  seconds: number | null;
  onChange: (value: string) => void;
  description?: string;
  errorText?: string | undefined;
  warningText?: string | undefined;
}) {
  const unreadable =
    seconds === null ? "Whole seconds, or a number with its unit: 900, 15m, 1h30m, 2d." : "";
  const problem = errorText ?? unreadable;
  const meaning = seconds === null || seconds === 0 ? `Empty: ${empty}.` : durationText(seconds);
  return (
    <FormField
      label={label}
      description={description}
      constraintText={meaning}
      errorText={problem}
      warningText={problem === "" ? warningText : undefined}
    >
      <Input
        value={value}
        placeholder="15m"
        spellcheck={false}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
