import type { AwsAuthRole, RoleAliases } from "@/lib/engine/aws-auth/role";
import { isAddressOrBlock } from "@/lib/engine/cidr";
import { formatDuration } from "@/lib/engine/duration";
import { invalidRequest } from "@/lib/engine/errors";
import type { Mount } from "@/lib/engine/mount/mount";
import { mountTtls } from "@/lib/engine/mount/ttl";
import { sanitisePolicies } from "@/lib/engine/policy/sanitise";
import type { Limits } from "@/lib/engine/ports";
import {
  changeTokenParameters,
  type TokenParameterInput,
  type TokenParameters,
} from "@/lib/engine/token/parameters";

/** The nine token parameters and the four names they had before. */
export type RoleTokenInput = TokenParameterInput & {
  ttl?: number | undefined;
  max_ttl?: number | undefined;
  period?: number | undefined;
  policies?: readonly string[] | undefined;
};

/**
 * Lays token parameters over a role. Under its old name a value counts for both; the new name
 * clears the old one, unless both were given.
 *
 * @throws EngineError `invalid_request`
 */
export function changeRoleTokens(role: AwsAuthRole, input: RoleTokenInput): AwsAuthRole {
  const cidrs = input.token_bound_cidrs?.map(plainCidr);
  const token = changeTokenParameters(role.token, {
    ...input,
    ...(cidrs !== undefined && { token_bound_cidrs: cidrs }),
  });
  const policies =
    input.policies === undefined ? undefined : sanitisePolicies(input.policies, false);
  const onlyOld = <T>(old: T | undefined, fresh: unknown, kept: T): T =>
    old !== undefined && fresh === undefined ? old : kept;
  const changed: TokenParameters = {
    ...token,
    ttlSeconds: onlyOld(input.ttl, input.token_ttl, token.ttlSeconds),
    maxTtlSeconds: onlyOld(input.max_ttl, input.token_max_ttl, token.maxTtlSeconds),
    periodSeconds: onlyOld(input.period, input.token_period, token.periodSeconds),
    policies: onlyOld(policies, input.token_policies, token.policies),
  };
  return { ...role, token: changed, aliases: changeAliases(role.aliases, input) };
}

function changeAliases(stored: RoleAliases, input: RoleTokenInput): RoleAliases {
  const alias = <T>(
    old: T | undefined,
    fresh: T | undefined,
    kept: T | undefined,
  ): T | undefined =>
    old === undefined ? (fresh === undefined ? kept : undefined) : (fresh ?? old);
  const ttlSeconds = alias(input.ttl, input.token_ttl, stored.ttlSeconds);
  const maxTtlSeconds = alias(input.max_ttl, input.token_max_ttl, stored.maxTtlSeconds);
  const periodSeconds = alias(input.period, input.token_period, stored.periodSeconds);
  const policies =
    input.policies === undefined
      ? input.token_policies === undefined && stored.policies === true
      : (input.token_policies ?? input.policies).length > 0;
  return {
    ...(ttlSeconds !== undefined && { ttlSeconds }),
    ...(maxTtlSeconds !== undefined && { maxTtlSeconds }),
    ...(periodSeconds !== undefined && { periodSeconds }),
    policies,
  };
}

/** `192.0.2.7/32` is kept as the single address it is. */
function plainCidr(value: string): string {
  if (!isAddressOrBlock(value)) {
    throw invalidRequest(
      `error parsing address "${value}": Unable to convert "${value}" to an IPv4 or IPv6 address, or a UNIX Socket`,
    );
  }
  return value.includes(":") ? value.replace(/\/128$/, "") : value.replace(/\/32$/, "");
}

/** @throws EngineError `invalid_request` when the role's times contradict each other or the mount's. */
export function checkRoleTokens(role: AwsAuthRole, mount: Mount, limits: Limits): void {
  const { ttlSeconds, maxTtlSeconds, periodSeconds } = role.token;
  if (maxTtlSeconds > 0 && maxTtlSeconds < ttlSeconds) {
    throw invalidRequest("ttl should be shorter than max ttl");
  }
  const { mountMaxSeconds } = mountTtls(mount, limits);
  if (periodSeconds > mountMaxSeconds) {
    throw invalidRequest(
      `period of "${formatDuration(periodSeconds)}" is greater than the backend's maximum lease TTL of "${formatDuration(mountMaxSeconds)}"`,
    );
  }
}

/** Said when a role promises more than its mount allows. */
export function maxTtlWarning(role: AwsAuthRole, mount: Mount, limits: Limits): string[] {
  const { mountMaxSeconds } = mountTtls(mount, limits);
  const given = role.token.maxTtlSeconds;
  return given > mountMaxSeconds
    ? [
        `Given max ttl of ${given} seconds greater than current mount/system default of ${mountMaxSeconds} seconds; max ttl will be capped at login time`,
      ]
    : [];
}
