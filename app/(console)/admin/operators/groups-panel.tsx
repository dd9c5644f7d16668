"use client";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";
import { GroupForm } from "@/app/(console)/admin/operators/group-form";
import { PolicyLinks } from "@/app/(console)/admin/operators/policy-links";
import { RemoveGroup } from "@/app/(console)/admin/operators/remove-group";
import { CopyId } from "@/components/copy-id";
import { EmptyState } from "@/components/empty-state";
import { KeyValue } from "@/components/key-value";
import type { OperatorRow, SignInProvider } from "@/lib/console/admin-operators";

type Doing = { what: "form" | "remove"; group: OperatorRow | null };

/** The sign-in provider, and what its groups get. */
export function GroupsPanel({
  groups,
  provider,
  redirectUrl,
  policies,
}: {
  groups: readonly OperatorRow[];
  provider: SignInProvider | null;
  redirectUrl: string;
  policies: readonly string[];
}) {
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = () => setDoing(null);
  if (provider === null) return <NoProvider redirectUrl={redirectUrl} />;
  const add = <Button onClick={() => setDoing({ what: "form", group: null })}>Map a group</Button>;
  return (
    <>
      <SpaceBetween size="l">
        <Provider provider={provider} redirectUrl={redirectUrl} />
        <Table
          variant="container"
          wrapLines
          items={groups}
          trackBy="name"
          header={
            <Header
              variant="h2"
              counter={`(${groups.length})`}
              description="Whoever is in several gets the policies of all. Whoever is in none can sign in and may do nothing."
              actions={add}
            >
              Groups of {provider.name}
            </Header>
          }
          columnDefinitions={columns(setDoing)}
          empty={
            <EmptyState
              title="No group is mapped yet"
              action={add}
              snippet="vault write auth/console-oidc/groups/platform policies=admin"
            >
              Map one, and its members may do what its policies say.
            </EmptyState>
          }
        />
      </SpaceBetween>
      {doing?.what === "form" && (
        <GroupForm group={doing.group} policies={policies} onClose={close} />
      )}
      {doing?.what === "remove" && doing.group !== null && (
        <RemoveGroup group={doing.group} onClose={close} />
      )}
    </>
  );
}

function columns(onDo: (doing: Doing) => void): TableProps<OperatorRow>["columnDefinitions"] {
  return [
    {
      id: "name",
      header: "Group, as the provider names it",
      isRowHeader: true,
      cell: ({ name }) => <code>{name}</code>,
    },
    { id: "policies", header: "Policies", cell: (row) => <PolicyLinks names={row.policies} /> },
    {
      id: "path",
      header: "API path",
      cell: ({ mount_path: mount, name }) => (
        <CopyId value={`${mount}groups/${name}`} what="API path" />
      ),
    },
    {
      id: "do",
      header: "Change",
      cell: (group) => (
        <SpaceBetween size="xxs">
          <Button
            variant="inline-link"
            ariaLabel={`Change group ${group.name}`}
            onClick={() => onDo({ what: "form", group })}
          >
            Change
          </Button>
          <Button
            variant="inline-link"
            ariaLabel={`Remove group ${group.name}`}
            onClick={() => onDo({ what: "remove", group })}
          >
            Remove
          </Button>
        </SpaceBetween>
      ),
    },
  ];
}

function Provider({ provider, redirectUrl }: { provider: SignInProvider; redirectUrl: string }) {
  return (
    <Container
      header={
        <Header variant="h2" description="From the settings of the server.">
          Sign-in provider
        </Header>
      }
    >
      <KeyValue
        columns={3}
        facts={[
          { label: "Name on the sign-in page", value: provider.name },
          { label: "Issuer", value: <CopyId value={provider.issuer} what="issuer" /> },
          { label: "Redirect address here", value: <CopyId value={redirectUrl} what="address" /> },
          { label: "Claim that lists groups", value: <code>{provider.groupsClaim}</code> },
          { label: "Scopes asked for", value: <code>{provider.scopes}</code> },
        ]}
      />
    </Container>
  );
}

function NoProvider({ redirectUrl }: { redirectUrl: string }) {
  return (
    <Container header={<Header variant="h2">Sign-in provider</Header>}>
      <EmptyState
        title="No provider is configured"
        snippet={`LEASEHOLD_OIDC_ISSUER=https://id.example.com\nLEASEHOLD_OIDC_CLIENT_ID=…\nLEASEHOLD_OIDC_CLIENT_SECRET=…\n# redirect address: ${redirectUrl}`}
      >
        With these settings of the server, operators sign in through OpenID Connect, and groups are
        mapped to policies here.
      </EmptyState>
    </Container>
  );
}
