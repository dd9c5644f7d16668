import type { ConfigSnapshot, Setting } from "@/lib/engine/config-snapshot";
import type { JsonObject } from "@/lib/engine/json";
import type { Secret } from "@/lib/engine/secret";
import {
  DEFAULT_TOKEN_PARAMETERS,
  tokenParameterData,
  tokenParametersFromJson,
  tokenParametersToJson,
  type TokenParameters,
} from "@/lib/engine/token/parameters";

export const USER = "user";

/** Token parameters by their old names; those that were set so are read back so too. */
export type LegacyName = "policies" | "ttl" | "max_ttl" | "bound_cidrs";

/** Who may log in with a password, and what the tokens are like. */
export type User = {
  /** Lower case. */
  name: string;
  parameters: TokenParameters;
  legacy: LegacyName[];
};

/** `passwordHash` is null only where there is no stored user yet. */
export type StoredUser = { user: User; passwordHash: Secret | null; setting: Setting };

export function blankUser(name: string): User {
  return { name, parameters: DEFAULT_TOKEN_PARAMETERS, legacy: [] };
}

/** The user of this name, in any case. */
export async function findUser(
  config: ConfigSnapshot,
  mountId: string,
  name: string,
): Promise<StoredUser | null> {
  const setting = await config.setting(mountId, USER, name.toLowerCase());
  if (setting === null) return null;
  const { parameters, legacy } = setting.body;
  // Written by userToJson only, so its types are known.
  const user: User = {
    name: setting.key,
    parameters: tokenParametersFromJson(parameters as JsonObject),
    legacy: legacy as LegacyName[],
  };
  return { user, passwordHash: setting.secret, setting };
}

export function userToJson(user: User): JsonObject {
  return { parameters: tokenParametersToJson(user.parameters), legacy: user.legacy };
}

/** A user as its read shows it; never the password's hash. */
export function userData({ parameters, legacy }: User): Record<string, unknown> {
  const old: Record<LegacyName, unknown> = {
    policies: parameters.policies,
    ttl: parameters.ttlSeconds,
    max_ttl: parameters.maxTtlSeconds,
    bound_cidrs: parameters.boundCidrs,
  };
  const data = tokenParameterData(parameters);
  for (const name of legacy) data[name] = old[name];
  return data;
}
