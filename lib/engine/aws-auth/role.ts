import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import type { ConfigSnapshot, Setting } from "@/lib/engine/config-snapshot";
import type { JsonObject } from "@/lib/engine/json";
import type { RequestScope } from "@/lib/engine/scope";
import {
  DEFAULT_TOKEN_PARAMETERS,
  tokenParameterData,
  type TokenParameters,
} from "@/lib/engine/token/parameters";

export const ROLE_SETTING = "role";
/** Longer names are nobody's. */
const ROLE_NAME_LENGTH_MAX = 512;
const ROLE_NAME = /^\w(?:[\w.-]*\w)?$/;

export type AuthType = "iam" | "ec2";

/** Values written under the deprecated names, which reads then show again. */
export type RoleAliases = {
  ttlSeconds?: number;
  maxTtlSeconds?: number;
  periodSeconds?: number;
  policies?: boolean;
};

/** Who may log in, and what token they get. Lists are OR inside, AND between. */
export type AwsAuthRole = {
  name: string;
  /** New when a role is deleted and made again. */
  roleId: string;
  authType: AuthType;
  boundPrincipalArns: string[];
  boundPrincipalIds: string[];
  resolveUniqueIds: boolean;
  inferredEntityType: string;
  inferredAwsRegion: string;
  boundAmiIds: string[];
  boundAccountIds: string[];
  boundRegions: string[];
  boundVpcIds: string[];
  boundSubnetIds: string[];
  boundIamRoleArns: string[];
  boundIamInstanceProfileArns: string[];
  /** Null until it was written. */
  boundEc2InstanceIds: string[] | null;
  roleTag: string;
  allowInstanceMigration: boolean;
  disallowReauthentication: boolean;
  token: TokenParameters;
  aliases: RoleAliases;
};

export function newRole(name: string, roleId: string): AwsAuthRole {
  return {
    name,
    roleId,
    authType: "iam",
    boundPrincipalArns: [],
    boundPrincipalIds: [],
    resolveUniqueIds: true,
    inferredEntityType: "",
    inferredAwsRegion: "",
    boundAmiIds: [],
    boundAccountIds: [],
    boundRegions: [],
    boundVpcIds: [],
    boundSubnetIds: [],
    boundIamRoleArns: [],
    boundIamInstanceProfileArns: [],
    boundEc2InstanceIds: null,
    roleTag: "",
    allowInstanceMigration: false,
    disallowReauthentication: false,
    token: DEFAULT_TOKEN_PARAMETERS,
    aliases: {},
  };
}

/** The role of that name, whatever its letter case; null when there is none or the name is none. */
export async function findRole(
  config: ConfigSnapshot,
  mountId: string,
  name: string,
): Promise<AwsAuthRole | null> {
  const stored = await roleSetting(config, mountId, name);
  return stored === null ? null : roleFromJson(stored.key, stored.body);
}

export async function roleSetting(
  config: ConfigSnapshot,
  mountId: string,
  name: string,
): Promise<Setting | null> {
  if (name.length > ROLE_NAME_LENGTH_MAX || !ROLE_NAME.test(name)) return null;
  return config.setting(mountId, ROLE_SETTING, name.toLowerCase());
}

export function roleToJson(role: AwsAuthRole): JsonObject {
  const { name: _name, ...body } = role;
  return { ...body, token: { ...role.token }, aliases: { ...role.aliases } };
}

export function roleFromJson(name: string, body: JsonObject): AwsAuthRole {
  // Written by roleToJson only; what an older role lacks has its default.
  const stored = body as Partial<AwsAuthRole>;
  return {
    ...newRole(name, ""),
    ...stored,
    name,
    token: { ...DEFAULT_TOKEN_PARAMETERS, ...stored.token },
  };
}

/** @returns no answer (404) when there is no such role. */
export async function readRole(scope: RequestScope, name: string): Promise<Decision> {
  const role = await findRole(scope.config, scope.mount.id, name);
  return role === null ? answered(null) : told(roleData(role));
}

export async function listRoles(scope: RequestScope): Promise<Decision> {
  const keys = await scope.config.settingKeys(scope.mount.id, ROLE_SETTING);
  return keys.length === 0 ? answered(null) : told({ keys });
}

/** Tokens of the role live on until they end; they can no longer be renewed. */
export function deleteRole(scope: RequestScope, name: string): Decision {
  return effected({
    kind: "delete_setting",
    mountId: scope.mount.id,
    setting: ROLE_SETTING,
    key: name.toLowerCase(),
  });
}

function roleData(role: AwsAuthRole): Record<string, unknown> {
  const { aliases } = role;
  return {
    auth_type: role.authType,
    role_id: role.roleId,
    role_tag: role.roleTag,
    bound_ami_id: role.boundAmiIds,
    bound_account_id: role.boundAccountIds,
    bound_ec2_instance_id: role.boundEc2InstanceIds,
    bound_iam_principal_arn: role.boundPrincipalArns,
    bound_iam_principal_id: role.boundPrincipalIds,
    bound_iam_role_arn: role.boundIamRoleArns,
    bound_iam_instance_profile_arn: role.boundIamInstanceProfileArns,
    bound_region: role.boundRegions,
    bound_subnet_id: role.boundSubnetIds,
    bound_vpc_id: role.boundVpcIds,
    inferred_entity_type: role.inferredEntityType,
    inferred_aws_region: role.inferredAwsRegion,
    resolve_aws_unique_ids: role.resolveUniqueIds,
    allow_instance_migration: role.allowInstanceMigration,
    disallow_reauthentication: role.disallowReauthentication,
    ...tokenParameterData(role.token),
    ...(aliases.ttlSeconds && { ttl: aliases.ttlSeconds }),
    ...(aliases.maxTtlSeconds && { max_ttl: aliases.maxTtlSeconds }),
    ...(aliases.periodSeconds && { period: aliases.periodSeconds }),
    ...(aliases.policies && role.token.policies.length > 0 && { policies: role.token.policies }),
  };
}
