"use client";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { endSessionsAction } from "@/app/(console)/secrets/[accessor]/session-ending-actions";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { KeyValue } from "@/components/key-value";
import { RefusalState } from "@/components/refusal-state";
import type { Read } from "@/lib/console/operator";
import type { AwsMount } from "@/lib/console/secrets-mounts";
import { revokerPolicy, type SessionEnding } from "@/lib/console/session-denials";

type Props = { mount: AwsMount; ending: Read<SessionEnding> };

/** Whether this mount makes AWS sessions useless when their leases end, and with whose rights. */
export function SessionEndingPanel({ mount, ending }: Props) {
  const [isOpen, setOpen] = useState(false);
  if (!ending.ok) {
    return <RefusalState what="How sessions end at AWS is not shown." refusal={ending.refusal} />;
  }
  const { mode, overflow, revokers } = ending.data;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="STS credentials cannot be recalled, only denied."
          actions={<Button onClick={() => setOpen(true)}>Change how sessions end</Button>}
        >
          Ending sessions at AWS
        </Header>
      }
    >
      <KeyValue
        columns={3}
        facts={[
          {
            label: "When a lease is revoked",
            value:
              mode === "off" ? (
                <StatusIndicator type="info">
                  Its AWS session stays valid until it ends
                </StatusIndicator>
              ) : (
                <StatusIndicator type="success">Its AWS session is denied by name</StatusIndicator>
              ),
          },
          {
            label: "Where a role has no room for another denial",
            value: overflow === "cut" ? "Older sessions are denied by age" : "The revocation fails",
          },
          {
            label: "Revokers",
            value:
              revokers.length === 0
                ? "the root credential, in its own account"
                : revokers.map(({ account, roleArn }) => (
                    <div key={account}>
                      {account}: {roleArn}
                    </div>
                  )),
          },
        ]}
      />
      {isOpen && (
        <ChangeSessionEnding mount={mount} ending={ending.data} onClose={() => setOpen(false)} />
      )}
    </Container>
  );
}

function ChangeSessionEnding({
  mount,
  ending,
  onClose,
}: {
  mount: AwsMount;
  ending: SessionEnding;
  onClose: () => void;
}) {
  const [mode, setMode] = useState<string>(ending.mode);
  const [overflow, setOverflow] = useState<string>(ending.overflow);
  const [revoker, setRevoker] = useState("");
  const change = useChange(endSessionsAction, () => {
    onClose();
    return true;
  });
  return (
    <ActionModal
      title="How sessions end at AWS"
      label="Save"
      refusedText="Nothing was changed."
      change={change}
      onRun={() => change.run({ path: mount.path, mode, overflow, revoker })}
      onClose={onClose}
    >
      <ModeField mode={mode} onChange={setMode} />
      {mode === "deny_session" && (
        <SpaceBetween size="m">
          <Alert
            type="warning"
            header="Whoever may write a role’s inline policy may grant it anything"
          >
            Give that right to a role of its own, the revoker, and not to the mount’s root
            credential.
          </Alert>
          <FormField
            label="Revoker role"
            description="Its ARN. It trusts the mount’s root credential and has the policy below, for the roles of this mount. Empty: leave as it is."
            errorText={change.fields["revoker"]}
          >
            <Input
              value={revoker}
              placeholder="arn:aws:iam::111122223333:role/leasehold-revoker"
              onChange={({ detail }) => setRevoker(detail.value)}
            />
          </FormField>
          <Box variant="code">
            <pre>{revokerPolicy([])}</pre>
          </Box>
          <OverflowField overflow={overflow} onChange={setOverflow} />
        </SpaceBetween>
      )}
    </ActionModal>
  );
}

function ModeField({ mode, onChange }: { mode: string; onChange: (mode: string) => void }) {
  return (
    <RadioGroup
      ariaLabel="When a lease is revoked"
      value={mode}
      onChange={({ detail }) => onChange(detail.value)}
      items={[
        {
          value: "off",
          label: "Leave AWS sessions alone",
          description: "As Vault does: a session stays valid until it ends by itself.",
        },
        {
          value: "deny_session",
          label: "Deny the session",
          description:
            "An inline policy of ours on the role denies exactly this session. Others go on.",
        },
      ]}
    />
  );
}

function OverflowField({
  overflow,
  onChange,
}: {
  overflow: string;
  onChange: (overflow: string) => void;
}) {
  return (
    <FormField label="Where a role has no room for another denial">
      <RadioGroup
        value={overflow}
        onChange={({ detail }) => onChange(detail.value)}
        items={[
          { value: "refuse", label: "Fail the revocation, and say so" },
          {
            value: "cut",
            label: "Deny all older sessions of the role",
            description: "Also those that nobody revoked; they are named in the log.",
          },
        ]}
      />
    </FormField>
  );
}
