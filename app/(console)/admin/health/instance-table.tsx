"use client";

import Badge from "@cloudscape-design/components/badge";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { Ago } from "@/components/ago";
import { CopyId } from "@/components/copy-id";
import { type Health, isSilent } from "@/lib/console/admin-health";

/** The processes that share the database; one that is silent for a minute is no longer listed. */
export function InstanceTable({
  instances,
  asOf,
}: {
  instances: Health["instances"];
  asOf: string;
}) {
  return (
    <Table
      variant="container"
      wrapLines
      items={instances}
      trackBy="id"
      header={
        <Header
          variant="h2"
          counter={`(${instances.length})`}
          description="Processes that share the database. One that gives no sign of life for a minute is not listed any more."
        >
          Instances
        </Header>
      }
      columnDefinitions={[
        {
          id: "id",
          header: "Instance",
          isRowHeader: true,
          cell: ({ id, hostname, is_self: isSelf }) => (
            <>
              <CopyId value={id} what="instance id" shown={hostname ?? id} />{" "}
              {isSelf && <Badge color="blue">answers you</Badge>}
            </>
          ),
        },
        {
          id: "state",
          header: "State",
          cell: ({ seen_at: at }) =>
            isSilent(at, asOf) ? (
              <StatusIndicator type="warning">Silent</StatusIndicator>
            ) : (
              <StatusIndicator type="success">Alive</StatusIndicator>
            ),
        },
        { id: "seen", header: "Last sign of life", cell: ({ seen_at: at }) => <Ago at={at} /> },
        {
          id: "started",
          header: "Started",
          cell: ({ started_at: at }) => <Ago at={at} never="known to itself" />,
        },
        {
          id: "clock",
          header: "Clock offset",
          cell: ({ clock_offset_ms: ms }) =>
            ms === null ? "not measured" : `${Math.round(ms)} ms`,
        },
      ]}
    />
  );
}
