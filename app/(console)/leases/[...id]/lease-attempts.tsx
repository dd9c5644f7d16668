"use client";

import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { Ago } from "@/components/ago";
import type { LeaseDetail, TimelineEntry } from "@/lib/console/leases";

/** Each attempt to end the lease that failed, with what AWS said, and when the next is due. */
export function LeaseAttempts({ lease }: { lease: LeaseDetail }) {
  const attempts = lease.timeline.filter(({ event }) => event === "lease.revoke_failed");
  if (attempts.length === 0) return null;
  return (
    <Table<TimelineEntry>
      variant="container"
      items={attempts}
      wrapLines
      ariaLabels={{ tableLabel: "Failed attempts to revoke" }}
      header={
        <Header variant="h2" counter={`(${attempts.length})`} description={nextText(lease)}>
          Failed attempts to revoke
        </Header>
      }
      columnDefinitions={[
        { id: "at", header: "At", isRowHeader: true, cell: ({ at }) => <Ago at={at} /> },
        { id: "cause", header: "Cause", cell: ({ detail }) => textOf(detail?.["error"]) },
        {
          id: "by",
          header: "By",
          cell: ({ detail }) => {
            const attempt = detail?.["attempt"];
            return typeof attempt === "number"
              ? `the server, attempt ${attempt}`
              : "somebody’s request";
          },
        },
      ]}
    />
  );
}

function nextText(lease: LeaseDetail) {
  if (lease.state === "ended") return "It ended later.";
  if (lease.next_attempt_at === null) {
    return "The server tries when the lease is over, or somebody revokes it again.";
  }
  return (
    <>
      Next try by the server <Ago at={lease.next_attempt_at} />
    </>
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "not told";
}
