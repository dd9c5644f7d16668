import { parseDuration } from "@/lib/engine/duration";
import { EngineError, invalidRequest, isEngineError } from "@/lib/engine/errors";
import { isJsonObject } from "@/lib/engine/json";
import { JSON_LIMITS, numberLiteral, parseJson } from "@/lib/engine/json-text";

export type FieldKind =
  | "text"
  | "flag"
  | "integer"
  | "decimal"
  | "duration"
  | "time"
  | "list"
  | "map"
  | "headers"
  | "object"
  | "any";

/** How one input is read. `parse` throws `invalid_request` with the detail alone, without the name. */
export type Field<T> = {
  kind: FieldKind;
  /** A null leaves the value as it was, as if the field had not been sent. */
  nullIsAbsent?: boolean;
  parse(raw: unknown): T;
};

type Fields = Readonly<Record<string, Field<unknown>>>;

/** Undefined: not supplied. */
export type FieldValues<F extends Fields> = {
  [K in keyof F]: F[K] extends Field<infer T> ? T | undefined : never;
};

/**
 * Reads every field that `raw` carries. A field is supplied when its key is there, whatever the value;
 * only a null duration or time is not.
 *
 * `style` is where the text of a failure starts: Vault says `Field validation failed: …` unless the
 * path has an existence check, which reads the fields first.
 *
 * @throws EngineError `invalid_request` that names the field.
 */
export function parseFields<F extends Fields>(
  fields: F,
  raw: Readonly<Record<string, unknown>>,
  style: "validated" | "existence",
): FieldValues<F> {
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (!Object.hasOwn(raw, name)) continue;
    const value = raw[name];
    if (value === null && field.nullIsAbsent === true) continue;
    try {
      values[name] = field.parse(value);
    } catch (error) {
      throw isEngineError(error) ? conversionError(name, error, style) : error;
    }
  }
  // Each entry is what the field of that name returned; the loop forgets which belongs to which.
  return values as FieldValues<F>;
}

function conversionError(name: string, error: EngineError, style: string): EngineError {
  const text = `error converting input for field "${name}": ${error.message}`;
  const message = style === "existence" ? text : `Field validation failed: ${text}`;
  return new EngineError(error.kind, message, { cause: error.cause });
}

/** Names in `raw` that are no fields, sorted, for the warning about them. */
export function unknownNames(fields: Fields, raw: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(raw)
    .filter((name) => !Object.hasOwn(fields, name))
    .sort();
}

/** A text; numbers as they were written, flags as `1` and `0`, null as `""`. */
export function text(): Field<string> {
  return { kind: "text", parse: parseText };
}

/** True or false, also as `"true"`, `"t"`, `"1"`, `1` and their opposites; `""` and null are false. */
export function flag(): Field<boolean> {
  return { kind: "flag", parse: parseFlag };
}

/** A whole number; texts may be written as `0x10`, and `010` is 8. `""` and null are 0. */
export function integer(): Field<number> {
  return { kind: "integer", parse: parseInteger };
}

/** A number with or without fraction; `""` and null are 0. */
export function decimal(): Field<number> {
  return { kind: "decimal", parse: parseDecimal };
}

/** Whole seconds, from seconds, days (`2d`) or a Go duration; never negative. `""` is 0. */
export function duration(): Field<number> {
  return {
    kind: "duration",
    nullIsAbsent: true,
    parse: (raw) => {
      const seconds = parseSeconds(raw);
      if (seconds < 0) throw invalidRequest(`cannot provide negative value '${seconds}'`);
      return seconds;
    },
  };
}

/** An instant, from an RFC 3339 text or seconds since 1970. */
export function time(): Field<Date> {
  return { kind: "time", nullIsAbsent: true, parse: parseTime };
}

/**
 * Texts, from an array or from one text that is split at its commas; items are trimmed, empty ones
 * and duplicates are kept. `""` and null are `[]`. A comma inside an element of an array splits nothing.
 */
export function commaList(): Field<string[]> {
  return {
    kind: "list",
    parse: (raw) => {
      const line = typeof raw === "string" ? raw : numberLiteral(raw);
      if (line !== null) return line === "" ? [] : line.split(",").map((item) => item.trim());
      return parseTextList(raw);
    },
  };
}

