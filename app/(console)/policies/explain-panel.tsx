"use client";

import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { explainAction } from "@/app/(console)/policies/actions";
import { ExplainedAccess } from "@/app/(console)/policies/explained-access";
import { useChange } from "@/components/change";
import { RefusalState } from "@/components/refusal-state";
import type { Explanation } from "@/lib/console/policies";

const OPERATIONS = ["read", "list", "create", "update", "patch", "delete"] as const;
const OPERATION_OPTIONS = OPERATIONS.map((value) => ({ value, label: value }));

const OWN = { value: "own", label: "My own token" };
const NAMED = { value: "named", label: "Policies by name" };

/**
 * Asks what policies say of a request. With a draft, that text counts as if it were stored, beside any
 * others that are named.
 */
export function ExplainPanel({
  names,
  draft,
}: {
  names: readonly string[];
  draft: { name: string; text: string } | null;
}) {
  const [explanation, setExplanation] = useState<Explanation | null>(null);
  const [asked, setAsked] = useState<Asked>(NOTHING_ASKED);
  const ask = useChange(explainAction, (value) => {
    setExplanation(value);
    return false;
  });
  const areNamed = draft !== null || asked.isByName;
  const run = (): void => {
    setExplanation(null);
    const { path, operation, policies } = asked;
    ask.run({ path, operation, policies: areNamed ? policies : null, draft });
  };
  return (
    <Container
      header={
        <Header variant="h2" description={draft === null ? OF_STORED : OF_DRAFT}>
          Explain a request
        </Header>
      }
    >
      <SpaceBetween size="m">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            run();
          }}
        >
          <SpaceBetween size="m">
            <Question
              asked={asked}
              onChange={(changed) => setAsked({ ...asked, ...changed })}
              names={names}
              draftName={draft?.name ?? null}
              fields={ask.fields}
            />
            <Button formAction="submit" loading={ask.isRunning}>
              Explain
            </Button>
          </SpaceBetween>
        </form>
        {ask.refusal && Object.keys(ask.fields).length === 0 && (
          <RefusalState what="There is no explanation." refusal={ask.refusal} onRetry={run} />
        )}
        <div aria-live="polite">
          {explanation !== null && <ExplainedAccess explanation={explanation} />}
        </div>
      </SpaceBetween>
    </Container>
  );
}

const OF_STORED = "What policies say of a request, and which rule says it. Nothing is done.";
const OF_DRAFT = "As if the text above were stored. Nothing is done.";

type Asked = {
  path: string;
  operation: (typeof OPERATIONS)[number];
  isByName: boolean;
  policies: readonly string[];
};

const NOTHING_ASKED: Asked = { path: "", operation: "read", isByName: false, policies: [] };

function Question({
  asked,
  onChange,
  names,
  draftName,
  fields,
}: {
  asked: Asked;
  onChange: (changed: Partial<Asked>) => void;
  names: readonly string[];
  draftName: string | null;
  fields: Readonly<Record<string, string>>;
}) {
  const { path, operation, isByName, policies } = asked;
  return (
    <ColumnLayout columns={2}>
      <FormField label="Path" errorText={fields["path"]}>
        <Input
          value={path}
          placeholder="aws/creds/app"
          spellcheck={false}
          onChange={({ detail }) => onChange({ path: detail.value })}
        />
      </FormField>
      <FormField label="Operation">
        <Select
          selectedOption={{ value: operation, label: operation }}
          options={OPERATION_OPTIONS}
          onChange={({ detail: { selectedOption } }) =>
            onChange({
              operation: OPERATIONS.find((one) => one === selectedOption.value) ?? "read",
            })
          }
        />
      </FormField>
      {draftName === null && (
        <FormField label="By the rules of">
          <Select
            selectedOption={isByName ? NAMED : OWN}
            options={[OWN, NAMED]}
            onChange={({ detail: { selectedOption } }) =>
              onChange({ isByName: selectedOption.value === NAMED.value })
            }
          />
        </FormField>
      )}
      {(draftName !== null || isByName) && (
        <PolicyChoice
          label={draftName === null ? "Policies" : "Together with"}
          names={names.filter((name) => name !== draftName)}
          chosen={policies}
          onChange={(chosen) => onChange({ policies: chosen })}
          errorText={fields["policies"]}
        />
      )}
    </ColumnLayout>
  );
}

function PolicyChoice({
  label,
  names,
  chosen,
  onChange,
  errorText,
}: {
  label: string;
  names: readonly string[];
  chosen: readonly string[];
  onChange: (names: readonly string[]) => void;
  errorText: string | undefined;
}) {
  return (
    <FormField label={label} errorText={errorText}>
      <Multiselect
        selectedOptions={chosen.map((value) => ({ value, label: value }))}
        options={names.map((value) => ({ value, label: value }))}
        filteringType="auto"
        placeholder="Choose policies"
        empty="There are no policies to choose from"
        deselectAriaLabel={({ label: name }) => `Take ${name ?? "it"} away`}
        onChange={({ detail }) =>
          onChange(detail.selectedOptions.flatMap(({ value }) => (value ? [value] : [])))
        }
      />
    </FormField>
  );
}
