import { z } from "zod";
import type { Operator, Read } from "@/lib/console/operator";
import type { AwsMount } from "@/lib/console/secrets-mounts";
import { type ValidatorAddress, validatorQuery } from "@/lib/console/validator-address";

const Text = z.string().nullable();
const Seconds = z.number().nullable();

export const Status = z.enum(["ok", "warning", "unknown", "error"]);
export type Status = z.infer<typeof Status>;

/** What one check found, with what it rests on. */
export const VerdictResult = z.object({
  code: z.string(),
  status: Status,
  text: z.string(),
  fix: z.object({ text: z.string(), cli: z.string(), terraform: z.string() }).nullable(),
  evidence: z.object({ value: z.string(), method: z.string(), principal_arn: Text, at: Text }),
  first_seen: z.string(),
});
export type VerdictResult = z.infer<typeof VerdictResult>;

/** One secrets role and one of its targets; an empty target is the role itself. */
export const VerdictRow = z.object({
  mount: z.string(),
  role: z.string(),
  target_arn: z.string(),
  status: Status,
  default_ttl: Seconds,
  max_ttl: Seconds,
  max_ttl_is_set: z.boolean(),
  aws_limit: Seconds,
  is_chained: z.boolean().nullable(),
  external_id: z.string(),
  principal_arn: Text,
  checked_at: z.string(),
  results: z.array(VerdictResult),
});
export type VerdictRow = z.infer<typeof VerdictRow>;

/** How a verdict changed, and when. */
export const VerdictChange = z.object({
  at: z.string(),
  from_status: Status.nullable(),
  to_status: Status,
  appeared: z.array(z.string()),
  cleared: z.array(z.string()),
  limit_before: Seconds,
  limit_after: Seconds,
  text: z.string(),
});
export type VerdictChange = z.infer<typeof VerdictChange>;

export const VerdictPage = z.object({
  rows: z.array(VerdictRow),
  counts: z.record(Status, z.number()),
  next_cursor: Text,
});
export type VerdictPage = z.infer<typeof VerdictPage>;

export const VerdictHistory = z.object({ history: z.array(VerdictChange).default([]) });
export type VerdictHistory = z.infer<typeof VerdictHistory>;

const RoleVerdicts = z.object({ status: Status, rows: z.array(VerdictRow) });
export type RoleVerdicts = z.infer<typeof RoleVerdicts>;

export const VALIDATOR_PATH = "sys/leasehold/validator";

export function readVerdicts(
  operator: Operator,
  address: ValidatorAddress,
): Promise<Read<VerdictPage>> {
  return operator.read(VerdictPage, VALIDATOR_PATH, validatorQuery(address));
}

/** How one row changed, newest first. */
export function readVerdictHistory(
  operator: Operator,
  row: { mount: string; role: string; target: string },
): Promise<Read<VerdictHistory>> {
  return operator.read(VerdictHistory, VALIDATOR_PATH, {
    mount: row.mount,
    role: row.role,
    target_arn: row.target,
    history: "true",
    limit: "1",
  });
}

/** What is known of one role now. */
export function readRoleVerdicts(
  operator: Operator,
  mount: AwsMount,
  name: string,
): Promise<Read<RoleVerdicts>> {
  return operator.read(RoleVerdicts, `${mount.path}validate/roles/${name}`);
}

/** AWS's limit of a target, and when it was read. */
export type KnownLimit = { targetArn: string; seconds: number; readAt: string | null };

/** Limits that were read of the targets of a mount's roles, by ARN; nothing where that is not told. */
export async function readKnownLimits(operator: Operator, mount: AwsMount): Promise<KnownLimit[]> {
  const read = await operator.read(VerdictPage, VALIDATOR_PATH, {
    mount: mount.path,
    limit: "1000",
  });
  if (!read.ok) return [];
  const limits = new Map<string, KnownLimit>();
  for (const { target_arn: targetArn, aws_limit: seconds, results } of read.data.rows) {
    if (targetArn === "" || seconds === null) continue;
    const told = results.find(({ evidence }) => evidence.method === "get_role");
    limits.set(targetArn, { targetArn, seconds, readAt: told?.evidence.at ?? null });
  }
  return [...limits.values()];
}
