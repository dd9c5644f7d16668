import { invalidRequest } from "@/lib/engine/errors";
import { goQuote } from "@/lib/engine/go-quote";
import { isJsonObject } from "@/lib/engine/json";

const POLICY_VERSION = "2012-10-17";
const BLANKS: ReadonlySet<string> = new Set([" ", "\t", "\n", "\r"]);

/**
 * Removes white space outside strings and changes nothing else: key order, doubled keys, numbers and
 * escapes stay as they were written. `""` stays empty.
 *
 * @throws EngineError `invalid_request` when it is not JSON.
 */
export function compactPolicyDocument(text: string): string {
  if (text === "") return "";
  if (!isJson(text)) throw invalidRequest(`cannot parse policy document: ${goQuote(text)}`);
  return withoutWhiteSpace(text);
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** White space outside strings is removed; `text` must be JSON. */
export function withoutWhiteSpace(text: string): string {
  let compact = "";
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (inString && character === "\\") {
      compact += character + text.charAt(index + 1);
      index += 1;
      continue;
    }
    if (character === '"') inString = !inString;
    if (inString || !BLANKS.has(character)) compact += character;
  }
  return compact;
}

/**
 * One policy document with the statements of all `documents` in their order; empty ones are skipped.
 * Written as Vault writes it: keys of statements sorted, `<`, `>` and `&` escaped.
 *
 * @throws EngineError `invalid_request` when a document is not a JSON object.
 */
export function combinePolicyDocuments(documents: readonly string[]): string {
  const statements = documents.filter((document) => document !== "").flatMap(statementsOf);
  return `{"Version":"${POLICY_VERSION}","Statement":[${statements.map(goJson).join(",")}]}`;
}

function statementsOf(document: string): unknown[] {
  const parsed = parseDocument(document);
  if (parsed === null) return [];
  if (!isJsonObject(parsed)) throw invalidRequest("a policy document must be a JSON object");
  const statement = parsed["Statement"];
  if (Array.isArray(statement)) return statement;
  return statement === undefined || statement === null ? [] : [statement];
}

function parseDocument(document: string): unknown {
  try {
    return JSON.parse(document) as unknown;
  } catch (error) {
    throw invalidRequest(`cannot parse policy document: ${messageOf(error)}`);
  }
}

/** As Go's encoder writes: keys sorted, characters that matter to HTML escaped. */
function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(",")}]`;
  if (isJsonObject(value)) {
    const keys = Object.keys(value).sort(byCodeUnits);
    return `{${keys.map((key) => `${goString(key)}:${goJson(value[key])}`).join(",")}}`;
  }
  return typeof value === "string" ? goString(value) : JSON.stringify(value);
}

function goString(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function byCodeUnits(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
