"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import { VerdictStatus } from "@/app/(console)/validator/verdict-status";
import { Follow } from "@/components/follow-link";
import { Arn } from "@/components/arn";
import { EmptyState } from "@/components/empty-state";
import { useFollow } from "@/components/follow";
import { Page } from "@/components/page";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { Ttl } from "@/components/ttl";
import { useUrlState } from "@/components/url-state";
import type { AwsMount, LeaseCount } from "@/lib/console/secrets-mounts";
import { credentialTypeOf, secretsHref, type SecretsRole } from "@/lib/console/secrets-roles";
import { CREDENTIAL_WORDS } from "@/lib/console/secrets-words";
import type { Status } from "@/lib/console/validator";

/** Null: the operator's policies do not tell it. */
export type RoleRow = {
  name: string;
  role: SecretsRole | null;
  live: LeaseCount | null;
  status: Status | null;
};

type Props = {
  mount: AwsMount;
  rows: readonly RoleRow[];
  total: number;
  matching: number;
  pages: number;
  page: number;
};

/** The roles of one mount, a page at a time; the filter and the page are the server's. */
export function RolesPage({ code, ...props }: Props & { code: Code }) {
  const follow = useFollow();
  const { accessor, path } = props.mount;
  return (
    <Page
      title={`Roles of ${path}`}
      description="What this mount hands out, and to what each is limited."
      apiPath={`${path}roles`}
      above={[
        { text: "AWS secrets", href: secretsHref.mounts },
        { text: path, href: secretsHref.mount(accessor) },
      ]}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          <Button variant="primary" href={secretsHref.newRole(accessor)} onFollow={follow}>
            Create role
          </Button>
        </SpaceBetween>
      }
    >
      <RoleTable {...props} />
    </Page>
  );
}

function RoleTable(props: Props) {
  const { mount, rows, total, matching, pages, page } = props;
  const [q, setQ] = useUrlState("q", "", { server: true });
  const [, setPage] = useUrlState("page", "1", { server: true });
  const [text, setText] = useState(q);
  return (
    <Table
      variant="container"
      items={rows}
      trackBy="name"
      wrapLines
      columnDefinitions={columns(mount.accessor)}
      header={
        <Header variant="h2" counter={q === "" ? `(${total})` : `(${matching}/${total})`}>
          Roles
        </Header>
      }
      filter={
        <TextFilter
          filteringText={text}
          filteringPlaceholder="Find roles by name"
          filteringAriaLabel="Find roles by name"
          countText={`${matching} ${matching === 1 ? "match" : "matches"}`}
          onChange={({ detail }) => setText(detail.filteringText)}
          onDelayedChange={({ detail }) => setQ(detail.filteringText)}
        />
      }
      pagination={
        pages > 1 && (
          <Pagination
            currentPageIndex={page}
            pagesCount={pages}
            onChange={({ detail }) => setPage(String(detail.currentPageIndex))}
          />
        )
      }
      empty={
        <NoRoles
          {...props}
          onClear={() => {
            setText("");
            setQ("");
          }}
        />
      }
    />
  );
}

function NoRoles({ mount, total, onClear }: Props & { onClear: () => void }) {
  const follow = useFollow();
  if (total > 0) {
    return (
      <EmptyState
        title="No role matches the filter"
        action={<Button onClick={onClear}>Show all roles</Button>}
      />
    );
  }
  return (
    <EmptyState
      title="No role yet"
      action={
        <Button href={secretsHref.newRole(mount.accessor)} onFollow={follow}>
          Create role
        </Button>
      }
      snippet={`vault write ${mount.path}roles/app \\\n    credential_type=assumed_role \\\n    role_arns=arn:aws:iam::111111111111:role/app`}
    >
      A role says which AWS credential is handed out, and for how long.
    </EmptyState>
  );
}

function columns(accessor: string): TableProps.ColumnDefinition<RoleRow>[] {
  return [
    {
      id: "name",
      header: "Name",
      isRowHeader: true,
      cell: ({ name }) => <Follow href={secretsHref.role(accessor, name)}>{name}</Follow>,
    },
    { id: "type", header: "Type", cell: ({ role }) => <Type of={role} /> },
    { id: "targets", header: "Target", cell: ({ role }) => <Target of={role} /> },
    { id: "ttl", header: "TTL", cell: ({ role }) => <RoleTtls role={role} /> },
    {
      id: "verdict",
      minWidth: 120,
      header: "Verdict",
      cell: ({ status }) => (status === null ? "not told" : <VerdictStatus status={status} />),
    },
    {
      id: "live",
      header: "Live leases",
      cell: ({ live }) =>
        live === null ? "not told" : `${live.count.toLocaleString("en")}${live.isMore ? "+" : ""}`,
    },
    {
      id: "issue",
      header: "Action",
      cell: ({ name }) => <Follow href={secretsHref.issue(accessor, name)}>Issue</Follow>,
    },
  ];
}

function Type({ of }: { of: SecretsRole | null }) {
  if (of === null) return "not told";
  const type = credentialTypeOf(of);
  return type === null ? of.credential_type : CREDENTIAL_WORDS[type].label;
}

/** What a role gives access to, in the one thing that says most. */
function Target({ of }: { of: SecretsRole | null }) {
  if (of === null) return "not told";
  const [first, ...others] = [...of.role_arns, ...of.policy_arns];
  if (first !== undefined) {
    return (
      <>
        <Arn arn={first} short /> {others.length > 0 && `and ${others.length} more`}
      </>
    );
  }
  if (of.iam_groups.length > 0) return `groups ${of.iam_groups.join(", ")}`;
  return of.policy_document === "" ? "the mount's own IAM user" : "a policy of its own";
}

function RoleTtls({ role }: { role: SecretsRole | null }) {
  if (role === null) return "not told";
  if (role.credential_type === "iam_user") return "by lease";
  const { default_sts_ttl: standard, max_sts_ttl: max } = role;
  return (
    <>
      <Ttl seconds={standard} zero="one hour" />
      {max > 0 && (
        <>
          , at most <Ttl seconds={max} />
        </>
      )}
    </>
  );
}
