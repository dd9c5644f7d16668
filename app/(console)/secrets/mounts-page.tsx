"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState, type ReactNode } from "react";
import { EnableMount } from "@/app/(console)/secrets/enable-mount";
import { Follow } from "@/components/follow-link";
import { CopyId } from "@/components/copy-id";
import { EmptyState } from "@/components/empty-state";
import { Page } from "@/components/page";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { Ttl } from "@/components/ttl";
import { useUrlState } from "@/components/url-state";
import type { AwsMount, LeaseCount } from "@/lib/console/secrets-mounts";
import { secretsHref } from "@/lib/console/secrets-roles";

/** Null: the operator's policies do not tell it. */
export type MountRow = {
  mount: AwsMount;
  /** Empty: the host's own credentials. */
  accessKey: string | null;
  roles: number | null;
  live: LeaseCount | null;
};

/** The AWS secrets engines that there are. */
export function MountsPage({ rows, code }: { rows: readonly MountRow[]; code: Code }) {
  const [isEnabling, setEnabling] = useState(false);
  const enable = (
    <Button variant="primary" onClick={() => setEnabling(true)}>
      Enable AWS secrets engine
    </Button>
  );
  return (
    <Page
      title="AWS secrets"
      description="Mounts that hand out AWS credentials, each with a root credential of its own."
      apiPath="sys/mounts"
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          {enable}
        </SpaceBetween>
      }
    >
      <MountTable rows={rows} action={enable} />
      {isEnabling && <EnableMount onClose={() => setEnabling(false)} />}
    </Page>
  );
}

function MountTable({ rows, action }: { rows: readonly MountRow[]; action: ReactNode }) {
  const [q, setQ] = useUrlState("q");
  const matching = rows.filter(({ mount }) =>
    `${mount.path} ${mount.description} ${mount.accessor}`
      .toLowerCase()
      .includes(q.trim().toLowerCase()),
  );
  return (
    <Table
      variant="container"
      items={matching}
      trackBy={({ mount }) => mount.accessor}
      wrapLines
      columnDefinitions={COLUMNS}
      header={
        <Header
          variant="h2"
          counter={q === "" ? `(${rows.length})` : `(${matching.length}/${rows.length})`}
        >
          Mounts
        </Header>
      }
      filter={
        <TextFilter
          filteringText={q}
          filteringPlaceholder="Find by path, description or accessor"
          filteringAriaLabel="Find mounts"
          countText={`${matching.length} ${matching.length === 1 ? "match" : "matches"}`}
          onChange={({ detail }) => setQ(detail.filteringText)}
        />
      }
      empty={
        rows.length === 0 ? (
          <EmptyState
            title="No AWS secrets engine is enabled yet"
            action={action}
            snippet="vault secrets enable aws"
          >
            Enable one, and it hands out short-lived AWS credentials under leases.
          </EmptyState>
        ) : (
          <EmptyState
            title="No mount matches the filter"
            action={<Button onClick={() => setQ("")}>Show all mounts</Button>}
          />
        )
      }
    />
  );
}

const COLUMNS: TableProps.ColumnDefinition<MountRow>[] = [
  {
    id: "path",
    header: "Path",
    isRowHeader: true,
    cell: ({ mount }) => <Follow href={secretsHref.mount(mount.accessor)}>{mount.path}</Follow>,
  },
  { id: "description", header: "Description", cell: ({ mount }) => mount.description || "–" },
  { id: "root", header: "Root credential", cell: ({ accessKey }) => <Root of={accessKey} /> },
  {
    id: "max",
    header: "Maximum TTL",
    cell: ({ mount }) => <Ttl seconds={mount.tunedMaxSeconds} zero="as the system" />,
  },
  {
    id: "roles",
    header: "Roles",
    cell: ({ mount, roles }) =>
      roles === null ? (
        "not told"
      ) : (
        <Follow href={secretsHref.roles(mount.accessor)}>{roles}</Follow>
      ),
  },
  { id: "live", header: "Live leases", cell: ({ live }) => <Count of={live} /> },
];

function Root({ of }: { of: string | null }) {
  if (of === null) return "not told";
  return of === "" ? "the host's own" : <CopyId value={of} what="access key id" />;
}

function Count({ of }: { of: LeaseCount | null }) {
  return of === null ? "not told" : `${of.count.toLocaleString("en")}${of.isMore ? "+" : ""}`;
}
