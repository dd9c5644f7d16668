import { answered, told, type Decision } from "@/lib/engine/answer";
import { aggregatedRequest, EngineError } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import { callerOf, type RequestScope } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";
import { resolveToken } from "@/lib/engine/token/resolve";
import type { Token } from "@/lib/engine/token/token";

/** Accessors that a list shows at most. */
const ACCESSORS_MAX = 100_000;

/** @throws EngineError `permission_denied`: there is no such token. */
export async function lookupToken(
  ports: Ports,
  scope: RequestScope,
  value: string,
): Promise<Decision> {
  const own = callerOf(scope);
  if (value === "" || value === own.clientToken?.reveal()) return lookupSelf(ports, scope);
  const { token } = await resolveToken(ports, value);
  if (token === null) throw new EngineError("permission_denied", "bad token");
  return told(tokenData(token, new Secret(value)));
}

/** The caller's own token; what is left of its uses counts this one. */
export function lookupSelf(_ports: Ports, scope: RequestScope): Promise<Decision> {
  const { token, clientToken } = callerOf(scope);
  const numUses = token.numUses === 0 ? 0 : token.numUses === 1 ? -1 : token.numUses - 1;
  return Promise.resolve(told(tokenData({ ...token, numUses }, clientToken ?? new Secret(""))));
}

/** @throws EngineError `invalid_request`: no accessor, or none that is known. */
export async function lookupAccessor(ports: Ports, accessor: string): Promise<Decision> {
  return told(tokenData(await tokenByAccessor(ports, accessor), new Secret("")));
}

export async function tokenByAccessor(ports: Ports, accessor: string): Promise<Token> {
  if (accessor === "") throw aggregatedRequest("missing accessor");
  const token = await ports.tokens.byAccessor(accessor);
  if (token === null) throw aggregatedRequest("invalid accessor");
  return token;
}

export async function listAccessors(ports: Ports): Promise<Decision> {
  const keys = await ports.tokens.accessors(ACCESSORS_MAX);
  return keys.length === 0 ? answered(null) : told({ keys });
}

function tokenData(token: Token, id: Secret): Record<string, unknown> {
  const data: Record<string, unknown> = {
    accessor: token.accessor,
    creation_time: Math.floor(token.issuedAt.getTime() / 1000),
    creation_ttl: token.creationTtlSeconds,
    display_name: token.displayName,
    entity_id: token.entityId ?? "",
    expire_time: token.expiresAt === null ? null : token.expiresAt.toISOString(),
    explicit_max_ttl: token.explicitMaxTtlSeconds,
    id,
    meta: token.meta,
    num_uses: token.numUses,
    orphan: token.parentHmac === null,
    path: token.path,
    policies: token.policies,
    ttl: Math.max(0, Math.round(token.remainingSeconds ?? 0)),
    type: token.kind,
  };
  if (token.leased) {
    data["issue_time"] = token.issuedAt.toISOString();
    data["renewable"] = token.renewable;
  }
  if (token.lastRenewedAt !== null) {
    data["last_renewal"] = token.lastRenewedAt.toISOString();
    data["last_renewal_time"] = Math.floor(token.lastRenewedAt.getTime() / 1000);
  }
  if (token.role !== null) data["role"] = token.role;
  if (token.periodSeconds > 0) data["period"] = token.periodSeconds;
  if (token.boundCidrs.length > 0) data["bound_cidrs"] = token.boundCidrs;
  return data;
}
