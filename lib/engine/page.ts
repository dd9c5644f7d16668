import { createHash } from "node:crypto";
import { EngineError, invalidRequest } from "@/lib/engine/errors";

/** Where in a list a row stands: its sort key (microseconds since 1970, as text) and its id. */
export type Position = { key: string; id: string };

/** One page of a list; `after` is the last row of the page before, null at the start. */
export type PageAsk = { limit: number; after: Position | null };

/** Characters of a cursor: ids of leases are the longest that it carries. */
const CURSOR_MAX = 4_096;
const KEY = /^-?\d{1,18}$/;

/**
 * The page that is asked for. `list` names what is listed with all its filters: a cursor of another
 * list, or of this one under another filter, is refused.
 *
 * @throws EngineError `invalid_request`.
 */
export function pageAsk(
  input: { limit: number | undefined; cursor: string | undefined },
  list: unknown,
  limits: { default: number; max: number },
): PageAsk {
  const limit = input.limit ?? limits.default;
  if (limit < 1 || limit > limits.max) {
    throw invalidRequest(`limit must be from 1 to ${limits.max}`);
  }
  const cursor = input.cursor ?? "";
  return { limit, after: cursor === "" ? null : parseCursor(cursor, list) };
}

/** The cursor behind a row. */
function cursorAfter(list: unknown, { key, id }: Position): string {
  return Buffer.from(JSON.stringify([listHash(list), key, id])).toString("base64url");
}

/**
 * Cuts rows that were read to one more than the page holds.
 *
 * @returns the page, and the cursor of the next; null when there is none.
 */
export function cutPage<R extends { position: Position }>(
  rows: readonly R[],
  limit: number,
  list: unknown,
): { shown: readonly R[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { shown, next: more ? cursorAfter(list, last.position) : null };
}

/** One page of a list that is walked both ways; `before` is the first row of the page behind. */
export type PageAskBothWays = PageAsk & { isBackward: boolean };

/**
 * As `pageAsk`, of a list that is walked both ways.
 *
 * @throws EngineError `invalid_request`: as well when both ways are asked for.
 */
export function pageAskBothWays(
  input: { limit: number | undefined; cursor: string | undefined; before: string | undefined },
  list: unknown,
  limits: { default: number; max: number },
): PageAskBothWays {
  const { limit, cursor = "", before = "" } = input;
  if (cursor !== "" && before !== "") throw invalidRequest("cursor and before exclude each other");
  const isBackward = before !== "";
  return { ...pageAsk({ limit, cursor: isBackward ? before : cursor }, list, limits), isBackward };
}

/**
 * Cuts rows that were read to one more than the page holds; read backwards, they come the other way
 * round.
 *
 * @returns the page in the list's own order, and the cursors of its neighbours.
 */
export function cutPageBothWays<R extends { position: Position }>(
  rows: readonly R[],
  { limit, after, isBackward }: PageAskBothWays,
  list: unknown,
): { shown: readonly R[]; next: string | null; previous: string | null } {
  const cut = rows.slice(0, limit);
  const shown = isBackward ? [...cut].reverse() : cut;
  const isMore = rows.length > limit;
  const cursorOf = (row: R | undefined): string | null =>
    row === undefined ? null : cursorAfter(list, row.position);
  return {
    shown,
    next: isBackward || isMore ? cursorOf(shown.at(-1)) : null,
    previous: (isBackward ? isMore : after !== null) ? cursorOf(shown[0]) : null,
  };
}

function parseCursor(cursor: string, list: unknown): Position {
  const [hash, key, id] = readCursor(cursor);
  if (hash !== listHash(list) || !KEY.test(key)) {
    throw invalidRequest("the cursor does not belong to this list and filter");
  }
  return { key, id };
}

function readCursor(cursor: string): [string, string, string] {
  try {
    if (cursor.length > CURSOR_MAX) throw new Error("too long");
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (!Array.isArray(parts)) throw new Error("no list");
    const texts: unknown[] = parts;
    const [hash, key, id] = texts;
    if (typeof hash !== "string" || typeof key !== "string" || typeof id !== "string") {
      throw new Error("no texts");
    }
    return [hash, key, id];
  } catch (cause) {
    throw new EngineError("invalid_request", "malformed cursor", { cause });
  }
}

function listHash(list: unknown): string {
  return createHash("sha256").update(JSON.stringify(list)).digest("base64url").slice(0, 16);
}
