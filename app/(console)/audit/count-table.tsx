"use client";

import Button from "@cloudscape-design/components/button";
import Table from "@cloudscape-design/components/table";
import type { BarOfTime } from "@/app/(console)/audit/bars";
import { OUTCOME_TEXTS } from "@/app/(console)/audit/outcome";
import { Ago } from "@/components/ago";
import type { AuditOutcome } from "@/lib/console/audit";

/** The histogram as a table; bars without entries are left out, as it says. */
export function CountTable({
  bars,
  outcomes,
  onNarrow,
}: {
  bars: readonly BarOfTime[];
  outcomes: readonly AuditOutcome[];
  onNarrow: (bar: BarOfTime) => void;
}) {
  const counted = bars.filter((bar) => outcomes.some((outcome) => bar[outcome] > 0));
  return (
    <Table
      variant="embedded"
      items={counted}
      trackBy="at"
      ariaLabels={{ tableLabel: "Entries by time and outcome; times without entries are left out" }}
      columnDefinitions={[
        {
          id: "at",
          header: "From",
          isRowHeader: true,
          cell: ({ at }) => <Ago at={at} />,
        },
        ...outcomes.map((outcome) => ({
          id: outcome,
          header: OUTCOME_TEXTS[outcome],
          cell: (bar: BarOfTime) => bar[outcome].toLocaleString("en"),
        })),
        {
          id: "narrow",
          header: "Range",
          cell: (bar) => (
            <Button
              variant="inline-link"
              ariaLabel={`Show only the entries from ${bar.at}`}
              onClick={() => onNarrow(bar)}
            >
              Show only these
            </Button>
          ),
        },
      ]}
      empty="No entry in this range"
    />
  );
}
