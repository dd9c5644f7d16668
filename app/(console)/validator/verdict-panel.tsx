"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import SplitPanel from "@cloudscape-design/components/split-panel";
import { useQuery } from "@tanstack/react-query";
import { VerdictStatus } from "@/app/(console)/validator/verdict-status";
import { methodText } from "@/app/(console)/validator/verdict-words";
import { Ago } from "@/components/ago";
import { Arn } from "@/components/arn";
import { durationText } from "@/components/duration-text";
import { KeyValue } from "@/components/key-value";
import { Snippets } from "@/components/snippets";
import type { VerdictChange, VerdictResult, VerdictRow } from "@/lib/console/validator";
import { historyQuery } from "@/lib/console/validator-queries";

/** Everything about one row: what was found, what it rests on, how to put it right, how it came. */
export function VerdictPanel({
  row,
  isChecking,
  onCheck,
}: {
  row: VerdictRow;
  isChecking: boolean;
  onCheck: () => void;
}) {
  return (
    <SplitPanel header={`${row.mount}roles/${row.role}`} closeBehavior="hide" hidePreferencesButton>
      <SpaceBetween size="l">
        <Button iconName="refresh" loading={isChecking} loadingText="Asking AWS" onClick={onCheck}>
          Ask AWS about this role now
        </Button>
        <Facts row={row} />
        {row.results.map((result) => (
          <Result key={result.code} result={result} />
        ))}
        <History row={row} />
      </SpaceBetween>
    </SplitPanel>
  );
}

function Facts({ row }: { row: VerdictRow }) {
  const chained = { true: "yes: an hour at most", false: "no", null: "not known" };
  return (
    <KeyValue
      columns={3}
      facts={[
        { label: "Verdict", value: <VerdictStatus status={row.status} /> },
        {
          label: "Target",
          value: row.target_arn === "" ? "the role itself" : <Arn arn={row.target_arn} />,
        },
        {
          label: "Asks as",
          value: row.principal_arn === null ? "not known" : <Arn arn={row.principal_arn} />,
        },
        { label: "Role chaining", value: chained[`${row.is_chained}`] },
        { label: "External id", value: row.external_id },
        { label: "Judged", value: <Ago at={row.checked_at} /> },
      ]}
    />
  );
}

function Result({ result }: { result: VerdictResult }) {
  const { code, status, text, fix, evidence } = result;
  const snippets = [
    { id: "cli", label: "AWS CLI and vault", text: fix?.cli ?? "" },
    { id: "terraform", label: "Terraform", text: fix?.terraform ?? "" },
  ].filter((snippet) => snippet.text !== "");
  return (
    <SpaceBetween size="xs">
      <Box variant="h3">
        <VerdictStatus status={status} /> <code>{code}</code>
      </Box>
      <Box variant="p">{text}</Box>
      <Box variant="div" color="text-body-secondary">
        By {methodText(evidence.method)}
        {evidence.value !== "" && `: ${evidence.value}`}
        {evidence.at !== null && (
          <>
            , read <Ago at={evidence.at} />
          </>
        )}
        . First seen <Ago at={result.first_seen} />.
      </Box>
      {fix !== null && <Box variant="p">{fix.text}</Box>}
      {snippets.length > 0 && <Snippets snippets={snippets} />}
    </SpaceBetween>
  );
}

function History({ row }: { row: VerdictRow }) {
  const { data, isError } = useQuery(historyQuery(row));
  if (isError) return <Box variant="p">The history is not shown: the server did not answer.</Box>;
  return (
    <SpaceBetween size="xs">
      <Box variant="h3">History</Box>
      {data === undefined ? (
        <Box variant="p">Loading</Box>
      ) : (
        <ul>
          {data.history.map((change) => (
            <li key={change.at}>
              <Change change={change} />
            </li>
          ))}
        </ul>
      )}
    </SpaceBetween>
  );
}

function Change({ change }: { change: VerdictChange }) {
  const { at, from_status: from, to_status: to, limit_before: before, limit_after: after } = change;
  const isMoved = before !== null && after !== null && before !== after;
  return (
    <>
      <Ago at={at} />: {from === null ? "first judged" : `from ${from} to`} <b>{to}</b>
      {isMoved &&
        `. MaxSessionDuration was ${before > after ? "lowered" : "raised"} from ${durationText(before)} to ${durationText(after)}`}
      . {change.text}
    </>
  );
}
