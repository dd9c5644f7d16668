"use client";

import Header from "@cloudscape-design/components/header";
import StatusIndicator, {
  type StatusIndicatorProps,
} from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { Ago } from "@/components/ago";
import { EmptyState } from "@/components/empty-state";
import { Follow } from "@/components/follow-link";
import { RefusalState } from "@/components/refusal-state";
import type { Read } from "@/lib/console/operator";
import type { Act, Acts } from "@/lib/console/tokens";

const SHAPES: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  success: "success",
  denied: "error",
  refused: "warning",
  failed: "error",
};

/** What the token was used for last, as the audit log has it. */
export function TokenActs({ acts }: { acts: Read<Acts> }) {
  if (!acts.ok) {
    return <RefusalState what="What it was used for is not shown." refusal={acts.refusal} />;
  }
  const { entries, next_cursor: next } = acts.data;
  return (
    <Table
      variant="container"
      items={entries}
      ariaLabels={{ tableLabel: "Timeline of this token" }}
      header={
        <Header
          variant="h2"
          counter={`(${entries.length}${next === null ? "" : "+"})`}
          description="Requests that were made with it, newest first, as far as the log is kept and you may see their paths."
        >
          Timeline
        </Header>
      }
      columnDefinitions={[
        { id: "at", header: "When", cell: ({ at }) => <Ago at={at} /> },
        { id: "outcome", header: "Outcome", cell: (act) => <Outcome act={act} /> },
        {
          id: "what",
          header: "Request",
          isRowHeader: true,
          cell: ({ operation, path }) => <code>{`${operation} ${path}`}</code>,
        },
        { id: "from", header: "From", cell: (act) => act.remote_address ?? "–" },
        { id: "error", header: "Error", cell: ({ error }) => error ?? "–" },
        {
          id: "request",
          header: "Request id",
          cell: ({ request_id: id }) =>
            id === null || id === "" ? "–" : <Follow href={`/audit?event=${id}`}>{id}</Follow>,
        },
      ]}
      empty={<EmptyState title="Nothing in the log" />}
    />
  );
}

function Outcome({ act }: { act: Act }) {
  return (
    <StatusIndicator type={SHAPES[act.outcome] ?? "info"}>
      {act.outcome}
      {act.status === null ? "" : ` (${act.status})`}
    </StatusIndicator>
  );
}
