import type { Decision } from "@/lib/engine/answer";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { Effect } from "@/lib/engine/effects";
import { EngineError, invalidRequest, isEngineError } from "@/lib/engine/errors";
import type { Mount } from "@/lib/engine/mount/mount";
import type { Ports } from "@/lib/engine/ports";
import type { Operation } from "@/lib/engine/policy/operation";
import type { Caller, RequestScope } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";
import { type Resolved, resolveToken, resolveTokenHmac } from "@/lib/engine/token/resolve";
import { admit, authorize, invalidToken } from "@/lib/vault-api/authorize";
import type { AnswerBare } from "@/lib/vault-api/bare-routes";
import { withCors } from "@/lib/vault-api/cors";
import { asEngineError, errorResponse } from "@/lib/vault-api/error-envelope";
import type { ApiRequest, ApiResponse, Dispatch } from "@/lib/vault-api/exchange";
import { inputOf, runHandler } from "@/lib/vault-api/handle";
import { MOUNT_ITSELF } from "@/lib/vault-api/help";
import type { RateLimiter } from "@/lib/vault-api/rate-limiter";
import { readRequest, type ReadRequest } from "@/lib/vault-api/read-request";
import { isLoginPath } from "@/lib/vault-api/request-path";
import { render } from "@/lib/vault-api/render";
import type { RouteMatch } from "@/lib/vault-api/route-table";
import { routeTable } from "@/lib/vault-api/routes";
import { Trail } from "@/lib/vault-api/trail";

/** A use case is run again at most this often when its configuration changed under it. */
const CONFLICT_RETRIES_MAX = 5;

export type Door = {
  ports: Ports;
  /** Endpoints that answer without token, policies or log. */
  bare: AnswerBare;
  /** The caller's address, by the rules for trusted proxies. @throws EngineError */
  clientAddress(request: ApiRequest): string;
  /** Absent: there are no limits of rate. */
  limiter?: RateLimiter;
};

/** What is known of a request once its mount and route were found. */
type Routed = { mount: Mount; match: RouteMatch | null; public: boolean };

/** The whole API as one function of a request. */
export function createDispatch(door: Door): Dispatch {
  return withCors(door.ports, async (request, inside) => {
    try {
      const clientAddress = inside?.clientAddress ?? door.clientAddress(request);
      const read = readRequest(request, clientAddress, inside);
      if ("status" in read) return read;
      return await handle(door, read);
    } catch (thrown) {
      return failed(door.ports, thrown);
    }
  });
}

/** Where a request went, for whoever measures. */
type Place = { mountPath: string | null };

async function handle(door: Door, request: ReadRequest): Promise<ApiResponse> {
  const handled = door.ports.metrics.began(request);
  const place: Place = { mountPath: null };
  let answer: ApiResponse;
  try {
    answer = (await door.bare(request)) ?? (await serve(door, request, place));
  } catch (thrown) {
    answer = failed(door.ports, thrown);
  }
  door.ports.requestEnded(request.id);
  const attempt = door.ports.attempts.ended(request.id, answer.status);
  if (attempt !== null) {
    answer = { ...answer, headers: { ...answer.headers, [ATTEMPT_HEADER]: attempt } };
  }
  const isLogin = request.operation === "update" && isLoginPath(request.path);
  handled.ended({ status: answer.status, mountPath: place.mountPath, isLogin });
  return answer;
}

function failed(ports: Ports, thrown: unknown): ApiResponse {
  const error = asEngineError(thrown);
  reportOwn(ports, error);
  return errorResponse(error);
}

/** By what a refused client can be helped; it tells nothing by itself. */
const ATTEMPT_HEADER = "x-leasehold-login-attempt";

/** What is wrong with a request is told to its caller; the operator is told what is wrong with us. */
function reportOwn(ports: Ports, error: EngineError): void {
  const own = error.kind === "internal" || error.kind === "unavailable";
  if (own && error.cause !== undefined) ports.report(error.message, error.cause);
}

