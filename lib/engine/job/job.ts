import type { LeaseFilter, LiveState } from "@/lib/engine/lease/search";
import type { PageAsk, Position } from "@/lib/engine/page";

/** Leases that one job takes. */
export const JOB_LEASES_MAX = 100_000;

/** Which leases: by filter, as of an instant, or by name. */
export type Selection =
  | { by: "filter"; filter: LeaseFilter; state: LiveState; asOf: Date }
  | { by: "ids"; ids: readonly string[] };

/** What would be ended, by what its end means. */
export type SelectionGroup = {
  kind: string;
  mountId: string;
  /** True: the credential stops working at AWS; false: AWS honours it until its end. */
  stopsAtAws: boolean;
  count: number;
  /** The latest moment until which AWS honours one of them. */
  awsEndsAt: Date | null;
};

export type JobItemState = "waiting" | "done" | "failed";

/**
 * What came of one lease: its credential stopped at AWS, or only the lease ended here and AWS honours
 * the session to its end; or it had ended before.
 */
export type JobOutcome = "stopped_at_aws" | "ended_here" | "already_ended";

export type AskedBy = { displayName: string; accessor: string; entityId: string | null };

export type Job = {
  position: Position;
  id: string;
  action: string;
  reason: string;
  asOf: Date;
  requestId: string;
  askedBy: AskedBy;
  createdAt: Date;
  finishedAt: Date | null;
  total: number;
  done: number;
  failed: number;
};

export type JobItem = {
  position: Position;
  leaseId: string;
  mountId: string | null;
  kind: string;
  accessKeyId: string | null;
  awsEndsAt: Date | null;
  state: JobItemState;
  outcome: string | null;
  error: string | null;
  attempts: number;
  endedAt: Date | null;
};

export type JobItemFilter = {
  state: JobItemState | null;
  outcome: JobOutcome | null;
  mountIds: readonly string[] | null;
};

/** How many leases of a job came to the same, and until when AWS honours the last of them. */
export type JobOutcomeCount = { outcome: JobOutcome; count: number; awsEndsAt: Date | null };

export type JobReads = {
  preview(selection: Selection): Promise<SelectionGroup[]>;
  /** Newest first. */
  page(ask: PageAsk): Promise<Job[]>;
  find(id: string): Promise<Job | null>;
  outcomes(id: string): Promise<JobOutcomeCount[]>;
  items(id: string, filter: JobItemFilter, ask: PageAsk): Promise<JobItem[]>;
};

/** A lease that a job has taken to work on under a fence. */
export type ClaimedItem = { jobId: string; leaseId: string; fence: string; attempts: number };