/** Texts, from an array or from one text, which is one item. `""` and null are `[]`. */
export function textList(): Field<string[]> {
  return { kind: "list", parse: parseTextList };
}

/**
 * Texts by name: an object, an array of `k=v`, one `k=v`, or one text that is the JSON of the first
 * two. Null clears: the answer is null.
 */
export function keyValueMap(): Field<Record<string, string> | null> {
  return { kind: "map", parse: parseKeyValueMap };
}

/**
 * HTTP headers: an object of name to text or texts, base64 or plain JSON of it, or an array of
 * `Name:value`. Names are as sent, so two that differ in case only are two. Null and `[]` are none.
 */
export function headerMap(): Field<Record<string, string[]>> {
  return { kind: "headers", parse: parseHeaders };
}

/** A JSON object, as sent; null stays null. */
export function jsonObject(): Field<Record<string, unknown> | null> {
  return {
    kind: "object",
    parse: (raw) => {
      if (raw === null || isJsonObject(raw)) return raw;
      if (Array.isArray(raw) && raw.length === 0) return {};
      throw unconvertible("an object", raw);
    },
  };
}

/** Any JSON, as sent. */
export function anyValue(): Field<unknown> {
  return { kind: "any", parse: (raw) => raw };
}

function parseText(raw: unknown): string {
  if (typeof raw === "string") return raw;
  if (raw === null) return "";
  if (typeof raw === "boolean") return raw ? "1" : "0";
  const literal = numberLiteral(raw);
  if (literal === null) throw unconvertible("a string", raw);
  return literal;
}

const TRUE_WORDS: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE_WORDS: ReadonlySet<string> = new Set(["", "0", "f", "F", "FALSE", "false", "False"]);

function parseFlag(raw: unknown): boolean {
  if (typeof raw === "boolean") return raw;
  if (raw === null) return false;
  const word = typeof raw === "string" ? raw : numberLiteral(raw);
  if (word === null) throw unconvertible("a boolean", raw);
  if (TRUE_WORDS.has(word)) return true;
  if (FALSE_WORDS.has(word)) return false;
  throw unparsable("bool", "ParseBool", word);
}

