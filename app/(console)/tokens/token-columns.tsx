"use client";

import Badge from "@cloudscape-design/components/badge";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import { Ago } from "@/components/ago";
import { Arn } from "@/components/arn";
import { Follow } from "@/components/follow-link";
import { type ListedToken, type Token, tokenHref } from "@/lib/console/tokens";

type Columns = TableProps<ListedToken>["columnDefinitions"];

const POLICIES_SHOWN = 4;

/** What a list tells of each token. */
export function tokenColumns({
  isEnded,
  ownAccessor,
}: {
  isEnded: boolean;
  ownAccessor: string;
}): Columns {
  return [
    {
      id: "accessor",
      header: "Accessor",
      isRowHeader: true,
      minWidth: 220,
      cell: (token) => <Accessor token={token} isOwn={token.accessor === ownAccessor} />,
    },
    {
      id: "who",
      header: "Principal or display name",
      minWidth: 240,
      cell: (token) => <Who token={token} />,
    },
    { id: "login", header: "Login", minWidth: 150, cell: (token) => <Login token={token} /> },
    {
      id: "policies",
      header: "Policies",
      minWidth: 140,
      cell: ({ policies }) => <PolicyLinks names={policies} />,
    },
    {
      id: "created",
      header: "Created",
      minWidth: 110,
      ...(!isEnded && { sortingField: "issued_at" }),
      cell: (token) => <Ago at={token.issued_at} />,
    },
    ...(isEnded ? endedColumns() : liveColumns()),
    {
      id: "used",
      header: "Last used",
      minWidth: 130,
      cell: ({ last_used: used }) => (
        <SpaceBetween size="xxxs">
          <Ago at={used?.at ?? null} never="not in the log" />
          {used?.remote_address && <span className="dim">from {used.remote_address}</span>}
        </SpaceBetween>
      ),
    },
  ];
}

function endedColumns(): Columns {
  return [
    {
      id: "ended",
      header: "Ended",
      minWidth: 110,
      sortingField: "ended_at",
      cell: (token) => <Ago at={token.ended_at} />,
    },
    { id: "why", header: "Why", cell: ({ end_reason: reason }) => endText(reason) },
  ];
}

function liveColumns(): Columns {
  return [
    {
      id: "ends",
      header: "Ends",
      minWidth: 110,
      cell: (token) => <Ago at={token.expires_at} />,
    },
    {
      id: "leases",
      header: "Live leases",
      cell: (token) => `${token.leases}${token.leases_are_more ? "+" : ""}`,
    },
    {
      id: "children",
      header: "Children",
      cell: (token) => `${token.children}${token.children_are_more ? "+" : ""}`,
    },
  ];
}

const ENDS: Readonly<Record<string, string>> = {
  revoked: "revoked",
  expired: "its time was over",
  used_up: "its uses were used up",
};

/** Why a token ended, in words. */
export function endText(reason: string | null): string {
  if (reason === null) return "–";
  return ENDS[reason] ?? reason.replaceAll("_", " ");
}

function Accessor({ token, isOwn }: { token: Token; isOwn: boolean }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Follow href={tokenHref(token.accessor)}>{token.accessor}</Follow>
      {isOwn && <Badge color="blue">yours</Badge>}
    </SpaceBetween>
  );
}

/** The AWS identity where there is one, else the name that the login gave. */
export function Who({ token }: { token: Token }) {
  return (
    <SpaceBetween size="xxxs">
      <span>{token.display_name || "–"}</span>
      {token.principal !== null && <Arn arn={token.principal} short />}
    </SpaceBetween>
  );
}

/** The mount and the role that handed it out. */
export function Login({ token }: { token: Token }) {
  const role = token.auth_role ?? token.token_role;
  return (
    <SpaceBetween size="xxxs">
      <code>{token.mount_path ?? "a mount that is gone"}</code>
      {role !== null && <span>role {role}</span>}
    </SpaceBetween>
  );
}

export function PolicyLinks({ names, all = false }: { names: readonly string[]; all?: boolean }) {
  const shown = all ? names : names.slice(0, POLICIES_SHOWN);
  if (names.length === 0) return <>none</>;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {shown.map((name) => (
        <Follow key={name} href={`/policies/${encodeURIComponent(name)}`}>
          {name}
        </Follow>
      ))}
      {shown.length < names.length && <span>and {names.length - shown.length} more</span>}
    </SpaceBetween>
  );
}
