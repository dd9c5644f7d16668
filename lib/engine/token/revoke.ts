import { answered, effected, type Decision } from "@/lib/engine/answer";
import { aggregatedRequest, invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import { callerOf, type RequestScope } from "@/lib/engine/scope";
import { resolveToken } from "@/lib/engine/token/resolve";
import type { Token } from "@/lib/engine/token/token";

/** Ends a token with its children, leases and cubbyhole. An unknown token has ended already. */
export async function revokeToken(ports: Ports, value: string): Promise<Decision> {
  if (value === "") throw invalidRequest("missing token ID");
  const { token } = await resolveToken(ports, value);
  return token === null ? answered(null) : revoked(token, false);
}

export function revokeSelf(_ports: Ports, scope: RequestScope): Promise<Decision> {
  return Promise.resolve(revoked(callerOf(scope).token, false));
}

export async function revokeAccessor(ports: Ports, accessor: string): Promise<Decision> {
  if (accessor === "") throw aggregatedRequest("missing accessor");
  const token = await ports.tokens.byAccessor(accessor);
  if (token === null) return answered({ warnings: ["No token found with this accessor"] });
  return revoked(token, false);
}

/** Ends a token; its children live on as orphans. */
export async function revokeOrphan(ports: Ports, value: string): Promise<Decision> {
  if (value === "") throw invalidRequest("missing token ID");
  const { token } = await resolveToken(ports, value);
  if (token === null) throw invalidRequest("token to revoke not found");
  return revoked(token, true);
}

function revoked(token: Token, orphanChildren: boolean): Decision {
  if (token.kind === "batch") throw invalidRequest("batch tokens cannot be revoked");
  return effected({
    kind: "revoke_tokens",
    hmacs: [token.hmac],
    orphanChildren,
    reason: "revoked",
  });
}
