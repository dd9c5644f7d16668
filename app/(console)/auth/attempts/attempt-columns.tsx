"use client";

import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { Ago } from "@/components/ago";
import { Arn } from "@/components/arn";
import { Follow } from "@/components/follow-link";
import { attemptHref, type AttemptRow } from "@/lib/console/attempts";
import { causeText, stepText } from "@/lib/console/attempts-words";

type Columns = TableProps<AttemptRow>["columnDefinitions"];

/** What the list tells of each attempt. */
export const ATTEMPT_COLUMNS: Columns = [
  {
    id: "at",
    header: "Time",
    minWidth: 120,
    cell: (attempt) => <Ago at={attempt.at} />,
  },
  {
    id: "result",
    header: "Result and first failing check",
    minWidth: 180,
    cell: (attempt) => <Result attempt={attempt} />,
  },
  {
    id: "why",
    header: "Why",
    isRowHeader: true,
    minWidth: 280,
    cell: (attempt) => <Why attempt={attempt} />,
  },
  { id: "role", header: "Claimed role", minWidth: 130, cell: (attempt) => <Role {...attempt} /> },
  {
    id: "principal",
    header: "Account and principal",
    minWidth: 220,
    cell: (attempt) => <Who {...attempt} />,
  },
  { id: "source", header: "Source", minWidth: 200, cell: (attempt) => <Source {...attempt} /> },
];

/** Passed, or the check that refused it and why, by icon and word. */
export function Result({ attempt }: { attempt: AttemptRow }) {
  if (attempt.result === "passed") return <StatusIndicator>passed</StatusIndicator>;
  const cause = causeText(attempt.cause);
  return (
    <SpaceBetween size="xxxs">
      <StatusIndicator type="error">refused</StatusIndicator>
      <span>{stepText(attempt.failed_step ?? "")}</span>
      {cause !== null && <span className="dim">{cause}</span>}
    </SpaceBetween>
  );
}

function Why({ attempt }: { attempt: AttemptRow }) {
  const { id, sentence, repeats, last_at: lastAt } = attempt;
  return (
    <SpaceBetween size="xxxs">
      <span className="measured">
        <Follow href={attemptHref(id)}>{sentence === "" ? "Token granted." : sentence}</Follow>
      </span>
      {repeats > 0 && (
        <span className="dim">
          and {repeats.toLocaleString("en")} more like it, the last <Ago at={lastAt} />
        </span>
      )}
    </SpaceBetween>
  );
}

function Role({ role, mount_path: mount }: AttemptRow) {
  return (
    <SpaceBetween size="xxxs">
      <span className="measured">{role === "" ? "none named" : role}</span>
      <span className="dim">{mount}</span>
    </SpaceBetween>
  );
}

/** The short form of an ARN begins with its account. */
function Who({ principal }: AttemptRow) {
  if (principal === "") return <span className="dim">AWS was not asked yet</span>;
  return <Arn arn={principal} short />;
}

function Source({ client_address: address, access_key_id: key }: AttemptRow) {
  return (
    <SpaceBetween size="xxxs">
      <span>{address === "" ? "–" : address}</span>
      {key !== "" && <span className="dim measured">{key}</span>}
    </SpaceBetween>
  );
}