const INTEGER = /^([+-]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/;

function parseInteger(raw: unknown): number {
  if (raw === null || raw === "" || raw === false) return 0;
  if (raw === true) return 1;
  const word = typeof raw === "string" ? raw : numberLiteral(raw);
  if (word === null) throw unconvertible("an integer", raw);
  const match = INTEGER.exec(word);
  if (match === null) throw unparsable("int", "ParseInt", word);
  const [, sign = "", digits = ""] = match;
  const number = Number(digits.replace(/^0[oO]?(?=[0-7]+$)/, "0o"));
  // Beyond 2^53 a number would silently become its neighbour.
  if (!Number.isSafeInteger(number))
    throw unparsable("int", "ParseInt", word, "value out of range");
  return sign === "-" && number !== 0 ? -number : number;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function parseDecimal(raw: unknown): number {
  if (raw === null || raw === "" || raw === false) return 0;
  if (raw === true) return 1;
  const word = typeof raw === "string" ? raw : numberLiteral(raw);
  if (word === null) throw unconvertible("a number", raw);
  if (!DECIMAL.test(word)) throw unparsable("float", "ParseFloat", word);
  const number = Number(word);
  if (!Number.isFinite(number)) throw unparsable("float", "ParseFloat", word, "value out of range");
  return number;
}

/** Whole seconds, cut off towards zero, so that `-0.5s` is 0 and no negative value. */
function parseSeconds(raw: unknown): number {
  const word = typeof raw === "string" ? raw : numberLiteral(raw);
  if (word === null) throw invalidRequest("could not parse duration from input");
  const seconds = Math.trunc(parseDuration(word));
  return seconds === 0 ? 0 : seconds;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const UNIX_SECONDS = /^-?\d{1,12}$/;

function parseTime(raw: unknown): Date {
  const word = typeof raw === "string" ? raw : numberLiteral(raw);
  if (word !== null) {
    if (UNIX_SECONDS.test(word)) return new Date(Number(word) * 1000);
    const instant = new Date(RFC_3339.test(word) ? word : Number.NaN);
    if (!Number.isNaN(instant.getTime())) return instant;
  }
  throw invalidRequest("could not parse time from input");
}

function parseTextList(raw: unknown): string[] {
  if (raw === null || raw === "") return [];
  if (Array.isArray(raw)) return raw.map((item) => parseText(item).trim());
  if (isJsonObject(raw) && Object.keys(raw).length === 0) return [];
  if (typeof raw === "object" && numberLiteral(raw) === null) {
    throw unconvertible("a list of strings", raw);
  }
  return [parseText(raw).trim()];
}

function parseKeyValueMap(raw: unknown): Record<string, string> | null {
  if (raw === null) return null;
  if (typeof raw === "string" && /^\s*[[{]/.test(raw)) {
    // `{a=b` is no JSON, and a pair like any other.
    const decoded = tryJson(raw);
    if (typeof decoded === "object") return parseKeyValueMap(decoded);
  }
  if (isJsonObject(raw)) {
    return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, parseText(value)]));
  }
  const pairs: unknown[] = Array.isArray(raw) ? raw : [raw];
  if (pairs.length > 0 && pairs.every(isJsonObject)) {
    return parseKeyValueMap(Object.fromEntries(pairs.flatMap((pair) => Object.entries(pair))));
  }
  return Object.fromEntries(pairs.map((pair) => splitPair(parseText(pair))));
}

function splitPair(pair: string): [string, string] {
  const equals = pair.indexOf("=");
  if (equals <= 0) throw invalidRequest(`invalid key pair ${JSON.stringify(pair)}`);
  return [pair.slice(0, equals), pair.slice(equals + 1)];
}

function tryJson(json: string): unknown {
  try {
    return parseJson(json);
  } catch {
    return undefined;
  }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function parseHeaders(raw: unknown): Record<string, string[]> {
  if (raw === null) return {};
  if (typeof raw === "string") {
    const encoded = raw.replace(/[\r\n]/g, "");
    const json = BASE64.test(encoded) ? Buffer.from(encoded, "base64").toString() : raw;
    const decoded = parseJson(json, { ...JSON_LIMITS, lastKeyWins: true });
    if (decoded !== null && !isJsonObject(decoded)) throw unconvertible("headers", decoded);
    return parseHeaders(decoded);
  }
  const lines = isJsonObject(raw) ? Object.entries(raw) : headerLines(raw);
  const headers = new Map<string, string[]>();
  for (const [name, value] of lines) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    headers.set(name, [...(headers.get(name) ?? []), ...values.map(parseHeaderValue)]);
  }
  return Object.fromEntries(headers);
}

function headerLines(raw: unknown): [string, unknown][] {
  if (!Array.isArray(raw)) throw unconvertible("headers", raw);
  return raw.flatMap((line: unknown): [string, unknown][] => {
    if (isJsonObject(line)) return Object.entries(line);
    const colon = typeof line === "string" ? line.indexOf(":") : -1;
    if (typeof line !== "string" || colon < 0) throw unconvertible("a header line", line);
    return [[line.slice(0, colon), line.slice(colon + 1)]];
  });
}

function parseHeaderValue(raw: unknown): string {
  const value = typeof raw === "string" ? raw : numberLiteral(raw);
  if (value === null) throw unconvertible("a header value", raw);
  return value;
}

/** Never shows the value: it may be a secret that was put into the wrong field. */
function unconvertible(expected: string, raw: unknown): EngineError {
  return invalidRequest(`expected ${expected}, got ${describe(raw)}`);
}

function describe(raw: unknown): string {
  if (raw === null) return "null";
  if (Array.isArray(raw)) return "a list";
  if (typeof raw === "object") return numberLiteral(raw) === null ? "an object" : "a number";
  return typeof raw === "boolean" ? "a boolean" : `a ${typeof raw}`;
}

function unparsable(
  type: string,
  parser: string,
  word: string,
  reason = "invalid syntax",
): EngineError {
  return invalidRequest(
    `cannot parse '' as ${type}: strconv.${parser}: parsing ${JSON.stringify(word)}: ${reason}`,
  );
}
