"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { Ago } from "@/components/ago";
import { EmptyState } from "@/components/empty-state";
import { useFollow } from "@/components/follow";
import { Follow } from "@/components/follow-link";
import { type FoundLease, leasePageHref } from "@/lib/console/found-lease";
import type { TokenDetail } from "@/lib/console/tokens";
import { kindText } from "@/lib/console/tokens-words";

const COLUMNS: TableProps<FoundLease>["columnDefinitions"] = [
  {
    id: "lease",
    header: "Lease",
    isRowHeader: true,
    cell: ({ lease_id: id }) => <Follow href={leasePageHref(id)}>{id}</Follow>,
  },
  { id: "type", header: "Credential", cell: (lease) => kindText(lease.credential_type) },
  {
    id: "key",
    header: "Access key id",
    cell: ({ access_key_id: id }) => (id === null ? "–" : <code>{id}</code>),
  },
  { id: "issued", header: "Issued", cell: (lease) => <Ago at={lease.issued_at} /> },
  { id: "ends", header: "Ends", cell: (lease) => <Ago at={lease.expires_at} /> },
];

/** Live leases that the token holds itself. */
export function OwnLeases({ token }: { token: TokenDetail }) {
  const follow = useFollow();
  const shown = token.own_leases.length;
  const total = `${token.leases}${token.leases_are_more ? "+" : ""}`;
  return (
    <Table
      variant="container"
      items={token.own_leases}
      trackBy="lease_id"
      columnDefinitions={COLUMNS}
      ariaLabels={{ tableLabel: "Live leases of this token" }}
      header={
        <Header
          variant="h2"
          counter={`(${total})`}
          description={
            shown < token.leases
              ? `The newest ${shown} are shown, as far as you may see their mounts.`
              : undefined
          }
          actions={
            token.leases > 0 && (
              <Button
                href={`/leases?${new URLSearchParams({ accessor: token.accessor }).toString()}`}
                onFollow={follow}
              >
                Open in leases
              </Button>
            )
          }
        >
          Live leases
        </Header>
      }
      empty={
        <EmptyState
          title={token.leases === 0 ? "It holds no lease" : "No lease that you may see"}
        />
      }
    />
  );
}
