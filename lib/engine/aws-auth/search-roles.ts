import { told, type Decision } from "@/lib/engine/answer";
import { ROLE_SETTING, roleFromJson, type AwsAuthRole } from "@/lib/engine/aws-auth/role";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Mount } from "@/lib/engine/mount/mount";
import { decide } from "@/lib/engine/policy/decide";
import { normalisePolicyName } from "@/lib/engine/policy/sanitise";
import { callerOf, type RequestScope } from "@/lib/engine/scope";

/** Undefined: not asked for. */
export type RoleSearch = {
  /** Accessor or path of one AWS auth mount; undefined: all of them. */
  mount: string | undefined;
  /** Part of a name, a bound value or a policy. */
  q: string | undefined;
  policy: string | undefined;
  authType: string | undefined;
  limit: number | undefined;
  /** The last row of the page before, as the answer gave it. */
  cursor: string | undefined;
};

type Found = { mount: Mount; role: AwsAuthRole };

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1000;
const TEXT_MAX = 512;

/**
 * Roles of the AWS auth mounts by filter, a page at a time, as far as the caller may read them. What was
 * left out for want of rights is counted.
 *
 * @throws EngineError `invalid_request`, `not_found`: no such mount.
 */
export async function searchRoles(scope: RequestScope, search: RoleSearch): Promise<Decision> {
  const limit = search.limit ?? PAGE_DEFAULT;
  if (limit < 1 || limit > PAGE_MAX) throw invalidRequest(`limit must be from 1 to ${PAGE_MAX}`);
  const all = await rolesOf(scope, mountsOf(scope, search.mount));
  const readable = all.filter(({ mount, role }) => mayRead(scope, mount, role));
  const matching = readable.filter(matcher(search));
  const after = matching.filter((found) => cursorOf(found) > (search.cursor ?? ""));
  const shown = after.slice(0, limit);
  const last = shown.at(-1);
  return told({
    roles: shown.map(rowOf),
    total: readable.length,
    matching: matching.length,
    hidden: all.length - readable.length,
    next_cursor: after.length > limit && last !== undefined ? cursorOf(last) : null,
  });
}

function mountsOf(scope: RequestScope, named: string | undefined): readonly Mount[] {
  const { mounts } = scope.config;
  const ours = mounts.all.filter((mount) => mount.class === "auth" && mount.type === "aws");
  if (named === undefined || named === "") {
    return [...ours].sort((a, b) => (a.fullPath < b.fullPath ? -1 : 1));
  }
  const path = `${named.replace(/^auth\//, "").replace(/\/$/, "")}/`;
  const found = ours.find((mount) => mount.accessor === named || mount.path === path);
  if (found === undefined) {
    throw new EngineError("not_found", `there is no AWS auth mount ${named.slice(0, TEXT_MAX)}`);
  }
  return [found];
}

async function rolesOf(scope: RequestScope, mounts: readonly Mount[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const mount of mounts) {
    for (const { key, body } of await scope.config.settings(mount.id, ROLE_SETTING)) {
      found.push({ mount, role: roleFromJson(key, body) });
    }
  }
  return found.sort((a, b) => (cursorOf(a) < cursorOf(b) ? -1 : 1));
}

function mayRead(scope: RequestScope, mount: Mount, role: AwsAuthRole): boolean {
  return decide(callerOf(scope).acl, {
    operation: "read",
    path: `${mount.fullPath}role/${role.name}`,
    rootProtected: false,
    data: {},
    wrapTtlSeconds: 0,
  }).allowed;
}

function matcher(search: RoleSearch): (found: Found) => boolean {
  for (const text of [search.q, search.policy, search.cursor]) {
    if ((text?.length ?? 0) > TEXT_MAX) throw invalidRequest("a filter is too long");
  }
  const part = search.q?.trim().toLowerCase() ?? "";
  const policy = normalisePolicyName(search.policy ?? "");
  const authType = search.authType ?? "";
  return ({ role }) =>
    (part === "" || textsOf(role).some((text) => text.toLowerCase().includes(part))) &&
    (policy === "" || role.token.policies.map(normalisePolicyName).includes(policy)) &&
    (authType === "" || role.authType === authType);
}

function textsOf(role: AwsAuthRole): string[] {
  return [
    role.name,
    ...role.boundPrincipalArns,
    ...role.boundPrincipalIds,
    ...role.boundAccountIds,
    ...role.boundIamRoleArns,
    ...role.boundIamInstanceProfileArns,
    ...role.boundAmiIds,
    ...role.boundVpcIds,
    ...role.boundSubnetIds,
    ...role.boundRegions,
    ...(role.boundEc2InstanceIds ?? []),
    ...role.token.policies,
  ];
}

/** Sorts as the list does: by mount, then by name. */
function cursorOf({ mount, role }: Found): string {
  return `${mount.fullPath}${role.name}`;
}

function rowOf({ mount, role }: Found): Record<string, unknown> {
  return {
    name: role.name,
    path: `${mount.fullPath}role/${role.name}`,
    mount: mount.fullPath,
    mount_accessor: mount.accessor,
    auth_type: role.authType,
    bound_iam_principal_arn: role.boundPrincipalArns,
    bound_iam_principal_id: role.boundPrincipalIds,
    resolve_aws_unique_ids: role.resolveUniqueIds,
    inferred_entity_type: role.inferredEntityType,
    other_bounds: otherBounds(role),
    token_policies: role.token.policies,
    token_ttl: role.token.ttlSeconds,
    token_max_ttl: role.token.maxTtlSeconds,
    token_period: role.token.periodSeconds,
    token_num_uses: role.token.numUses,
    token_type: role.token.type,
    token_bound_cidrs: role.token.boundCidrs,
  };
}

/** Names of the other lists that narrow who may log in. */
function otherBounds(role: AwsAuthRole): string[] {
  const lists: Readonly<Record<string, readonly string[]>> = {
    bound_ami_id: role.boundAmiIds,
    bound_account_id: role.boundAccountIds,
    bound_region: role.boundRegions,
    bound_vpc_id: role.boundVpcIds,
    bound_subnet_id: role.boundSubnetIds,
    bound_iam_role_arn: role.boundIamRoleArns,
    bound_iam_instance_profile_arn: role.boundIamInstanceProfileArns,
    bound_ec2_instance_id: role.boundEc2InstanceIds ?? [],
  };
  return Object.keys(lists).filter((name) => (lists[name]?.length ?? 0) > 0);
}
