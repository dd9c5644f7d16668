"use client";

import type { TableProps } from "@cloudscape-design/components/table";
import { entryColumns, narrowColumns } from "@/app/(console)/audit/entry-columns";
import { TailGap } from "@/app/(console)/audit/live/tail-gap";
import { Ago } from "@/components/ago";
import type { AuditEntry } from "@/lib/console/audit";
import type { AuditAddress } from "@/lib/console/audit-address";
import type { GapRow, TailRow } from "@/lib/console/tail-state";

type Columns = TableProps<TailRow>["columnDefinitions"];
type Definition = TableProps.ColumnDefinition<AuditEntry>;

export type TailShown = {
  address: AuditAddress;
  isNarrow: boolean;
  open: (id: string) => void;
  load: (gap: GapRow) => void;
};

/** The columns of the list, in which a gap stands like an entry. */
export function tailColumns({ address, isNarrow, open, load }: TailShown): Columns {
  const columns = isNarrow ? narrowColumns(address, open) : entryColumns(address, open);
  return columns.map((column: Definition) => ({
    id: column.id ?? "",
    header: column.header,
    isRowHeader: column.isRowHeader === true,
    ...(column.width !== undefined && { width: column.width }),
    ...(column.minWidth !== undefined && { minWidth: column.minWidth }),
    cell: (row) => {
      if (row.kind === "entry") return column.cell(row.entry);
      if (column.isRowHeader === true) return <TailGap gap={row} load={load} />;
      return column.id === "at" ? <Ago at={row.to} /> : "";
    },
  }));
}
