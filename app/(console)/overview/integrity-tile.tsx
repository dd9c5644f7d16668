"use client";

import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useChartTimes } from "@/app/(console)/overview/chart-words";
import { Tile } from "@/app/(console)/overview/tile";
import { usePart } from "@/app/(console)/overview/use-part";
import { Ago } from "@/components/ago";
import { OVERVIEW_LINKS } from "@/lib/console/overview-links";

/** Up to when the chain of the audit log was recomputed, and found whole. */
export function IntegrityTile() {
  const { row, tick } = useChartTimes();
  return (
    <Tile
      title="Audit integrity"
      link={{ text: "Open integrity", href: OVERVIEW_LINKS.integrity }}
      what="Audit integrity is not shown."
      read={usePart("integrity")}
    >
      {({ intact, from, to, rows, defects, verified_at: at }) => (
        <SpaceBetween size="xs">
          {intact ? (
            <StatusIndicator type="success">Verified to {tick(new Date(to))}</StatusIndicator>
          ) : (
            <StatusIndicator type="error">
              {defects.length} {defects.length === 1 ? "defect" : "defects"} found
            </StatusIndicator>
          )}
          <Box variant="small">
            {rows.toLocaleString("en")} entries since {row(new Date(from))}, recomputed{" "}
            <Ago at={at} />
          </Box>
          {defects.slice(0, 3).map(({ what }, index) => (
            <Box key={index} variant="small">
              {what}
            </Box>
          ))}
        </SpaceBetween>
      )}
    </Tile>
  );
}
