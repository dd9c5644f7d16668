"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { JobItems } from "@/app/(console)/jobs/[id]/job-items";
import { JobProgress } from "@/app/(console)/jobs/[id]/job-progress";
import { retryJobAction } from "@/app/(console)/jobs/actions";
import { JobState } from "@/app/(console)/jobs/job-state";
import { Ago } from "@/components/ago";
import { useChange } from "@/components/change";
import { CopyId } from "@/components/copy-id";
import { Follow } from "@/components/follow-link";
import { KeyValue } from "@/components/key-value";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { ReadRefused } from "@/lib/console/get-json";
import { type JobAddress, type JobDetail, jobPath } from "@/lib/console/jobs";
import { jobQuery } from "@/lib/console/jobs-queries";
import { leasesWord } from "@/lib/console/leases-words";

/** One bulk revocation: how far it is, and what came of each lease. */
export function JobPage({
  address,
  first,
  retryReason,
  code,
}: {
  address: JobAddress;
  first: JobDetail;
  /** Why the operator cannot have it tried again; empty: they can. */
  retryReason: string;
  code: Code;
}) {
  const queries = useQueryClient();
  const { data: job, error } = useQuery({
    ...jobQuery({ ...address, outcome: "", cursor: "" }),
    ...(address.outcome === "" && { initialData: first }),
    placeholderData: first,
  });
  const shown = job ?? first;
  const retry = useChange(retryJobAction, () => {
    void queries.invalidateQueries({ queryKey: ["jobs"] });
    return true;
  });
  return (
    <Page
      title={`Revoke ${leasesWord(shown.total)}`}
      description={<JobState job={shown} />}
      apiPath={jobPath(shown.id)}
      above={[
        { text: "Leases", href: "/leases" },
        { text: "Revocation jobs", href: "/jobs" },
      ]}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          <RetryButton job={shown} reason={retryReason} retry={retry} />
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        {retry.refusal !== null && (
          <RefusalState what="Nothing is tried again." refusal={retry.refusal} />
        )}
        {error instanceof ReadRefused && (
          <RefusalState
            what="What follows may be old: the job cannot be read any more."
            refusal={error.refusal}
          />
        )}
        <Came job={shown} />
        <JobItems id={shown.id} job={shown} />
      </SpaceBetween>
    </Page>
  );
}

function Came({ job }: { job: JobDetail }) {
  return (
    <>
      {job.failed > 0 && job.waiting === 0 && (
        <Alert type="error" header={`${leasesWord(job.failed)} could not be ended`}>
          Their credentials may still work. The causes stand below; once they are put right, try the
          failed again.
        </Alert>
      )}
      <Container header={<Header variant="h2">Progress</Header>}>
        <SpaceBetween size="m">
          <JobProgress job={job} />
          <JobFacts job={job} />
        </SpaceBetween>
      </Container>
    </>
  );
}

function RetryButton({
  job,
  reason,
  retry,
}: {
  job: JobDetail;
  reason: string;
  retry: { run: (input: { id: string }) => void; isRunning: boolean };
}) {
  const why = reason || (job.failed === 0 ? "Nothing in this job has failed." : "");
  return (
    <Button
      disabled={why !== ""}
      disabledReason={why}
      loading={retry.isRunning}
      loadingText="Asking"
      onClick={() => retry.run({ id: job.id })}
    >
      Try the failed again
    </Button>
  );
}

function JobFacts({ job }: { job: JobDetail }) {
  return (
    <KeyValue
      columns={3}
      facts={[
        { label: "Reason", value: job.reason },
        {
          label: "Asked for by",
          value: (
            <>
              {job.asked_by} (
              <Follow href={`/tokens/${encodeURIComponent(job.accessor)}`}>token</Follow>)
            </>
          ),
        },
        { label: "Began", value: <Ago at={job.created_at} /> },
        { label: "Finished", value: <Ago at={job.finished_at} never="not yet" /> },
        { label: "Request id", value: <CopyId value={job.request_id} what="request id" /> },
        {
          label: "In the audit log",
          value: <Follow href={`/audit?q=${job.request_id}`}>Show</Follow>,
        },
      ]}
    />
  );
}
