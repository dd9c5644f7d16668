import type { EngineError } from "@/lib/engine/errors";
import type { AskedBy, JobOutcome, Selection } from "@/lib/engine/job/job";

export type JobEffect = CreateJob | SettleJobItems | PostponeJobItem | RetryJob;

/** A job with an item for each lease that the selection finds as the job is written. */
export type CreateJob = {
  kind: "create_job";
  id: string;
  action: string;
  reason: string;
  selection: Selection;
  expected: number;
  requestId: string;
  askedBy: AskedBy;
  /** Thrown when other than the expected number of leases is found. */
  refused: EngineError;
};

/** What came of an item; an error: it failed. Counts only under the fence that took it. */
export type SettledItem = {
  jobId: string;
  leaseId: string;
  fence: string;
  outcome: JobOutcome | null;
  error: string | null;
};
export type SettleJobItems = { kind: "settle_job_items"; items: readonly SettledItem[] };

/** Gives an item back, to be taken again later. */
export type PostponeJobItem = {
  kind: "postpone_job_item";
  jobId: string;
  leaseId: string;
  fence: string;
  delaySeconds: number;
};

/** What failed is to be done again. */
export type RetryJob = { kind: "retry_job"; id: string; refused: EngineError };
