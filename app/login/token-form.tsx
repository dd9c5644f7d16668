"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState, type SubmitEvent } from "react";

/** Signs in whoever holds a token: for the root token and for emergencies. */
export function TokenForm({
  busy,
  onSignIn,
}: {
  busy: boolean;
  onSignIn: (proof: { token: string }) => Promise<void>;
}) {
  const [token, setToken] = useState("");
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void onSignIn({ token }).then(() => setToken(""));
  };
  return (
    <form onSubmit={submit}>
      <SpaceBetween size="m">
        <Alert type="warning">
          A token tells what may be done, not who does it. Use it for the first steps and in
          emergencies; the audit log tells that it was used.
        </Alert>
        <FormField label="Token">
          <Input
            type="password"
            value={token}
            autoComplete="off"
            spellcheck={false}
            onChange={({ detail }) => setToken(detail.value)}
          />
        </FormField>
        <Button
          variant="primary"
          formAction="submit"
          loading={busy}
          disabled={token.trim() === ""}
          disabledReason="Paste a token first."
        >
          Sign in
        </Button>
      </SpaceBetween>
    </form>
  );
}
