import { told, type Decision } from "@/lib/engine/answer";
import { invalidRequest } from "@/lib/engine/errors";
import { isJsonObject } from "@/lib/engine/json";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import type { Effect } from "@/lib/engine/effects";
import { wrapAnswer } from "@/lib/engine/wrapping/wrap";
import {
  getWrappingToken,
  invalidWrappingToken,
  isWrappingToken,
  readWrapOrigin,
  readWrappedText,
  type WrappingToken,
} from "@/lib/engine/wrapping/wrapping-token";

/**
 * Gives back what was sent; the wrapping that was asked for does the rest.
 *
 * @throws EngineError `invalid_request` when no wrapping was asked for.
 * @see https://developer.hashicorp.com/vault/api-docs/system/wrapping-wrap
 */
export function wrapInput(scope: RequestScope, input: Readonly<Record<string, unknown>>): Decision {
  if (scope.wrapTtlSeconds <= 0) {
    throw invalidRequest("endpoint requires response wrapping to be used");
  }
  return told({ ...input });
}

/**
 * Tells where a wrapped answer came from, without opening it.
 *
 * @throws EngineError as `getWrappingToken`.
 * @see https://developer.hashicorp.com/vault/api-docs/system/wrapping-lookup
 */
export async function lookUpWrapped(
  ports: Ports,
  scope: RequestScope,
  inBody: string | undefined,
): Promise<Decision> {
  const wrapping = await getWrappingToken(ports, inBody, scope.sentToken);
  const origin = await readWrapOrigin(ports, wrapping);
  return told({
    creation_ttl: origin.ttlSeconds,
    creation_time: origin.creationTime,
    creation_path: origin.creationPath,
  });
}

/**
 * Opens a wrapped answer, once: the text that was put in, and the wrapping token's end.
 *
 * @throws EngineError as `getWrappingToken`.
 * @see https://developer.hashicorp.com/vault/api-docs/system/wrapping-unwrap
 */
export async function unwrap(
  ports: Ports,
  scope: RequestScope,
  inBody: string | undefined,
): Promise<Decision> {
  const wrapping = await openedBy(ports, scope, inBody);
  const text = await readWrappedText(ports, wrapping);
  const effects = consume(scope, wrapping);
  if (text === "") return { answer: null, effects };
  return {
    answer: { raw: { contentType: "application/json", text, audited: auditedPart(text) } },
    effects,
  };
}

/**
 * Moves a wrapped answer into a fresh wrapping token of the same TTL and path, unseen.
 *
 * @throws EngineError as `getWrappingToken`.
 * @see https://developer.hashicorp.com/vault/api-docs/system/wrapping-rewrap
 */
export async function rewrap(
  ports: Ports,
  scope: RequestScope,
  inBody: string | undefined,
): Promise<Decision> {
  const wrapping = await openedBy(ports, scope, inBody);
  const text = await readWrappedText(ports, wrapping);
  const origin = await readWrapOrigin(ports, wrapping);
  const { wrapInfo, effects } = wrapAnswer(
    ports,
    { path: origin.creationPath },
    text,
    origin.ttlSeconds,
  );
  return { answer: { wrapInfo }, effects: [...consume(scope, wrapping), ...effects] };
}

/**
 * A caller that is the wrapping token was found and its use counted before this ran: only what lies
 * in it is still to be read.
 */
async function openedBy(
  ports: Ports,
  scope: RequestScope,
  inBody: string | undefined,
): Promise<WrappingToken> {
  const { caller } = scope;
  if (inBody !== undefined || caller === null || !isWrappingToken(caller.token)) {
    return getWrappingToken(ports, inBody, scope.sentToken);
  }
  const { token, clientToken } = caller;
  return clientToken === null
    ? getWrappingToken(ports, inBody, scope.sentToken)
    : { token, clientToken };
}

/** The spent use is what two openings at once cannot share; a caller's own was spent at the door. */
function consume(scope: RequestScope, { token }: WrappingToken): Effect[] {
  if (scope.caller?.token.hmac === token.hmac) return [];
  return [
    { kind: "spend_token_use", hmac: token.hmac, refused: invalidWrappingToken() },
    { kind: "revoke_tokens", hmacs: [token.hmac], orphanChildren: false, reason: "used_up" },
  ];
}

/** What the audit log shows, hashed, of an envelope that goes out as text. */
function auditedPart(text: string): Record<string, unknown> {
  const envelope: unknown = JSON.parse(text);
  if (!isJsonObject(envelope)) return {};
  const shown: Record<string, unknown> = isJsonObject(envelope["data"]) ? envelope["data"] : {};
  return isJsonObject(envelope["auth"]) ? { ...shown, auth: envelope["auth"] } : shown;
}
