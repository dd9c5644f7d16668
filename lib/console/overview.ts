import { z } from "zod";
import { Health } from "@/lib/console/admin-health";

const Count = z.number().int().nonnegative();
const Bars = z.array(z.object({ at: z.string(), counts: z.record(z.string(), Count) }));
export type Bars = z.infer<typeof Bars>;

const MountOf = z.object({ path: z.string(), accessor: z.string() });
const RoleOf = MountOf.extend({ name: z.string() });

/** How far a new installation has come, and the names that are there to go on with. */
export const FirstSteps = z.object({
  auth_mount: MountOf.nullable(),
  secrets_mount: MountOf.nullable(),
  auth_role: RoleOf.nullable(),
  secrets_role: RoleOf.nullable(),
  has_login: z.boolean(),
  has_lease: z.boolean(),
});
export type FirstSteps = z.infer<typeof FirstSteps>;

/** What `sys/leasehold/overview` tells. */
export const Overview = z.object({
  as_of: z.string(),
  leases: z.object({ as_of: z.string(), total: Count, by_type: z.record(z.string(), Count) }),
  trend: z.object({
    from: z.string(),
    to: z.string(),
    width_seconds: Count,
    since: z.string().nullable(),
    counted_until: z.string().nullable(),
    leases: Bars,
    logins: Bars,
    issues: Bars,
  }),
  paths: z.object({ logins: z.array(z.string()), issues: z.array(z.string()) }),
  first_steps: FirstSteps,
});
export type Overview = z.infer<typeof Overview>;

/** A lease whose credential outlives it, since AWS refuses to end it. */
export const StuckLease = z.object({
  lease_id: z.string(),
  state: z.string(),
  role: z.string(),
  credential_type: z.string(),
  attempts: Count,
  next_attempt_at: z.string().nullable(),
  last_error: z.string().nullable(),
  expires_at: z.string(),
});
export const FoundLeases = z.object({
  leases: z.array(StuckLease),
  count: Count.default(0),
  count_is_more: z.boolean().default(false),
});
/** Those that cannot be revoked, and those whose revocation has failed and is tried again. */
export const Stuck = z.object({
  leases: z.array(StuckLease),
  irrevocable: Count,
  irrevocable_is_more: z.boolean(),
  failing: Count,
});
export type Stuck = z.infer<typeof Stuck>;

export const RefusedAnswers = z.object({
  entries: z.array(
    z.object({
      at: z.string(),
      request_id: z.string().nullable(),
      path: z.string(),
      status: z.number().nullable(),
      outcome: z.string(),
      mount_path: z.string().nullable(),
      remote_address: z.string().nullable(),
      role: z.string().nullable().default(null),
      error: z.string().nullable(),
    }),
  ),
  next_cursor: z.string().nullable(),
});
export type RefusedAnswers = z.infer<typeof RefusedAnswers>;

/** Refused logins with the same cause, for the same role, from the same place. */
export const RefusedLogins = z.object({
  causes: z.array(
    z.object({
      cause: z.string(),
      mount: z.string(),
      role: z.string(),
      source: z.string(),
      count: Count,
      lastAt: z.string(),
      lastRequestId: z.string(),
    }),
  ),
  total: Count,
  /** There are more than were looked at. */
  isMore: z.boolean(),
});
export type RefusedLogins = z.infer<typeof RefusedLogins>;

export const JobSummary = z.object({
  id: z.string(),
  action: z.string(),
  reason: z.string(),
  asked_by: z.string(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
  state: z.string(),
  total: Count,
  done: Count,
  failed: Count,
  waiting: Count,
});
export const Jobs = z.object({ jobs: z.array(JobSummary) });
export type Jobs = z.infer<typeof Jobs>;

export const Changes = z.object({
  changes: z.array(
    z.object({
      id: z.string(),
      at: z.string(),
      change: z.enum(["created", "updated", "deleted"]),
      request_id: z.string().nullable(),
      changed_by: z.string(),
      path: z.string(),
      kind: z.string(),
      key: z.string(),
      secret_changed: z.boolean(),
    }),
  ),
});
export type Changes = z.infer<typeof Changes>;

export const Integrity = z.object({
  from: z.string(),
  to: z.string(),
  intact: z.boolean(),
  rows: Count,
  defects: z.array(z.object({ what: z.string() })),
  verified_at: z.string(),
});
export type Integrity = z.infer<typeof Integrity>;

/** What the page reads apart, each judged by its own path. */
export type OverviewData = {
  overview: Overview;
  stuck: Stuck;
  refused: RefusedLogins;
  jobs: Jobs;
  changes: Changes;
  integrity: Integrity;
  /** Read on every page, for what is degraded. */
  health: Health;
};
export type OverviewPart = keyof OverviewData;

export const OVERVIEW_PARTS: { readonly [P in OverviewPart]: z.ZodType<OverviewData[P]> } = {
  overview: Overview,
  stuck: Stuck,
  refused: RefusedLogins,
  jobs: Jobs,
  changes: Changes,
  integrity: Integrity,
  health: Health,
};
export const OverviewPart = z.enum([
  "overview",
  "stuck",
  "refused",
  "jobs",
  "changes",
  "integrity",
  "health",
]);
