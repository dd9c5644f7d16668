"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { CopyId } from "@/components/copy-id";
import { EmptyState } from "@/components/empty-state";
import { Follow } from "@/components/follow-link";
import { Ttl } from "@/components/ttl";
import { type AnyMount, workPage } from "@/lib/console/admin-mounts";

/** The mounts of one class. */
export function MountTable({
  title,
  mounts,
  q,
  onClear,
}: {
  title: string;
  mounts: readonly AnyMount[];
  q: string;
  onClear: () => void;
}) {
  const word = q.trim().toLowerCase();
  const matching = mounts.filter(({ fullPath, type, description, accessor }) =>
    `${fullPath} ${type} ${description} ${accessor}`.toLowerCase().includes(word),
  );
  return (
    <Table
      variant="container"
      wrapLines
      items={matching}
      trackBy="accessor"
      columnDefinitions={COLUMNS}
      header={
        <Header
          variant="h2"
          counter={word === "" ? `(${mounts.length})` : `(${matching.length}/${mounts.length})`}
        >
          {title}
        </Header>
      }
      empty={
        <EmptyState
          title={`Nothing here matches “${q}”`}
          action={<Button onClick={onClear}>Show all mounts</Button>}
        />
      }
    />
  );
}

const COLUMNS: TableProps.ColumnDefinition<AnyMount>[] = [
  {
    id: "path",
    header: "Path",
    isRowHeader: true,
    cell: ({ accessor, fullPath }) => (
      <Follow href={`/admin/mounts/${accessor}`}>{fullPath}</Follow>
    ),
  },
  {
    id: "type",
    header: "Type",
    cell: ({ type, isFixed }) => (isFixed ? `${type} (built in)` : type),
  },
  { id: "description", header: "Description", cell: ({ description }) => description || "–" },
  {
    id: "ttl",
    header: "TTL / max TTL",
    cell: ({ config }) => (
      <>
        <Ttl seconds={config.default_lease_ttl} zero="system" /> /{" "}
        <Ttl seconds={config.max_lease_ttl} zero="system" />
      </>
    ),
  },
  {
    id: "flags",
    header: "Local, seal wrap",
    cell: ({ local, seal_wrap: isSealWrapped }) =>
      [local && "local", isSealWrapped && "seal wrap"].filter(Boolean).join(", ") || "–",
  },
  {
    id: "accessor",
    header: "Accessor",
    cell: ({ accessor }) => <CopyId value={accessor} what="accessor" />,
  },
  { id: "work", header: "Work with it", cell: (mount) => <Work mount={mount} /> },
];

function Work({ mount }: { mount: AnyMount }) {
  const page = workPage(mount);
  return page === null ? "–" : <Follow href={page.href}>{page.text}</Follow>;
}
