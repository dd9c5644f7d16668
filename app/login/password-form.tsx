"use client";

import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState, type SubmitEvent } from "react";

type Proof = { mount: string; username: string; password: string };

/** Signs in a user of a userpass mount. */
export function PasswordForm({
  busy,
  onSignIn,
}: {
  busy: boolean;
  onSignIn: (proof: Proof) => Promise<void>;
}) {
  const [proof, setProof] = useState<Proof>({ mount: "userpass", username: "", password: "" });
  const change = (changed: Partial<Proof>) => setProof((before) => ({ ...before, ...changed }));
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    // A password that was refused is typed again, so it need not stay on the page.
    void onSignIn(proof).then(() => change({ password: "" }));
  };
  const isComplete = proof.username !== "" && proof.password !== "" && proof.mount !== "";
  return (
    <form onSubmit={submit}>
      <SpaceBetween size="m">
        <FormField label="Username">
          <Input
            value={proof.username}
            autoComplete="username"
            spellcheck={false}
            onChange={({ detail }) => change({ username: detail.value })}
          />
        </FormField>
        <FormField label="Password">
          <Input
            type="password"
            value={proof.password}
            autoComplete="current-password"
            onChange={({ detail }) => change({ password: detail.value })}
          />
        </FormField>
        <ExpandableSection headerText="Another mount">
          <FormField label="Mount" description="Where the userpass method is enabled, below auth/.">
            <Input
              value={proof.mount}
              spellcheck={false}
              onChange={({ detail }) => change({ mount: detail.value.replace(/\/+$/, "") })}
            />
          </FormField>
        </ExpandableSection>
        <Button
          variant="primary"
          formAction="submit"
          loading={busy}
          disabled={!isComplete}
          disabledReason="Type a username and a password first."
        >
          Sign in
        </Button>
      </SpaceBetween>
    </form>
  );
}
