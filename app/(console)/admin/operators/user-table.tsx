"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import type { ReactNode } from "react";
import { PolicyLinks } from "@/app/(console)/admin/operators/policy-links";
import { EmptyState } from "@/components/empty-state";
import { Follow } from "@/components/follow-link";
import { useUrlState } from "@/components/url-state";
import {
  type LockedLogin,
  operatorHref,
  type OperatorRow,
  type SignInMount,
} from "@/lib/console/admin-operators";

type Lists = {
  users: readonly OperatorRow[];
  mounts: readonly SignInMount[];
  locked: readonly LockedLogin[];
};

/** People who sign in with a password. */
export function UserTable({ users, mounts, locked, action }: Lists & { action: ReactNode }) {
  const [q, setQ] = useUrlState("q");
  const word = q.trim().toLowerCase();
  const matching = users.filter(({ name, policies, mount_path: mount }) =>
    `${name} ${policies.join(" ")} ${mount}`.toLowerCase().includes(word),
  );
  return (
    <Table
      variant="container"
      wrapLines
      items={matching}
      trackBy={({ mount_path: mount, name }) => mount + name}
      columnDefinitions={columns(mounts, locked)}
      header={
        <Header
          variant="h2"
          counter={word === "" ? `(${users.length})` : `(${matching.length}/${users.length})`}
        >
          With a password
        </Header>
      }
      filter={
        <TextFilter
          filteringText={q}
          filteringPlaceholder="Find by name, policy or mount"
          filteringAriaLabel="Find operators"
          countText={`${matching.length} ${matching.length === 1 ? "match" : "matches"}`}
          onChange={({ detail }) => setQ(detail.filteringText)}
        />
      }
      empty={
        users.length === 0 ? (
          <EmptyState
            title="No operator has a password yet"
            action={action}
            snippet="vault write auth/userpass/users/ann password=… token_policies=on-call"
          >
            Add one, and nobody has to sign in with the root token.
          </EmptyState>
        ) : (
          <EmptyState
            title={`No operator matches “${q}”`}
            action={<Button onClick={() => setQ("")}>Show all operators</Button>}
          />
        )
      }
    />
  );
}

function columns(
  mounts: readonly SignInMount[],
  locked: readonly LockedLogin[],
): TableProps<OperatorRow>["columnDefinitions"] {
  const accessorOf = ({ mount_path: path }: OperatorRow) =>
    mounts.find(({ fullPath }) => fullPath === path)?.accessor;
  return [
    {
      id: "name",
      header: "Name",
      isRowHeader: true,
      cell: (row) => {
        const accessor = accessorOf(row);
        if (accessor === undefined) return row.name;
        return <Follow href={operatorHref(accessor, row.name)}>{row.name}</Follow>;
      },
    },
    {
      id: "policies",
      header: "Policies",
      cell: ({ policies }) => <PolicyLinks names={policies} />,
    },
    { id: "mount", header: "Signs in at", cell: ({ mount_path: path }) => <code>{path}</code> },
    {
      id: "sessions",
      header: "Open sessions",
      cell: ({ sessions, name }) =>
        sessions === 0 ? (
          "none"
        ) : (
          <Follow href={`/admin/sessions?q=${encodeURIComponent(name)}`}>{sessions}</Follow>
        ),
    },
    {
      id: "state",
      header: "State",
      cell: (row) => {
        const accessor = accessorOf(row);
        const isLocked = locked.some((one) => one.accessor === accessor && one.alias === row.name);
        return isLocked ? (
          <StatusIndicator type="warning">Locked out</StatusIndicator>
        ) : (
          <StatusIndicator type="success">Can sign in</StatusIndicator>
        );
      },
    },
  ];
}
