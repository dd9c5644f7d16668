"use client";

import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Table from "@cloudscape-design/components/table";
import { EmptyState } from "@/components/empty-state";
import { useFollow } from "@/components/follow";
import { RefusalState } from "@/components/refusal-state";
import type { Read } from "@/lib/console/operator";
import type { PolicyUsage } from "@/lib/console/policies";

type Holder = PolicyUsage["used_by"][number];

/** Which roles and operators hand the policy out. */
export function PolicyUsers({ usage }: { usage: Read<PolicyUsage[]> }) {
  if (!usage.ok) {
    return <RefusalState what="Who uses this policy is not shown." refusal={usage.refusal} />;
  }
  const used = usage.data[0];
  const holders = used?.used_by ?? [];
  return (
    <Table
      variant="container"
      items={holders}
      trackBy="path"
      header={
        <Header
          variant="h2"
          counter={`(${used?.count ?? 0})`}
          description="Roles and operators whose logins get it. Tokens that were made by hand are not counted."
        >
          Handed out by
        </Header>
      }
      columnDefinitions={[
        {
          id: "name",
          header: "Name",
          isRowHeader: true,
          cell: (holder) => <HolderName holder={holder} />,
        },
        { id: "kind", header: "Kind", cell: ({ kind }) => kind },
        { id: "path", header: "API path", cell: ({ path }) => <code>{path}</code> },
      ]}
      empty={
        <EmptyState title="Nobody hands it out">
          Name it in an auth role, and its logins get what it grants.
        </EmptyState>
      }
      footer={footerOf(used?.hidden ?? 0, (used?.count ?? 0) - holders.length)}
    />
  );
}

function footerOf(hidden: number, left: number): string {
  const cut = left - hidden;
  return [
    hidden > 0 ? `${hidden} more that your policies do not let you read.` : "",
    cut > 0 ? `${cut} more that are not listed.` : "",
  ]
    .join(" ")
    .trim();
}

function HolderName({ holder }: { holder: Holder }) {
  const follow = useFollow();
  if (holder.kind !== "auth role") return <>{holder.name}</>;
  const name = encodeURIComponent(holder.name === "new" ? "NEW" : holder.name);
  return (
    <Link href={`/auth/${holder.mount_accessor}/roles/${name}`} onFollow={follow}>
      {holder.name}
    </Link>
  );
}
