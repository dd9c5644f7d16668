import type { Decision } from "@/lib/engine/answer";
import type { Effect, ReplayMark } from "@/lib/engine/effects";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { JsonObject } from "@/lib/engine/json";
import { requireLoginThawed } from "@/lib/engine/freeze/thawed";
import { grantTtl } from "@/lib/engine/lease/ttl";
import type { Mount } from "@/lib/engine/mount/mount";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Ports } from "@/lib/engine/ports";
import { sanitisePolicies } from "@/lib/engine/policy/sanitise";
import type { RequestScope } from "@/lib/engine/scope";
import { batchTokenOf } from "@/lib/engine/token/batch";
import { mintServiceToken } from "@/lib/engine/token/mint";
import type { TokenParameters } from "@/lib/engine/token/parameters";
import { authBlockOf, type TokenGrant, type TokenKind } from "@/lib/engine/token/token";

/** What an auth method says of a caller whose identity it has verified. */
export type VerifiedLogin = {
  /** The method's own part of the display name; empty: the mount's name alone. */
  displayName: string;
  parameters: TokenParameters;
  metadata: Record<string, string>;
  /** The entity alias; null: none. */
  alias: { name: string; metadata: Record<string, string> } | null;
  /** Kept with the token, for its renewal. */
  renewal: JsonObject;
  replayMark?: ReplayMark;
  /** Thrown when the grant is refused by its replay mark. */
  refused?: EngineError;
  /** More that holds only together with the grant (a spent secret id). */
  effects?: readonly Effect[];
  warnings?: readonly string[];
  /** Told once neither principal nor role turned out to be frozen. */
  passedFreezes?: () => void;
};

const INTERNAL_POLICIES = new Set(["response-wrapping", "control-group"]);

/**
 * Turns a verified login into a token: policies, kind, TTL by role and mount, entity of its alias.
 *
 * @throws EngineError `invalid_request` when the role would hand out root or an internal policy;
 *   `permission_denied` while the principal or the role is frozen.
 * @see https://developer.hashicorp.com/vault/docs/concepts/tokens
 */
export async function grantLogin(
  ports: Ports,
  scope: RequestScope,
  login: VerifiedLogin,
): Promise<Decision> {
  const { parameters } = login;
  await requireLoginThawed(ports, scope, login.renewal);
  login.passedFreezes?.();
  const policies = sanitisePolicies(parameters.policies, !parameters.noDefaultPolicy);
  refuseReserved(policies);
  const kind = loginTokenKind(scope.mount, parameters);
  const { ttlSeconds, warnings } = grantTtl({
    incrementSeconds: 0,
    ttlSeconds: parameters.ttlSeconds,
    periodSeconds: kind === "batch" ? 0 : parameters.periodSeconds,
    maxTtlSeconds: parameters.maxTtlSeconds,
    explicitMaxTtlSeconds: parameters.explicitMaxTtlSeconds,
    ageSeconds: 0,
    ...mountTtls(scope.mount, ports.limits),
  });
  const entity = await entityOf(scope, login);

  const properties = {
    parentHmac: null,
    policies,
    identityPolicies: [],
    path: scope.path,
    displayName: displayNameOf(scope.mount, login.displayName),
    meta: login.metadata,
    ttlSeconds,
    explicitMaxTtlSeconds: kind === "batch" ? 0 : parameters.explicitMaxTtlSeconds,
    role: null,
    entityId: entity.entityId,
    entityCreated: entity.created,
    boundCidrs: parameters.boundCidrs,
    mountId: scope.mount.id,
    renewal: login.renewal,
    leased: true,
  };
  const all = [...warnings, ...(login.warnings ?? [])];
  if (kind === "batch") {
    const grant = batchTokenOf(ports, properties);
    return {
      answer: { auth: authBlockOf(grant), warnings: all },
      effects: [...(login.effects ?? []), ...markOnly(login)],
    };
  }
  return granted(login, all, {
    ...properties,
    ...mintServiceToken(ports),
    kind,
    numUses: parameters.numUses,
    periodSeconds: parameters.periodSeconds,
    renewable: true,
  });
}

/** No row of a batch token could carry the mark. */
function markOnly(login: VerifiedLogin): Effect[] {
  const { replayMark: mark } = login;
  return mark === undefined ? [] : [{ kind: "mark_replay", mark, refused: refusalOf(login) }];
}

function refusalOf(login: VerifiedLogin): EngineError {
  return login.refused ?? new EngineError("unavailable", "the login could not be stored");
}

function granted(login: VerifiedLogin, warnings: readonly string[], grant: TokenGrant): Decision {
  return {
    answer: { auth: authBlockOf(grant), warnings },
    effects: [
      ...(login.effects ?? []),
      {
        kind: "grant_token",
        grant,
        ...(login.replayMark && { replayMark: login.replayMark }),
        refused: refusalOf(login),
      },
    ],
  };
}

function refuseReserved(policies: readonly string[]): void {
  if (policies.includes("root")) throw invalidRequest("auth methods cannot create root tokens");
  const internal = policies.find((name) => INTERNAL_POLICIES.has(name));
  if (internal !== undefined) throw invalidRequest(`cannot assign policy "${internal}"`);
}

/** `service` and `batch` tuned on the mount override the role; its defaults fill what the role leaves open. */
function loginTokenKind(mount: Mount, parameters: TokenParameters): TokenKind {
  const tuned = mount.config.tokenType ?? "default-service";
  if (tuned === "service" || tuned === "batch") return tuned;
  if (parameters.type === "service" || parameters.type === "batch") return parameters.type;
  return tuned === "default-batch" ? "batch" : "service";
}

/** `auth/team/aws/` and `app` make `team-aws-app`. */
function displayNameOf(mount: Mount, own: string): string {
  const prefix = mount.path.replaceAll("/", "-");
  return (prefix + own).replace(/-$/, "");
}

async function entityOf(
  scope: RequestScope,
  login: VerifiedLogin,
): Promise<{ entityId: string | null; created: boolean }> {
  if (login.alias === null || login.alias.name === "") return { entityId: null, created: false };
  return scope.config.ensureAlias({ mountAccessor: scope.mount.accessor, ...login.alias });
}
