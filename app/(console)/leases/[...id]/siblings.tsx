"use client";

import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { Ago } from "@/components/ago";
import { EmptyState } from "@/components/empty-state";
import { Follow } from "@/components/follow-link";
import { LeaseState } from "@/components/lease-state";
import { useNow } from "@/components/now";
import { type LeaseDetail, leaseHref } from "@/lib/console/leases";
import { lastFour, shownState, typeText } from "@/lib/console/leases-words";

/** What hangs on the same token: it falls with it. */
export function Siblings({ lease }: { lease: LeaseDetail }) {
  const now = useNow();
  const { siblings, siblings_are_more: areMore } = lease;
  return (
    <Table
      variant="container"
      items={siblings}
      trackBy="lease_id"
      ariaLabels={{ tableLabel: "Siblings" }}
      header={
        <Header
          variant="h2"
          counter={`(${siblings.length}${areMore ? "+" : ""})`}
          description={<About lease={lease} />}
        >
          Siblings
        </Header>
      }
      columnDefinitions={[
        {
          id: "lease",
          header: "Lease",
          isRowHeader: true,
          cell: ({ lease_id: id }) => <Follow href={leaseHref(id)}>{id}</Follow>,
        },
        {
          id: "state",
          header: "State",
          cell: (sibling) => <LeaseState state={shownState(sibling, now)} />,
        },
        { id: "type", header: "Type", cell: (sibling) => typeText(sibling.credential_type) },
        {
          id: "key",
          header: "Key id",
          cell: (sibling) => <code>{lastFour(sibling.access_key_id)}</code>,
        },
        { id: "ends", header: "Ends", cell: (sibling) => <Ago at={sibling.expires_at} /> },
      ]}
      empty={
        <EmptyState
          title={
            lease.state === "ended"
              ? "Siblings of an ended lease are not kept"
              : "No other live lease of this token"
          }
        />
      }
    />
  );
}

function About({ lease: { accessor, siblings } }: { lease: LeaseDetail }) {
  if (accessor === null) return "No token is known to hold this lease.";
  const name = encodeURIComponent(accessor);
  return (
    <>
      Other live leases of token <Follow href={`/tokens/${name}`}>{accessor}</Follow>; all of them
      end with it.
      {siblings.length > 0 && (
        <>
          {" "}
          <Follow href={`/leases?accessor=${name}`}>Show as list</Follow>
        </>
      )}
    </>
  );
}