/** From the token to the answer; whatever is thrown after this point is in the log. */
async function serve(door: Door, request: ReadRequest, place: Place): Promise<ApiResponse> {
  const beganAt = performance.now();
  const { token, config } = await resolve(door.ports, request);
  door.ports.metrics.observe("core.fetch_acl_and_token", performance.now() - beganAt);
  await door.limiter?.follow(config);
  if (config.sealed) throw new EngineError("sealed", "Vault is sealed");
  const admission = await door.limiter?.admitLogin(request, config);
  if (admission?.refused) return admission.refused;
  if (isSlashWrite(request)) throw invalidRequest("cannot write to a path ending in '/'");

  const trail = new Trail(door.ports, request);
  await trail.readHeaders(config);
  const routed = routeOf(request, config);
  place.mountPath = routed?.mount.fullPath ?? null;
  trail.know({ mount: routed?.mount ?? null });
  if (routed?.public === true && routed.match !== null) trail.tellOnly(routed.match.route.fields);
  if (token !== null) trail.know({ token });
  let opened = false;
  let used: Used = { caller: null, lastUse: false };
  try {
    const isPublic = routed?.public === true;
    await precede(door, request, { routed, caller: null, config, trail });
    const admitted = isPublic ? null : await admit(request, token, config);
    if (isPublic) trail.know({ policy: { allowed: true, grantingPolicies: [] } });
    const operation = await operationOf(door, request, {
      routed,
      caller: admitted,
      config,
      trail,
    });
    used = await spendUse(door.ports, admitted);
    const { caller } = used;
    if (caller !== null) authorize(request, operation, caller, trail);
    await trail.open(config, null);
    opened = true;
    return await answer(door, request, { ...used, routed, config, trail, operation });
  } catch (thrown) {
    const error = asEngineError(thrown);
    reportOwn(door.ports, error);
    if (!opened) await trail.open(config, error);
    if (!isCommitted(thrown)) await trail.refuse(error, endOf(used));
    return errorResponse(error);
  }
}

function resolve(ports: Ports, { clientToken, tokenHmac }: ReadRequest): Promise<Resolved> {
  if (clientToken === "" && tokenHmac !== null) return resolveTokenHmac(ports, tokenHmac);
  return resolveToken(ports, clientToken);
}

type Standing = {
  routed: Routed | null;
  caller: Caller | null;
  config: ConfigSnapshot;
  trail: Trail;
};

/** Errors whose entry was committed together with the effect that was refused. */
const COMMITTED = new WeakSet<object>();

function isCommitted(thrown: unknown): boolean {
  return typeof thrown === "object" && thrown !== null && COMMITTED.has(thrown);
}

function isSlashWrite(request: ReadRequest): boolean {
  const writes = request.operation === "update" || request.operation === "patch";
  return writes && request.path.endsWith("/");
}

function routeOf(request: ReadRequest, config: ConfigSnapshot): Routed | null {
  const mount = config.mounts.ownerOf(request.path) ?? config.mounts.ownerOf(`${request.path}/`);
  if (mount === null) return null;
  const rest = request.path.slice(mount.fullPath.length);
  const asksHelp = request.operation === "help";
  const isMount = request.path.length <= mount.fullPath.length;
  const match =
    asksHelp && isMount ? MOUNT_ITSELF : (routeTable(mount.class, mount.type)?.match(rest) ?? null);
  // Help is for everybody who holds a token, and for nobody else.
  return { mount, match, public: !asksHelp && match?.route.public === true };
}

/** What a route refuses before the token is judged. */
async function precede(door: Door, request: ReadRequest, standing: Standing): Promise<void> {
  const match = standing.routed?.match ?? null;
  if (match?.route.before === undefined || request.operation === "help") return;
  const scope = scopeOf(request, standing, request.operation);
  await match.route.before({ ports: door.ports, scope, ...inputOf(request, match, "validated") });
}

/** A write is `create` where the route can tell that there is nothing yet. */
async function operationOf(
  door: Door,
  request: ReadRequest,
  standing: Standing,
): Promise<Operation> {
  const { routed, trail } = standing;
  const exists = routed?.match?.route.exists;
  if (request.operation !== "update" || !routed?.match || !exists) {
    return request.operation;
  }
  const input = inputOf(request, routed.match, "existence");
  const scope = scopeOf(request, standing, "update");
  const there = await exists({ ports: door.ports, scope, ...input });
  const operation = there ? "update" : "create";
  trail.know({ operation });
  return operation;
}

/** The caller once the request is paid for; `lastUse`: with the last use of its token. */
type Used = { caller: Caller | null; lastUse: boolean };

/**
 * Takes one use of a token that has a limited number of them, before its policies are asked: a
 * denied request costs one too.
 *
 * @throws EngineError `invalid_token` when others took the last one meanwhile.
 */
async function spendUse(ports: Ports, caller: Caller | null): Promise<Used> {
  if (caller === null || caller.token.numUses <= 0) return { caller, lastUse: false };
  const left = await ports.tokens.spendUse(caller.token.hmac);
  if (left === null) throw invalidToken();
  const token = { ...caller.token, numUses: left + 1 };
  return { caller: { ...caller, token }, lastUse: left === 0 };
}

