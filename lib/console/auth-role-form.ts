import { asCode } from "@/lib/console/as-code";
import { authPath, type AuthMount } from "@/lib/console/auth-mounts";
import type { AuthRole } from "@/lib/console/auth-roles";
import { durationInput } from "@/lib/console/durations";
import { terraformResource } from "@/lib/console/terraform";

/** Lists of a role that narrow it to instances, with what a form calls them. */
export const INSTANCE_BOUNDS = [
  ["bound_account_id", "Accounts", "111111111111"],
  ["bound_ami_id", "AMIs", "ami-0123456789abcdef0"],
  ["bound_vpc_id", "VPCs", "vpc-0123456789abcdef0"],
  ["bound_subnet_id", "Subnets", "subnet-0123456789abcdef0"],
  ["bound_iam_role_arn", "Roles of instances", "arn:aws:iam::111111111111:role/web"],
  [
    "bound_iam_instance_profile_arn",
    "Instance profiles",
    "arn:aws:iam::111111111111:instance-profile/web",
  ],
  ["bound_ec2_instance_id", "Instances", "i-0123456789abcdef0"],
] as const;

type InstanceBound = (typeof INSTANCE_BOUNDS)[number][0];

/** What the form of a role holds, by the names of the API; durations and numbers as they are typed. */
export type RoleValues = Record<InstanceBound, readonly string[]> & {
  bound_iam_principal_arn: readonly string[];
  resolve_aws_unique_ids: boolean;
  inferred_entity_type: "" | "ec2_instance";
  inferred_aws_region: string;
  token_policies: readonly string[];
  token_no_default_policy: boolean;
  token_ttl: string;
  token_max_ttl: string;
  token_explicit_max_ttl: string;
  token_period: string;
  token_num_uses: string;
  token_bound_cidrs: readonly string[];
  token_type: "default" | "service" | "batch";
};

const NEW_ROLE: RoleValues = {
  bound_iam_principal_arn: [],
  resolve_aws_unique_ids: true,
  inferred_entity_type: "",
  inferred_aws_region: "",
  bound_account_id: [],
  bound_ami_id: [],
  bound_vpc_id: [],
  bound_subnet_id: [],
  bound_iam_role_arn: [],
  bound_iam_instance_profile_arn: [],
  bound_ec2_instance_id: [],
  token_policies: [],
  token_no_default_policy: false,
  token_ttl: "",
  token_max_ttl: "",
  token_explicit_max_ttl: "",
  token_period: "",
  token_num_uses: "0",
  token_bound_cidrs: [],
  token_type: "default",
};

/** The form of a stored role; null: of one that is not there yet. */
export function roleValues(role: AuthRole | null): RoleValues {
  if (role === null) return NEW_ROLE;
  const { token_type: type } = role;
  return {
    bound_iam_principal_arn: role.bound_iam_principal_arn,
    resolve_aws_unique_ids: role.resolve_aws_unique_ids,
    inferred_entity_type: role.inferred_entity_type === "ec2_instance" ? "ec2_instance" : "",
    inferred_aws_region: role.inferred_aws_region,
    bound_account_id: role.bound_account_id,
    bound_ami_id: role.bound_ami_id,
    bound_vpc_id: role.bound_vpc_id,
    bound_subnet_id: role.bound_subnet_id,
    bound_iam_role_arn: role.bound_iam_role_arn,
    bound_iam_instance_profile_arn: role.bound_iam_instance_profile_arn,
    bound_ec2_instance_id: role.bound_ec2_instance_id,
    token_policies: role.token_policies,
    token_no_default_policy: role.token_no_default_policy,
    token_ttl: durationInput(role.token_ttl),
    token_max_ttl: durationInput(role.token_max_ttl),
    token_explicit_max_ttl: durationInput(role.token_explicit_max_ttl),
    token_period: durationInput(role.token_period),
    token_num_uses: String(role.token_num_uses),
    token_bound_cidrs: role.token_bound_cidrs,
    token_type: type === "service" || type === "batch" ? type : "default",
  };
}

/**
 * What a save has to send: only what differs, so that nothing is overwritten that was not looked at, and
 * AWS is asked for unique ids only when the principals change. Of a new role: what is not as a new role has it.
 */
export function roleChanges(stored: AuthRole | null, values: RoleValues): Record<string, unknown> {
  const before = roleValues(stored);
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(before, name)),
    ),
  );
}

/** The whole role as a command, a request, a resource. */
export function roleCode(mount: AuthMount, name: string, values: RoleValues) {
  const shown = name === "" ? "my-role" : name;
  const changed = roleChanges(null, values);
  return asCode({
    operation: "write",
    path: authPath(mount, `role/${shown}`),
    data: { auth_type: "iam", ...flattened(changed) },
    terraform: roleTerraform(mount, shown, values),
  });
}

/** Lists by commas, as the API takes them too: a command can then name each value plainly. */
function flattened(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.join(",") : value,
    ]),
  );
}

/** @see https://registry.terraform.io/providers/hashicorp/vault/latest/docs/resources/aws_auth_backend_role */
function roleTerraform(mount: AuthMount, name: string, values: RoleValues): string {
  const bounds = INSTANCE_BOUNDS.map(([key]) => [`${key}s`, values[key]] as const);
  return terraformResource("vault_aws_auth_backend_role", name, {
    backend: mount.path.slice(0, -1),
    role: name,
    auth_type: "iam",
    bound_iam_principal_arns: values.bound_iam_principal_arn,
    ...(!values.resolve_aws_unique_ids && { resolve_aws_unique_ids: false }),
    inferred_entity_type: values.inferred_entity_type,
    inferred_aws_region: values.inferred_aws_region,
    ...Object.fromEntries(bounds),
    token_policies: values.token_policies,
    ...(values.token_no_default_policy && { token_no_default_policy: true }),
    token_ttl: secondsOf(values.token_ttl),
    token_max_ttl: secondsOf(values.token_max_ttl),
    token_explicit_max_ttl: secondsOf(values.token_explicit_max_ttl),
    token_period: secondsOf(values.token_period),
    token_num_uses: Number(values.token_num_uses) || undefined,
    token_bound_cidrs: values.token_bound_cidrs,
    ...(values.token_type !== "default" && { token_type: values.token_type }),
  });
}

const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Whole seconds of a typed duration; undefined: not set, or not a duration yet. */
export function secondsOf(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)([hmsd]?)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text.trim()) return undefined;
  const seconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0),
    0,
  );
  return Math.floor(seconds) || undefined;
}
