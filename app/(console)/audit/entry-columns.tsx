"use client";

import Link from "@cloudscape-design/components/link";
import type { TableProps } from "@cloudscape-design/components/table";
import { Outcome } from "@/app/(console)/audit/outcome";
import { Ago } from "@/components/ago";
import type { AuditEntry } from "@/lib/console/audit";
import { type AuditAddress, auditHref } from "@/lib/console/audit-address";
import { inertText } from "@/lib/console/inert-text";

type Columns = TableProps<AuditEntry>["columnDefinitions"];
type Open = (id: string) => void;

/** All that a row tells, where there is room. */
export function entryColumns(address: AuditAddress, open: Open): Columns {
  return [
    {
      id: "at",
      minWidth: 100,
      header: "Time",
      sortingField: "at",
      cell: ({ at }) => <Ago at={at} />,
    },
    { id: "outcome", minWidth: 130, header: "Outcome", cell: (entry) => <Outcome {...entry} /> },
    {
      id: "caller",
      minWidth: 150,
      header: "Principal or operator",
      cell: (entry) => callerOf(entry),
    },
    {
      id: "operation",
      minWidth: 100,
      header: "Operation",
      cell: ({ operation }) => inertText(operation),
    },
    {
      id: "path",
      minWidth: 240,
      header: "Path",
      isRowHeader: true,
      cell: (entry) => <EntryLink entry={entry} address={address} open={open} />,
    },
    { id: "role", minWidth: 110, header: "Role", cell: ({ role }) => shown(role) },
    {
      id: "address",
      minWidth: 110,
      header: "Source address",
      cell: (entry) => shown(entry.remote_address),
    },
    {
      id: "latency",
      minWidth: 90,
      header: "Latency",
      cell: ({ elapsed_ms: ms }) => (ms === null ? "–" : `${ms} ms`),
    },
    { id: "error", minWidth: 170, header: "Error", cell: ({ error }) => errorText(error) },
    { id: "seq", minWidth: 95, header: "Sequence", cell: ({ seq }) => seq },
  ];
}

/** The same in one column, for a phone. */
export function narrowColumns(address: AuditAddress, open: Open): Columns {
  return [
    {
      id: "entry",
      header: "Entry",
      sortingField: "at",
      isRowHeader: true,
      cell: (entry) => (
        <div className="audit-entry">
          <div>
            <Ago at={entry.at} /> · <Outcome {...entry} />
          </div>
          <div>
            {inertText(entry.operation)} <EntryLink entry={entry} address={address} open={open} />
          </div>
          <div>
            {callerOf(entry)} · {shown(entry.remote_address)} · {entry.seq}
          </div>
          {entry.error !== null && <div>{errorText(entry.error)}</div>}
        </div>
      ),
    },
  ];
}

function EntryLink({
  entry,
  address,
  open,
}: {
  entry: AuditEntry;
  address: AuditAddress;
  open: Open;
}) {
  return (
    <Link
      href={auditHref({ ...address, event: entry.id })}
      onFollow={(event) => {
        event.preventDefault();
        open(entry.id);
      }}
    >
      <bdi className="audit-text">{inertText(entry.path)}</bdi>
    </Link>
  );
}

/** Who asked; what the server does by itself nobody asked for. */
export function callerOf(entry: Pick<AuditEntry, "display_name" | "principal" | "kind">): string {
  if (entry.kind === "event") return "the server";
  return inertText(entry.principal ?? entry.display_name ?? "nobody known");
}

function shown(text: string | null): string {
  return text === null ? "–" : inertText(text);
}

/** Vault's list form, `1 error occurred:\n\t* …`, on one line. */
export function errorText(error: string | null): string {
  if (error === null) return "–";
  return inertText(
    error
      .replace(/^\d+ errors? occurred:\s*/, "")
      .replaceAll(/\s*\* /g, " ")
      .trim(),
  );
}
