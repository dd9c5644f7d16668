"use client";

import Box from "@cloudscape-design/components/box";
import Table from "@cloudscape-design/components/table";
import { Tile } from "@/app/(console)/overview/tile";
import { usePart } from "@/app/(console)/overview/use-part";
import { Ago } from "@/components/ago";
import { Follow } from "@/components/follow-link";
import type { Changes } from "@/lib/console/overview";
import { auditEntryHref } from "@/lib/console/overview-links";

type Change = Changes["changes"][number];

/** Who changed which part of the configuration last. */
export function ChangesTile() {
  return (
    <Tile
      title="Last configuration changes"
      what="Configuration changes are not shown."
      read={usePart("changes")}
    >
      {({ changes }) => (
        <Table
          variant="embedded"
          contentDensity="compact"
          wrapLines
          ariaLabels={{ tableLabel: "Last configuration changes" }}
          items={changes}
          trackBy="id"
          empty="Nothing was changed yet"
          columnDefinitions={COLUMNS}
        />
      )}
    </Tile>
  );
}

const COLUMNS = [
  { id: "at", header: "When", minWidth: 100, cell: ({ at }: Change) => <Ago at={at} /> },
  { id: "who", header: "Who", minWidth: 110, cell: ({ changed_by: who }: Change) => who || "–" },
  {
    id: "what",
    header: "What",
    isRowHeader: true,
    minWidth: 180,
    cell: ({ change, path, request_id: id, secret_changed: secret }: Change) => (
      <>
        {change} {id === null ? path : <Follow href={auditEntryHref(id)}>{path}</Follow>}
        {secret && change === "updated" && <Box variant="small">with a new secret</Box>}
      </>
    ),
  },
];
