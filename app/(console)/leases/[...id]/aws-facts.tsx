"use client";

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { Ago } from "@/components/ago";
import { KeyValue } from "@/components/key-value";
import { useNow } from "@/components/now";
import type { Lease } from "@/lib/console/leases";
import { isHonoured } from "@/lib/console/leases-words";

/** What AWS said about the credential, how long ago, and in answer to what. */
export function AwsFacts({ lease }: { lease: Lease }) {
  const now = useNow();
  const isUser = lease.credential_type === "iam_user";
  const source = isUser
    ? "CreateUser and CreateAccessKey of IAM"
    : (SOURCES[lease.credential_type] ?? "STS");
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            <>
              Told by {source} <Ago at={lease.issued_at} />
              {isUser && lease.state === "ended" && (
                <>
                  ; its end by IAM <Ago at={lease.ended_at} />
                </>
              )}
            </>
          }
        >
          At AWS
        </Header>
      }
    >
      <KeyValue
        columns={3}
        facts={[
          { label: "Takes the credential now", value: honouredText(lease, now) },
          {
            label: "Ends by itself",
            value: lease.aws_ends_at === null ? "never" : <Ago at={lease.aws_ends_at} />,
          },
          {
            label: "Can be ended early",
            value: endableText(lease),
          },
        ]}
      />
    </Container>
  );
}

const SOURCES: Readonly<Record<string, string>> = {
  assumed_role: "AssumeRole of STS",
  federation_token: "GetFederationToken of STS",
  session_token: "GetSessionToken of STS",
};

function endableText(lease: Lease): string {
  if (lease.credential_type === "iam_user") return "Yes: by deleting the IAM user";
  if (lease.stops_at_aws || lease.denial_state !== null) return "Yes: by denying the session";
  return "No: the mount does not deny sessions";
}

function honouredText(lease: Lease, now: number): string {
  if (lease.outcome === "forced") return "Not known: it was forgotten by force";
  if (!isHonoured(lease, now)) return "No";
  return lease.credential_type === "iam_user"
    ? "Yes, as far as known here"
    : "Yes, unless it was denied at AWS";
}
