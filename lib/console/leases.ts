import { z } from "zod";
import { type LeaseAddress, leaseQuery } from "@/lib/console/leases-filter";
import type { Operator, Read } from "@/lib/console/operator";

const Instant = z.string();
const Text = z.string().nullable();

/** A lease as lists show it, live or ended; never what was issued. */
export const Lease = z.object({
  lease_id: z.string(),
  state: z.enum(["active", "revoking", "irrevocable", "ended"]),
  /** Null: the mount is gone. */
  mount_path: Text,
  mount_accessor: Text,
  role: z.string(),
  credential_type: z.string(),
  holder: Text,
  principal: Text,
  accessor: Text,
  entity_id: Text,
  account: Text,
  access_key_id: Text,
  user_name: Text,
  role_arn: Text,
  session_name: Text,
  aws_user_id: Text,
  /** True: ending it stops the credential at AWS. */
  stops_at_aws: z.boolean(),
  /** How far AWS has come with denying the session; null: nobody asked for that. */
  denial_state: z.enum(["pending", "applied", "verified", "moot", "failed"]).nullable(),
  renewable: z.boolean(),
  issued_at: Instant,
  expires_at: Instant,
  ends_by: z.enum(["token", "aws_session", "ttl"]),
  last_renewed_at: Instant.nullable(),
  aws_ends_at: Instant.nullable(),
  token_ends_at: Instant.nullable(),
  attempts: z.number(),
  next_attempt_at: Instant.nullable(),
  last_error: Text,
  irrevocable_at: Instant.nullable(),
  ended_at: Instant.nullable(),
  outcome: Text,
});
export type Lease = z.infer<typeof Lease>;

/** A page of leases; `count` stops at 10,000. */
export const LeasePage = z.object({
  leases: z.array(Lease),
  next_cursor: z.string().nullable(),
  as_of: Instant,
  count: z.number(),
  count_is_more: z.boolean(),
});
export type LeasePage = z.infer<typeof LeasePage>;

/** What the log says of one act upon a lease. */
const TimelineEntry = z.object({
  at: Instant,
  kind: z.string(),
  outcome: z.string(),
  status: z.number().nullable(),
  request_id: z.string().nullable(),
  operation: z.string(),
  path: z.string(),
  accessor: Text,
  display_name: Text,
  remote_address: Text,
  error: Text,
  granting_policies: z.array(z.string()),
  event: Text,
  detail: z.record(z.string(), z.unknown()).nullable(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;

const Denial = z.object({
  state: z.enum(["pending", "applied", "verified", "moot", "failed"]),
  container: z.string(),
  by: z.string(),
  asked_at: Instant,
  applied_at: Instant.nullable(),
  verified_at: Instant.nullable(),
  error: Text,
});

export const LeaseDetail = Lease.extend({
  denial: Denial.nullable(),
  as_of: Instant,
  limits: z.array(z.object({ term: z.string(), at: Instant })),
  siblings: z.array(Lease),
  siblings_are_more: z.boolean(),
  timeline: z.array(TimelineEntry),
  timeline_is_cut: z.boolean(),
});
export type LeaseDetail = z.infer<typeof LeaseDetail>;

/** The request that a lease came from, as the log keeps it: values are hashed there. */
export const IssuingRequest = z.object({
  request_id: z.string(),
  requested_at: Instant.nullable(),
  remote_address: Text,
  granting_policies: z.array(z.string()),
  request: z.record(z.string(), z.unknown()).nullable(),
  auth: z.record(z.string(), z.unknown()).nullable(),
});
export type IssuingRequest = z.infer<typeof IssuingRequest>;

export const LEASES_PATH = "sys/leasehold/leases";

export function leasePath(leaseId: string): string {
  return `${LEASES_PATH}/${leaseId}`;
}

/** One page of the leases that an address names. */
export function readLeases(operator: Operator, address: LeaseAddress): Promise<Read<LeasePage>> {
  return operator.read(LeasePage, LEASES_PATH, leaseQuery(address));
}

export function readLease(operator: Operator, leaseId: string): Promise<Read<LeaseDetail>> {
  return operator.read(LeaseDetail, leasePath(leaseId));
}

/** The request that the lease was issued by; null: the log no longer has it. */
export async function readIssuingRequest(
  operator: Operator,
  { timeline, lease_id: leaseId }: LeaseDetail,
): Promise<Read<IssuingRequest> | null> {
  const folder = leaseId.slice(0, leaseId.lastIndexOf("/"));
  const issuing = timeline.find(
    ({ path, request_id }) => path === folder && request_id !== null && request_id !== "",
  );
  if (issuing?.request_id === undefined || issuing.request_id === null) return null;
  return operator.read(IssuingRequest, `sys/leasehold/audit/${issuing.request_id}`);
}

/** The page of a lease. */
export function leaseHref(leaseId: string): string {
  return `/leases/${leaseId.split("/").map(encodeURIComponent).join("/")}`;
}
