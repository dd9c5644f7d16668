import { effected, told, type Decision } from "@/lib/engine/answer";
import type { ConfigSnapshot, Setting } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";
import type { JsonObject } from "@/lib/engine/json";
import { parseCidrs } from "@/lib/engine/cidr";
import type { RequestScope } from "@/lib/engine/scope";

/** A role through which tokens are created with settings of its own. Durations in seconds. */
export type TokenRole = {
  name: string;
  allowedPolicies: string[];
  disallowedPolicies: string[];
  allowedPoliciesGlob: string[];
  disallowedPoliciesGlob: string[];
  orphan: boolean;
  renewable: boolean;
  pathSuffix: string;
  allowedEntityAliases: string[] | null;
  periodSeconds: number;
  explicitMaxTtlSeconds: number;
  /** Set under their old names, which a read shows beside the new ones. */
  legacyPeriodSeconds: number;
  legacyExplicitMaxTtlSeconds: number;
  boundCidrs: string[];
  legacyBoundCidrs: string[];
  noDefaultPolicy: boolean;
  numUses: number;
  type: "service" | "batch" | "default-service" | "default-batch";
};

/** Wire names; undefined: not supplied. */
export type TokenRoleInput = {
  allowed_policies?: string[] | undefined;
  disallowed_policies?: string[] | undefined;
  allowed_policies_glob?: string[] | undefined;
  disallowed_policies_glob?: string[] | undefined;
  orphan?: boolean | undefined;
  renewable?: boolean | undefined;
  path_suffix?: string | undefined;
  allowed_entity_aliases?: string[] | undefined;
  period?: number | undefined;
  explicit_max_ttl?: number | undefined;
  bound_cidrs?: string[] | undefined;
  token_period?: number | undefined;
  token_explicit_max_ttl?: number | undefined;
  token_bound_cidrs?: string[] | undefined;
  token_no_default_policy?: boolean | undefined;
  token_num_uses?: number | undefined;
  token_type?: string | undefined;
};

const KIND = "role";
const PATH_SUFFIX = /^\w[\w.-]+\w$/;

const FRESH: Omit<TokenRole, "name"> = {
  allowedPolicies: [],
  disallowedPolicies: [],
  allowedPoliciesGlob: [],
  disallowedPoliciesGlob: [],
  orphan: false,
  renewable: true,
  pathSuffix: "",
  allowedEntityAliases: null,
  periodSeconds: 0,
  explicitMaxTtlSeconds: 0,
  legacyPeriodSeconds: 0,
  legacyExplicitMaxTtlSeconds: 0,
  boundCidrs: [],
  legacyBoundCidrs: [],
  noDefaultPolicy: false,
  numUses: 0,
  type: "default-service",
};

export async function findTokenRole(
  config: ConfigSnapshot,
  mountId: string,
  name: string,
): Promise<TokenRole | null> {
  const setting = await config.setting(mountId, KIND, name);
  return setting === null ? null : roleOf(name, setting);
}

function roleOf(name: string, setting: Setting): TokenRole {
  // Written below only, so its types are known.
  return { ...FRESH, ...(setting.body as Partial<TokenRole>), name };
}

/**
 * Writes a token role: what was supplied over what is there.
 *
 * @throws EngineError `invalid_request` with Vault's text.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/token#create-update-token-role
 */
export async function writeTokenRole(
  scope: RequestScope,
  name: string,
  input: TokenRoleInput,
): Promise<Decision> {
  const setting = await scope.config.setting(scope.mount.id, KIND, name);
  const stored = setting === null ? { ...FRESH, name } : roleOf(name, setting);
  const warnings: string[] = [];
  const role: TokenRole = {
    ...stored,
    ...plainFields(stored, input),
    ...renamedFields(input, warnings),
    type: input.token_type === undefined ? stored.type : typeOf(input.token_type),
  };
  checkRole(role);
  const put = {
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: KIND,
    key: name,
    body: { ...role } as JsonObject,
    revision: setting?.revision ?? 0,
  } as const;
  return { answer: warnings.length === 0 ? null : { warnings }, effects: [put] };
}

function plainFields(stored: TokenRole, input: TokenRoleInput): Partial<TokenRole> {
  return {
    allowedPolicies: sanitised(input.allowed_policies) ?? stored.allowedPolicies,
    disallowedPolicies: sanitised(input.disallowed_policies) ?? stored.disallowedPolicies,
    allowedPoliciesGlob: sanitised(input.allowed_policies_glob) ?? stored.allowedPoliciesGlob,
    disallowedPoliciesGlob:
      sanitised(input.disallowed_policies_glob) ?? stored.disallowedPoliciesGlob,
    orphan: input.orphan ?? stored.orphan,
    renewable: input.renewable ?? stored.renewable,
    pathSuffix: input.path_suffix ?? stored.pathSuffix,
    allowedEntityAliases: input.allowed_entity_aliases
      ? [...new Set(input.allowed_entity_aliases.map((alias) => alias.trim().toLowerCase()))].sort()
      : stored.allowedEntityAliases,
    noDefaultPolicy: input.token_no_default_policy ?? stored.noDefaultPolicy,
    numUses: input.token_num_uses ?? stored.numUses,
  };
}

