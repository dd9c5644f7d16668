"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { ChangeAddress } from "@/app/(console)/audit/audit-state";
import { entryColumns, narrowColumns } from "@/app/(console)/audit/entry-columns";
import { EmptyRows } from "@/app/(console)/audit/empty-rows";
import { useIsNarrow } from "@/app/(console)/audit/is-narrow";
import { Ago } from "@/components/ago";
import type { AuditEntry, AuditPage } from "@/lib/console/audit";
import type { AuditAddress } from "@/lib/console/audit-address";

/** The rows of a page, as of when they were read, and the way to their neighbours. */
export function EntryTable({
  page,
  address,
  change,
  total,
  isLoading,
  onRefresh,
}: {
  page: AuditPage | undefined;
  address: AuditAddress;
  change: ChangeAddress;
  /** Entries of the whole filter; null: not counted. */
  total: number | null;
  isLoading: boolean;
  onRefresh: () => void;
}) {
  const isNarrow = useIsNarrow();
  const entries = page?.entries ?? [];
  const open = (event: string): void => change((now) => ({ ...now, event }));
  const columns = isNarrow ? narrowColumns(address, open) : entryColumns(address, open);
  return (
    <Table
      variant="container"
      wrapLines
      items={entries}
      trackBy={keyOf}
      loading={isLoading && page === undefined}
      loadingText="Reading the log"
      selectionType="single"
      selectedItems={entries.filter(({ id }) => id === address.event)}
      onSelectionChange={({ detail }) => open(detail.selectedItems[0]?.id ?? "")}
      header={<TableHeader page={page} total={total} isLoading={isLoading} onRefresh={onRefresh} />}
      pagination={<Pages page={page} change={change} isFirst={isFirst(address)} />}
      columnDefinitions={columns}
      {...sorting(columns, address, change)}
      ariaLabels={{
        tableLabel: "Entries of the audit log",
        selectionGroupLabel: "Open an entry",
        itemSelectionLabel: (_, { seq, path }) => `Open entry ${seq}, ${path}`,
      }}
      empty={<EmptyRows address={address} change={change} />}
    />
  );
}

function keyOf({ writer, seq }: AuditEntry): string {
  return `${writer} ${seq}`;
}

function isFirst({ cursor, before }: AuditAddress): boolean {
  return cursor === "" && before === "";
}

function TableHeader({
  page,
  total,
  isLoading,
  onRefresh,
}: {
  page: AuditPage | undefined;
  total: number | null;
  isLoading: boolean;
  onRefresh: () => void;
}) {
  return (
    <Header
      variant="h2"
      {...(total !== null && { counter: `(${total.toLocaleString("en")})` })}
      description={
        page && (
          <>
            As of <Ago at={page.as_of} />. What is read here stands in the log itself.
          </>
        )
      }
      actions={
        <Button iconName="refresh" loading={isLoading} onClick={onRefresh}>
          Read again
        </Button>
      }
    >
      Entries
    </Header>
  );
}

function Pages({
  page,
  change,
  isFirst: isAtStart,
}: {
  page: AuditPage | undefined;
  change: ChangeAddress;
  isFirst: boolean;
}) {
  const previous = page?.previous_cursor ?? null;
  const next = page?.next_cursor ?? null;
  const go = (place: Pick<AuditAddress, "cursor" | "before">): void =>
    change((now) => ({ ...now, ...place }));
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      <Button
        variant="icon"
        iconName="angle-left-double"
        ariaLabel="First page"
        disabled={isAtStart}
        disabledReason="This is the first page"
        onClick={() => go({ cursor: "", before: "" })}
      />
      <Button
        variant="icon"
        iconName="angle-left"
        ariaLabel="Previous page"
        disabled={previous === null}
        disabledReason="No entry comes before these"
        onClick={() => go({ cursor: "", before: previous ?? "" })}
      />
      <Button
        variant="icon"
        iconName="angle-right"
        ariaLabel="Next page"
        disabled={next === null}
        disabledReason="No entry comes after these"
        onClick={() => go({ cursor: next ?? "", before: "" })}
      />
    </SpaceBetween>
  );
}

function sorting(
  columns: TableProps<AuditEntry>["columnDefinitions"],
  { sort }: AuditAddress,
  change: ChangeAddress,
): Pick<TableProps<AuditEntry>, "sortingColumn" | "sortingDescending" | "onSortingChange"> {
  const column = columns.find(({ sortingField }) => sortingField === "at");
  return {
    ...(column && { sortingColumn: column }),
    sortingDescending: sort === "-time",
    onSortingChange: ({ detail }) =>
      change((now) => ({
        ...now,
        sort: detail.isDescending === true ? "-time" : "time",
        cursor: "",
        before: "",
      })),
  };
}
