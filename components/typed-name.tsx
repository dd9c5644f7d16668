"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";

/** Asks for the name of what is about to end: what it does cannot be taken back. */
export function TypedName({
  label,
  name,
  value,
  onChange,
}: {
  /** "Path of the mount" */
  label: string;
  name: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <FormField
      label={label}
      description={`Type ${name} to show that it is the one.`}
      errorText={value === "" || isTyped(value, name) ? "" : `This is not ${name}`}
    >
      <Input
        value={value}
        autoComplete={false}
        spellcheck={false}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}

/** True once the name stands there; a path may lack its last slash. */
export function isTyped(value: string, name: string): boolean {
  return value === name || `${value}/` === name;
}
