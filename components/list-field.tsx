"use client";

import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useState, type ReactNode } from "react";

/** A list of texts: each a token that can be taken away, and a field that adds more, several at once. */
export function ListField({
  label,
  description,
  placeholder = "",
  values,
  onChange,
  errorText,
}: {
  label: string;
  description?: ReactNode;
  placeholder?: string;
  values: readonly string[];
  onChange: (values: readonly string[]) => void;
  errorText?: string | undefined;
}) {
  const [typed, setTyped] = useState("");
  const add = (): void => {
    const added = typed.split(/[\s,]+/).filter((text) => text !== "");
    if (added.length > 0) onChange([...new Set([...values, ...added])]);
    setTyped("");
  };
  return (
    <FormField
      label={label}
      description={description}
      errorText={errorText}
      constraintText="Several at once by comma or blank. What is typed counts once it is added."
      secondaryControl={
        <Button formAction="none" onClick={add} ariaLabel={`Add to ${label}`}>
          Add
        </Button>
      }
    >
      <SpaceBetween size="xs">
        <Input
          value={typed}
          placeholder={placeholder}
          spellcheck={false}
          onChange={({ detail }) => setTyped(detail.value)}
          onKeyDown={(event) => {
            if (event.detail.key !== "Enter") return;
            event.preventDefault();
            add();
          }}
        />
        {values.length > 0 && (
          <TokenGroup
            items={values.map((value) => ({ label: value, dismissLabel: `Take ${value} away` }))}
            onDismiss={({ detail }) => onChange(values.filter((_, at) => at !== detail.itemIndex))}
          />
        )}
      </SpaceBetween>
    </FormField>
  );
}
