"use client";

import Box from "@cloudscape-design/components/box";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { Tile } from "@/app/(console)/overview/tile";
import { usePart } from "@/app/(console)/overview/use-part";
import { Ago } from "@/components/ago";
import { Follow } from "@/components/follow-link";
import type { Jobs } from "@/lib/console/overview";
import { OVERVIEW_LINKS } from "@/lib/console/overview-links";

const SHOWN_MAX = 3;

type Job = Jobs["jobs"][number];

/** What ends many leases right now, and what did last. */
export function JobsTile() {
  const read = usePart("jobs");
  const running = read?.ok === true ? read.data.jobs.filter(isRunning).length : 0;
  return (
    <Tile
      title="Jobs"
      {...(running > 0 && { counter: `(${running} running)` })}
      link={{ text: "Open jobs", href: OVERVIEW_LINKS.jobs }}
      what="Jobs are not shown."
      read={read}
    >
      {({ jobs }) => (
        <SpaceBetween size="s">
          {!jobs.some(isRunning) && <StatusIndicator type="stopped">None runs</StatusIndicator>}
          {shownOf(jobs).map((job) => (
            <OneJob key={job.id} job={job} />
          ))}
        </SpaceBetween>
      )}
    </Tile>
  );
}

function isRunning(job: Job): boolean {
  return job.state === "running";
}

function shownOf(jobs: readonly Job[]): Job[] {
  const running = jobs.filter(isRunning);
  const over = jobs.filter((job) => !isRunning(job));
  return [...running, ...over].slice(0, Math.max(SHOWN_MAX, running.length));
}

function OneJob({ job }: { job: Job }) {
  return (
    <div>
      <Follow href={`${OVERVIEW_LINKS.jobs}/${job.id}`}>
        {job.total.toLocaleString("en")} {job.total === 1 ? "lease" : "leases"}: {job.reason}
      </Follow>
      {isRunning(job) ? (
        <ProgressBar
          value={job.total === 0 ? 100 : ((job.done + job.failed) / job.total) * 100}
          additionalInfo={`${job.waiting.toLocaleString("en")} waiting, ${job.failed} failed`}
          ariaLabel="Leases done"
        />
      ) : (
        <Box variant="small" display="block">
          <StatusIndicator type={job.failed > 0 ? "warning" : "success"}>
            {job.done.toLocaleString("en")} done{job.failed > 0 && `, ${job.failed} failed`}
          </StatusIndicator>{" "}
          <Ago at={job.finished_at} />, {job.asked_by}
        </Box>
      )}
    </div>
  );
}