/** Names of policies: trimmed, lower-case, each once, sorted. */
function sanitised(names: string[] | undefined): string[] | undefined {
  if (names === undefined) return undefined;
  const cleaned = names.map((name) => name.trim().toLowerCase()).filter((name) => name !== "");
  return [...new Set(cleaned)].sort();
}

function renamedFields(input: TokenRoleInput, warnings: string[]): Partial<TokenRole> {
  const changed: Partial<TokenRole> = {};
  for (const name of ["period", "explicit_max_ttl", "bound_cidrs"] as const) {
    if (input[name] !== undefined && input[`token_${name}`] !== undefined) {
      warnings.push(
        `Both 'token_${name}' and deprecated '${name}' value supplied, ignoring the deprecated value`,
      );
    }
  }
  if (input.token_period !== undefined) {
    changed.periodSeconds = input.token_period;
    changed.legacyPeriodSeconds = 0;
  } else if (input.period !== undefined) {
    changed.periodSeconds = changed.legacyPeriodSeconds = input.period;
  }
  if (input.token_explicit_max_ttl !== undefined) {
    changed.explicitMaxTtlSeconds = input.token_explicit_max_ttl;
    changed.legacyExplicitMaxTtlSeconds = 0;
  } else if (input.explicit_max_ttl !== undefined) {
    changed.explicitMaxTtlSeconds = changed.legacyExplicitMaxTtlSeconds = input.explicit_max_ttl;
  }
  if (input.token_bound_cidrs !== undefined) {
    changed.boundCidrs = roleCidrs(input.token_bound_cidrs);
    changed.legacyBoundCidrs = [];
  } else if (input.bound_cidrs !== undefined) {
    changed.boundCidrs = changed.legacyBoundCidrs = roleCidrs(input.bound_cidrs);
  }
  return changed;
}

function roleCidrs(values: readonly string[]): string[] {
  return parseCidrs(values, "error parsing role fields: ");
}

function typeOf(text: string): TokenRole["type"] {
  switch (text) {
    case "":
      return "default-service";
    case "service":
    case "batch":
    case "default-service":
    case "default-batch":
      return text;
    default:
      throw invalidRequest(`invalid 'token_type' value "${text}"`);
  }
}

function checkRole(role: TokenRole): void {
  if (role.pathSuffix !== "" && !PATH_SUFFIX.test(role.pathSuffix)) {
    throw invalidRequest(
      String.raw`given role path suffix contains invalid characters; must match \w[\w-.]+\w`,
    );
  }
  if (role.numUses < 0) throw invalidRequest("'token_num_uses' cannot be negative");
  if (role.type !== "batch") return;
  const refuse = (what: string): never => {
    throw invalidRequest(`'token_type' cannot be 'batch' when role is set to generate ${what}`);
  };
  if (!role.orphan) refuse("non-orphan tokens");
  if (role.periodSeconds !== 0) refuse("periodic tokens");
  if (role.renewable) refuse("renewable tokens");
  if (role.explicitMaxTtlSeconds !== 0) refuse("tokens with an explicit max TTL");
}

export async function readTokenRole(scope: RequestScope, name: string): Promise<Decision> {
  const role = await findTokenRole(scope.config, scope.mount.id, name);
  if (role === null) return { answer: null, effects: [] };
  return told({
    allowed_entity_aliases: role.allowedEntityAliases,
    allowed_policies: role.allowedPolicies,
    allowed_policies_glob: role.allowedPoliciesGlob,
    disallowed_policies: role.disallowedPolicies,
    disallowed_policies_glob: role.disallowedPoliciesGlob,
    explicit_max_ttl: role.legacyExplicitMaxTtlSeconds,
    name: role.name,
    orphan: role.orphan,
    path_suffix: role.pathSuffix,
    period: role.legacyPeriodSeconds,
    renewable: role.renewable,
    token_explicit_max_ttl: role.explicitMaxTtlSeconds,
    token_no_default_policy: role.noDefaultPolicy,
    token_period: role.periodSeconds,
    token_type: role.type,
    ...(role.boundCidrs.length > 0 && { token_bound_cidrs: role.boundCidrs }),
    ...(role.legacyBoundCidrs.length > 0 && { bound_cidrs: role.legacyBoundCidrs }),
    ...(role.numUses > 0 && { token_num_uses: role.numUses }),
  });
}

export async function listTokenRoles(scope: RequestScope): Promise<Decision> {
  const keys = await scope.config.settingKeys(scope.mount.id, KIND);
  return keys.length === 0 ? { answer: null, effects: [] } : told({ keys });
}

export async function deleteTokenRole(scope: RequestScope, name: string): Promise<Decision> {
  return Promise.resolve(
    effected({ kind: "delete_setting", mountId: scope.mount.id, setting: KIND, key: name }),
  );
}

export async function tokenRoleExists(scope: RequestScope, name: string): Promise<boolean> {
  return (await findTokenRole(scope.config, scope.mount.id, name)) !== null;
}
