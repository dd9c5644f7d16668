"use client";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { hashValueAction } from "@/app/(console)/audit/actions";
import { useChange } from "@/components/change";
import { RefusalState } from "@/components/refusal-state";

/**
 * Takes a value, has it hashed as the log hashes it, and hands on the hash. The value is forgotten as
 * soon as it was sent.
 */
export function CompareDialog({
  onHash,
  onClose,
}: {
  onHash: (hash: string) => void;
  onClose: () => void;
}) {
  const [value, setValue] = useState("");
  const ask = useChange(hashValueAction, ({ hash }) => {
    onHash(hash);
    onClose();
    return false;
  });
  const run = (): void => {
    ask.run({ value });
    setValue("");
  };
  return (
    <Modal visible header="Compare with a value" closeAriaLabel="Close" onDismiss={onClose}>
      <form
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <Form actions={<Buttons isRunning={ask.isRunning} onClose={onClose} />}>
          <SpaceBetween size="m">
            <Intro />
            <FormField
              label="Value"
              constraintText="Exactly as it was sent or answered: a token, a secret key, a number."
              errorText={ask.fields["value"]}
            >
              <Input
                type="password"
                value={value}
                autoComplete={false}
                spellcheck={false}
                onChange={({ detail }) => setValue(detail.value)}
              />
            </FormField>
            <Note />
            {ask.refusal !== null && Object.keys(ask.fields).length === 0 && (
              <RefusalState what="The value was not compared." refusal={ask.refusal} />
            )}
          </SpaceBetween>
        </Form>
      </form>
    </Modal>
  );
}

function Intro() {
  return (
    <Box variant="p">
      The log keeps secrets as hashes only. The server hashes what you type in the same way, and the
      entries that hold the same hash are shown. Entries of audit-hash itself are left out, since
      this comparison is one.
    </Box>
  );
}

function Note() {
  return (
    <Alert type="info">
      What you type goes to the server once. It is not kept, not logged in clear, and not in the
      address of the page: that has the hash.
    </Alert>
  );
}

function Buttons({ isRunning, onClose }: { isRunning: boolean; onClose: () => void }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button variant="link" formAction="none" onClick={onClose}>
        Close
      </Button>
      <Button variant="primary" formAction="submit" loading={isRunning}>
        Find entries with it
      </Button>
    </SpaceBetween>
  );
}
