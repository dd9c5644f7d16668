"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useRouter } from "next/navigation";
import { useState, type ReactNode } from "react";
import { EnableMount } from "@/app/(console)/auth/enable-mount";
import { ServerIdState } from "@/app/(console)/auth/server-id-state";
import { EmptyState } from "@/components/empty-state";
import { useFollow } from "@/components/follow";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { Ttl } from "@/components/ttl";
import type { AuthMount } from "@/lib/console/auth-mounts";
import type { Read } from "@/lib/console/operator";

type Row = {
  mount: AuthMount;
  /** Null: not told to this operator. */
  serverId: string | null;
  roles: number | null;
};

/** Where workloads log in with their AWS identity. */
export function MountList({ rows, code }: { rows: Read<Row[]>; code: Code }) {
  const router = useRouter();
  const [isEnabling, setEnabling] = useState(false);
  const enable = (
    <Button variant="primary" onClick={() => setEnabling(true)}>
      Enable AWS auth
    </Button>
  );
  return (
    <Page
      title="AWS auth mounts"
      apiPath="sys/auth"
      description="Where workloads log in with their AWS identity."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          {enable}
        </SpaceBetween>
      }
    >
      {rows.ok ? (
        <MountTable rows={rows.data} action={enable} />
      ) : (
        <RefusalState
          what="The auth mounts are not shown."
          refusal={rows.refusal}
          onRetry={() => router.refresh()}
        />
      )}
      {isEnabling && <EnableMount onClose={() => setEnabling(false)} />}
    </Page>
  );
}

function MountTable({ rows, action }: { rows: readonly Row[]; action: ReactNode }) {
  const follow = useFollow();
  return (
    <Table
      variant="container"
      wrapLines
      items={rows}
      trackBy={({ mount }) => mount.accessor}
      header={
        <Header variant="h2" counter={`(${rows.length})`}>
          Mounts
        </Header>
      }
      columnDefinitions={columns(follow)}
      empty={
        <EmptyState title="No AWS auth mount yet" action={action} snippet="vault auth enable aws">
          Enable one, and machines with an AWS identity can log in without any other secret.
        </EmptyState>
      }
    />
  );
}

function columns(follow: ReturnType<typeof useFollow>): TableProps<Row>["columnDefinitions"] {
  return [
    {
      id: "path",
      header: "Path",
      isRowHeader: true,
      cell: ({ mount }) => (
        <Link href={`/auth/${mount.accessor}`} onFollow={follow}>
          auth/{mount.path}
        </Link>
      ),
    },
    { id: "description", header: "Description", cell: ({ mount }) => mount.description || "–" },
    {
      id: "roles",
      header: "Roles",
      cell: ({ mount, roles }) => (
        <Link href={`/auth/${mount.accessor}/roles`} onFollow={follow}>
          {roles === null ? "open" : roles.toLocaleString("en")}
        </Link>
      ),
    },
    {
      id: "server-id",
      header: "Server-ID",
      minWidth: 170,
      cell: ({ serverId }) => <ServerIdState serverId={serverId} />,
    },
    {
      id: "ttl",
      header: "Token TTL",
      cell: ({ mount }) => <Ttl seconds={mount.tunedDefaultSeconds} zero="as the system" />,
    },
    {
      id: "max-ttl",
      header: "Max TTL",
      cell: ({ mount }) => <Ttl seconds={mount.tunedMaxSeconds} zero="as the system" />,
    },
  ];
}
