"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { dryRunAction, type Tested } from "@/app/(console)/auth/attempts/actions";
import { DryRunFields, type DryRunValues } from "@/app/(console)/auth/attempts/dry-run-fields";
import { DryRunResult } from "@/app/(console)/auth/attempts/dry-run-result";
import { useChange } from "@/components/change";
import { RefusalState } from "@/components/refusal-state";

const EMPTY: DryRunValues = {
  mount: "",
  role: "",
  kind: "identity",
  principal: "",
  payload: "",
  clientAddress: "",
};

/** What is tested, what it came to, and how to begin. */
function useDryRun(begun: Partial<DryRunValues>) {
  const [values, setValues] = useState<DryRunValues>({ ...EMPTY, ...begun });
  const [tested, setTested] = useState<Tested | null>(null);
  const test = useChange(dryRunAction, (value: Tested) => {
    setTested(value);
    // It holds a signature, which is not to lie around.
    setValues((now) => ({ ...now, payload: "" }));
    return false;
  });
  const change = (changed: Partial<DryRunValues>): void =>
    setValues((now) => ({ ...now, ...changed }));
  const run = (): void => {
    setTested(null);
    test.run(values);
  };
  return { values, change, run, test, tested };
}

/** Tries a login by the same checks, without giving out a token. */
export function DryRunDialog({
  mountPaths,
  begun,
  isRoleFixed = false,
  onClose,
}: {
  /** Those that can be chosen. */
  mountPaths: readonly string[];
  begun: Partial<DryRunValues>;
  isRoleFixed?: boolean;
  onClose: () => void;
}) {
  const { values, change, run, test, tested } = useDryRun(begun);
  const isFormWrong = Object.keys(test.fields).length > 0;
  return (
    <Modal
      visible
      size="large"
      header={isRoleFixed ? `Test a login for ${values.role}` : "Test a login"}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={<Buttons isRunning={test.isRunning} onClose={onClose} />}
    >
      <form
        id="dry-run"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <SpaceBetween size="l">
          <DryRunFields
            {...{ values, mountPaths, isRoleFixed }}
            fields={test.fields}
            onChange={change}
          />
          {test.refusal !== null && !isFormWrong && (
            <RefusalState what="The login was not tested." refusal={test.refusal} />
          )}
          <div aria-live="polite">{tested !== null && <DryRunResult tested={tested} />}</div>
        </SpaceBetween>
      </form>
    </Modal>
  );
}

function Buttons({ isRunning, onClose }: { isRunning: boolean; onClose: () => void }) {
  return (
    <Box float="right">
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="link" onClick={onClose}>
          Close
        </Button>
        <Button
          variant="primary"
          form="dry-run"
          loading={isRunning}
          loadingText="The login is being tested"
        >
          Test login
        </Button>
      </SpaceBetween>
    </Box>
  );
}
