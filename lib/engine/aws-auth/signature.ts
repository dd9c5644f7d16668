import type { FormPair } from "@/lib/engine/aws-auth/request-form";
import {
  canonicalHeaderName,
  headerValues,
  invalidHeader,
  type SignedHeaders,
} from "@/lib/engine/aws-auth/request-headers";
import { invalidRequest } from "@/lib/engine/errors";

export const SERVER_ID_HEADER = "X-Vault-AWS-IAM-Server-ID";

/** Headers and query parameters of the signature itself; others of AWS's need the operator's word. */
const AWS_NAMES: readonly string[] = [
  "X-Amz-Algorithm",
  "X-Amz-Content-Sha256",
  "X-Amz-Credential",
  "X-Amz-Date",
  "X-Amz-Security-Token",
  "X-Amz-Signature",
  "X-Amz-SignedHeaders",
  "X-Amz-User-Agent",
];

/** Sent on although nobody signed them: STS cannot answer without them. */
const FORWARDED_UNSIGNED: ReadonlySet<string> = new Set([
  "authorization",
  "content-type",
  "user-agent",
]);

/** Headers of the connection, which is ours: never sent on. */
const CONNECTION_NAMES: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "cookie",
  "host",
  "content-length",
]);

/** Written by us with the true values; clients may sign them. */
const WRITTEN_BY_US: ReadonlySet<string> = new Set(["host", "content-length"]);

/** The parts of an Authorization header, each of which may occur once. */
const PARTS = [/\bCredential\s*=/i, /\bSignedHeaders\s*=/i, /\bSignature\s*=/i];

/** What the client says it signed, and with what. STS is who verifies it. */
export type Signature = {
  /** Lower case in what AWS accepts; compared as they are. */
  signedNames: readonly string[];
  /** Null when there is no signature to look into. */
  listed: "header" | "query" | null;
  queryCredential: string | null;
  /** Equal for two requests exactly when AWS verifies the same signature. */
  id: string;
};

/**
 * Looks into the signature of the request: in `Authorization`, or for GET in the query.
 *
 * @throws EngineError `invalid_request` when a part of it occurs twice, or when there are two.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
 */
export function readSignature(
  method: "GET" | "POST",
  headers: SignedHeaders,
  query: readonly FormPair[],
): Signature {
  const authorization = headerValues(headers, "Authorization")?.join(",") ?? null;
  if (method === "GET") {
    const presigned = query.some(([name]) => /^x-amz-signature$/i.test(name));
    if (presigned && authorization !== null) throw invalidRequest("invalid request");
    if (authorization === null) return querySignature(query);
  }
  if (authorization === null) {
    return { signedNames: [], listed: null, queryCredential: null, id: JSON.stringify(headers) };
  }
  if (PARTS.some((part) => authorization.split(part).length > 2)) {
    throw serverIdRefusal("found multiple SignedHeaders components");
  }
  const list = /SignedHeaders=([^,]*)/.exec(authorization)?.[1];
  return {
    signedNames: list?.split(";") ?? [],
    listed: method === "GET" ? null : "header",
    queryCredential: null,
    id: signatureId(/Signature=\s*([0-9A-Fa-f]+)/.exec(authorization)?.[1] ?? authorization),
  };
}

function querySignature(query: readonly FormPair[]): Signature {
  return {
    signedNames: queryValue(query, "X-Amz-SignedHeaders")?.split(";") ?? [],
    listed: "query",
    queryCredential: queryValue(query, "X-Amz-Credential"),
    id: signatureId(queryValue(query, "X-Amz-Signature") ?? JSON.stringify(query)),
  };
}

function signatureId(text: string): string {
  return text.toLowerCase();
}

function queryValue(query: readonly FormPair[], name: string): string | null {
  return query.find(([key]) => key === name)?.[1] ?? null;
}

