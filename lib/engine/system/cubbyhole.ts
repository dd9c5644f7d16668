import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import type { PutCubbyhole } from "@/lib/engine/effects";
import { aggregatedRequest, EngineError, invalidRequest } from "@/lib/engine/errors";
import { isJsonObject } from "@/lib/engine/json";
import type { Ports } from "@/lib/engine/ports";
import { callerOf, type RequestScope } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";
import type { Token } from "@/lib/engine/token/token";

/** Vault refuses two dots wherever they stand. */
const RELATIVE = "..";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** True when the caller's cubbyhole has something at `path`. */
export async function cubbyholeHas(
  ports: Ports,
  scope: RequestScope,
  path: string,
): Promise<boolean> {
  return (await ports.extras.cubbyhole(ownerOf(scope).token.hmac, path)) !== null;
}

/** What the caller put at `path`; nobody else can ask for it. */
export async function readCubbyhole(
  ports: Ports,
  scope: RequestScope,
  path: string,
): Promise<Decision> {
  const { token, clientToken } = ownerOf(scope);
  checkPath(path, "read");
  const sealed = await ports.extras.cubbyhole(token.hmac, path);
  if (sealed === null) return answered(null);
  const stored: unknown = JSON.parse(openCubbyhole(clientToken, path, sealed));
  if (!isJsonObject(stored)) throw new EngineError("internal", "a cubbyhole entry is no object");
  return told(stored);
}

/** Names at one level below `folder`; deeper ones as folders. */
export async function listCubbyhole(
  ports: Ports,
  scope: RequestScope,
  folder: string,
): Promise<Decision> {
  const prefix = folder === "" || folder.endsWith("/") ? folder : `${folder}/`;
  const paths = await ports.extras.cubbyholePaths(ownerOf(scope).token.hmac, prefix);
  const keys = new Set(paths.map((path) => firstLevel(path.slice(prefix.length))));
  return keys.size === 0 ? answered(null) : told({ keys: [...keys].sort() });
}

function firstLevel(path: string): string {
  const slash = path.indexOf("/");
  return slash < 0 ? path : path.slice(0, slash + 1);
}

/** Keeps `input` at `path` until the caller's token ends. @throws EngineError `invalid_request`. */
export function writeCubbyhole(
  ports: Ports,
  scope: RequestScope,
  path: string,
  input: Readonly<Record<string, unknown>>,
): Decision {
  const { token, clientToken } = ownerOf(scope);
  if (path === "") throw invalidRequest("missing path");
  checkPath(path, "write");
  if (Object.keys(input).length === 0) throw invalidRequest("missing data fields");
  const owner = { hmac: token.hmac, clientToken };
  return effected(putCubbyhole(ports, owner, path, JSON.stringify(input)));
}

/** Forgets what is at `path`, if anything. */
export function deleteCubbyhole(scope: RequestScope, path: string): Decision {
  checkPath(path, "delete");
  return effected({ kind: "delete_cubbyhole", tokenHmac: ownerOf(scope).token.hmac, path });
}

function checkPath(path: string, act: "read" | "write" | "delete"): void {
  if (!path.includes(RELATIVE)) return;
  throw aggregatedRequest(`${act} failed: relative paths not supported`);
}

function ownerOf(scope: RequestScope): { token: Token; clientToken: Secret } {
  const caller = callerOf(scope);
  if (caller.token.kind !== "service") {
    throw invalidRequest('cubbyhole operations are only supported by "service" type tokens');
  }
  const { token, clientToken } = caller;
  // What lies in a cubbyhole opens with the token's own value, which a console session does not know.
  if (clientToken === null) throw invalidRequest("a console session has no cubbyhole");
  return { token, clientToken };
}

/**
 * The effect that stores `plain` for one token, under a key derived from the token's own value. That
 * value is never stored, so a copy of the database with all its keys does not open a cubbyhole.
 */
export function putCubbyhole(
  ports: Pick<Ports, "random">,
  owner: { hmac: string; clientToken: Secret },
  path: string,
  plain: string,
): PutCubbyhole {
  const nonce = ports.random.bytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(owner.clientToken), nonce).setAAD(Buffer.from(path));
  const sealed = Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final()]);
  const value = Buffer.concat([sealed, cipher.getAuthTag()]).toString("base64");
  return { kind: "put_cubbyhole", tokenHmac: owner.hmac, path, value: new Secret(value) };
}

/**
 * The text that `putCubbyhole` stored for this token at this path.
 *
 * @throws EngineError `internal` when it was stored for another token or path.
 */
export function openCubbyhole(clientToken: Secret, path: string, stored: Secret): string {
  const bytes = Buffer.from(stored.reveal(), "base64");
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tag = bytes.subarray(bytes.length - TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, keyOf(clientToken), nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(path)).setAuthTag(tag);
    const text = decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new EngineError("internal", "a cubbyhole entry does not open", { cause });
  }
}

function keyOf(clientToken: Secret): Buffer {
  // A client token is random enough to need neither salt nor stretching.
  return Buffer.from(hkdfSync("sha256", clientToken.reveal(), "", "cubbyhole", KEY_BYTES));
}
