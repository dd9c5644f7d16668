"use client";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { ClientForm } from "@/app/(console)/auth/[accessor]/client-form";
import { ClientSnippets } from "@/app/(console)/auth/[accessor]/client-snippets";
import { DisableMount } from "@/app/(console)/auth/[accessor]/disable-mount";
import { IdentityForm } from "@/app/(console)/auth/[accessor]/identity-form";
import { StsAccounts } from "@/app/(console)/auth/[accessor]/sts-accounts";
import { TuneForm } from "@/app/(console)/auth/[accessor]/tune-form";
import { ServerIdState } from "@/app/(console)/auth/server-id-state";
import { CopyId } from "@/components/copy-id";
import { useFollow } from "@/components/follow";
import { KeyValue } from "@/components/key-value";
import { Page } from "@/components/page";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { Ttl } from "@/components/ttl";
import { useUrlState } from "@/components/url-state";
import type {
  AuthMount,
  ClientConfig,
  IdentityConfig,
  StsAccount,
} from "@/lib/console/auth-mounts";
import type { Read } from "@/lib/console/operator";

type MountFacts = {
  mount: AuthMount;
  client: Read<ClientConfig>;
  identity: Read<IdentityConfig>;
  accounts: Read<{ accounts: StsAccount[]; left: number }>;
  /** Null: not told to this operator. */
  ttls: { defaultSeconds: number; maxSeconds: number } | null;
  roles: number | null;
  tokens: string | null;
  code: Code;
};

/** One AWS auth mount: how logins are judged, which accounts it looks into, what its clients need. */
export function MountPage(facts: MountFacts) {
  const { mount, code, roles, tokens } = facts;
  const follow = useFollow();
  const [isDisabling, setDisabling] = useState(false);
  return (
    <Page
      title={`auth/${mount.path}`}
      apiPath={`sys/auth/${mount.path.slice(0, -1)}`}
      description={mount.description === "" ? "AWS auth mount" : mount.description}
      above={[{ text: "AWS auth mounts", href: "/auth" }]}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          <Button onClick={() => setDisabling(true)}>Disable</Button>
          <Button variant="primary" href={`/auth/${mount.accessor}/roles`} onFollow={follow}>
            Open its roles
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        <Facts {...facts} />
        <Settings {...facts} />
      </SpaceBetween>
      {isDisabling && (
        <DisableMount {...{ mount, roles, tokens }} onClose={() => setDisabling(false)} />
      )}
    </Page>
  );
}

function Facts({ mount, client, ttls, roles, tokens }: MountFacts) {
  const follow = useFollow();
  const config = client.ok ? client.data : null;
  return (
    <Container>
      <KeyValue
        facts={[
          {
            label: "Roles",
            value: (
              <Link href={`/auth/${mount.accessor}/roles`} onFollow={follow}>
                {roles === null ? "open the list" : roles.toLocaleString("en")}
              </Link>
            ),
          },
          { label: "Live tokens", value: tokens ?? "not shown to you" },
          {
            label: "Server-ID",
            value: <ServerIdState serverId={config?.iam_server_id_header_value ?? null} />,
          },
          { label: "STS endpoint", value: stsText(config) },
          { label: "Token TTL", value: ttls && <Ttl seconds={ttls.defaultSeconds} /> },
          { label: "Max TTL", value: ttls && <Ttl seconds={ttls.maxSeconds} /> },
          { label: "Accessor", value: <CopyId value={mount.accessor} what="accessor" /> },
        ]}
      />
    </Container>
  );
}

function stsText(config: ClientConfig | null): string {
  if (config === null) return "not shown to you";
  if (config.sts_endpoint !== "") return config.sts_endpoint;
  return config.use_sts_region_from_client ? "of the region that was signed for" : "global, of AWS";
}

function Settings({ mount, client, identity, accounts }: MountFacts) {
  const [tab, setTab] = useUrlState("tab", "rules");
  return (
    <Tabs
      activeTabId={tab}
      onChange={({ detail }) => setTab(detail.activeTabId)}
      ariaLabel="Settings of the mount"
      tabs={[
        {
          id: "rules",
          label: "Login rules",
          content: <ClientForm key={JSON.stringify(client)} {...{ mount, client }} />,
        },
        { id: "accounts", label: "Accounts", content: <StsAccounts {...{ mount, accounts }} /> },
        {
          id: "identity",
          label: "Identity",
          content: <IdentityForm key={JSON.stringify(identity)} {...{ mount, identity }} />,
        },
        {
          id: "mount",
          label: "Lifetimes",
          content: <TuneForm key={JSON.stringify(mount)} mount={mount} />,
        },
        {
          id: "clients",
          label: "Client snippets",
          content: <ClientSnippets mount={mount} client={client.ok ? client.data : null} />,
        },
      ]}
    />
  );
}
