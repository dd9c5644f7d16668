import { cidrsAdmit } from "@/lib/engine/cidr";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { aggregateText, EngineError } from "@/lib/engine/errors";
import { aclOf } from "@/lib/engine/policy/acl-of";
import { decide } from "@/lib/engine/policy/decide";
import type { Operation } from "@/lib/engine/policy/operation";
import { isRootProtected } from "@/lib/engine/policy/root-protected";
import type { Caller } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";
import type { Token } from "@/lib/engine/token/token";
import type { ReadRequest } from "@/lib/vault-api/read-request";
import type { Trail } from "@/lib/vault-api/trail";

/**
 * Agents log in again when, and only when, they see the words "invalid token": they stand in the
 * answer to a token that does not resolve, and in no other.
 */
export function invalidToken(): EngineError {
  return new EngineError("invalid_token", aggregateText(["permission denied", "invalid token"]));
}

/** Verbs that only root gets as far as "unsupported operation" with. */
const VERBS_OF_NO_OPERATION: ReadonlySet<string> = new Set(["HEAD", "OPTIONS"]);

/** No token, a wrong address, a missing entity: plain. */
function plainDenial(): EngineError {
  return new EngineError("permission_denied", "permission denied");
}

/** A policy refused: aggregated. */
function policyDenial(): EngineError {
  return new EngineError("permission_denied", "permission denied", { aggregated: true });
}

/**
 * The caller behind a resolved token, once address and entity admit it.
 *
 * @throws EngineError `permission_denied`, `invalid_token`.
 */
export async function admit(
  request: ReadRequest,
  token: Token | null,
  config: ConfigSnapshot,
): Promise<Caller> {
  if (request.clientToken === "" && request.tokenHmac === null) throw plainDenial();
  if (token === null) throw invalidToken();
  const endless = token.expiresAt === null;
  if (!endless && !cidrsAdmit(token.boundCidrs, request.clientAddress)) throw plainDenial();
  if (token.entityMissing) throw plainDenial();
  const clientToken = request.clientToken === "" ? null : new Secret(request.clientToken);
  return { token, clientToken, acl: await aclOf(token, config) };
}

/**
 * Asks the caller's policies; what they said is kept for the log.
 *
 * @throws EngineError `permission_denied`.
 */
export function authorize(
  request: ReadRequest,
  operation: Operation,
  caller: Caller,
  trail: Trail,
): void {
  const verdict = decide(caller.acl, {
    operation,
    path: request.path,
    rootProtected: isRootProtected(request.path),
    data: request.data ?? {},
    wrapTtlSeconds: request.wrapTtlSeconds,
  });
  trail.know({
    policy: { allowed: verdict.allowed, grantingPolicies: verdict.grantingPolicies },
  });
  // No policy can grant a verb that is none of the operations.
  const granted =
    verdict.allowed && (caller.acl.root || !VERBS_OF_NO_OPERATION.has(request.method));
  if (!granted) throw policyDenial();
}
