"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRouter } from "next/navigation";
import { useState } from "react";

/** Asks for the name, which is the address of the editor. */
export function NewPolicy({ names, onClose }: { names: readonly string[]; onClose: () => void }) {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const [isTold, setTold] = useState(false);
  const name = typed.trim().toLowerCase();
  const problem =
    name === ""
      ? "A policy needs a name."
      : names.includes(name)
        ? "There is a policy of this name. Choose another, or open that one."
        : "";
  const open = (): void => {
    setTold(true);
    if (problem === "") router.push(`/policies/${encodeURIComponent(name)}`);
  };
  return (
    <Modal
      visible
      header="Write a policy"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" onClick={open}>
              Open the editor
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          open();
        }}
      >
        <FormField
          label="Name"
          description="Roles and tokens carry it. Capital letters are stored as small ones."
          errorText={isTold && problem}
        >
          <Input
            autoFocus
            value={typed}
            spellcheck={false}
            onChange={({ detail }) => setTyped(detail.value)}
          />
        </FormField>
      </form>
    </Modal>
  );
}
