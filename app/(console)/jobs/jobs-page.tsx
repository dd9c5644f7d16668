"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { JobState } from "@/app/(console)/jobs/job-state";
import { Ago } from "@/components/ago";
import { EmptyState } from "@/components/empty-state";
import { useFollow } from "@/components/follow";
import { Follow } from "@/components/follow-link";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { ReadRefused } from "@/lib/console/get-json";
import { type Job, jobHref, type JobPage, JOBS_PATH } from "@/lib/console/jobs";
import { jobsQuery } from "@/lib/console/jobs-queries";
import type { Read } from "@/lib/console/operator";

const FRESH_MS = 4_000;

/** All bulk revocations, newest first. */
export function JobsPage({
  cursor,
  first,
  code,
}: {
  cursor: string;
  first: Read<JobPage>;
  code: Code;
}) {
  const read = useQuery({
    ...jobsQuery(cursor),
    ...(first.ok && { initialData: first.data }),
    enabled: first.ok,
    staleTime: FRESH_MS,
  });
  const refusal = first.ok
    ? read.error instanceof ReadRefused
      ? read.error.refusal
      : null
    : first.refusal;
  return (
    <Page
      title="Revocation jobs"
      description="Leases that are revoked in the background. Closing a window ends no job."
      apiPath={JOBS_PATH}
      above={[{ text: "Leases", href: "/leases" }]}
      actions={<ShowAsCode code={code} />}
    >
      <SpaceBetween size="m">
        {refusal !== null && (
          <RefusalState
            what="The jobs are not shown."
            refusal={refusal}
            onRetry={() => void read.refetch()}
          />
        )}
        {read.data !== undefined && <JobTable page={read.data} isFirst={cursor === ""} />}
      </SpaceBetween>
    </Page>
  );
}

function JobTable({ page, isFirst }: { page: JobPage; isFirst: boolean }) {
  const follow = useFollow();
  return (
    <Table<Job>
      variant="container"
      items={page.jobs}
      trackBy="id"
      wrapLines
      ariaLabels={{ tableLabel: "Revocation jobs" }}
      columnDefinitions={COLUMNS}
      header={<Header variant="h2">Jobs</Header>}
      empty={
        <EmptyState
          title="No job yet"
          action={
            <Button href="/leases" onFollow={follow}>
              Select leases
            </Button>
          }
          snippet="vault write sys/leasehold/jobs role=app dry_run=true"
        >
          Revoking leases makes a job, which keeps what came of each.
        </EmptyState>
      }
      footer={
        (!isFirst || page.next_cursor !== null) && (
          <Box textAlign="center">
            <SpaceBetween direction="horizontal" size="xs">
              {!isFirst && (
                <Button href="/jobs" onFollow={follow}>
                  Newest
                </Button>
              )}
              {page.next_cursor !== null && (
                <Button href={`/jobs?cursor=${page.next_cursor}`} onFollow={follow}>
                  Older
                </Button>
              )}
            </SpaceBetween>
          </Box>
        )
      }
    />
  );
}

const COLUMNS: TableProps.ColumnDefinition<Job>[] = [
  {
    id: "job",
    header: "Job",
    isRowHeader: true,
    cell: ({ id }) => <Follow href={jobHref(id)}>{id.slice(0, 8)}</Follow>,
  },
  { id: "state", header: "State", cell: (job) => <JobState job={job} /> },
  {
    id: "progress",
    header: "Leases",
    cell: ({ done, failed, total }) =>
      `${done} of ${total} ended${failed > 0 ? `, ${failed} failed` : ""}`,
  },
  { id: "reason", header: "Reason", cell: ({ reason }) => reason },
  { id: "by", header: "Asked for by", cell: (job) => job.asked_by },
  { id: "at", header: "When", cell: (job) => <Ago at={job.created_at} /> },
];
