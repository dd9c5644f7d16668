import { EngineError, invalidRequest } from "@/lib/engine/errors";
import { isJsonObject } from "@/lib/engine/json";
import type { Ports } from "@/lib/engine/ports";
import { Secret } from "@/lib/engine/secret";
import { openCubbyhole } from "@/lib/engine/system/cubbyhole";
import type { Token } from "@/lib/engine/token/token";

export const WRAPPING_POLICY = "response-wrapping";
export const RESPONSE_PATH = "response";
export const WRAPINFO_PATH = "wrapinfo";

/** A wrapping token that was found to be good, with its value: only that opens what lies in it. */
export type WrappingToken = { token: Token; clientToken: Secret };

/** Where and when an answer was wrapped, and for how many seconds. */
export type WrapOrigin = { ttlSeconds: number; creationTime: string; creationPath: string };

/** Told alike for tokens that are unknown, expired, used, or no wrapping tokens. */
export function invalidWrappingToken(): EngineError {
  return invalidRequest("wrapping token is not valid or does not exist");
}

/**
 * Finds the wrapping token that a request means: the one in its body, else its own.
 *
 * @param inBody undefined: the body names none.
 * @throws EngineError `permission_denied` (none is named), `invalid_request` (it is not good).
 */
export async function getWrappingToken(
  ports: Pick<Ports, "keys" | "tokens">,
  inBody: string | undefined,
  sentToken: Secret | null,
): Promise<WrappingToken> {
  if (inBody === "") throw refusedToken("empty token in request body");
  const clientToken = inBody === undefined ? sentToken : new Secret(inBody);
  if (clientToken === null || clientToken.reveal() === "") throw refusedToken("token is empty");
  const token = await ports.tokens.byHmac(ports.keys.hmac("token", clientToken.reveal()));
  if (token === null || !isWrappingToken(token)) throw invalidWrappingToken();
  return { token, clientToken };
}

function refusedToken(why: string): EngineError {
  return new EngineError("permission_denied", `error validating wrapping token: ${why}`);
}

/** True for tokens that hold a wrapped answer; nobody can be given their policy otherwise. */
export function isWrappingToken(token: Token): boolean {
  return token.policies.length === 1 && token.policies[0] === WRAPPING_POLICY;
}

/** The wrapped envelope's text. @throws EngineError `invalid_request` when it is gone. */
export async function readWrappedText(
  ports: Pick<Ports, "extras">,
  wrapping: WrappingToken,
): Promise<string> {
  const stored = await readEntry(ports, wrapping, RESPONSE_PATH);
  if (typeof stored["response"] !== "string") throw invalidWrappingToken();
  return stored["response"];
}

/** Where the answer came from. @throws EngineError `invalid_request` when it is gone. */
export async function readWrapOrigin(
  ports: Pick<Ports, "extras">,
  wrapping: WrappingToken,
): Promise<WrapOrigin> {
  const stored = await readEntry(ports, wrapping, WRAPINFO_PATH);
  return {
    ttlSeconds: Number(stored["creation_ttl"]),
    creationTime: String(stored["creation_time"]),
    creationPath: String(stored["creation_path"]),
  };
}

async function readEntry(
  ports: Pick<Ports, "extras">,
  { token, clientToken }: WrappingToken,
  path: string,
): Promise<Record<string, unknown>> {
  const sealed = await ports.extras.cubbyhole(token.hmac, path);
  if (sealed === null) throw invalidWrappingToken();
  const stored: unknown = JSON.parse(openCubbyhole(clientToken, path, sealed));
  if (!isJsonObject(stored)) throw invalidWrappingToken();
  return stored;
}