/** The last use of a token ends it, whatever becomes of the request. */
function endOf({ caller, lastUse }: Used): Effect[] {
  if (!lastUse || caller === null) return [];
  return [
    {
      kind: "revoke_tokens",
      hmacs: [caller.token.hmac],
      orphanChildren: false,
      reason: "used_up",
    },
  ];
}

function scopeOf(request: ReadRequest, standing: Standing, operation: Operation): RequestScope {
  const { routed, caller, config, trail } = standing;
  if (routed === null) throw new Error("a scope needs a mount");
  return {
    requestId: request.id,
    operation,
    path: request.path,
    mount: routed.mount,
    caller,
    sentToken: request.clientToken === "" ? null : new Secret(request.clientToken),
    clientAddress: request.clientAddress,
    isInside: request.isInside,
    accept: request.headers["accept"] ?? "",
    lastEventId: request.headers["last-event-id"],
    config,
    wrapTtlSeconds: request.wrapTtlSeconds,
    begin: (effects) => trail.begin(effects),
  };
}

type Ready = Standing & Used & { operation: Operation };

/** Answers; where the configuration changed under the use case, it is run again on what it is now. */
async function answer(door: Door, request: ReadRequest, ready: Ready): Promise<ApiResponse> {
  let at = ready;
  for (let attempt = 1; ; attempt += 1) {
    const mayRetry = attempt < CONFLICT_RETRIES_MAX;
    try {
      return await answerOnce(door, request, at, mayRetry);
    } catch (thrown) {
      const conflict = isEngineError(thrown) && thrown.kind === "conflict";
      // What was begun at AWS is not begun a second time.
      if (!conflict || !mayRetry || ready.trail.begun) throw thrown;
    }
    const config = await door.ports.extras.snapshot();
    at = { ...ready, config, routed: routeOf(request, config) };
  }
}

/** Runs the use case, commits what it decided, and renders its answer. */
async function answerOnce(
  door: Door,
  request: ReadRequest,
  ready: Ready,
  mayRetry: boolean,
): Promise<ApiResponse> {
  const { routed, trail } = ready;
  const match = usable(request, routed, ready);
  const scope = scopeOf(request, ready, ready.operation);
  const { decision, warnings } = await runHandler(door.ports, { request, scope, match });
  const ended = lastUseOf(decision, ready);
  const rendered = render(door.ports, { request, scope, match, warnings, decision: ended });
  const effects = [...ended.effects, ...rendered.effects];
  await commit(trail, effects, rendered.told, mayRetry && !trail.begun);
  return ended.refusal === null ? rendered.response : errorResponse(ended.refusal);
}

async function commit(
  trail: Trail,
  effects: readonly Effect[],
  told: Parameters<Trail["close"]>[1],
  retry: boolean,
): Promise<void> {
  try {
    await trail.close(effects, told, retry);
  } catch (thrown) {
    const refused = effects.some((effect) => "refused" in effect && effect.refused === thrown);
    if (refused && isEngineError(thrown)) {
      COMMITTED.add(thrown);
      await trail.tellRefusal(thrown);
    }
    throw thrown;
  }
}

/** @throws EngineError `unsupported_path`, `unsupported_operation`: bare on login paths. */
function usable(request: ReadRequest, routed: Routed | null, ready: Ready): RouteMatch {
  if (routed === null) {
    throw new EngineError(
      "unsupported_path",
      `no handler for route "${request.path}". route entry not found.`,
    );
  }
  if (routed.mount.tainted) {
    throw new EngineError(
      "unsupported_path",
      `no handler for route "${request.path}". route entry is tainted.`,
    );
  }
  const aggregated = !routed.public;
  if (routed.match === null) {
    throw new EngineError("unsupported_path", "unsupported path", { aggregated });
  }
  if (ready.operation === "help") return routed.match;
  const handler = ready.operation === "create" ? "update" : ready.operation;
  const plainVerb = !["HEAD", "OPTIONS"].includes(request.method);
  if (routed.match.route[handler] === undefined || !plainVerb) {
    throw new EngineError("unsupported_operation", "unsupported operation", { aggregated });
  }
  return routed.match;
}

type Ended = Decision & { refusal: EngineError | null };

/** A lease that the last use of a token would have received ends with the token, unseen. */
function lastUseOf(decision: Decision, ready: Ready): Ended {
  if (!ready.lastUse) return { ...decision, refusal: null };
  const effects = [...decision.effects, ...endOf(ready)];
  const leased = decision.answer?.lease !== undefined;
  return {
    answer: leased ? null : decision.answer,
    effects,
    refusal: leased
      ? invalidRequest(
          "Secret cannot be returned; token had one use left, so leased credentials were immediately revoked.",
        )
      : null,
  };
}
