"use client";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { revokeIssuedAction } from "@/app/(console)/secrets/[accessor]/roles/[name]/issue/actions";
import { CopyCredential } from "@/app/(console)/secrets/[accessor]/roles/[name]/issue/copy-credential";
import type { ShownOnce } from "@/app/(console)/secrets/[accessor]/roles/[name]/issue/shown-once";
import { Ago } from "@/components/ago";
import { useChange } from "@/components/change";
import { CopyId } from "@/components/copy-id";
import { KeyValue } from "@/components/key-value";
import { LeaseState } from "@/components/lease-state";
import { RefusalState } from "@/components/refusal-state";
import type { CredentialSecret } from "@/lib/console/credential-formats";
import type { CredentialType } from "@/lib/console/secrets-roles";

/** All of an issued credential but its secret. */
export type Issued = {
  leaseId: string;
  accessKeyId: string;
  arn: string;
  leaseEndsAt: string;
  /** Empty: AWS sets no end. */
  awsEndsAt: string;
  renewable: boolean;
  warnings: readonly string[];
};

/** A credential that was just issued: its receipt for as long as the page is open, its secret once. */
export function IssuedCredential({
  issued,
  shown,
  type,
  profile,
}: {
  issued: Issued;
  shown: ShownOnce<CredentialSecret>;
  type: CredentialType | null;
  profile: string;
}) {
  const [isRevoked, setRevoked] = useState(false);
  const change = useChange(revokeIssuedAction, () => {
    shown.drop();
    setRevoked(true);
    return true;
  });
  const { leaseId, awsEndsAt } = issued;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="The secret is shown once, and kept nowhere."
          actions={
            <Button
              loading={change.isRunning}
              loadingText="Revoking"
              disabled={isRevoked}
              disabledReason="It was revoked."
              onClick={() => change.run({ leaseId, type, awsEndsAt })}
            >
              Revoke now
            </Button>
          }
        >
          Issued credential
        </Header>
      }
    >
      <SpaceBetween size="l">
        {issued.warnings.map((warning) => (
          <Alert key={warning} type="warning">
            {warning}
          </Alert>
        ))}
        <Receipt issued={issued} isRevoked={isRevoked} />
        <Secrets shown={shown} isRevoked={isRevoked} />
        {shown.secret !== null && <CopyCredential secret={shown.secret} profile={profile} />}
        {change.refusal !== null && (
          <RefusalState what="The lease was not revoked." refusal={change.refusal} />
        )}
      </SpaceBetween>
    </Container>
  );
}

function Receipt({ issued, isRevoked }: { issued: Issued; isRevoked: boolean }) {
  return (
    <KeyValue
      columns={2}
      facts={[
        { label: "Lease", value: <CopyId value={issued.leaseId} what="lease id" /> },
        {
          label: "Access key id",
          value: <CopyId value={issued.accessKeyId} what="access key id" />,
        },
        {
          label: "Lease ends",
          value: isRevoked ? (
            <LeaseState state={issued.awsEndsAt === "" ? "revoked" : "valid_at_aws"} />
          ) : (
            <Ago at={issued.leaseEndsAt} />
          ),
        },
        {
          label: "Valid at AWS until",
          value: <Ago at={issued.awsEndsAt} never="the lease ends or is revoked" />,
        },
        ...(issued.arn === ""
          ? []
          : [{ label: "Works as", value: <CopyId value={issued.arn} what="ARN" /> }]),
      ]}
    />
  );
}

const MASK = "••••••••••••••••";

function Secrets({ shown, isRevoked }: { shown: ShownOnce<CredentialSecret>; isRevoked: boolean }) {
  const { secret, isRevealed, reveal, drop } = shown;
  if (secret === null) {
    return (
      <StatusIndicator type="info">
        {isRevoked
          ? "The secret is gone, and the lease with it."
          : "The secret was shown and is gone. If it was not copied, revoke this lease and issue another."}
      </StatusIndicator>
    );
  }
  return (
    <SpaceBetween size="m">
      <KeyValue
        columns={1}
        facts={[
          {
            label: "Secret access key",
            value: <code>{isRevealed ? secret.secretAccessKey : MASK}</code>,
          },
          ...(secret.sessionToken === ""
            ? []
            : [
                {
                  label: "Session token",
                  value: <code>{isRevealed ? secret.sessionToken : MASK}</code>,
                },
              ]),
        ]}
      />
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Button onClick={isRevealed ? drop : reveal}>
          {isRevealed ? "Hide for good" : "Reveal once"}
        </Button>
        <Box variant="small">
          {isRevealed
            ? "Gone after a minute, or as soon as you leave this window."
            : "It can be copied without being revealed."}
        </Box>
      </SpaceBetween>
    </SpaceBetween>
  );
}
