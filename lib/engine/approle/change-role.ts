import { checkBlocks } from "@/lib/engine/approle/blocks";
import type { Role } from "@/lib/engine/approle/role";
import { formatDuration } from "@/lib/engine/duration";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import { changeTokenParameters, type TokenParameterInput } from "@/lib/engine/token/parameters";

/** Bytes of a role name; it is part of an index. */
export const ROLE_NAME_BYTES_MAX = 2048;
const ROLE_ID_BYTES_MAX = 2048;

/** What was supplied for a role; undefined: not supplied. */
export type RoleInput = TokenParameterInput & {
  roleId?: string | undefined;
  bindSecretId?: boolean | undefined;
  secretIdCidrs?: string[] | undefined;
  secretIdNumUses?: number | undefined;
  secretIdTtlSeconds?: number | undefined;
  localSecretIds?: boolean | undefined;
  /** Old names of `token_policies` and `token_period`. */
  policies?: string[] | undefined;
  periodSeconds?: number | undefined;
};

/**
 * Lays what was supplied over a role and checks the result.
 *
 * @throws EngineError `invalid_request` with Vault's text.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/approle#create-update-approle
 */
export function changeRole(
  stored: Role,
  input: RoleInput,
  mountMaxSeconds: number,
): { role: Role; warnings: string[] } {
  const { tokenType, warnings } = usefulTokenType(input.token_type);
  const role: Role = {
    ...stored,
    roleId: input.roleId ?? stored.roleId,
    bindSecretId: input.bindSecretId ?? stored.bindSecretId,
    secretIdCidrs: input.secretIdCidrs ?? stored.secretIdCidrs,
    secretIdNumUses: input.secretIdNumUses ?? stored.secretIdNumUses,
    secretIdTtlSeconds: input.secretIdTtlSeconds ?? stored.secretIdTtlSeconds,
    localSecretIds: input.localSecretIds ?? stored.localSecretIds,
    parameters: changeTokenParameters(stored.parameters, {
      ...input,
      token_type: tokenType,
      token_policies: input.token_policies ?? input.policies,
      token_period: input.token_period ?? input.periodSeconds,
    }),
    legacyPolicies: isLegacy(input.token_policies, input.policies, stored.legacyPolicies),
    legacyPeriod: isLegacy(input.token_period, input.periodSeconds, stored.legacyPeriod),
  };
  checkRole(role, mountMaxSeconds);
  return { role, warnings: [...warnings, ...ttlWarnings(role, mountMaxSeconds)] };
}

/** AppRole alone takes the two defaults of a mount for the role itself. */
function usefulTokenType(type: string | undefined): {
  tokenType: string | undefined;
  warnings: string[];
} {
  if (type !== "default-service" && type !== "default-batch") {
    return { tokenType: type, warnings: [] };
  }
  const tokenType = type.slice("default-".length);
  return {
    tokenType,
    warnings: [`${type} has no useful meaning; adjusting to ${tokenType}`],
  };
}

/** The old name counts until the new one is used. */
function isLegacy(supplied: unknown, suppliedOld: unknown, stored: boolean): boolean {
  if (supplied !== undefined) return false;
  return suppliedOld !== undefined || stored;
}

/** @throws EngineError `invalid_request` when no secret id and no address would be asked for. */
export function checkRole(role: Role, mountMaxSeconds: number): void {
  if (role.roleId === "") {
    throw invalidRequest("invalid role_id supplied, or failed to generate a role_id");
  }
  if (Buffer.byteLength(role.roleId) > ROLE_ID_BYTES_MAX) {
    throw invalidRequest(`role_id is longer than maximum of ${ROLE_ID_BYTES_MAX} bytes`);
  }
  checkBlocks(role.secretIdCidrs, "CIDR");
  if (role.secretIdNumUses < 0) throw invalidRequest("secret_id_num_uses cannot be negative");
  if (role.legacyPeriod) checkPeriod(role.parameters.periodSeconds, mountMaxSeconds);
  const bound = role.secretIdCidrs.length > 0 || role.parameters.boundCidrs.length > 0;
  if (!role.bindSecretId && !bound) {
    throw invalidRequest("at least one constraint should be enabled on the role");
  }
}

/** @throws EngineError `invalid_request` when a period is longer than the mount allows. */
export function checkPeriod(periodSeconds: number, mountMaxSeconds: number): void {
  if (periodSeconds <= mountMaxSeconds) return;
  throw invalidRequest(
    `period of "${formatDuration(periodSeconds)}" is greater than the backend's maximum lease TTL of "${formatDuration(mountMaxSeconds)}"`,
  );
}

function ttlWarnings({ parameters }: Role, mountMaxSeconds: number): string[] {
  if (parameters.maxTtlSeconds <= mountMaxSeconds) return [];
  return [
    "token_max_ttl is greater than the backend mount's maximum TTL value; issued tokens' max TTL value will be truncated",
  ];
}

/** A property of a role that does not exist is told as a path that does not. */
export function roleMissing(): EngineError {
  return new EngineError("unsupported_path", "unsupported path", { aggregated: true });
}
