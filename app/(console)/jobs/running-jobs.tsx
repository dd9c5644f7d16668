"use client";

import Link from "@cloudscape-design/components/link";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useFlashes } from "@/components/flashes";
import { useFollow } from "@/components/follow";
import { type Job, jobHref, jobSentence } from "@/lib/console/jobs";
import { runningJobsQuery } from "@/lib/console/jobs-queries";
import { leasesWord } from "@/lib/console/leases-words";

/** Shows jobs that run above every page, and how they ended; what is dismissed stays away. */
export function RunningJobs() {
  const { data } = useQuery(runningJobsQuery);
  const { show } = useFlashes();
  const follow = useFollow();
  const told = useRef(new Map<string, Job["state"]>());
  useEffect(() => {
    for (const job of data?.jobs ?? []) {
      const before = told.current.get(job.id);
      if (before === job.state || (before === undefined && job.state !== "running")) continue;
      told.current.set(job.id, job.state);
      show({
        id: `job ${job.id}`,
        ...statusOf(job),
        content: (
          <Link href={jobHref(job.id)} onFollow={follow} color="inverted">
            Show job {job.id.slice(0, 8)}
          </Link>
        ),
      });
    }
  }, [data, show, follow]);
  return null;
}

function statusOf(job: Job) {
  if (job.state === "running") {
    return {
      type: "in-progress" as const,
      header: `A job revokes ${leasesWord(job.total)}: ${job.reason}`,
    };
  }
  return {
    type: job.state === "done" ? ("success" as const) : ("error" as const),
    header: `${jobSentence(job)} ${job.reason}`,
  };
}
