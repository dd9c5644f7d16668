"use client";

import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useMemo, useState } from "react";
import { leaseColumns, COLUMN_LABELS } from "@/app/(console)/leases/lease-columns";
import { LeaseFilter } from "@/app/(console)/leases/lease-filter";
import { LeasePagination } from "@/app/(console)/leases/lease-pagination";
import { LeaseSelectionBar } from "@/app/(console)/leases/lease-selection-bar";
import { NoLeases } from "@/app/(console)/leases/no-leases";
import { Ago } from "@/components/ago";
import { useFollow } from "@/components/follow";
import { useNow } from "@/components/now";
import { type TablePreferences, useTablePreferences } from "@/components/table-preferences";
import type { Lease, LeasePage } from "@/lib/console/leases";
import {
  filterQuery,
  type LeaseAddress,
  PAGE_SIZES,
  refiltered,
} from "@/lib/console/leases-filter";
import type { LeaseRights } from "@/lib/console/leases-rights";
import type { LeaseSelection } from "@/lib/console/leases-selection";

const DEFAULTS: TablePreferences = {
  pageSize: 50,
  wrapLines: false,
  columns: Object.keys(COLUMN_LABELS).map((id) => ({ id, visible: true })),
};

export type LeaseTableProps = {
  address: LeaseAddress;
  go: (next: LeaseAddress) => void;
  /** Undefined: not read yet, or refused. */
  page: LeasePage | undefined;
  /** The page before, while this one is read. */
  isOlder: boolean;
  isRefused: boolean;
  mounts: readonly string[];
  rights: LeaseRights;
  onOpen: (leaseId: string) => void;
  onRevoke: (selection: LeaseSelection) => void;
};

export function LeaseTable(props: LeaseTableProps) {
  const { address, go, page, isOlder, isRefused, onOpen } = props;
  const [preferences, setPreferences] = useTablePreferences("leases", DEFAULTS);
  const [selected, setSelected] = useSelected(address);
  const now = useNow();
  const follow = useFollow();
  const columns = useMemo(() => leaseColumns({ now, follow, onOpen }), [now, follow, onOpen]);
  return (
    <Table<Lease>
      variant="container"
      items={page?.leases ?? []}
      trackBy="lease_id"
      loading={page === undefined && !isRefused}
      loadingText="Reading leases"
      columnDefinitions={columns}
      columnDisplay={preferences.columns}
      wrapLines={preferences.wrapLines}
      selectionType="multi"
      selectedItems={selected}
      isItemDisabled={(lease) => lease.state === "ended"}
      onSelectionChange={({ detail }) => setSelected(detail.selectedItems)}
      onRowClick={({ detail }) => onOpen(detail.item.lease_id)}
      ariaLabels={ARIA_LABELS}
      sortingColumn={{ sortingField: address.sort.replace("-", "") }}
      sortingDescending={address.sort.startsWith("-")}
      onSortingChange={({ detail: { sortingColumn, isDescending } }) => {
        const sort = `${isDescending ? "-" : ""}${sortingColumn.sortingField ?? "issued"}`;
        go(refiltered(address, { sort }));
      }}
      header={<TableHeader {...props} selected={selected} onClear={() => setSelected([])} />}
      filter={<LeaseFilter {...props} />}
      pagination={<LeasePagination address={address} go={go} page={page} isOlder={isOlder} />}
      preferences={
        <Preferences
          preferences={preferences}
          onChange={(changed) => {
            setPreferences(changed);
            const size = PAGE_SIZES.find((one) => one === changed.pageSize) ?? 0;
            if (changed.pageSize !== preferences.pageSize) go(refiltered(address, { size }));
          }}
        />
      }
      empty={isRefused ? null : <NoLeases address={address} go={go} />}
    />
  );
}

const ARIA_LABELS = {
  tableLabel: "Leases",
  selectionGroupLabel: "Leases to revoke",
  allItemsSelectionLabel: () => "Select all live leases of this page",
  itemSelectionLabel: (_: unknown, lease: Lease) => `Select lease ${lease.lease_id}`,
};

/** What is selected holds for one filter; its pages and orders may be walked through. */
function useSelected(address: LeaseAddress): [Lease[], (leases: Lease[]) => void] {
  const filter = JSON.stringify([address.state, filterQuery(address)]);
  const [kept, setKept] = useState<{ filter: string; leases: Lease[] }>({ filter, leases: [] });
  const set = (leases: Lease[]): void => setKept({ filter, leases });
  return [kept.filter === filter ? kept.leases : [], set];
}

function TableHeader(props: LeaseTableProps & { selected: readonly Lease[]; onClear: () => void }) {
  const { page, isOlder } = props;
  return (
    <Header
      variant="h2"
      description={
        isOlder ? (
          <StatusIndicator type="loading">Reading; the list before is still shown</StatusIndicator>
        ) : page === undefined ? undefined : (
          <>
            As of <Ago at={page.as_of} />
          </>
        )
      }
      actions={<LeaseSelectionBar {...props} />}
    >
      Found
    </Header>
  );
}

function Preferences({
  preferences,
  onChange,
}: {
  preferences: TablePreferences;
  onChange: (changed: TablePreferences) => void;
}) {
  return (
    <CollectionPreferences
      title="How the table looks"
      preferences={{
        pageSize: preferences.pageSize,
        wrapLines: preferences.wrapLines,
        contentDisplay: preferences.columns,
      }}
      pageSizePreference={{
        title: "Leases a page",
        options: PAGE_SIZES.map((value) => ({ value, label: String(value) })),
      }}
      wrapLinesPreference={{ label: "Wrap lines", description: "Show long texts in full." }}
      contentDisplayPreference={{
        title: "Columns",
        options: Object.entries(COLUMN_LABELS).map(([id, label]) => ({
          id,
          label,
          alwaysVisible: id === "lease",
        })),
      }}
      onConfirm={({ detail }) =>
        onChange({
          pageSize: detail.pageSize ?? preferences.pageSize,
          wrapLines: detail.wrapLines ?? preferences.wrapLines,
          columns: (detail.contentDisplay ?? preferences.columns).map(({ id, visible }) => ({
            id,
            visible,
          })),
        })
      }
    />
  );
}
