import type { Decision } from "@/lib/engine/answer";
import { resolveUniqueId } from "@/lib/engine/aws-auth/entity-lookup";
import { isWildcard } from "@/lib/engine/aws-auth/binding";
import {
  newRole,
  roleFromJson,
  roleSetting,
  roleToJson,
  ROLE_SETTING,
  type AwsAuthRole,
} from "@/lib/engine/aws-auth/role";
import {
  changeRoleTokens,
  checkRoleTokens,
  maxTtlWarning,
  type RoleTokenInput,
} from "@/lib/engine/aws-auth/role-tokens";
import { invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";

/** Undefined: not supplied. */
export type RoleInput = {
  authType?: string | undefined;
  boundPrincipalArns?: readonly string[] | undefined;
  resolveUniqueIds?: boolean | undefined;
  inferredEntityType?: string | undefined;
  inferredAwsRegion?: string | undefined;
  boundAmiIds?: readonly string[] | undefined;
  boundAccountIds?: readonly string[] | undefined;
  boundRegions?: readonly string[] | undefined;
  boundVpcIds?: readonly string[] | undefined;
  boundSubnetIds?: readonly string[] | undefined;
  boundIamRoleArns?: readonly string[] | undefined;
  boundIamInstanceProfileArns?: readonly string[] | undefined;
  boundEc2InstanceIds?: readonly string[] | undefined;
  roleTag?: string | undefined;
  allowInstanceMigration?: boolean | undefined;
  disallowReauthentication?: boolean | undefined;
  tokens: RoleTokenInput;
};

const ROLE_TAG_LENGTH_MAX = 127;
const BOUND_ENTRIES_MAX = 1000;
const INFERRED_INSTANCE = "ec2_instance";

/**
 * Makes a role or changes what was supplied of it. Principal ARNs are resolved to unique ids at AWS
 * first, so an ARN that does not resolve hides every later refusal; nothing is stored then.
 *
 * @throws EngineError `invalid_request`, `aws_failed`, `aws_throttled`
 * @see https://developer.hashicorp.com/vault/api-docs/auth/aws#create-update-role
 */
export async function writeRole(
  ports: Ports,
  scope: RequestScope,
  name: string,
  input: RoleInput,
): Promise<Decision> {
  const stored = await roleSetting(scope.config, scope.mount.id, name);
  const before = stored === null ? null : roleFromJson(stored.key, stored.body);
  const base = before ?? newRole(name.toLowerCase(), ports.random.uuid());

  if (before?.resolveUniqueIds === true && input.resolveUniqueIds === false) {
    throw invalidRequest("changing resolve_aws_unique_ids from true to false is not allowed");
  }
  const bound = await changeBindings(ports, scope, base, input);
  const typed = changeType(bound, input, before !== null);
  checkBounds(typed);
  const flagged = changeFlags(typed, input);
  const tokened = changeRoleTokens(flagged, input.tokens);
  checkRoleTokens(tokened, scope.mount, ports.limits);
  const role = changeRoleTag(tokened, input.roleTag);

  return {
    answer: warned([
      ...(input.disallowReauthentication !== undefined && role.authType === "iam"
        ? ["disallow_reauthentication has no effect for auth_type iam"]
        : []),
      ...maxTtlWarning(role, scope.mount, ports.limits),
    ]),
    effects: [
      {
        kind: "put_setting",
        mountId: scope.mount.id,
        setting: ROLE_SETTING,
        key: role.name,
        body: roleToJson(role),
        // Signs the role's tags; made with the role and kept as long as it lives.
        ...(stored === null && { secret: new Secret(ports.random.uuid()) }),
        revision: stored?.revision ?? 0,
      },
    ],
  };
}

function warned(warnings: readonly string[]): Decision["answer"] {
  return warnings.length === 0 ? null : { warnings };
}

async function changeBindings(
  ports: Ports,
  scope: RequestScope,
  base: AwsAuthRole,
  input: RoleInput,
): Promise<AwsAuthRole> {
  const role: AwsAuthRole = {
    ...base,
    boundAmiIds: listed(input.boundAmiIds) ?? base.boundAmiIds,
    boundAccountIds: listed(input.boundAccountIds) ?? base.boundAccountIds,
    boundRegions: listed(input.boundRegions) ?? base.boundRegions,
    boundVpcIds: listed(input.boundVpcIds) ?? base.boundVpcIds,
    boundSubnetIds: listed(input.boundSubnetIds) ?? base.boundSubnetIds,
    resolveUniqueIds: input.resolveUniqueIds ?? base.resolveUniqueIds,
    boundIamRoleArns: listed(input.boundIamRoleArns) ?? base.boundIamRoleArns,
    boundIamInstanceProfileArns:
      listed(input.boundIamInstanceProfileArns) ?? base.boundIamInstanceProfileArns,
    boundEc2InstanceIds: listed(input.boundEc2InstanceIds) ?? base.boundEc2InstanceIds,
  };
  const principals = listed(input.boundPrincipalArns);
  if (principals !== undefined) {
    principals.forEach(checkWildcard);
    role.boundPrincipalArns = principals;
    role.boundPrincipalIds = [];
  }
  if (role.resolveUniqueIds && role.boundPrincipalIds.length === 0) {
    role.boundPrincipalIds = await resolveAll(ports, scope, role.boundPrincipalArns);
  }
  return role;
}

async function resolveAll(
  ports: Ports,
  scope: RequestScope,
  arns: readonly string[],
): Promise<string[]> {
  const ids: string[] = [];
  // One after the other: the first failure is the one reported, and IAM allows few calls a second.
  for (const arn of arns) {
    if (isWildcard(arn)) continue;
    ids.push(await resolveUniqueId(ports, scope.config, scope.mount.id, arn));
  }
  return ids;
}

/** Empty items mean nothing. @throws EngineError for more entries than any role needs. */
function listed(values: readonly string[] | undefined): string[] | undefined {
  if (values === undefined) return undefined;
  const kept = values.filter((value) => value !== "");
  if (kept.length > BOUND_ENTRIES_MAX) {
    throw invalidRequest(`more than ${BOUND_ENTRIES_MAX} entries in one bound list`);
  }
  return kept;
}

/** A wildcard admits names of one account; it never reaches over accounts or partitions. */
function checkWildcard(entry: string): void {
  if (entry.startsWith("*")) {
    throw invalidRequest(`bound_iam_principal_arn "${entry}" must not start with a wildcard`);
  }
  const [, partition = "", , , account = ""] = entry.split(":");
  const wide =
    partition.includes("*") ||
    account.includes("*") ||
    (isWildcard(entry) && !/^\d{12}$/.test(account));
  if (wide || (isWildcard(entry) && entry.split(":").length < 6)) {
    throw invalidRequest(
      `bound_iam_principal_arn "${entry}" must name one account in front of its wildcard`,
    );
  }
}

function changeType(role: AwsAuthRole, input: RoleInput, exists: boolean): AwsAuthRole {
  const changed: AwsAuthRole = {
    ...role,
    inferredEntityType: input.inferredEntityType ?? role.inferredEntityType,
    inferredAwsRegion: input.inferredAwsRegion ?? role.inferredAwsRegion,
    authType: authTypeOf(role, input.authType, exists),
  };
  const { inferredEntityType: entity, inferredAwsRegion: region } = changed;
  if (entity !== "") {
    if (changed.authType !== "iam") {
      throw invalidRequest("specified inferred_entity_type but didn't allow iam auth_type");
    }
    if (entity !== INFERRED_INSTANCE) {
      throw invalidRequest(`specified invalid inferred_entity_type: ${entity}`);
    }
    if (region === "") {
      throw invalidRequest("specified inferred_entity_type but not inferred_aws_region");
    }
  } else if (region !== "") {
    throw invalidRequest("specified inferred_aws_region but not inferred_entity_type");
  }
  return changed;
}

function authTypeOf(
  role: AwsAuthRole,
  given: string | undefined,
  exists: boolean,
): AwsAuthRole["authType"] {
  if (given === undefined) return role.authType;
  if (exists) {
    if (given !== role.authType) {
      throw invalidRequest("changing auth_type on a role is not allowed");
    }
    return role.authType;
  }
  if (given !== "iam" && given !== "ec2") {
    throw invalidRequest(`unrecognized auth_type: ${given}`);
  }
  return given;
}

function checkBounds(role: AwsAuthRole): void {
  const ec2 = role.authType === "ec2";
  const instance = ec2 || role.inferredEntityType === INFERRED_INSTANCE;
  const orInferring = "but not specifying ec2 auth_type or inferring ec2_instance";
  const bounds: [name: string, bound: readonly string[], fits: boolean, text: string][] = [
    ["bound_account_id", role.boundAccountIds, instance, orInferring],
    ["bound_region", role.boundRegions, ec2, "but not specifying ec2 auth_type"],
    ["bound_ami_id", role.boundAmiIds, instance, orInferring],
    ["bound_iam_instance_profile_arn", role.boundIamInstanceProfileArns, instance, orInferring],
    ["bound_ec2_instance_id", role.boundEc2InstanceIds ?? [], instance, orInferring],
    ["bound_iam_role_arn", role.boundIamRoleArns, instance, orInferring],
    ["bound_iam_principal_arn", role.boundPrincipalArns, !ec2, "but not specifying iam auth_type"],
    ["bound_vpc_id", role.boundVpcIds, instance, orInferring],
    ["bound_subnet_id", role.boundSubnetIds, instance, orInferring],
  ];
  for (const [name, bound, fits, text] of bounds) {
    if (bound.length > 0 && !fits) throw invalidRequest(`specified ${name} ${text}`);
  }
  if (bounds.every(([, bound]) => bound.length === 0)) {
    throw invalidRequest("at least one bound parameter should be specified on the role");
  }
}

function changeFlags(role: AwsAuthRole, input: RoleInput): AwsAuthRole {
  if (input.allowInstanceMigration !== undefined && role.authType !== "ec2") {
    throw invalidRequest("specified allow_instance_migration when not using ec2 auth type");
  }
  const changed: AwsAuthRole = {
    ...role,
    disallowReauthentication: input.disallowReauthentication ?? role.disallowReauthentication,
    allowInstanceMigration: input.allowInstanceMigration ?? role.allowInstanceMigration,
  };
  if (changed.disallowReauthentication && changed.allowInstanceMigration) {
    throw invalidRequest(
      "cannot specify both disallow_reauthentication=true and allow_instance_migration=true",
    );
  }
  return changed;
}

function changeRoleTag(role: AwsAuthRole, roleTag: string | undefined): AwsAuthRole {
  if (roleTag === undefined) return role;
  if (role.authType !== "ec2") {
    throw invalidRequest("tried to enable role_tag when not using ec2 auth method");
  }
  if (roleTag.length > ROLE_TAG_LENGTH_MAX) {
    throw invalidRequest("length of role tag exceeds the EC2 key limit of 127 characters");
  }
  return { ...role, roleTag };
}
