"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState, type ReactNode } from "react";
import { ExplainPanel } from "@/app/(console)/policies/explain-panel";
import { NewPolicy } from "@/app/(console)/policies/new-policy";
import { EmptyState } from "@/components/empty-state";
import { useFollow } from "@/components/follow";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { useUrlState } from "@/components/url-state";
import type { Read } from "@/lib/console/operator";
import type { PolicyUsage } from "@/lib/console/policies";

const BUILT_IN: Readonly<Record<string, string>> = {
  root: "Built in: everything, for root tokens",
  default: "Every token carries it, unless its role leaves it out",
};

type Row = { name: string; usage: PolicyUsage | null };

/** All policies; explaining a request is beside them, since it is mostly about several. */
export function PolicyList({
  names,
  usage,
  code,
}: {
  names: Read<string[]>;
  usage: Read<PolicyUsage[]>;
  code: Code;
}) {
  const [isNew, setNew] = useState(false);
  const write = (
    <Button variant="primary" onClick={() => setNew(true)}>
      Write a policy
    </Button>
  );
  return (
    <Page
      title="Policies"
      apiPath="sys/policies/acl"
      description="What tokens may do, by path."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          {write}
        </SpaceBetween>
      }
      help={{ title: "Policies", content: <Help /> }}
    >
      <SpaceBetween size="l">
        {names.ok ? (
          <PolicyTable rows={rowsOf(names.data, usage)} isUsageShown={usage.ok} action={write} />
        ) : (
          <RefusalState what="The policies are not shown." refusal={names.refusal} />
        )}
        {names.ok && !usage.ok && (
          <RefusalState what="Who uses which policy is not shown." refusal={usage.refusal} />
        )}
        <ExplainPanel names={names.ok ? names.data : []} draft={null} />
      </SpaceBetween>
      {isNew && <NewPolicy names={names.ok ? names.data : []} onClose={() => setNew(false)} />}
    </Page>
  );
}

function rowsOf(names: readonly string[], usage: Read<PolicyUsage[]>): Row[] {
  const byName = new Map(usage.ok ? usage.data.map((one) => [one.name, one]) : []);
  return names.map((name) => ({ name, usage: byName.get(name) ?? null }));
}

function PolicyTable({
  rows,
  isUsageShown,
  action,
}: {
  rows: readonly Row[];
  isUsageShown: boolean;
  action: ReactNode;
}) {
  const follow = useFollow();
  const [q, setQ] = useUrlState("q");
  const matching = rows.filter(({ name }) => name.includes(q.trim().toLowerCase()));
  return (
    <Table
      variant="container"
      items={matching}
      trackBy="name"
      header={
        <Header
          variant="h2"
          counter={q === "" ? `(${rows.length})` : `(${matching.length}/${rows.length})`}
        >
          Stored policies
        </Header>
      }
      filter={
        <TextFilter
          filteringText={q}
          filteringPlaceholder="Find policies by name"
          filteringAriaLabel="Find policies by name"
          countText={`${matching.length} ${matching.length === 1 ? "match" : "matches"}`}
          onChange={({ detail }) => setQ(detail.filteringText)}
        />
      }
      columnDefinitions={columns(follow, isUsageShown)}
      empty={
        q === "" ? <FirstPolicy action={action} /> : <NoMatch q={q} onClear={() => setQ("")} />
      }
    />
  );
}

type Columns = TableProps<Row>["columnDefinitions"];

function columns(follow: ReturnType<typeof useFollow>, isUsageShown: boolean): Columns {
  const usage: Columns = [
    { id: "usage", header: "Handed out by", cell: (row) => <Usage of={row.usage} /> },
  ];
  return [
    {
      id: "name",
      header: "Name",
      isRowHeader: true,
      cell: ({ name }) => (
        <Link href={`/policies/${encodeURIComponent(name)}`} onFollow={follow}>
          {name}
        </Link>
      ),
    },
    ...(isUsageShown ? usage : []),
    { id: "note", header: "Note", cell: ({ name }) => BUILT_IN[name] ?? "–" },
  ];
}

const FIRST_SNIPPET = `vault policy write app - <<'EOF'
path "aws/creds/app" { capabilities = ["read"] }
EOF`;

function FirstPolicy({ action }: { action: ReactNode }) {
  return (
    <EmptyState title="No policy yet" action={action} snippet={FIRST_SNIPPET}>
      A token without policies may do nothing.
    </EmptyState>
  );
}

function NoMatch({ q, onClear }: { q: string; onClear: () => void }) {
  return (
    <EmptyState
      title={`No policy has “${q}” in its name`}
      action={<Button onClick={onClear}>Show all policies</Button>}
    />
  );
}

function Usage({ of }: { of: PolicyUsage | null }) {
  if (of === null || of.count === 0) return <>nobody</>;
  return (
    <>
      {of.count} {of.count === 1 ? "role or operator" : "roles and operators"}
    </>
  );
}

function Help() {
  return (
    <>
      <p>
        A policy grants capabilities on paths. What no policy grants is refused; of several rules
        for a path the most exact one decides, and <code>deny</code> wins within it.
      </p>
      <p>
        The API path of everything is in its page’s header, and “Explain a request” says which rule
        decides about it.
      </p>
    </>
  );
}
