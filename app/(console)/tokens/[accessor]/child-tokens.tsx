"use client";

import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { PolicyLinks } from "@/app/(console)/tokens/token-columns";
import { Ago } from "@/components/ago";
import { EmptyState } from "@/components/empty-state";
import { Follow } from "@/components/follow-link";
import { type Token, type TokenDetail, tokenHref } from "@/lib/console/tokens";
import { childrenQuery } from "@/lib/console/tokens-queries";

/** Tokens that were made with this one, as a tree; a branch is read when it is opened. */
export function ChildTokens({ token }: { token: TokenDetail }) {
  const tree = useTree();
  const below = (token.falls_with_it?.tokens ?? 1) - 1;
  return (
    <Table
      variant="container"
      items={token.child_tokens}
      trackBy="accessor"
      ariaLabels={{
        tableLabel: "Child tokens",
        expandButtonLabel: ({ accessor }) => `Show the children of ${accessor}`,
        collapseButtonLabel: ({ accessor }) => `Hide the children of ${accessor}`,
      }}
      header={
        <Header
          variant="h2"
          counter={`(${below}${token.falls_with_it?.is_more === true ? "+" : ""})`}
          description="Made with this token or one of its children; all of them end with it. The newest 50 of each are shown."
        >
          Child tokens
        </Header>
      }
      columnDefinitions={[
        {
          id: "accessor",
          header: "Accessor",
          isRowHeader: true,
          cell: ({ accessor }) => <Follow href={tokenHref(accessor)}>{accessor}</Follow>,
        },
        { id: "name", header: "Display name", cell: (child) => child.display_name || "–" },
        {
          id: "policies",
          header: "Policies",
          cell: ({ policies }) => <PolicyLinks names={policies} />,
        },
        { id: "ends", header: "Ends", cell: (child) => <Ago at={child.expires_at} /> },
        { id: "leases", header: "Live leases", cell: (child) => child.leases },
        { id: "children", header: "Children", cell: (child) => child.children },
      ]}
      expandableRows={{
        getItemChildren: ({ accessor }) => [...(tree.children.get(accessor) ?? [])],
        isItemExpandable: ({ children }) => children > 0,
        expandedItems: tree.opened,
        onExpandableItemToggle: ({ detail }) => tree.toggle(detail.item, detail.expanded),
      }}
      getLoadingStatus={(item) => (item === null ? "finished" : tree.status(item.accessor))}
      renderLoaderLoading={() => "Reading the children"}
      renderLoaderError={() => "The children could not be read."}
      empty={<EmptyState title="It has no child token" />}
    />
  );
}

type Branch = readonly Token[] | "loading" | "error";

function useTree() {
  const client = useQueryClient();
  const [opened, setOpened] = useState<Token[]>([]);
  const [branches, setBranches] = useState<ReadonlyMap<string, Branch>>(new Map());
  const put = (accessor: string, branch: Branch): void =>
    setBranches((known) => new Map(known).set(accessor, branch));
  const toggle = (item: Token, isOpen: boolean): void => {
    setOpened((now) => [
      ...now.filter(({ accessor }) => accessor !== item.accessor),
      ...(isOpen ? [item] : []),
    ]);
    const { accessor } = item;
    if (!isOpen || Array.isArray(branches.get(accessor))) return;
    put(accessor, "loading");
    client
      .query(childrenQuery(accessor))
      .then((read) => put(accessor, read.child_tokens))
      .catch(() => put(accessor, "error"));
  };
  const children = new Map(
    [...branches].flatMap(([accessor, branch]) =>
      typeof branch === "string" ? [] : [[accessor, branch] as const],
    ),
  );
  const status = (accessor: string): "loading" | "error" | "finished" => {
    const branch = branches.get(accessor);
    return branch === "loading" || branch === "error" ? branch : "finished";
  };
  return { opened, toggle, children, status };
}
