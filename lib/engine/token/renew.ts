import type { Decision } from "@/lib/engine/answer";
import { aggregatedRequest, EngineError, invalidRequest, isEngineError } from "@/lib/engine/errors";
import { grantTtl } from "@/lib/engine/lease/ttl";
import type { Mount } from "@/lib/engine/mount/mount";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Ports, TokenRenewalTerms } from "@/lib/engine/ports";
import { callerOf, type RequestScope } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";
import { tokenByAccessor } from "@/lib/engine/token/lookup";
import { resolveToken } from "@/lib/engine/token/resolve";
import { findTokenRole } from "@/lib/engine/token/role";
import type { Token } from "@/lib/engine/token/token";

/** @throws EngineError `invalid_request`. */
export async function renewToken(
  ports: Ports,
  scope: RequestScope,
  input: { token: string; incrementSeconds: number },
): Promise<Decision> {
  if (input.token === "") throw invalidRequest("missing token ID");
  const { token } = await resolveToken(ports, input.token);
  if (token === null) throw invalidRequest("token not found");
  return renew(ports, scope, token, {
    clientToken: new Secret(input.token),
    incrementSeconds: input.incrementSeconds,
  });
}

/** @throws EngineError `invalid_request`. */
export async function renewSelf(
  ports: Ports,
  scope: RequestScope,
  incrementSeconds: number,
): Promise<Decision> {
  const { token, clientToken } = callerOf(scope);
  return renew(ports, scope, token, { clientToken, incrementSeconds });
}

/** @throws EngineError `invalid_request`; the answer does not tell the token. */
export async function renewAccessor(
  ports: Ports,
  scope: RequestScope,
  input: { accessor: string; incrementSeconds: number },
): Promise<Decision> {
  const token = await tokenByAccessor(ports, input.accessor);
  if (token.expiresAt !== null && !token.renewable) throw aggregatedRequest("invalid request");
  return renew(ports, scope, token, {
    clientToken: null,
    incrementSeconds: input.incrementSeconds,
  });
}

/**
 * Extends a token by what its issuer allows now: roles and mounts may have changed since.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/auth/token#renew-a-token
 */
async function renew(
  ports: Ports,
  scope: RequestScope,
  token: Token,
  asked: { clientToken: Secret | null; incrementSeconds: number },
): Promise<Decision> {
  if (token.kind === "batch") throw invalidRequest("batch tokens cannot be renewed");
  if (!token.leased) throw invalidRequest("invalid lease ID");
  if (token.expiresAt === null || !token.renewable) throw invalidRequest("lease is not renewable");
  const mount = token.mountId === null ? null : scope.config.mounts.byId(token.mountId);
  if (mount === null) throw invalidRequest("failed to renew entry: the auth mount is gone");
  const terms = await termsOf(ports, scope, mount, token);
  const { ttlSeconds, warnings } = grantTtl({
    ...terms,
    incrementSeconds: asked.incrementSeconds,
    explicitMaxTtlSeconds: terms.explicitMaxTtlSeconds,
    ageSeconds: token.ageSeconds,
    ...mountTtls(mount, ports.limits),
  });
  return {
    answer: {
      warnings,
      auth: {
        clientToken: asked.clientToken,
        accessor: token.accessor,
        kind: token.kind,
        policies: token.policies,
        identityPolicies: [],
        metadata: token.meta,
        ttlSeconds,
        renewable: true,
        entityId: token.entityId ?? "",
        entityCreated: false,
        orphan: token.parentHmac === null,
        numUses: token.numUses,
        displayName: token.displayName,
      },
    },
    effects: [
      {
        kind: "renew_token",
        hmac: token.hmac,
        ttlSeconds,
        refused: invalidRequest("token not found"),
      },
    ],
  };
}

type Terms = TokenRenewalTerms & { explicitMaxTtlSeconds: number };

async function termsOf(
  ports: Ports,
  scope: RequestScope,
  mount: Mount,
  token: Token,
): Promise<Terms> {
  if (mount.type === "token") return tokenStoreTerms(scope, mount, token);
  const method = ports.authMethods[mount.type];
  if (method === undefined) throw new Error(`no auth method ${mount.type}`);
  try {
    const terms = await method.renewal(ports, { ...scope, mount }, token);
    return { ...terms, explicitMaxTtlSeconds: token.explicitMaxTtlSeconds };
  } catch (error) {
    if (!isEngineError(error) || error.kind !== "invalid_request") throw error;
    throw new EngineError("invalid_request", `failed to renew entry: ${error.message}`, {
      cause: error.cause,
    });
  }
}

/** The TTL granted last time; period and explicit maximum of the role as it stands now. */
async function tokenStoreTerms(scope: RequestScope, mount: Mount, token: Token): Promise<Terms> {
  const own = {
    ttlSeconds: token.grantedTtlSeconds,
    maxTtlSeconds: 0,
    periodSeconds: token.periodSeconds,
    explicitMaxTtlSeconds: token.explicitMaxTtlSeconds,
  };
  if (token.role === null) return own;
  const role = await findTokenRole(scope.config, mount.id, token.role);
  if (role === null) {
    throw invalidRequest(
      `failed to renew entry: original token role "${token.role}" could not be found, not renewing`,
    );
  }
  return {
    ...own,
    periodSeconds: role.periodSeconds,
    explicitMaxTtlSeconds: lesserSet(token.explicitMaxTtlSeconds, role.explicitMaxTtlSeconds),
  };
}

function lesserSet(a: number, b: number): number {
  return a === 0 || b === 0 ? a || b : Math.min(a, b);
}
