"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { ATTEMPT_COLUMNS } from "@/app/(console)/auth/attempts/attempt-columns";
import { AttemptFilter } from "@/app/(console)/auth/attempts/attempt-filter";
import { EmptyState } from "@/components/empty-state";
import type { AttemptPage } from "@/lib/console/attempts";
import {
  type AttemptAddress,
  conditionsOf,
  isFiltered,
  withConditions,
} from "@/lib/console/attempts-filter";

type PartProps = {
  page: AttemptPage | null;
  address: AttemptAddress;
  onAddress: (address: AttemptAddress) => void;
};

/** The list itself; `page` is null where it is not there. */
export function AttemptTable({
  isLoading,
  mountPaths,
  ...part
}: PartProps & { isLoading: boolean; mountPaths: readonly string[] }) {
  const { page } = part;
  return (
    <Table
      variant="container"
      wrapLines
      items={page?.attempts ?? []}
      trackBy="id"
      loading={page === null && isLoading}
      loadingText="Reading the attempts"
      columnDefinitions={ATTEMPT_COLUMNS}
      header={
        <Header
          variant="h2"
          counter={page === null ? "" : `(${page.attempts.length}${isAll(part) ? "" : "+"})`}
          description="Newest first."
        >
          Attempts
        </Header>
      }
      filter={<AttemptFilter {...part} mountPaths={mountPaths} />}
      pagination={<Pages {...part} />}
      empty={<Empty {...part} />}
      ariaLabels={{ tableLabel: "Login attempts" }}
    />
  );
}

function isAll({ page, address }: PartProps): boolean {
  return page?.next_cursor === null && address.cursor === "";
}

function Pages({ page, address, onAddress }: PartProps) {
  const next = page?.next_cursor ?? null;
  if (address.cursor === "" && next === null) return null;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {address.cursor !== "" && (
        <Button variant="link" onClick={() => onAddress({ ...address, cursor: "" })}>
          First page
        </Button>
      )}
      {next !== null && (
        <Button variant="link" onClick={() => onAddress({ ...address, cursor: next })}>
          Next page
        </Button>
      )}
    </SpaceBetween>
  );
}

function Empty({ page, address, onAddress }: PartProps) {
  if (page === null) return <>Not read.</>;
  if (!isFiltered(address)) {
    return (
      <EmptyState title="No login yet" snippet="vault login -method=aws role=app">
        Logins through AWS auth mounts appear here within seconds, passed and refused.
      </EmptyState>
    );
  }
  const conditions = conditionsOf(address);
  const withoutLast =
    conditions.length > 0
      ? withConditions(address, conditions.slice(0, -1))
      : { ...address, result: "any" as const, cursor: "" };
  return (
    <EmptyState
      title="No attempt matches the filter"
      action={<Button onClick={() => onAddress(withoutLast)}>Remove the last filter</Button>}
    />
  );
}
