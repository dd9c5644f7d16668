"use client";

import Box from "@cloudscape-design/components/box";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { Tile } from "@/app/(console)/overview/tile";
import { usePart } from "@/app/(console)/overview/use-part";
import { Ago } from "@/components/ago";
import { Follow } from "@/components/follow-link";
import type { RefusedLogins } from "@/lib/console/overview";
import { auditEntryHref, OVERVIEW_LINKS } from "@/lib/console/overview-links";

const CAUSE_MAX = 220;

type Cause = RefusedLogins["causes"][number];

/** Who could not log in, and why, most frequent first. */
export function RefusedTile() {
  const read = usePart("refused");
  return (
    <Tile
      title="Refused logins, last 24 h"
      {...(read?.ok === true && { counter: `(${read.data.total}${read.data.isMore ? "+" : ""})` })}
      link={{ text: "Open in audit", href: OVERVIEW_LINKS.refusedLogins }}
      what="Refused logins are not shown."
      read={read}
    >
      {(data) =>
        data.causes.length === 0 ? (
          <StatusIndicator type="success">No login was refused</StatusIndicator>
        ) : (
          <>
            <Table
              variant="embedded"
              contentDensity="compact"
              wrapLines
              ariaLabels={{ tableLabel: "Refused logins by cause" }}
              items={data.causes}
              columnDefinitions={COLUMNS}
            />
            {data.isMore && (
              <Box variant="small">
                Of the newest 500 refusals; there are more in the audit log.
              </Box>
            )}
          </>
        )
      }
    </Tile>
  );
}

const COLUMNS = [
  {
    id: "count",
    header: "Times",
    width: 90,
    cell: ({ count }: Cause) => count.toLocaleString("en"),
  },
  {
    id: "cause",
    header: "Cause",
    isRowHeader: true,
    minWidth: 220,
    cell: ({ cause }: Cause) =>
      cause.length > CAUSE_MAX ? `${cause.slice(0, CAUSE_MAX)}…` : cause,
  },
  { id: "role", header: "Role or name", minWidth: 120, cell: ({ role }: Cause) => role || "–" },
  { id: "source", header: "From", minWidth: 110, cell: ({ source }: Cause) => source || "–" },
  {
    id: "last",
    header: "Last",
    minWidth: 110,
    cell: ({ lastAt, lastRequestId }: Cause) => (
      <>
        <Ago at={lastAt} />
        {lastRequestId !== "" && (
          <div>
            <Follow href={auditEntryHref(lastRequestId)}>Open entry</Follow>
          </div>
        )}
      </>
    ),
  },
];
