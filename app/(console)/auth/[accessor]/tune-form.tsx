"use client";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { tuneAction } from "@/app/(console)/auth/actions";
import { useChange } from "@/components/change";
import { RefusalState } from "@/components/refusal-state";
import type { AuthMount } from "@/lib/console/auth-mounts";
import { durationInput } from "@/lib/console/durations";

const FIELDS = [
  ["description", "Description", "For people; may be empty."],
  [
    "defaultTtl",
    "Token TTL",
    "When a role does not say. 30m, 12h, 2d, or seconds; empty: as the system.",
  ],
  ["maxTtl", "Max TTL", "No renewal goes beyond it. Empty: as the system."],
] as const;

/** Description and lifetimes of the mount. */
export function TuneForm({ mount }: { mount: AuthMount }) {
  const [form, setForm] = useState({
    description: mount.description,
    defaultTtl: durationInput(mount.tunedDefaultSeconds),
    maxTtl: durationInput(mount.tunedMaxSeconds),
  });
  const change = useChange(tuneAction, () => true);
  const isFormWrong = Object.keys(change.fields).length > 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.run({ path: mount.path, ...form });
      }}
    >
      <Form
        actions={
          <Button variant="primary" formAction="submit" loading={change.isRunning}>
            Save lifetimes
          </Button>
        }
      >
        <Container
          header={
            <Header variant="h2" description="For tokens of logins through this mount.">
              Lifetimes
            </Header>
          }
        >
          <SpaceBetween size="m">
            {change.refusal && !isFormWrong && (
              <RefusalState what="The lifetimes were not saved." refusal={change.refusal} />
            )}
            {FIELDS.map(([name, label, description]) => (
              <FormField
                key={name}
                label={label}
                description={description}
                errorText={change.fields[name]}
              >
                <Input
                  value={form[name]}
                  spellcheck={false}
                  onChange={({ detail }) => setForm({ ...form, [name]: detail.value })}
                />
              </FormField>
            ))}
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}
