"use client";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { BoundPrincipals } from "@/app/(console)/auth/[accessor]/roles/[name]/bound-principals";
import { ArnReadings } from "@/app/(console)/auth/[accessor]/roles/[name]/arn-readings";
import Toggle from "@cloudscape-design/components/toggle";
import { readArn, splitArns } from "@/lib/console/arn-reading";
import type { RoleValues } from "@/lib/console/auth-role-form";
import type { AuthRole } from "@/lib/console/auth-roles";

/** Who may log in: anything may be pasted, and below it stands what it is and what it would bind. */
export function PrincipalsField({
  stored,
  values,
  onChange,
  onRebind,
  errorText,
}: {
  stored: AuthRole | null;
  values: RoleValues;
  onChange: (changed: Partial<RoleValues>) => void;
  onRebind: () => void;
  errorText: string | undefined;
}) {
  const [typed, setTyped] = useState("");
  const isResolved = values.resolve_aws_unique_ids;
  const readings = splitArns(typed).map((text) => ({ text, reading: readArn(text, isResolved) }));
  const bindable = readings.flatMap(({ reading }) =>
    reading.state === "binds" ? [reading.arn] : [],
  );
  const bind = (arns: readonly string[]): void => {
    const known = values.bound_iam_principal_arn;
    onChange({ bound_iam_principal_arn: [...new Set([...known, ...arns])] });
  };
  const add = (): void => {
    if (bindable.length === 0) return;
    bind(bindable);
    setTyped(
      readings.flatMap(({ text, reading }) => (reading.state === "refused" ? text : [])).join(" "),
    );
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="One of them is enough. With other bounds below, both have to hold."
        >
          Bound principals
        </Header>
      }
    >
      <SpaceBetween size="m">
        <PasteField text={typed} onChange={setTyped} onAdd={add} errorText={errorText} />
        <ArnReadings
          readings={readings}
          onTake={(wrong, arn) => setTyped(typed.replace(wrong, arn))}
        />
        <BoundPrincipals {...{ stored, values, onChange, onRebind }} />
        <ResolveToggle {...{ stored, isResolved, onChange }} />
      </SpaceBetween>
    </Container>
  );
}

function PasteField({
  text,
  onChange,
  onAdd,
  errorText,
}: {
  text: string;
  onChange: (text: string) => void;
  onAdd: () => void;
  errorText: string | undefined;
}) {
  return (
    <FormField
      label="Add a principal"
      description="Paste any ARN: a role, a user, a session. Several by comma or line."
      errorText={errorText}
      secondaryControl={
        <Button formAction="none" onClick={onAdd}>
          Bind
        </Button>
      }
    >
      <Input
        value={text}
        placeholder="arn:aws:iam::111111111111:role/app"
        spellcheck={false}
        onChange={({ detail }) => onChange(detail.value)}
        onKeyDown={(event) => {
          if (event.detail.key !== "Enter") return;
          event.preventDefault();
          onAdd();
        }}
      />
    </FormField>
  );
}

function ResolveToggle({
  stored,
  isResolved,
  onChange,
}: {
  stored: AuthRole | null;
  isResolved: boolean;
  onChange: (changed: Partial<RoleValues>) => void;
}) {
  // The API refuses the way back: it would let a namesake in.
  const isFixed = stored?.resolve_aws_unique_ids === true;
  return (
    <Toggle
      checked={isResolved}
      disabled={isFixed}
      onChange={({ detail }) => onChange({ resolve_aws_unique_ids: detail.checked })}
      description={
        isFixed
          ? "Stays on: names alone would let in whoever takes the name of a deleted principal. A clone can be without."
          : isResolved
            ? "AWS is asked when the role is saved. A principal that is deleted and made again is somebody else."
            : "Without, names alone count: whoever takes the name of a deleted principal can log in."
      }
    >
      Bind by unique id
    </Toggle>
  );
}
