"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { enableAction } from "@/app/(console)/auth/actions";
import { useChange } from "@/components/change";
import { RefusalState } from "@/components/refusal-state";

const FIELDS = [
  ["path", "Path", "Below auth/. Clients name it when they log in."],
  ["description", "Description", "For people; may be empty."],
  [
    "defaultTtl",
    "Token TTL",
    "How long tokens live when their role does not say. Empty: as the system.",
  ],
  ["maxTtl", "Max TTL", "How long renewals can keep a token alive. Empty: as the system."],
] as const;

const EMPTY = { path: "aws", description: "", defaultTtl: "", maxTtl: "" };

/** Enables an AWS auth method. */
export function EnableMount({ onClose }: { onClose: () => void }) {
  const [form, setForm] = useState(EMPTY);
  const change = useChange(enableAction, () => {
    onClose();
    return true;
  });
  const isFormWrong = Object.keys(change.fields).length > 0;
  return (
    <Modal
      visible
      header="Enable AWS auth"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={change.isRunning} onClick={() => change.run(form)}>
              Enable
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.run(form);
        }}
      >
        <SpaceBetween size="m">
          {FIELDS.map(([name, label, description], index) => (
            <FormField
              key={name}
              label={label}
              description={description}
              errorText={change.fields[name]}
            >
              <Input
                autoFocus={index === 0}
                value={form[name]}
                spellcheck={false}
                onChange={({ detail }) => setForm({ ...form, [name]: detail.value })}
              />
            </FormField>
          ))}
          {change.refusal && !isFormWrong && (
            <RefusalState what="Nothing was enabled." refusal={change.refusal} />
          )}
        </SpaceBetween>
        {/* Lets the enter key send the form; the button that is seen stands in the footer. */}
        <input type="submit" hidden />
      </form>
    </Modal>
  );
}
