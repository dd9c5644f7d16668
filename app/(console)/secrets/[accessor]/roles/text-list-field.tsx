"use client";

import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useState } from "react";

/** A list of texts: typed one by one, or pasted many at once, each looked at before it is taken. */
export function TextListField({
  label,
  description,
  placeholder,
  texts,
  problemOf,
  errorText,
  onChange,
}: {
  label: string;
  description: string;
  placeholder: string;
  texts: readonly string[];
  /** Empty: sound. */
  problemOf: (text: string) => string;
  errorText?: string | undefined;
  onChange: (texts: readonly string[]) => void;
}) {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState("");
  const add = () => {
    const added = typed.split(/[\s,]+/).filter((text) => text !== "");
    const bad = added.filter((text) => problemOf(text) !== "");
    const [first] = bad;
    setProblem(first === undefined ? "" : `${first}: ${problemOf(first)}`);
    onChange([...new Set([...texts, ...added.filter((text) => !bad.includes(text))])]);
    setTyped(bad.join(" "));
  };
  return (
    <SpaceBetween size="xs">
      <FormField
        label={label}
        description={description}
        errorText={problem === "" ? errorText : problem}
        stretch
      >
        <Grid gridDefinition={[{ colspan: 10 }, { colspan: 2 }]}>
          <Input
            value={typed}
            placeholder={placeholder}
            spellcheck={false}
            onChange={({ detail }) => setTyped(detail.value)}
            onBlur={() => typed.trim() !== "" && add()}
            onKeyDown={(event) => {
              if (event.detail.key !== "Enter" || typed.trim() === "") return;
              // Enter adds; with nothing typed it sends the form.
              event.preventDefault();
              add();
            }}
          />
          <Button formAction="none" ariaLabel={`Add to ${label}`} onClick={add}>
            Add
          </Button>
        </Grid>
      </FormField>
      <Tokens texts={texts} onChange={onChange} />
    </SpaceBetween>
  );
}

function Tokens({
  texts,
  onChange,
}: {
  texts: readonly string[];
  onChange: (texts: readonly string[]) => void;
}) {
  if (texts.length === 0) return null;
  return (
    <TokenGroup
      alignment="vertical"
      items={texts.map((text) => ({ label: text, dismissLabel: `Remove ${text}` }))}
      onDismiss={({ detail }) => onChange(texts.filter((_, index) => index !== detail.itemIndex))}
    />
  );
}
