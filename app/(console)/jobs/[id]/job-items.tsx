"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Ago } from "@/components/ago";
import { EmptyState } from "@/components/empty-state";
import { Follow } from "@/components/follow-link";
import { useUrlState } from "@/components/url-state";
import {
  type JobDetail,
  type JobItem,
  type Outcome,
  OUTCOME_WORDS,
  OUTCOMES,
} from "@/lib/console/jobs";
import { jobQuery } from "@/lib/console/jobs-queries";
import { leaseHref } from "@/lib/console/leases";
import { lastFour, typeText } from "@/lib/console/leases-words";

/** What came of each lease of a job, by outcome. */
export function JobItems({ id, job }: { id: string; job: JobDetail }) {
  const [asked, setOutcome] = useUrlState("outcome");
  const [cursor, setCursor] = useUrlState("cursor");
  const outcome = OUTCOMES.find((one) => one === asked) ?? "";
  const isWhole = outcome === "" && cursor === "";
  const { data = job } = useQuery({
    ...jobQuery({ id, outcome, cursor }),
    placeholderData: keepPreviousData,
    ...(isWhole && { initialData: job }),
  });
  const choose = (next: Outcome): void => {
    setCursor("");
    setOutcome(next);
  };
  return (
    <Table<JobItem>
      variant="container"
      items={data.items}
      trackBy="lease_id"
      wrapLines
      ariaLabels={{ tableLabel: "Leases of the job" }}
      columnDefinitions={COLUMNS}
      header={<Header variant="h2">Leases</Header>}
      filter={
        <SegmentedControl
          label="Outcome"
          selectedId={outcome === "" ? "all" : outcome}
          options={OUTCOMES.map((one) => ({
            id: one === "" ? "all" : one,
            text: `${one === "" ? "All" : OUTCOME_WORDS[one]} (${countOf(job, one)})`,
          }))}
          onChange={({ detail }) => choose(OUTCOMES.find((one) => one === detail.selectedId) ?? "")}
        />
      }
      empty={
        <EmptyState
          title="No lease came to this"
          action={<Button onClick={() => choose("")}>Show all leases</Button>}
        />
      }
      footer={
        (cursor !== "" || data.next_cursor !== null) && (
          <Box textAlign="center">
            <SpaceBetween direction="horizontal" size="xs">
              {cursor !== "" && <Button onClick={() => setCursor("")}>First leases</Button>}
              {data.next_cursor !== null && (
                <Button onClick={() => setCursor(data.next_cursor ?? "")}>Next leases</Button>
              )}
            </SpaceBetween>
          </Box>
        )
      }
    />
  );
}

function countOf(job: JobDetail, outcome: Outcome): number {
  if (outcome === "") return job.total;
  if (outcome === "waiting" || outcome === "failed") return job[outcome];
  return job.outcomes.find((one) => one.outcome === outcome)?.count ?? 0;
}

const COLUMNS: TableProps.ColumnDefinition<JobItem>[] = [
  {
    id: "lease",
    header: "Lease",
    isRowHeader: true,
    cell: ({ lease_id: id }) => <Follow href={leaseHref(id)}>{id}</Follow>,
  },
  { id: "type", header: "Type", cell: (item) => typeText(item.credential_type) },
  { id: "key", header: "Key id", cell: (item) => <code>{lastFour(item.access_key_id)}</code> },
  { id: "outcome", header: "Outcome", cell: (item) => <ItemOutcome item={item} /> },
  { id: "at", header: "When", cell: (item) => <Ago at={item.ended_at} never="not yet" /> },
];

function ItemOutcome({ item }: { item: JobItem }) {
  if (item.state === "waiting")
    return <StatusIndicator type="pending">Not done yet</StatusIndicator>;
  if (item.state === "failed") {
    return <StatusIndicator type="error">Failed: {item.error ?? "not told why"}</StatusIndicator>;
  }
  if (item.outcome === "stopped_at_aws") {
    return <StatusIndicator type="success">Stopped at AWS</StatusIndicator>;
  }
  if (item.outcome === "already_ended") {
    return <StatusIndicator type="info">Had ended before</StatusIndicator>;
  }
  return (
    <>
      <StatusIndicator type="warning">Ended here</StatusIndicator>
      {item.aws_honours_until !== null && (
        <span className="dim">
          {" "}
          AWS: until <Ago at={item.aws_honours_until} />
        </span>
      )}
    </>
  );
}
