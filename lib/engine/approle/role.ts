import type { ConfigSnapshot, Setting } from "@/lib/engine/config-snapshot";
import type { JsonObject } from "@/lib/engine/json";
import {
  DEFAULT_TOKEN_PARAMETERS,
  tokenParameterData,
  tokenParametersFromJson,
  tokenParametersToJson,
  type TokenParameters,
} from "@/lib/engine/token/parameters";

export const ROLE = "role";
/** Finds a role's name by its role id. */
export const ROLE_ID = "role_id";

/** A role of an AppRole mount: who may log in with which secret ids, and what the tokens are like. */
export type Role = {
  /** Lower case. */
  name: string;
  roleId: string;
  bindSecretId: boolean;
  /** Where logins may come from; empty: anywhere. */
  secretIdCidrs: string[];
  /** Uses of each secret id; 0 = unlimited. */
  secretIdNumUses: number;
  /** 0 = secret ids never expire. */
  secretIdTtlSeconds: number;
  localSecretIds: boolean;
  parameters: TokenParameters;
  /** Set through their old names, which the role then reads back too. */
  legacyPolicies: boolean;
  legacyPeriod: boolean;
};

/** A role as it is before anything was said about it. */
export function blankRole(name: string, roleId: string): Role {
  return {
    name,
    roleId,
    bindSecretId: true,
    secretIdCidrs: [],
    secretIdNumUses: 0,
    secretIdTtlSeconds: 0,
    localSecretIds: false,
    parameters: DEFAULT_TOKEN_PARAMETERS,
    legacyPolicies: false,
    legacyPeriod: false,
  };
}

export type StoredRole = { role: Role; setting: Setting };

/** The role of this name, in any case, with the setting it was read from. */
export async function findRole(
  config: ConfigSnapshot,
  mountId: string,
  name: string,
): Promise<StoredRole | null> {
  const setting = await config.setting(mountId, ROLE, name.toLowerCase());
  return setting === null ? null : { role: roleFromJson(setting.key, setting.body), setting };
}

/** The role that has this role id now. */
export async function findRoleByRoleId(
  config: ConfigSnapshot,
  mountId: string,
  roleId: string,
): Promise<Role | null> {
  const found = await config.setting(mountId, ROLE_ID, roleId);
  if (found === null || typeof found.body["role"] !== "string") return null;
  const stored = await findRole(config, mountId, found.body["role"]);
  return stored?.role.roleId === roleId ? stored.role : null;
}

export function roleToJson(role: Role): JsonObject {
  const { name: _name, parameters, ...rest } = role;
  return { ...rest, parameters: tokenParametersToJson(parameters) };
}

function roleFromJson(name: string, body: JsonObject): Role {
  const { parameters, ...rest } = body;
  // Written by roleToJson only, so its types are known.
  return {
    ...blankRole(name, ""),
    ...(rest as Partial<Role>),
    parameters: tokenParametersFromJson(parameters as JsonObject),
  };
}

/** A role as its read shows it; the role id has a path of its own. */
export function roleData(role: Role): Record<string, unknown> {
  return {
    bind_secret_id: role.bindSecretId,
    local_secret_ids: role.localSecretIds,
    secret_id_bound_cidrs: listOrNull(role.secretIdCidrs),
    secret_id_num_uses: role.secretIdNumUses,
    secret_id_ttl: role.secretIdTtlSeconds,
    ...tokenParameterData(role.parameters),
    ...(role.legacyPolicies && { policies: role.parameters.policies }),
    ...(role.legacyPeriod && { period: role.parameters.periodSeconds }),
  };
}

/** Vault shows an empty list of blocks as null. */
export function listOrNull(list: readonly string[]): readonly string[] | null {
  return list.length === 0 ? null : list;
}
