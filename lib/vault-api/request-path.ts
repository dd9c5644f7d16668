import { invalidRequest } from "@/lib/engine/errors";
import type { ApiResponse } from "@/lib/vault-api/exchange";
import { parseUrlEncoded } from "@/lib/vault-api/url-encoded";

export const API_PREFIX = "/v1/";

export type RequestPath = {
  /** What follows `/v1/`, decoded once: the one path that routing, policy and audit use. */
  path: string;
  /** What follows the first `?`, as sent. */
  query: string;
};

const PLAIN_ASCII = /^[\x20-\x7e]*$/;
/** What Go calls printable: of all blanks only the ASCII space, no control and no format characters. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;
const DOT_SEGMENT = /(?:^|\/)\.\.?(?:\/|$)/;
const EMPTY_SEGMENT = /^\/|\/\//;
const BROKEN_ESCAPE = /%(?![\da-fA-F]{2})/;

/**
 * Finds the one path of a request target below `/v1/`; an answer where the target has none: 301 for
 * a read that was sent with empty segments, 400 for broken escapes and characters that nobody can see.
 * Escapes are decoded once and taken literally then: `%2f` is a slash, `%252f` is not.
 *
 * @throws EngineError `invalid_request` for dot segments, however written, and for a write that was
 *   sent with empty segments.
 */
export function parseTarget(method: string, target: string): RequestPath | ApiResponse {
  const mark = target.indexOf("?");
  const sent = target.slice(API_PREFIX.length, mark < 0 ? target.length : mark);
  if (DOT_SEGMENT.test(sent)) throw relativePath();
  if (EMPTY_SEGMENT.test(sent)) return cleaned(method, sent, mark < 0 ? "" : target.slice(mark));

  const path = decodeOnce(sent);
  if (path === null) {
    if (!BROKEN_ESCAPE.test(sent)) return { status: 400, headers: {}, body: null };
    const headers = { "content-type": "text/plain; charset=utf-8" };
    return { status: 400, headers, body: "400 Bad Request" };
  }
  if (DOT_SEGMENT.test(path)) throw relativePath();
  return { path, query: mark < 0 ? "" : target.slice(mark + 1) };
}

function relativePath(): Error {
  return invalidRequest("relative paths not supported");
}

function cleaned(method: string, sent: string, search: string): ApiResponse {
  if (method !== "GET" && method !== "HEAD" && method !== "LIST") {
    throw invalidRequest("cannot write to a path with empty segments");
  }
  const clean = sent.replace(/\/{2,}/g, "/").replace(/^\//, "");
  return { status: 301, headers: { location: `${API_PREFIX}${clean}${search}` }, body: null };
}

/** Null when an escape is broken, bytes are no UTF-8 or a character is not printable. */
function decodeOnce(sent: string): string | null {
  if (!sent.includes("%") && PLAIN_ASCII.test(sent)) return sent;
  if (BROKEN_ESCAPE.test(sent)) return null;
  // Node gives the bytes of a target as Latin-1.
  const bytes = sent.replace(/%(..)/g, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const path = decoder.decode(Buffer.from(bytes, "latin1"));
    return PRINTABLE.test(path) ? path : null;
  } catch {
    return null;
  }
}

/**
 * Vault has no objects whose name ends in a slash; a delete of one is a delete of nothing.
 *
 * @throws EngineError `invalid_request`; to be called for create, update and patch.
 */
export function refuseTrailingSlash(path: string): void {
  if (path.endsWith("/")) throw invalidRequest("cannot write to a path ending in '/'");
}

/** True for `auth/<mount>/login` and what lies below: open to anyone, so under narrower limits. */
export function isLoginPath(path: string): boolean {
  return path.startsWith("auth/") && /^auth\/.+\/login(?:\/|$)/.test(path);
}

export type Query = {
  /** All of it, decoded, in its order. */
  pairs: readonly (readonly [string, string])[];
  /** Without `list` and `help`; a name that was repeated has all its values. */
  values: Record<string, string | string[]>;
  /** As sent: only a GET is turned into a list by it. */
  list: string;
  help: boolean;
};

/**
 * Reads a query.
 *
 * @throws EngineError `invalid_request` for broken escapes, semicolons and bytes that are no UTF-8.
 */
export function parseQuery(query: string): Query {
  if (query === "") return { pairs: [], values: {}, list: "", help: false };
  const pairs = parseUrlEncoded(query);
  if (pairs === null) throw invalidRequest("malformed query string");

  const values = new Map<string, string | string[]>();
  for (const [name, value] of pairs) {
    const before = values.get(name);
    if (before === undefined) values.set(name, value);
    else if (typeof before === "string") values.set(name, [before, value]);
    else before.push(value);
  }
  const list = first(values, "list");
  const help = first(values, "help") !== "";
  values.delete("list");
  values.delete("help");
  return { pairs, values: Object.fromEntries(values), list, help };
}

function first(values: ReadonlyMap<string, string | string[]>, name: string): string {
  const value = values.get(name) ?? "";
  return typeof value === "string" ? value : (value[0] ?? "");
}

/** Reads the `list` flag of a GET; null when it is no flag, which is 400 without a text. */
export function parseListFlag(list: string): boolean | null {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(list)) return true;
  return /^(?:|0|f|F|FALSE|false|False)$/.test(list) ? false : null;
}
