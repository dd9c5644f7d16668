import { invalidRequest, isEngineError } from "@/lib/engine/errors";
import { isJsonObject } from "@/lib/engine/json";
import { JSON_LIMITS, type JsonLimits, parseJson } from "@/lib/engine/json-text";
import { parseUrlEncoded } from "@/lib/vault-api/url-encoded";

/** Anyone may send a login, so its limits are narrow; no login has more than a few flat fields. */
export const LOGIN_JSON_LIMITS: JsonLimits = { ...JSON_LIMITS, depthMax: 8, membersMax: 256 };

const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;

/**
 * Reads the body of a write; null when it says nothing (empty, blank or `null`). It is JSON whatever
 * the content type says, but for a form that does not look like JSON: `curl -d` calls everything a form.
 *
 * @throws EngineError `invalid_request`: with the bare text for what begins like an object or a list
 *   and is malformed or beyond `limits`, with `error parsing JSON: …` for all else that is no object.
 */
export function parseBody(
  body: Buffer,
  contentType: string | undefined,
  limits: JsonLimits = JSON_LIMITS,
): Record<string, unknown> | null {
  const first = firstByte(body);
  if (first === undefined) return null;
  if (isContainer(first)) {
    const value = parseJson(textOf(body), limits);
    if (!isJsonObject(value)) throw notAnObject("the body is a list");
    // Judged like any other, and no JSON all the same: a byte order mark is no blank.
    if (body.toString("utf8", 0, contentStart(body)).includes("\ufeff")) {
      throw notAnObject("a byte order mark");
    }
    return value;
  }
  if (isForm(contentType)) return parseForm(body.toString(), limits);
  const value = parseScalar(body.toString(), limits);
  if (value !== null) throw notAnObject(`the body is a ${typeof value}`);
  return null;
}

/**
 * Judges the body of a request that takes its input elsewhere (GET, LIST, DELETE): it is ignored, but
 * not when it begins like JSON and is malformed or beyond `limits`.
 *
 * @throws EngineError `invalid_request`
 */
export function judgeBody(body: Buffer, limits: JsonLimits = JSON_LIMITS): void {
  const first = firstByte(body);
  if (first !== undefined && isContainer(first)) parseJson(textOf(body), limits);
}

function isContainer(byte: number): boolean {
  return byte === OPEN_OBJECT || byte === OPEN_ARRAY;
}

/** The first byte that is neither blank nor part of a byte order mark. */
function firstByte(body: Buffer): number | undefined {
  return body[contentStart(body)];
}

function contentStart(body: Buffer): number {
  let at = 0;
  while (isBlank(body[at])) at += 1;
  if (body[at] === 0xef && body[at + 1] === 0xbb && body[at + 2] === 0xbf) at += 3;
  while (isBlank(body[at])) at += 1;
  return at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Bytes that are no UTF-8 become U+FFFD, as in Go. */
function textOf(body: Buffer): string {
  return body.toString("utf8", contentStart(body));
}

function isForm(contentType: string | undefined): boolean {
  const mediaType = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  return mediaType === "application/x-www-form-urlencoded";
}

function parseForm(text: string, limits: JsonLimits): Record<string, unknown> | null {
  const pairs = parseUrlEncoded(text.trim());
  if (pairs === null || pairs.length > limits.membersMax) {
    throw invalidRequest("error parsing form data");
  }
  if (pairs.length === 0) return null;
  const joined = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

function parseScalar(text: string, limits: JsonLimits): unknown {
  try {
    return parseJson(text, limits);
  } catch (error) {
    throw isEngineError(error) ? notAnObject(error.message) : error;
  }
}

function notAnObject(reason: string): Error {
  return invalidRequest(`error parsing JSON: failed to parse JSON input: ${reason}`);
}
