"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { tokenColumns } from "@/app/(console)/tokens/token-columns";
import { TokenFilter } from "@/app/(console)/tokens/token-filter";
import { EmptyState } from "@/components/empty-state";
import { type TokenPage } from "@/lib/console/tokens";
import {
  conditionsOf,
  isFiltered,
  type TokenAddress,
  withConditions,
} from "@/lib/console/tokens-filter";

/** The list itself; `page` is null where it is not there. */
export function TokenTable({
  page,
  isLoading,
  address,
  mountPaths,
  policyNames,
  ownAccessor,
  onAddress,
}: {
  page: TokenPage | null;
  isLoading: boolean;
  address: TokenAddress;
  mountPaths: readonly string[];
  policyNames: readonly string[];
  ownAccessor: string;
  onAddress: (address: TokenAddress) => void;
}) {
  const isEnded = address.state === "ended";
  return (
    <Table
      variant="container"
      wrapLines
      items={page?.tokens ?? []}
      trackBy="accessor"
      loading={page === null && isLoading}
      loadingText="Reading the tokens"
      columnDefinitions={tokenColumns({ isEnded, ownAccessor })}
      sortingColumn={{ sortingField: isEnded ? "ended_at" : "issued_at" }}
      sortingDescending={address.sort === "newest"}
      onSortingChange={({ detail }) =>
        onAddress({ ...address, sort: detail.isDescending ? "newest" : "oldest", cursor: "" })
      }
      header={
        <Header variant="h2" counter={counterOf(page)}>
          {isEnded ? "Ended tokens" : "Live tokens"}
        </Header>
      }
      filter={<TokenFilter {...{ page, address, mountPaths, policyNames, onAddress }} />}
      pagination={<Pages page={page} address={address} onAddress={onAddress} />}
      empty={<Empty page={page} address={address} onAddress={onAddress} />}
      ariaLabels={{ tableLabel: isEnded ? "Ended tokens" : "Live tokens" }}
    />
  );
}

function counterOf(page: TokenPage | null): string {
  if (page === null) return "";
  return `(${page.count.toLocaleString("en")}${page.count_is_more ? "+" : ""})`;
}

type PartProps = {
  page: TokenPage | null;
  address: TokenAddress;
  onAddress: (address: TokenAddress) => void;
};

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
  if (!isFiltered(address) && address.state === "live") {
    return (
      <EmptyState title="No live token" snippet="vault login -method=aws role=app">
        Tokens appear here with the first login, and leave when they end.
      </EmptyState>
    );
  }
  if (!isFiltered(address)) {
    return (
      <EmptyState
        title="No token has ended yet"
        action={
          <Button onClick={() => onAddress({ ...address, state: "live" })}>Show live tokens</Button>
        }
      />
    );
  }
  const withoutLast = conditionsOf(address).slice(0, -1);
  return (
    <EmptyState
      title={`No ${address.state} token matches the filter`}
      action={
        <Button onClick={() => onAddress(withConditions(address, withoutLast))}>
          Remove the last filter
        </Button>
      }
    />
  );
}
