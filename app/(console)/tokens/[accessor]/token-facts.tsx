"use client";

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Login, PolicyLinks } from "@/app/(console)/tokens/token-columns";
import { Ago } from "@/components/ago";
import { Arn } from "@/components/arn";
import { CopyId } from "@/components/copy-id";
import { durationText } from "@/components/duration-text";
import { Follow } from "@/components/follow-link";
import { KeyValue } from "@/components/key-value";
import { type TokenDetail, tokenHref } from "@/lib/console/tokens";
import { bindingTerm, termText } from "@/lib/console/tokens-words";

/** Whose token it is, how it came to be, and what it may do. */
export function TokenFacts({ token }: { token: TokenDetail }) {
  const used = token.last_used;
  return (
    <Container header={<Header variant="h2">Whose it is</Header>}>
      <KeyValue
        columns={3}
        facts={[
          { label: "Display name", value: token.display_name },
          {
            label: "Principal",
            value: token.principal === null ? null : <Arn arn={token.principal} />,
          },
          { label: "Logged in through", value: <Login token={token} /> },
          { label: "Made by", value: <code>{token.created_by}</code> },
          {
            label: "Entity",
            value: token.entity_id && <CopyId value={token.entity_id} what="entity id" />,
          },
          { label: "Parent", value: <Parent token={token} /> },
          { label: "Policies", value: <PolicyLinks names={token.policies} all /> },
          { label: "Created", value: <Ago at={token.issued_at} /> },
          {
            label: "Last used",
            value: (
              <SpaceBetween size="xxxs">
                <Ago at={used?.at ?? null} never="not in the log" />
                {used?.remote_address && <span>from {used.remote_address}</span>}
                {used && <code>{`${used.operation} ${used.path}`}</code>}
              </SpaceBetween>
            ),
          },
          { label: "Metadata", value: <Metadata of={token.meta} /> },
        ]}
      />
    </Container>
  );
}

function Parent({ token }: { token: TokenDetail }) {
  if (token.parent_accessor !== null) {
    return <Follow href={tokenHref(token.parent_accessor)}>{token.parent_accessor}</Follow>;
  }
  return <>none: it is not ended by the end of another</>;
}

function Metadata({ of }: { of: Readonly<Record<string, string>> | null }) {
  const entries = Object.entries(of ?? {});
  if (entries.length === 0) return <>–</>;
  return (
    <SpaceBetween size="xxxs">
      {entries.map(([name, value]) => (
        <code key={name}>{`${name}=${value}`}</code>
      ))}
    </SpaceBetween>
  );
}

/** How long it can live, which term ends it for good, and from where and how often it can be used. */
export function TokenLimits({ token }: { token: TokenDetail }) {
  const binding = bindingTerm(token);
  return (
    <Container
      header={
        <Header variant="h2" description={bindingText(token, binding)}>
          Limits
        </Header>
      }
    >
      <KeyValue
        columns={3}
        facts={[
          ...token.limits.map(({ term, at }) => ({
            label: termText(term),
            value: (
              <>
                <Ago at={at} />
                {term === binding && <Box variant="small"> – binds</Box>}
              </>
            ),
          })),
          {
            label: "Period",
            value: token.period_seconds === 0 ? "none" : durationText(token.period_seconds),
          },
          {
            label: "Renewed last",
            value: (
              <Ago at={token.last_renewed_at} never={token.renewable ? "never" : "cannot be"} />
            ),
          },
          {
            label: "Uses left",
            value: token.num_uses === 0 ? "unlimited" : token.num_uses.toLocaleString("en"),
          },
          {
            label: "Accepted from",
            value: token.bound_cidrs.length === 0 ? "any address" : token.bound_cidrs.join(", "),
          },
        ]}
      />
    </Container>
  );
}

function bindingText(token: TokenDetail, binding: string | null): string {
  if (token.expires_at === null) return "Nothing bounds it: revoke it when it is not needed.";
  if (!token.renewable) return "It cannot be renewed, so its end stands.";
  if (binding !== null) {
    return `Renewals move its end, at most to what binds: ${termText(binding).toLowerCase()}.`;
  }
  return "A periodic token: it lives as long as it is renewed in time.";
}
