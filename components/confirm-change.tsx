"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import type { Change } from "@/components/change";
import { RefusalState } from "@/components/refusal-state";

/** Asks before something ends: what will stop working stands above a button that says what it does. */
export function ConfirmChange<I>({
  title,
  children,
  doIt,
  input,
  change,
  onClose,
  reason = null,
}: {
  title: string;
  children: ReactNode;
  /** The button: "Delete policy ci". */
  doIt: string;
  input: I;
  change: Change<I>;
  onClose: () => void;
  /** Why it cannot be done yet; null: it can. */
  reason?: string | null;
}) {
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Keep it
            </Button>
            <Button
              variant="primary"
              loading={change.isRunning}
              disabled={reason !== null}
              disabledReason={reason ?? ""}
              onClick={() => change.run(input)}
            >
              {doIt}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {children}
        {change.refusal && <RefusalState what="Nothing was ended." refusal={change.refusal} />}
      </SpaceBetween>
    </Modal>
  );
}
