"use client";

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { Ago } from "@/components/ago";
import { Arn } from "@/components/arn";
import { CopyId } from "@/components/copy-id";
import { Follow } from "@/components/follow-link";
import { KeyValue } from "@/components/key-value";
import type { AttemptDetail } from "@/lib/console/attempts";
import { attemptsHref } from "@/lib/console/attempts-filter";

type Props = { attempt: AttemptDetail; mountHref: string | null; roleHref: string | null };

/** Who called from where for which role, and what the signed request said. */
export function AttemptFactList(props: Props) {
  const { attempt } = props;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Who, for which role</Header>}>
        <KeyValue columns={3} facts={whoFacts(props)} />
      </Container>
      <Container
        header={
          <Header variant="h2" description="Signatures, tokens and secrets are never kept.">
            The signed request
          </Header>
        }
      >
        <KeyValue columns={3} facts={requestFacts(attempt)} />
      </Container>
    </SpaceBetween>
  );
}

type Fact = { label: string; value: ReactNode };

function whoFacts({ attempt, mountHref, roleHref }: Props): Fact[] {
  const { id, role, principal, facts } = attempt;
  return [
    { label: "Attempt id", value: <CopyId value={id} what="attempt id" /> },
    { label: "Claimed role", value: linked(role === "" ? "none named" : role, roleHref) },
    { label: "Mount", value: linked(attempt.mount_path, mountHref) },
    { label: "Principal", value: principal !== "" && <Arn arn={principal} /> },
    { label: "Unique id", value: facts.uniqueId && <CopyId value={facts.uniqueId} what="id" /> },
    { label: "Account", value: attempt.account },
    { label: "Source address", value: attempt.client_address },
    { label: "Told to the client", value: measured(attempt.error ?? "") },
    { label: "See also", value: <SeeAlso attempt={attempt} /> },
  ].map(({ label, value }) => ({ label, value: value === false ? "" : value }));
}

function requestFacts({ access_key_id: keyId, facts }: AttemptDetail): Fact[] {
  return [
    { label: "Access key id", value: keyId && <CopyId value={keyId} what="access key id" /> },
    { label: "Signed at", value: facts.signedAt && <Ago at={facts.signedAt} /> },
    { label: "Method and host", value: measured([facts.method, facts.host].join(" ").trim()) },
    { label: "Region signed for", value: measured(facts.region ?? "") },
    { label: "STS endpoint", value: measured(facts.endpoint ?? "") },
    { label: "Answer of STS", value: stsText(facts) },
    { label: "Server-ID sent", value: measured(facts.givenServerId ?? "") },
    { label: "Signed headers", value: measured((facts.signedNames ?? []).join(", ")) },
    { label: "All headers", value: measured((facts.headerNames ?? []).join(", ")) },
  ];
}

function SeeAlso({ attempt: { id, principal, client_address: address } }: Pick<Props, "attempt">) {
  return (
    <SpaceBetween size="xxs">
      <Follow href={`/audit?event=${encodeURIComponent(id)}`}>Its entry in the audit log</Follow>
      {principal !== "" && (
        <Follow href={`/audit?${new URLSearchParams({ q: principal }).toString()}`}>
          What the principal did, in the audit log
        </Follow>
      )}
      {principal !== "" && (
        <Follow href={attemptsHref({ q: principal })}>Other attempts of the principal</Follow>
      )}
      <Follow href={attemptsHref({ q: address })}>Other attempts from this address</Follow>
    </SpaceBetween>
  );
}

function linked(text: string, href: string | null): ReactNode {
  return href === null ? measured(text) : <Follow href={href}>{text}</Follow>;
}

function measured(text: string): ReactNode {
  return text === "" ? "" : <span className="measured">{text}</span>;
}

function stsText({ stsStatus = 0, stsCode = "", stsMs }: AttemptDetail["facts"]): string {
  if (stsStatus === 0) return "";
  const code = stsCode === "" ? "" : ` ${stsCode}`;
  return `${stsStatus}${code}${stsMs === undefined ? "" : `, in ${Math.round(stsMs)} ms`}`;
}
