"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { usePathname, useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { loginColumns } from "@/app/(console)/auth/[accessor]/roles/role-logins";
import { RoleFilter, useRoleSearch } from "@/app/(console)/auth/[accessor]/roles/role-filter";
import { Arn } from "@/components/arn";
import { EmptyState } from "@/components/empty-state";
import { useFollow } from "@/components/follow";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { Ttl } from "@/components/ttl";
import type { RoleFigures } from "@/lib/console/attempts";
import type { AuthMount } from "@/lib/console/auth-mounts";
import { authRoleHref, type AuthRolePage, type AuthRoleRow } from "@/lib/console/auth-roles";
import type { Read } from "@/lib/console/operator";

type Filter = { q: string; cursor: string };

/** The auth roles of a mount; the server filters, over all of them. */
export function RoleList({
  mount,
  page,
  figures,
  filter,
  code,
}: {
  mount: AuthMount;
  page: Read<AuthRolePage>;
  figures: Read<RoleFigures>;
  filter: Filter;
  code: Code;
}) {
  const router = useRouter();
  const follow = useFollow();
  const create = (
    <Button variant="primary" href={`/auth/${mount.accessor}/roles/new`} onFollow={follow}>
      Create a role
    </Button>
  );
  return (
    <Page
      title="Auth roles"
      apiPath={`auth/${mount.path}role`}
      description="Which AWS principals may log in, and what their tokens are like."
      above={[
        { text: "AWS auth mounts", href: "/auth" },
        { text: `auth/${mount.path}`, href: `/auth/${mount.accessor}` },
      ]}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          {create}
        </SpaceBetween>
      }
    >
      {page.ok ? (
        <RoleTable {...{ mount, filter, figures }} page={page.data} action={create} />
      ) : (
        <RefusalState
          what="The roles are not shown."
          refusal={page.refusal}
          onRetry={() => router.refresh()}
        />
      )}
    </Page>
  );
}

function RoleTable({
  mount,
  page,
  figures,
  filter,
  action,
}: {
  mount: AuthMount;
  page: AuthRolePage;
  figures: Read<RoleFigures>;
  filter: Filter;
  action: ReactNode;
}) {
  const follow = useFollow();
  const search = useRoleSearch(filter.q);
  const { roles, total, matching, hidden } = page;
  return (
    <Table
      variant="container"
      wrapLines
      items={roles}
      trackBy="name"
      header={
        <Header
          variant="h2"
          counter={filter.q === "" ? `(${total})` : `(${matching}/${total})`}
          {...(hidden > 0 && {
            description: `${hidden} more roles are there that your policies do not let you read.`,
          })}
        >
          Roles of auth/{mount.path}
        </Header>
      }
      filter={<RoleFilter {...search} />}
      pagination={<Pages filter={filter} next={page.next_cursor} />}
      columnDefinitions={columns(mount, figures, follow)}
      empty={
        filter.q === "" ? (
          <FirstRole mount={mount} action={action} />
        ) : (
          <NoMatch q={filter.q} onClear={search.clear} />
        )
      }
    />
  );
}

function columns(
  mount: AuthMount,
  figures: Read<RoleFigures>,
  follow: ReturnType<typeof useFollow>,
): TableProps<AuthRoleRow>["columnDefinitions"] {
  return [
    {
      id: "name",
      header: "Name",
      isRowHeader: true,
      cell: ({ name }) => (
        <Link href={authRoleHref(mount.accessor, name)} onFollow={follow}>
          {name}
        </Link>
      ),
    },
    ...loginColumns(mount, figures),
    { id: "bound", header: "Bound principals", cell: (role) => <Bound role={role} /> },
    {
      id: "policies",
      header: "Policies",
      cell: ({ token_policies: policies }) =>
        policies.length === 0 ? "default only" : policies.join(", "),
    },
    { id: "ttl", header: "Token TTL", cell: (role) => <Ttl seconds={role.token_ttl} /> },
    { id: "max", header: "Max TTL", cell: (role) => <Ttl seconds={role.token_max_ttl} /> },
    {
      id: "period",
      header: "Period",
      cell: (role) => <Ttl seconds={role.token_period} zero="none" />,
    },
  ];
}

const BOUND_MAX = 3;

function Bound({ role }: { role: AuthRoleRow }) {
  const { bound_iam_principal_arn: arns, other_bounds: others } = role;
  return (
    <SpaceBetween size="xxs">
      {arns.slice(0, BOUND_MAX).map((arn) => (
        <Arn key={arn} arn={arn} short />
      ))}
      {arns.length > BOUND_MAX && <span>and {arns.length - BOUND_MAX} more</span>}
      {others.length > 0 && (
        <span>
          {arns.length > 0 ? "and " : ""}
          {others.map((name) => name.replace("bound_", "").replaceAll("_", " ")).join(", ")}
        </span>
      )}
    </SpaceBetween>
  );
}

function Pages({ filter, next }: { filter: Filter; next: string | null }) {
  const router = useRouter();
  const path = usePathname();
  if (filter.cursor === "" && next === null) return null;
  const go = (cursor: string): void => {
    const params = new URLSearchParams();
    if (filter.q !== "") params.set("q", filter.q);
    if (cursor !== "") params.set("cursor", cursor);
    router.push(`${path}?${params.toString()}`);
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {filter.cursor !== "" && (
        <Button variant="link" onClick={() => go("")}>
          First page
        </Button>
      )}
      {next !== null && (
        <Button variant="link" onClick={() => go(next)}>
          Next page
        </Button>
      )}
    </SpaceBetween>
  );
}

function FirstRole({ mount, action }: { mount: AuthMount; action: ReactNode }) {
  return (
    <EmptyState
      title="No role yet"
      action={action}
      snippet={`vault write auth/${mount.path}role/app \\
  auth_type=iam \\
  bound_iam_principal_arn=arn:aws:iam::111111111111:role/app \\
  token_policies=app`}
    >
      Nobody can log in through this mount until a role binds them.
    </EmptyState>
  );
}

function NoMatch({ q, onClear }: { q: string; onClear: () => void }) {
  return (
    <EmptyState
      title={`No role has “${q}” in its name, bindings or policies`}
      action={<Button onClick={onClear}>Show all roles</Button>}
    />
  );
}
