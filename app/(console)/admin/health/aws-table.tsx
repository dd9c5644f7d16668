"use client";

import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { EmptyState } from "@/components/empty-state";
import type { Health } from "@/lib/console/admin-health";

function ms(value: number | undefined): string {
  return value === undefined ? "–" : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** Calls to AWS of the instance that answers, by service. */
export function AwsTable({ services }: { services: Health["aws"] }) {
  return (
    <Table
      variant="container"
      wrapLines
      items={services}
      trackBy="service"
      header={
        <Header
          variant="h2"
          description="Of the instance that answers. Counts since it started, times of the last 60 s."
        >
          Calls to AWS
        </Header>
      }
      columnDefinitions={[
        {
          id: "service",
          header: "Service",
          isRowHeader: true,
          cell: ({ service }) => service.toUpperCase(),
        },
        { id: "calls", header: "Calls", cell: ({ calls }) => calls.toLocaleString("en") },
        { id: "p50", header: "Median", cell: ({ recent_ms: recent }) => ms(recent?.p50) },
        { id: "p90", header: "p90", cell: ({ recent_ms: recent }) => ms(recent?.p90) },
        { id: "max", header: "Slowest", cell: ({ recent_ms: recent }) => ms(recent?.max) },
        { id: "throttled", header: "Throttled", cell: ({ throttled }) => throttled },
        { id: "errors", header: "Errors by status", cell: ({ errors }) => errorsText(errors) },
      ]}
      empty={<EmptyState title="No call to AWS since this instance started" />}
    />
  );
}

function errorsText(errors: Readonly<Record<string, number>>): string {
  const texts = Object.entries(errors).map(
    ([status, count]) =>
      `${status === "none" ? "no answer" : status}: ${count.toLocaleString("en")}`,
  );
  return texts.join(", ") || "none";
}
