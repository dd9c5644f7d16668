"use client";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { DisableMount } from "@/app/(console)/admin/mounts/[accessor]/disable-mount";
import { MoveMount } from "@/app/(console)/admin/mounts/[accessor]/move-mount";
import { TuneForm } from "@/app/(console)/admin/mounts/[accessor]/tune-form";
import { CopyId } from "@/components/copy-id";
import { Follow } from "@/components/follow-link";
import { KeyValue } from "@/components/key-value";
import { Page } from "@/components/page";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { Ttl } from "@/components/ttl";
import { type Affected, type AnyMount, mountApiPath, workPage } from "@/lib/console/admin-mounts";

export type MountFacts = {
  mount: AnyMount;
  /** Null: not told to this operator. */
  ttls: { defaultSeconds: number; maxSeconds: number } | null;
  affected: Affected;
  /** True where the operator who looks came in through this mount. */
  isOwnDoor: boolean;
};

const FIXED = "This mount is part of the program: it can be tuned, not moved or disabled.";

/** One mount of any type: what it is, its settings, and how it is moved and disabled. */
export function MountPage({ code, ...facts }: MountFacts & { code: Code }) {
  const { mount } = facts;
  const [open, setOpen] = useState<"move" | "disable" | null>(null);
  const close = () => setOpen(null);
  return (
    <Page
      title={mount.fullPath}
      apiPath={mountApiPath(mount)}
      description={mount.description}
      above={[{ text: "Mounts", href: "/admin/mounts" }]}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          <Button disabled={mount.isFixed} disabledReason={FIXED} onClick={() => setOpen("move")}>
            Move
          </Button>
          <Button
            disabled={mount.isFixed}
            disabledReason={FIXED}
            onClick={() => setOpen("disable")}
          >
            Disable
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        <Facts {...facts} />
        <TuneForm key={JSON.stringify(mount)} mount={mount} />
      </SpaceBetween>
      {open === "move" && <MoveMount {...facts} onClose={close} />}
      {open === "disable" && <DisableMount {...facts} onClose={close} />}
    </Page>
  );
}

function Facts({ mount, ttls, affected }: MountFacts) {
  const page = workPage(mount);
  const counted = mount.class === "auth" ? affected.tokens : affected.leases;
  const roleWord = mount.type === "userpass" ? "Users" : "Roles";
  return (
    <Container header={<Header variant="h2">What it is</Header>}>
      <KeyValue
        facts={[
          {
            label: "Type",
            value: `${mount.type}, ${mount.class === "auth" ? "auth method" : "secrets engine"}`,
          },
          { label: "Work with it", value: page && <Follow href={page.href}>{page.text}</Follow> },
          ...(mount.isFixed
            ? []
            : [
                {
                  label: mount.class === "auth" ? "Live tokens" : "Live leases",
                  value: counted === null ? "not shown to you" : counted,
                },
              ]),
          ...(affected.roles === undefined
            ? []
            : [{ label: roleWord, value: affected.roles ?? "not shown to you" }]),
          {
            label: "TTL that holds",
            value: ttls === null ? "not shown to you" : <Ttl seconds={ttls.defaultSeconds} />,
          },
          {
            label: "Maximum that holds",
            value: ttls === null ? "not shown to you" : <Ttl seconds={ttls.maxSeconds} />,
          },
          { label: "Local", value: mount.local ? "yes" : "no" },
          { label: "Seal wrap", value: mount.seal_wrap ? "yes" : "no" },
          { label: "External entropy", value: mount.external_entropy_access ? "yes" : "no" },
          { label: "Accessor", value: <CopyId value={mount.accessor} what="accessor" /> },
          { label: "Id", value: <CopyId value={mount.uuid} what="id" /> },
        ]}
      />
    </Container>
  );
}
