import { z } from "zod";
import type { Operator, Read } from "@/lib/console/operator";

const Count = z.number().int().nonnegative();
const Instant = z.string();

export const JOBS_PATH = "sys/leasehold/jobs";

/** A bulk revocation: who asked for it, and how far it is. */
export const Job = z.object({
  id: z.string(),
  action: z.string(),
  reason: z.string(),
  asked_by: z.string(),
  accessor: z.string(),
  request_id: z.string(),
  as_of: Instant,
  created_at: Instant,
  finished_at: Instant.nullable(),
  state: z.enum(["running", "failed", "done"]),
  total: Count,
  done: Count,
  failed: Count,
  waiting: Count,
});
export type Job = z.infer<typeof Job>;

export const JobItem = z.object({
  lease_id: z.string(),
  mount_path: z.string().nullable(),
  credential_type: z.string(),
  access_key_id: z.string().nullable(),
  state: z.enum(["waiting", "done", "failed"]),
  outcome: z.string().nullable(),
  aws_honours_until: Instant.nullable(),
  error: z.string().nullable(),
  attempts: z.number(),
  ended_at: Instant.nullable(),
});
export type JobItem = z.infer<typeof JobItem>;

export const JobDetail = Job.extend({
  outcomes: z.array(
    z.object({ outcome: z.string(), count: Count, aws_honours_until: Instant.nullable() }),
  ),
  items: z.array(JobItem),
  next_cursor: z.string().nullable(),
  as_of: Instant,
});
export type JobDetail = z.infer<typeof JobDetail>;

export const JobPage = z.object({ jobs: z.array(Job), next_cursor: z.string().nullable() });
export type JobPage = z.infer<typeof JobPage>;

/** What leases would end, by what their end means. */
export const JobPreview = z.object({
  total: Count,
  as_of: Instant.nullable(),
  groups: z.array(
    z.object({
      credential_type: z.string(),
      mount_path: z.string().nullable(),
      count: Count,
      stops_at_aws: z.boolean(),
      aws_honours_until: Instant.nullable(),
    }),
  ),
});
export type JobPreview = z.infer<typeof JobPreview>;

/** What came of the leases of a job, as its page filters them. */
export const OUTCOMES = [
  "",
  "waiting",
  "failed",
  "stopped_at_aws",
  "ended_here",
  "already_ended",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const OUTCOME_WORDS: Readonly<Record<Exclude<Outcome, "">, string>> = {
  waiting: "Not done yet",
  failed: "Failed",
  stopped_at_aws: "Stopped at AWS",
  ended_here: "Ended here, valid at AWS",
  already_ended: "Had ended before",
};

export const JobAddress = z.object({
  id: z.string(),
  outcome: z.enum(OUTCOMES).catch("").default(""),
  cursor: z.string().default(""),
});
export type JobAddress = z.infer<typeof JobAddress>;

export function jobPath(id: string): string {
  return `${JOBS_PATH}/${id}`;
}

export function jobHref(id: string): string {
  return `/jobs/${encodeURIComponent(id)}`;
}

export function readJob(
  operator: Operator,
  { id, outcome, cursor }: JobAddress,
): Promise<Read<JobDetail>> {
  const byState = outcome === "waiting" || outcome === "failed";
  return operator.read(JobDetail, jobPath(id), {
    ...(outcome !== "" && (byState ? { state: outcome } : { outcome })),
    ...(cursor !== "" && { cursor }),
  });
}

export function readJobs(
  operator: Operator,
  { cursor = "" }: { cursor?: string },
): Promise<Read<JobPage>> {
  return operator.read(JobPage, JOBS_PATH, cursor === "" ? {} : { cursor });
}

/** How a job stands, in a sentence. */
export function jobSentence(job: Job): string {
  const { total, done, failed, waiting } = job;
  if (waiting > 0) return `${done + failed} of ${total} leases are done, ${waiting} to go.`;
  if (failed > 0) return `${done} of ${total} leases ended; ${failed} could not be ended.`;
  return total === 1 ? "The lease has ended." : `All ${total} leases have ended.`;
}
