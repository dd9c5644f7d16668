"use client";

import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNow } from "@/components/now";
import { type JobDetail, jobSentence } from "@/lib/console/jobs";
import { clockText, leasesWord } from "@/lib/console/leases-words";

/** How far a job is, what has happened, and what is still true. */
export function JobProgress({ job }: { job: JobDetail }) {
  const now = useNow();
  const settled = job.done + job.failed;
  const isRunning = job.state === "running";
  return (
    <SpaceBetween size="s">
      <ProgressBar
        value={job.total === 0 ? 100 : Math.floor((settled / job.total) * 100)}
        status={isRunning ? "in-progress" : job.failed > 0 ? "error" : "success"}
        label="Leases dealt with"
        {...(isRunning ? { additionalInfo: jobSentence(job) } : { resultText: jobSentence(job) })}
      />
      {job.outcomes.length > 0 && (
        <ul>
          {job.outcomes.map((one) => (
            <li key={one.outcome}>{outcomeText(one, now)}</li>
          ))}
        </ul>
      )}
    </SpaceBetween>
  );
}

function outcomeText(
  { outcome, count, aws_honours_until: until }: JobDetail["outcomes"][number],
  now: number,
): string {
  if (outcome === "stopped_at_aws") {
    return `${leasesWord(count)} stopped at AWS: IAM users and their keys are deleted, sessions denied.`;
  }
  if (outcome === "already_ended") return `${leasesWord(count)} had ended before.`;
  if (until === null || Date.parse(until) <= now) {
    return `${leasesWord(count)} ended here; the AWS sessions are over.`;
  }
  return `${leasesWord(count)} ended here; AWS honours the sessions, the last until ${clockText(until, now)}.`;
}
