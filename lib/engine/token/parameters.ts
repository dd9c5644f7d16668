import { invalidRequest } from "@/lib/engine/errors";
import type { JsonObject } from "@/lib/engine/json";
import { parseCidrs } from "@/lib/engine/cidr";

export type TokenType = "default" | "service" | "batch" | "default-service" | "default-batch";

/** The token settings that every role of an auth method has. Durations in seconds, 0 = not set. */
export type TokenParameters = {
  ttlSeconds: number;
  maxTtlSeconds: number;
  explicitMaxTtlSeconds: number;
  periodSeconds: number;
  /** As written; sanitised at login. */
  policies: string[];
  noDefaultPolicy: boolean;
  numUses: number;
  boundCidrs: string[];
  type: TokenType;
};

export const DEFAULT_TOKEN_PARAMETERS: TokenParameters = {
  ttlSeconds: 0,
  maxTtlSeconds: 0,
  explicitMaxTtlSeconds: 0,
  periodSeconds: 0,
  policies: [],
  noDefaultPolicy: false,
  numUses: 0,
  boundCidrs: [],
  type: "default",
};

/** The wire names of the nine parameters, as values that were supplied (undefined: not supplied). */
export type TokenParameterInput = {
  token_ttl?: number | undefined;
  token_max_ttl?: number | undefined;
  token_explicit_max_ttl?: number | undefined;
  token_period?: number | undefined;
  token_policies?: string[] | undefined;
  token_no_default_policy?: boolean | undefined;
  token_num_uses?: number | undefined;
  token_bound_cidrs?: string[] | undefined;
  token_type?: string | undefined;
};

/**
 * Lays what was supplied over what is stored and checks the result.
 *
 * @throws EngineError `invalid_request` with Vault's text.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/aws#parameters
 */
export function changeTokenParameters(
  stored: TokenParameters,
  input: TokenParameterInput,
): TokenParameters {
  const changed: TokenParameters = {
    ttlSeconds: input.token_ttl ?? stored.ttlSeconds,
    maxTtlSeconds: input.token_max_ttl ?? stored.maxTtlSeconds,
    explicitMaxTtlSeconds: input.token_explicit_max_ttl ?? stored.explicitMaxTtlSeconds,
    periodSeconds: input.token_period ?? stored.periodSeconds,
    policies: input.token_policies ?? stored.policies,
    noDefaultPolicy: input.token_no_default_policy ?? stored.noDefaultPolicy,
    numUses: input.token_num_uses ?? stored.numUses,
    boundCidrs:
      input.token_bound_cidrs === undefined
        ? stored.boundCidrs
        : parseCidrs(input.token_bound_cidrs),
    type: input.token_type === undefined ? stored.type : tokenTypeOf(input.token_type),
  };
  checkTokenParameters(changed);
  return changed;
}

function tokenTypeOf(text: string): TokenType {
  switch (text) {
    case "":
    case "default":
      return "default";
    case "service":
    case "batch":
      return text;
    default:
      throw invalidRequest(`invalid 'token_type' value "${text}"`);
  }
}

function checkTokenParameters(parameters: TokenParameters): void {
  if (parameters.type === "batch" && parameters.periodSeconds !== 0) {
    throw invalidRequest(
      "'token_type' cannot be 'batch' or 'default_batch' when set to generate periodic tokens",
    );
  }
  if (parameters.type === "batch" && parameters.numUses !== 0) {
    throw invalidRequest(
      "'token_type' cannot be 'batch' or 'default_batch' when set to generate tokens with limited use count",
    );
  }
  if (parameters.maxTtlSeconds > 0 && parameters.ttlSeconds > parameters.maxTtlSeconds) {
    throw invalidRequest("'token_ttl' cannot be greater than 'token_max_ttl'");
  }
  if (parameters.numUses < 0) throw invalidRequest("'token_num_uses' cannot be negative");
}

/** The nine keys as every role's read shows them. */
export function tokenParameterData(parameters: TokenParameters): Record<string, unknown> {
  return {
    token_bound_cidrs: parameters.boundCidrs,
    token_explicit_max_ttl: parameters.explicitMaxTtlSeconds,
    token_max_ttl: parameters.maxTtlSeconds,
    token_no_default_policy: parameters.noDefaultPolicy,
    token_num_uses: parameters.numUses,
    token_period: parameters.periodSeconds,
    token_policies: parameters.policies,
    token_ttl: parameters.ttlSeconds,
    token_type: parameters.type,
  };
}

/** As stored within the body of a role. */
export function tokenParametersToJson(parameters: TokenParameters): JsonObject {
  return { ...parameters };
}

/** The parameters within a stored role; what it lacks has its default. */
export function tokenParametersFromJson(body: JsonObject): TokenParameters {
  // Written by tokenParametersToJson only, so its types are known.
  return { ...DEFAULT_TOKEN_PARAMETERS, ...(body as Partial<TokenParameters>) };
}
