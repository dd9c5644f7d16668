"use client";

import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { Job } from "@/lib/console/jobs";

/** How a job stands, in a word and a shape. */
export function JobState({ job }: { job: Job }) {
  if (job.state === "running") return <StatusIndicator type="in-progress">Running</StatusIndicator>;
  if (job.state === "done") return <StatusIndicator type="success">Done</StatusIndicator>;
  return <StatusIndicator type="error">Done in part</StatusIndicator>;
}
