"use client";

import Header from "@cloudscape-design/components/header";
import StatusIndicator, {
  type StatusIndicatorProps,
} from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { Ago } from "@/components/ago";
import { EmptyState } from "@/components/empty-state";
import { Follow } from "@/components/follow-link";
import { jobHref } from "@/lib/console/jobs";
import type { LeaseDetail, TimelineEntry } from "@/lib/console/leases";

/** What the log has of the lease, oldest first. */
export function LeaseTimeline({ lease }: { lease: LeaseDetail }) {
  const { timeline, timeline_is_cut: isCut, lease_id: id } = lease;
  return (
    <Table<TimelineEntry>
      variant="container"
      items={timeline}
      wrapLines
      ariaLabels={{ tableLabel: "Timeline" }}
      header={
        <Header
          variant="h2"
          counter={`(${timeline.length}${isCut ? ", newest" : ""})`}
          description={
            <Follow href={`/audit?q=${encodeURIComponent(id)}`}>Show in the audit log</Follow>
          }
        >
          Timeline
        </Header>
      }
      columnDefinitions={COLUMNS}
      empty={<EmptyState title="The log no longer has anything of this lease" />}
    />
  );
}

const COLUMNS = [
  { id: "at", header: "At", isRowHeader: true, cell: ({ at }: TimelineEntry) => <Ago at={at} /> },
  { id: "what", header: "What", cell: (entry: TimelineEntry) => <What entry={entry} /> },
  {
    id: "who",
    header: "Who",
    cell: ({ display_name: name, event }: TimelineEntry) =>
      event === null ? (name ?? "–") : "the server",
  },
  {
    id: "from",
    header: "From",
    cell: ({ remote_address: address }: TimelineEntry) => address ?? "–",
  },
  {
    id: "outcome",
    header: "Outcome",
    cell: (entry: TimelineEntry) => {
      const [type, text] = outcomeOf(entry);
      return <StatusIndicator type={type}>{text}</StatusIndicator>;
    },
  },
];

const EVENTS: Readonly<Record<string, string>> = {
  "lease.claimed": "Revocation began",
  "lease.key_off": "Access key deleted at AWS",
  "lease.revoked": "Revoked",
  "lease.expired": "Expired",
  "lease.revoke_failed": "Revocation failed",
  "lease.forgotten": "Forgotten by force",
  "job.failed": "The job could not end it",
  "job.postponed": "The job waits: somebody else is at it",
  "job.already_ended": "The job found it ended",
};

function What({ entry }: { entry: TimelineEntry }) {
  const { event, operation, path, detail } = entry;
  if (event === null) {
    return (
      <>
        {operation} <code>{path}</code>
      </>
    );
  }
  const job = detail?.["job_id"];
  return (
    <>
      {EVENTS[event] ?? event}
      {typeof job === "string" && (
        <>
          {" by "}
          <Follow href={jobHref(job)}>job {job.slice(0, 8)}</Follow>
        </>
      )}
    </>
  );
}

function outcomeOf({
  event,
  outcome,
  error,
  detail,
}: TimelineEntry): [StatusIndicatorProps.Type, string] {
  const failure = detail?.["error"];
  if (typeof failure === "string") return ["error", failure];
  if (error !== null) return ["error", error];
  if (event !== null) return ["success", "done"];
  if (outcome === "open") return ["pending", "asked"];
  return outcome === "success" ? ["success", "allowed"] : ["error", outcome];
}
