"use client";

import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

type Row = { at: string; values: readonly number[] };

/** The numbers of a chart as a table, newest first; what has no number is left out. */
export function ChartTable({
  label,
  columns,
  rows,
}: {
  /** "Live leases by type over time" */
  label: string;
  columns: readonly string[];
  rows: readonly Row[];
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <ExpandableSection
      variant="footer"
      headerText="As a table"
      headerAriaLabel={`${label}, as a table`}
      expanded={isOpen}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {isOpen && (
        <Table
          variant="embedded"
          contentDensity="compact"
          ariaLabels={{ tableLabel: label }}
          items={[...rows].reverse()}
          trackBy="at"
          columnDefinitions={[
            { id: "at", header: "From", cell: ({ at }: Row) => at, isRowHeader: true },
            ...columns.map((column, index) => ({
              id: column,
              header: column,
              cell: ({ values }: Row) => (values[index] ?? 0).toLocaleString("en"),
            })),
          ]}
          empty="Nothing yet"
        />
      )}
    </ExpandableSection>
  );
}
