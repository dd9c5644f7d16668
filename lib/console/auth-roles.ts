import { z } from "zod";
import { type AuthMount, authPath } from "@/lib/console/auth-mounts";
import type { Operator, Read } from "@/lib/console/operator";

const Texts = z
  .array(z.string())
  .nullable()
  .transform((texts) => texts ?? []);

const Row = z.object({
  name: z.string(),
  path: z.string(),
  auth_type: z.string(),
  bound_iam_principal_arn: Texts,
  bound_iam_principal_id: Texts,
  resolve_aws_unique_ids: z.boolean(),
  inferred_entity_type: z.string(),
  other_bounds: Texts,
  token_policies: Texts,
  token_ttl: z.number(),
  token_max_ttl: z.number(),
  token_period: z.number(),
});
export type AuthRoleRow = z.infer<typeof Row>;

const RowOfAny = Row.extend({ mount_accessor: z.string() });

const Page = z.object({
  roles: z.array(Row),
  total: z.number(),
  matching: z.number(),
  hidden: z.number(),
  next_cursor: z.string().nullable(),
});
export type AuthRolePage = z.infer<typeof Page>;

const ROLES_PER_PAGE = 50;

/** Roles of one mount by filter, a page at a time. */
export async function searchAuthRoles(
  operator: Operator,
  mount: AuthMount,
  filter: { q: string; cursor: string },
): Promise<Read<AuthRolePage>> {
  return operator.read(Page, "sys/leasehold/auth-roles", {
    mount: mount.accessor,
    q: filter.q === "" ? undefined : filter.q,
    cursor: filter.cursor === "" ? undefined : filter.cursor,
    limit: String(ROLES_PER_PAGE),
  });
}

const FoundRoles = z.object({ roles: z.array(RowOfAny), next_cursor: z.string().nullable() });

/** Roles of all AWS auth mounts whose name, bound values or policies hold a text. */
export async function searchAllAuthRoles(
  operator: Operator,
  q: string,
  limit: number,
): Promise<Read<z.infer<typeof FoundRoles>>> {
  return operator.read(FoundRoles, "sys/leasehold/auth-roles", { q, limit: String(limit) });
}

/** A role as its read shows it. Durations in seconds. */
export const AuthRole = z.object({
  auth_type: z.string(),
  role_id: z.string(),
  bound_iam_principal_arn: Texts,
  bound_iam_principal_id: Texts,
  resolve_aws_unique_ids: z.boolean(),
  inferred_entity_type: z.string(),
  inferred_aws_region: z.string(),
  bound_account_id: Texts,
  bound_region: Texts,
  bound_ami_id: Texts,
  bound_vpc_id: Texts,
  bound_subnet_id: Texts,
  bound_iam_role_arn: Texts,
  bound_iam_instance_profile_arn: Texts,
  bound_ec2_instance_id: Texts,
  token_policies: Texts,
  token_no_default_policy: z.boolean(),
  token_ttl: z.number(),
  token_max_ttl: z.number(),
  token_explicit_max_ttl: z.number(),
  token_period: z.number(),
  token_num_uses: z.number(),
  token_bound_cidrs: Texts,
  token_type: z.string(),
});
export type AuthRole = z.infer<typeof AuthRole>;

/** Null: there is no role of that name. */
export async function readAuthRole(
  operator: Operator,
  mount: AuthMount,
  name: string,
): Promise<Read<AuthRole | null>> {
  const read = await operator.read(AuthRole, authPath(mount, `role/${name}`));
  return !read.ok && read.refusal.kind === "not_found" ? { ok: true, data: null } : read;
}

/** The page of a role. Names count in any letter case, so one called `new` has an address too. */
export function authRoleHref(accessor: string, name: string): string {
  return `/auth/${accessor}/roles/${encodeURIComponent(name === "new" ? "NEW" : name)}`;
}
