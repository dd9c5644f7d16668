import { invalidRequest } from "@/lib/engine/errors";
import type { ApiResponse } from "@/lib/vault-api/exchange";
import { parseUrlEncoded } from "@/lib/vault-api/url-encoded";

export const API_PREFIX = "/v1/";

/** What a request target says. */
export type Target = {
  /** What follows `/v1/`, decoded once: the one path that routing, policy and audit use. */
  path: string;
  /** As sent, without the query. */
  uriPath: string;
  /** The query, decoded, in the order in which its names came. */
  pairs: readonly (readonly [string, string])[];
  /** The same without `list` and `help`; a name that was repeated has all its values. */
  query: Record<string, string | string[]>;
  /** Whether a GET asks for a list. */
  list: boolean;
  help: boolean;
};

const PLAIN_ASCII = /^[\x20-\x7e]*$/;
/** What Go calls printable: of all blanks only the ASCII space, no control and no format characters. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;
const DOT_SEGMENT = /(?:^|\/)\.\.?(?:\/|$)/;
const EMPTY_SEGMENT = /^\/|\/\//;
const BROKEN_ESCAPE = /%(?![\da-fA-F]{2})/;

/**
 * The answer to a target that names nothing in the API: 301 to the clean path for a read that was sent
 * with empty segments, 400 for broken escapes and for characters that nobody can see. Null for all others.
 */
export function answerTarget(method: string, target: string): ApiResponse | null {
  const { sent, search } = split(target);
  if (EMPTY_SEGMENT.test(sent)) {
    if (!isRead(method) || DOT_SEGMENT.test(sent)) return null;
    const clean = sent.replace(/\/{2,}/g, "/").replace(/^\//, "");
    return { status: 301, headers: { location: `${API_PREFIX}${clean}${search}` }, body: null };
  }
  if (!BROKEN_ESCAPE.test(sent)) {
    return decodePath(sent) === null ? { status: 400, headers: {}, body: null } : null;
  }
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return { status: 400, headers, body: "400 Bad Request" };
}

/**
 * Reads a target below `/v1/`. Escapes are decoded once and taken literally then: `%2f` is a slash,
 * `%252f` is not.
 *
 * @throws EngineError `invalid_request` for dot segments, however written; for empty ones, unless
 *   they are encoded; for a path or a query that is malformed; for a `list` that is no flag.
 */
export function readTarget(method: string, target: string): Target {
  const { sent, search } = split(target);
  if (DOT_SEGMENT.test(sent)) throw invalidRequest("relative paths not supported");
  if (EMPTY_SEGMENT.test(sent)) throw invalidRequest("a path must not have empty segments");
  const path = decodePath(sent);
  if (path === null) throw invalidRequest("");
  if (DOT_SEGMENT.test(path)) throw invalidRequest("relative paths not supported");
  return { path, uriPath: `${API_PREFIX}${sent}`, ...readQuery(method, search.slice(1)) };
}

function split(target: string): { sent: string; search: string } {
  const mark = target.indexOf("?");
  if (mark < 0) return { sent: target.slice(API_PREFIX.length), search: "" };
  return { sent: target.slice(API_PREFIX.length, mark), search: target.slice(mark) };
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "LIST";
}

/** Decodes once; null when an escape is broken, bytes are no UTF-8 or a character is not printable. */
function decodePath(sent: string): string | null {
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

const TRUE_WORD = /^(?:1|t|T|TRUE|true|True)$/;
const FALSE_WORD = /^(?:|0|f|F|FALSE|false|False)$/;

function readQuery(
  method: string,
  text: string,
): Pick<Target, "pairs" | "query" | "list" | "help"> {
  if (text === "") return { pairs: [], query: {}, list: false, help: false };
  const pairs = parseUrlEncoded(text);
  if (pairs === null) throw invalidRequest("malformed query string");

  const values = new Map<string, string | string[]>();
  for (const [name, value] of pairs) {
    const before = values.get(name);
    if (before === undefined) values.set(name, value);
    else if (typeof before === "string") values.set(name, [before, value]);
    else before.push(value);
  }
  const list = first(values, "list");
  if (method === "GET" && !TRUE_WORD.test(list) && !FALSE_WORD.test(list)) throw invalidRequest("");
  const help = first(values, "help") !== "";
  values.delete("list");
  values.delete("help");
  const asksList = method === "GET" && TRUE_WORD.test(list);
  return { pairs, query: Object.fromEntries(values), list: asksList, help };
}

function first(values: ReadonlyMap<string, string | string[]>, name: string): string {
  const value = values.get(name) ?? "";
  return typeof value === "string" ? value : (value[0] ?? "");
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
