"use client";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { DisableMount } from "@/app/(console)/secrets/[accessor]/disable-mount";
import { LeasePanel } from "@/app/(console)/secrets/[accessor]/lease-panel";
import { RootPanel } from "@/app/(console)/secrets/[accessor]/root-panel";
import { SessionEndingPanel } from "@/app/(console)/secrets/[accessor]/session-ending";
import { TuneMount } from "@/app/(console)/secrets/[accessor]/tune-mount";
import { Follow } from "@/components/follow-link";
import { CopyId } from "@/components/copy-id";
import { useFollow } from "@/components/follow";
import { KeyValue } from "@/components/key-value";
import { Page } from "@/components/page";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { Ttl } from "@/components/ttl";
import type { Read } from "@/lib/console/operator";
import type {
  AwsMount,
  LeaseConfig,
  LeaseCount,
  MountTtls,
  RootConfig,
} from "@/lib/console/secrets-mounts";
import { secretsHref } from "@/lib/console/secrets-roles";
import type { SessionEnding } from "@/lib/console/session-denials";
import { leasesText } from "@/lib/console/secrets-words";

/** What is known of a mount; null: the operator's policies do not tell it. */
export type MountFacts = {
  mount: AwsMount;
  ttls: MountTtls;
  root: Read<RootConfig | null>;
  lease: Read<LeaseConfig | null>;
  roles: number | null;
  live: LeaseCount | null;
  ending: Read<SessionEnding>;
};

type Open = "tune" | "disable" | null;

/** One AWS secrets engine: its settings, its root credential, its lease defaults. */
export function MountPage({ code, ...facts }: MountFacts & { code: Code }) {
  const { mount, root, lease } = facts;
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <Page
      title={mount.path}
      description={mount.description || "AWS secrets engine"}
      apiPath={`sys/mounts/${mount.path.slice(0, -1)}`}
      above={[{ text: "AWS secrets", href: secretsHref.mounts }]}
      actions={
        <Actions accessor={mount.accessor} code={code} onDisable={() => setOpen("disable")} />
      }
    >
      <SpaceBetween size="l">
        <Settings {...facts} onTune={() => setOpen("tune")} />
        <RootPanel mount={mount} root={root} />
        <LeasePanel mount={mount} lease={lease} ttls={facts.ttls} />
        <SessionEndingPanel mount={mount} ending={facts.ending} />
      </SpaceBetween>
      {open === "tune" && <TuneMount mount={mount} onClose={close} />}
      {open === "disable" && <DisableMount {...facts} onClose={close} />}
    </Page>
  );
}

function Actions({
  accessor,
  code,
  onDisable,
}: {
  accessor: string;
  code: Code;
  onDisable: () => void;
}) {
  const follow = useFollow();
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ShowAsCode code={code} />
      <Button onClick={onDisable}>Disable</Button>
      <Button variant="primary" href={secretsHref.roles(accessor)} onFollow={follow}>
        Roles
      </Button>
    </SpaceBetween>
  );
}

function Settings({ mount, ttls, roles, live, onTune }: MountFacts & { onTune: () => void }) {
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={onTune}>Change settings</Button>}>
          Settings
        </Header>
      }
    >
      <KeyValue
        facts={[
          { label: "Accessor", value: <CopyId value={mount.accessor} what="accessor" /> },
          {
            label: "Roles",
            value:
              roles === null ? (
                "not told"
              ) : (
                <Follow href={secretsHref.roles(mount.accessor)}>{roles}</Follow>
              ),
          },
          { label: "Live leases", value: live === null ? "not told" : leasesText(live) },
          {
            label: "Default TTL",
            value: <HeldTtl seconds={ttls.defaultSeconds} isTuned={ttls.isDefaultTuned} />,
          },
          {
            label: "Maximum TTL",
            value: <HeldTtl seconds={ttls.maxSeconds} isTuned={ttls.isMaxTuned} />,
          },
        ]}
      />
    </Container>
  );
}

function HeldTtl({ seconds, isTuned }: { seconds: number | null; isTuned: boolean }) {
  if (seconds === null) return "as the system has it";
  return <Ttl seconds={seconds} limit={isTuned ? "of this mount" : "of the system"} />;
}
