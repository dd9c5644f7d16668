"use client";

import Header from "@cloudscape-design/components/header";
import StatusIndicator, {
  type StatusIndicatorProps,
} from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { Ago } from "@/components/ago";
import type { Figure, Verdict } from "@/lib/console/admin-health";

const STATES: Readonly<Record<Verdict, [StatusIndicatorProps.Type, string]>> = {
  ok: ["success", "Normal"],
  warning: ["warning", "Look at it"],
  error: ["error", "Not well"],
  unknown: ["pending", "Not known"],
};

const COLUMNS: TableProps.ColumnDefinition<Figure>[] = [
  { id: "label", header: "Figure", isRowHeader: true, minWidth: 150, cell: ({ label }) => label },
  {
    id: "verdict",
    header: "State",
    minWidth: 120,
    cell: ({ verdict }) => {
      const [type, text] = STATES[verdict];
      return <StatusIndicator type={type}>{text}</StatusIndicator>;
    },
  },
  { id: "value", header: "Now", cell: ({ value }) => value },
  { id: "normal", header: "Normal", cell: ({ normal }) => normal },
  { id: "age", header: "Of when", cell: ({ age }) => age },
  { id: "action", header: "When it is not", minWidth: 280, cell: ({ action }) => action },
];

export function FigureTable({ figures, asOf }: { figures: readonly Figure[]; asOf: string }) {
  return (
    <Table
      variant="container"
      wrapLines
      items={figures}
      trackBy="id"
      columnDefinitions={COLUMNS}
      header={
        <Header
          variant="h2"
          description={
            <>
              As of <Ago at={asOf} />
            </>
          }
        >
          Figures
        </Header>
      }
    />
  );
}
