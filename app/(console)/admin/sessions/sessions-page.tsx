"use client";

import Badge from "@cloudscape-design/components/badge";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { EndSessions, type Ending } from "@/app/(console)/admin/sessions/end-sessions";
import { Ago } from "@/components/ago";
import { CopyId } from "@/components/copy-id";
import { EmptyState } from "@/components/empty-state";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { useUrlState } from "@/components/url-state";
import { type ConsoleSessionRow, isSameOperator } from "@/lib/console/admin-sessions";
import type { Read } from "@/lib/console/operator";

/** Who is signed in to the console, and the way to end it. */
export function SessionsPage({
  sessions,
  code,
}: {
  sessions: Read<ConsoleSessionRow[]>;
  code: Code;
}) {
  const router = useRouter();
  const [ending, setEnding] = useState<Ending | null>(null);
  return (
    <Page
      title="Console sessions"
      apiPath="sys/leasehold/console-sessions"
      description="Operators who are signed in to the console. A session ends when it is idle for 30 minutes, at its end, or here."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          <Button iconName="refresh" onClick={() => router.refresh()}>
            Look again
          </Button>
        </SpaceBetween>
      }
    >
      {sessions.ok ? (
        <SessionTable sessions={sessions.data} onEnd={setEnding} />
      ) : (
        <RefusalState
          what="The console sessions are not shown."
          refusal={sessions.refusal}
          onRetry={() => router.refresh()}
        />
      )}
      {ending !== null && <EndSessions ending={ending} onClose={() => setEnding(null)} />}
    </Page>
  );
}

type OnEnd = (ending: Ending) => void;

function SessionTable({
  sessions,
  onEnd,
}: {
  sessions: readonly ConsoleSessionRow[];
  onEnd: OnEnd;
}) {
  const [q, setQ] = useUrlState("q");
  const word = q.trim().toLowerCase();
  const matching = sessions.filter(({ operator, remote_address: from, user_agent: agent }) =>
    `${operator} ${from} ${agent}`.toLowerCase().includes(word),
  );
  return (
    <Table
      variant="container"
      wrapLines
      items={matching}
      trackBy="id"
      columnDefinitions={columns(sessions, onEnd)}
      header={
        <Header
          variant="h2"
          counter={word === "" ? `(${sessions.length})` : `(${matching.length}/${sessions.length})`}
        >
          Open sessions
        </Header>
      }
      filter={
        <TextFilter
          filteringText={q}
          filteringPlaceholder="Find by operator, address or browser"
          filteringAriaLabel="Find sessions"
          countText={`${matching.length} ${matching.length === 1 ? "match" : "matches"}`}
          onChange={({ detail }) => setQ(detail.filteringText)}
        />
      }
      empty={
        <EmptyState
          title={`No session matches “${q}”`}
          action={<Button onClick={() => setQ("")}>Show all sessions</Button>}
        />
      }
    />
  );
}

const WAYS = { token: "with a token", userpass: "with a password", oidc: "through the provider" };

function columns(
  sessions: readonly ConsoleSessionRow[],
  onEnd: OnEnd,
): TableProps<ConsoleSessionRow>["columnDefinitions"] {
  return [
    {
      id: "operator",
      header: "Operator",
      isRowHeader: true,
      minWidth: 160,
      cell: ({ operator, own }) => (
        <>
          {operator} {own && <Badge color="blue">you, here</Badge>}
        </>
      ),
    },
    {
      id: "since",
      header: "Signed in",
      cell: ({ signed_in_time: at, way }) => (
        <>
          <Ago at={at} /> {WAYS[way]}
        </>
      ),
    },
    {
      id: "from",
      header: "From",
      minWidth: 130,
      cell: ({ remote_address: address, user_agent: agent }) => (
        <>
          <code>{address}</code>
          <div className="dim">{browserOf(agent)}</div>
        </>
      ),
    },
    {
      id: "seen",
      header: "Last active",
      cell: ({ seen_time: at }) => <Ago at={at} />,
    },
    { id: "idle", header: "Ends when idle", cell: ({ idle_until: at }) => <Ago at={at} /> },
    { id: "end", header: "Ends at the latest", cell: ({ end_time: at }) => <Ago at={at} /> },
    {
      id: "accessor",
      header: "In the audit log",
      cell: ({ accessor }) => <CopyId value={accessor} what="accessor" />,
    },
    {
      id: "do",
      header: "End",
      minWidth: 150,
      cell: (session) => <Endings {...{ session, sessions, onEnd }} />,
    },
  ];
}

function Endings({
  session,
  sessions,
  onEnd,
}: {
  session: ConsoleSessionRow;
  sessions: readonly ConsoleSessionRow[];
  onEnd: OnEnd;
}) {
  const theirs = sessions.filter((other) => isSameOperator(other, session));
  return (
    <SpaceBetween size="xxs">
      <Button
        variant="inline-link"
        ariaLabel={`End this session of ${session.operator} from ${session.remote_address}`}
        onClick={() => onEnd({ session, all: null })}
      >
        End this session
      </Button>
      {theirs.length > 1 && (
        <Button
          variant="inline-link"
          ariaLabel={`End all ${theirs.length} sessions of ${session.operator}`}
          onClick={() => onEnd({ session, all: theirs })}
        >
          End all {theirs.length}
        </Button>
      )}
    </SpaceBetween>
  );
}

const BROWSERS = [
  ["Edg/", "Edge"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;

/** What people call it; the whole text is long and says the same. */
function browserOf(agent: string): string {
  const browser = BROWSERS.find(([mark]) => agent.includes(mark))?.[1];
  return browser ?? (agent === "" ? "no browser named" : agent.slice(0, 60));
}
