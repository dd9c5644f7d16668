"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState, type SubmitEvent } from "react";
import { PlainShell } from "@/components/plain-shell";
import { createFirstOperator } from "@/lib/console/set-up-client";

const BLANK = { code: "", username: "", password: "", repeated: "" };
const PASSWORD_CHARACTERS_MIN = 12;

/** Creates the first operator, who may do everything, and signs them in. */
export function SetUp() {
  const [form, setForm] = useState(BLANK);
  const [message, setMessage] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const isComplete =
    Object.values(form).every((value) => value !== "") &&
    form.password.length >= PASSWORD_CHARACTERS_MIN &&
    form.password === form.repeated;
  const change = (changed: Partial<SetUpForm>) => setForm((before) => ({ ...before, ...changed }));
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    const { code, username, password } = form;
    const outcome = await createFirstOperator({ code: code.trim(), username, password });
    if (outcome.ok) {
      window.location.assign(outcome.address);
      return;
    }
    setMessage(outcome.message);
    setBusy(false);
  };
  return (
    <PlainShell>
      <div className="narrow">
        <form onSubmit={(event) => void submit(event)}>
          <Form
            actions={
              <Button
                variant="primary"
                formAction="submit"
                loading={busy}
                disabled={!isComplete}
                disabledReason="Fill in every field first."
              >
                Create and sign in
              </Button>
            }
          >
            <Container
              header={
                <Header
                  variant="h1"
                  description="They get the policy admin, which may do everything. Other operators are added later."
                >
                  First operator
                </Header>
              }
            >
              <SpaceBetween size="m">
                <SetUpFields form={form} onChange={change} />
                {message !== null && <Refusal>{message}</Refusal>}
              </SpaceBetween>
            </Container>
          </Form>
        </form>
      </div>
    </PlainShell>
  );
}

function Refusal({ children }: { children: string }) {
  return (
    <div role="alert">
      <Alert type="error">{children}</Alert>
    </div>
  );
}

type SetUpForm = typeof BLANK;

function SetUpFields({
  form,
  onChange,
}: {
  form: SetUpForm;
  onChange: (changed: Partial<SetUpForm>) => void;
}) {
  const isTooShort = form.password !== "" && form.password.length < PASSWORD_CHARACTERS_MIN;
  const isMistyped = form.repeated !== "" && form.repeated !== form.password;
  const field = (name: keyof SetUpForm, type: "text" | "password", autoComplete: string) => (
    <Input
      type={type}
      value={form[name]}
      autoComplete={autoComplete}
      spellcheck={false}
      onChange={({ detail }) => onChange({ [name]: detail.value })}
    />
  );
  return (
    <SpaceBetween size="m">
      <FormField label="Code" description="The server printed it to its terminal when it started.">
        {field("code", "text", "one-time-code")}
      </FormField>
      <FormField label="Username">{field("username", "text", "username")}</FormField>
      <FormField
        label="Password"
        description={`At least ${PASSWORD_CHARACTERS_MIN} characters.`}
        errorText={isTooShort && "This password is too short."}
      >
        {field("password", "password", "new-password")}
      </FormField>
      <FormField label="Password again" errorText={isMistyped && "The two passwords differ."}>
        {field("repeated", "password", "new-password")}
      </FormField>
    </SpaceBetween>
  );
}
