import { type EngineError, invalidRequest } from "@/lib/engine/errors";

/** Where something stands in a policy's text; both count from 1. */
export type Place = { line: number; column: number };

/** A policy's text as a tree; HCL and JSON give the same one. */
export type SyntaxEntry = { keys: readonly SyntaxKey[]; value: SyntaxValue };
export type SyntaxKey = { text: string; at: Place };
export type SyntaxObject = { kind: "object"; entries: readonly SyntaxEntry[]; at: Place };
export type SyntaxValue =
  | { kind: "text"; text: string; at: Place }
  | { kind: "number"; text: string; at: Place }
  | { kind: "flag"; flag: boolean; at: Place }
  | { kind: "null"; at: Place }
  | { kind: "list"; items: readonly SyntaxValue[]; at: Place }
  | SyntaxObject;

/** Lists and objects within each other. Real policies need three. */
export const SYNTAX_DEPTH_MAX = 32;

/** Tokens of an HCL text, keys and values of a JSON text: what parsing takes time for. */
export const SYNTAX_TOKENS_MAX = 50_000;

const QUOTED_LENGTH_MAX = 256;

/** What is wrong at a place of the text: `At 1:34: …`. */
export function syntaxError(at: Place, problem: string): EngineError {
  return invalidRequest(`At ${at.line}:${at.column}: ${problem}`);
}

/**
 * Ends the reading of a text with too many tokens.
 *
 * @throws EngineError `invalid_request`.
 */
export function checkTokens(count: number, at: Place): void {
  if (count > SYNTAX_TOKENS_MAX) {
    throw syntaxError(at, `a policy has at most ${SYNTAX_TOKENS_MAX} words and signs`);
  }
}

/** `text` in double quotes, cut so that an error stays readable. */
export function quote(text: string): string {
  const cut = text.length > QUOTED_LENGTH_MAX ? `${text.slice(0, QUOTED_LENGTH_MAX)}…` : text;
  return JSON.stringify(cut);
}