/**
 * The server id must have been sent once, be equal, and be covered by the signature: a request that
 * was signed for another server must not open this one.
 *
 * @throws EngineError `invalid_request`
 */
export function checkServerId(
  expected: string,
  headers: SignedHeaders,
  signature: Signature,
): void {
  const given = headerValues(headers, SERVER_ID_HEADER)?.join(",") ?? "";
  if (given === "") throw serverIdRefusal(`missing header "${SERVER_ID_HEADER}"`);
  // Both are known to the caller, so there is nothing to protect by a constant-time comparison.
  if (given !== expected) {
    throw serverIdRefusal(`expected ${JSON.stringify(expected)} but got ${JSON.stringify(given)}`);
  }
  if (signature.listed === null && headerValues(headers, "Authorization") === null) {
    throw serverIdRefusal("missing Authorization header");
  }
  if (
    signature.listed === null ||
    !signature.signedNames.includes(SERVER_ID_HEADER.toLowerCase())
  ) {
    throw serverIdRefusal("vault header wasn't signed");
  }
}

/**
 * A signature says for whom and when it was made, or it could be used for another and later. The date
 * of a signed query is part of what is signed anyway.
 *
 * @throws EngineError `invalid_request`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html#create-canonical-request
 */
export function checkCoverage({ listed, signedNames }: Signature): void {
  if (listed === "query" || signedNames.length === 0) return;
  const dated = signedNames.includes("x-amz-date") || signedNames.includes("date");
  if (!signedNames.includes("host") || !dated) {
    throw invalidRequest("invalid request: its signature must cover the host and the date");
  }
}

function serverIdRefusal(reason: string): Error {
  return invalidRequest(`error validating ${SERVER_ID_HEADER} header: ${reason}`);
}

/**
 * The header lines that go to STS: those of the signature and those it covers. Dropping the others
 * cannot make the signature invalid, and keeps them from meaning anything.
 *
 * @throws EngineError `invalid_request` for AWS headers that are not allowed and for signed headers
 *   of the connection.
 */
export function forwardedHeaders(
  headers: SignedHeaders,
  signature: Signature,
  allowed: readonly string[],
): (readonly [name: string, value: string])[] {
  const allowedNames = new Set([...AWS_NAMES, ...allowed].map((name) => name.toLowerCase()));
  for (const { name } of headers) {
    if (/^x-amz-/i.test(name) && !allowedNames.has(name.toLowerCase())) throw invalidHeader(name);
  }
  const signed = new Set(signature.signedNames.map((name) => name.toLowerCase()));
  for (const name of signed) {
    if (isConnectionName(name) && !WRITTEN_BY_US.has(name)) {
      throw invalidHeader(canonicalHeaderName(name));
    }
  }
  return headers
    .filter(({ name }) => isForwarded(name.toLowerCase(), signed))
    .map(({ name, values }) => [name, values.join(", ")] as const);
}

function isForwarded(name: string, signed: ReadonlySet<string>): boolean {
  if (isConnectionName(name)) return false;
  return FORWARDED_UNSIGNED.has(name) || name.startsWith("x-amz-") || signed.has(name);
}

function isConnectionName(name: string): boolean {
  return CONNECTION_NAMES.has(name) || name.startsWith("proxy-");
}

/**
 * A signed query may hold the parameters of the call and of its signature, each once and in its own
 * spelling: servers disagree about which of two they read.
 *
 * @throws EngineError `invalid_request` naming the parameter.
 */
export function checkQueryNames(query: readonly FormPair[], allowed: readonly string[]): void {
  const allowedNames = new Set(["Action", "Version", ...AWS_NAMES, ...allowed]);
  const seen = new Set<string>();
  for (const [name] of query) {
    if (!allowedNames.has(name) || seen.has(name)) {
      throw invalidRequest(`invalid request query param: ${name.slice(0, NAME_LENGTH_MAX)}`);
    }
    seen.add(name);
  }
}

const NAME_LENGTH_MAX = 128;
