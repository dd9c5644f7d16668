"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode, SubmitEvent } from "react";
import type { Change } from "@/components/change";
import { RefusalState } from "@/components/refusal-state";

/**
 * A dialog that does one thing. It stays open while the server works, and when it refuses; `label` says
 * the effect.
 */
export function ActionModal({
  title,
  label,
  refusedText,
  change: { isRunning, refusal },
  canRun = true,
  onRun,
  onClose,
  children,
}: {
  title: string;
  label: string;
  /** "The mount was not enabled." */
  refusedText: string;
  change: Pick<Change<never>, "isRunning" | "refusal">;
  /** What stands in the way is told in the form. */
  canRun?: boolean;
  onRun: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (canRun) onRun();
  };
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={onClose} disabled={isRunning} disabledReason="The server is at work.">
              Cancel
            </Button>
            <Button
              variant="primary"
              form="action"
              loading={isRunning}
              loadingText="The server works"
            >
              {label}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form id="action" onSubmit={submit}>
        <SpaceBetween size="l">
          {children}
          {refusal !== null && <RefusalState what={refusedText} refusal={refusal} />}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
