"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { Doing } from "@/app/(console)/admin/audit-devices/devices-page";
import { Ago } from "@/components/ago";
import type { AuditDevice, DeviceState, DeviceStates } from "@/lib/console/admin-devices";

/** Null: the built-in log. */
type Row = { path: string; device: AuditDevice | null };

/** The built-in log, and the devices beside it with how they do. */
export function DeviceTable({
  devices,
  states,
  onDo,
}: {
  devices: readonly AuditDevice[];
  /** Null: not told to this operator. */
  states: DeviceStates | null;
  onDo: (doing: Doing) => void;
}) {
  const rows: Row[] = [
    { path: "built-in", device: null },
    ...devices.map((device) => ({ path: device.path, device })),
  ];
  return (
    <Table
      variant="container"
      wrapLines
      items={rows}
      trackBy="path"
      header={
        <Header
          variant="h2"
          counter={`(${rows.length})`}
          description={
            states && (
              <>
                As this instance saw them, <Ago at={states.asOf} />. Others may do better or worse.
              </>
            )
          }
        >
          Devices
        </Header>
      }
      columnDefinitions={columns(states, onDo)}
    />
  );
}

function columns(
  states: DeviceStates | null,
  onDo: (doing: Doing) => void,
): TableProps<Row>["columnDefinitions"] {
  const stateOf = ({ path }: Row) => states?.byPath[path] ?? null;
  return [
    {
      id: "path",
      header: "Device",
      isRowHeader: true,
      minWidth: 140,
      cell: ({ path, device }) => (
        <>
          {path}
          <div className="dim">
            {device === null ? "Postgres, hash-chained" : device.description}
          </div>
        </>
      ),
    },
    { id: "type", header: "Type", cell: ({ device }) => device?.type ?? "built in" },
    { id: "where", header: "Options", cell: ({ device }) => <Options of={device} /> },
    {
      id: "state",
      header: "State",
      minWidth: 170,
      cell: (row) => (
        <State isBuiltIn={row.device === null} isTold={states !== null} of={stateOf(row)} />
      ),
    },
    {
      id: "written",
      header: "Last written",
      cell: (row) =>
        row.device === null ? (
          "with every request"
        ) : states === null ? (
          "not shown to you"
        ) : (
          <Ago at={stateOf(row)?.last_written_at ?? null} never="not since the start" />
        ),
    },
    {
      id: "lost",
      header: "Lines waiting, lost",
      cell: (row) =>
        row.device === null
          ? "none: it is one commit with what is done"
          : states === null
            ? "not shown to you"
            : linesText(stateOf(row)),
    },
    {
      id: "do",
      header: "Change",
      minWidth: 150,
      cell: ({ device }) => <Changes device={device} onDo={onDo} />,
    },
  ];
}

function linesText(state: DeviceState | null): string {
  const { waiting, lost } = state ?? { waiting: 0, lost: 0 };
  return `${waiting.toLocaleString("en")} waiting, ${lost.toLocaleString("en")} lost`;
}

function Options({ of }: { of: AuditDevice | null }) {
  const options = Object.entries(of?.options ?? {});
  if (options.length === 0) return "–";
  return options.map(([name, value]) => (
    <div key={name}>
      <code>
        {name}={value}
      </code>
    </div>
  ));
}

function State({
  isBuiltIn,
  isTold,
  of,
}: {
  isBuiltIn: boolean;
  isTold: boolean;
  of: DeviceState | null;
}) {
  if (isBuiltIn) return <StatusIndicator type="success">Always on</StatusIndicator>;
  if (!isTold) return "not shown to you";
  if (of === null || (of.failing_since === null && of.last_written_at === null)) {
    return <StatusIndicator type="pending">Nothing written yet</StatusIndicator>;
  }
  if (of.failing_since === null) return <StatusIndicator type="success">Writes</StatusIndicator>;
  return (
    <>
      <StatusIndicator type="error">
        Fails since <Ago at={of.failing_since} />
      </StatusIndicator>
      <div>{of.last_error}</div>
    </>
  );
}

function Changes({ device, onDo }: { device: AuditDevice | null; onDo: (doing: Doing) => void }) {
  if (device === null) {
    return <Box color="text-body-secondary">Cannot be disabled, by anybody</Box>;
  }
  return (
    <SpaceBetween size="xxs">
      <Button
        variant="inline-link"
        ariaLabel={`Test ${device.path}`}
        onClick={() => onDo({ what: "test", device })}
      >
        Test
      </Button>
      <Button
        variant="inline-link"
        ariaLabel={`Disable ${device.path}`}
        onClick={() => onDo({ what: "disable", device })}
      >
        Disable
      </Button>
    </SpaceBetween>
  );
}
