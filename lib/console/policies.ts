import { z } from "zod";
import type { Operator, Read } from "@/lib/console/operator";

const Names = z.object({ keys: z.array(z.string()) });
const Text = z.object({ policy: z.string() });

const Holder = z.object({
  kind: z.string(),
  path: z.string(),
  mount_accessor: z.string(),
  name: z.string(),
});
const Usage = z.object({
  policies: z.array(
    z.object({
      name: z.string(),
      count: z.number(),
      hidden: z.number(),
      used_by: z.array(Holder),
    }),
  ),
});

/** Who hands a policy out; `hidden` of them this operator may not see. */
export type PolicyUsage = z.infer<typeof Usage>["policies"][number];

const Rule = z.object({
  path: z.string(),
  capabilities: z.array(z.string()),
  has_parameter_rules: z.boolean(),
  min_wrapping_ttl: z.number(),
  max_wrapping_ttl: z.number(),
  origins: z.array(
    z.object({ policy: z.string(), line: z.number(), capabilities: z.array(z.string()) }),
  ),
});
export type PolicyRule = z.infer<typeof Rule>;

export const Explanation = z.object({
  path: z.string(),
  operation: z.string(),
  policies: z.array(z.string()),
  missing_policies: z.array(z.string()),
  root_protected: z.boolean(),
  allowed: z.boolean(),
  granting_policies: z.array(z.string()),
  refusal: z
    .object({
      because: z.string(),
      capability: z.string().optional(),
      parameter: z.string().optional(),
      min_wrapping_ttl: z.number().optional(),
      max_wrapping_ttl: z.number().optional(),
    })
    .nullable(),
  rule: Rule.nullable(),
  candidates: z.array(Rule),
  candidate_count: z.number(),
  skipped: z.array(
    z.object({
      policy: z.string(),
      line: z.number(),
      path: z.string(),
      selector: z.string(),
      problem: z.string(),
    }),
  ),
});
export type Explanation = z.infer<typeof Explanation>;

/** What the API calls a policy. */
export function policyPath(name: string): string {
  return `sys/policies/acl/${name}`;
}

export async function listPolicyNames(operator: Operator): Promise<Read<string[]>> {
  const read = await operator.list(Names, "sys/policies/acl");
  return read.ok ? { ok: true, data: read.data.keys } : read;
}

/** The text as stored; null: there is no such policy. */
export async function readPolicyText(
  operator: Operator,
  name: string,
): Promise<Read<string | null>> {
  const read = await operator.read(Text, policyPath(name));
  if (read.ok) return { ok: true, data: read.data.policy };
  return read.refusal.kind === "not_found" ? { ok: true, data: null } : read;
}

/** By policy; `name`: of this one alone. */
export async function readPolicyUsage(
  operator: Operator,
  name?: string,
): Promise<Read<PolicyUsage[]>> {
  const read = await operator.read(Usage, "sys/leasehold/policies", { name });
  return read.ok ? { ok: true, data: read.data.policies } : read;
}
