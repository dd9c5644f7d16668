import { invalidRequest } from "@/lib/engine/errors";

export type JsonLimits = {
  /** Containers inside each other; the outermost counts. */
  depthMax: number;
  /** Entries of one object, elements of one array. */
  membersMax: number;
  /** Of one text or key, in bytes of UTF-8. */
  textBytesMax: number;
  /** Brackets, keys and values together. */
  tokensMax: number;
  /** The last of several equal keys counts, as in JSON texts inside a body; else they are refused. */
  lastKeyWins?: boolean;
};

/** Vault's own limits for request bodies. */
export const JSON_LIMITS: JsonLimits = {
  depthMax: 300,
  membersMax: 10_000,
  textBytesMax: 1024 ** 2,
  tokensMax: 500_000,
};

/** Far beyond any quantity; it keeps conversions of digits cheap. */
const NUMBER_CHARS_MAX = 1000;

/** How often `JSON.stringify` has met a `JsonNumber`, so that we see when its output is not exact. */
let numbersMet = 0;

/**
 * A number whose text would not survive a JavaScript number: an integer beyond 2^53, `1.0`, `1e3`,
 * more digits than a double has. All others are plain numbers, so `String(n)` is always what was sent.
 */
export class JsonNumber {
  readonly literal: string;

  constructor(literal: string) {
    this.literal = literal;
  }

  toString(): string {
    return this.literal;
  }

  /** What plain `JSON.stringify` writes: the nearest double. `stringifyJson` writes the literal. */
  toJSON(): number {
    numbersMet += 1;
    return Number(this.literal);
  }
}

/** The digits of a JSON number as they were sent; null for anything else. */
export function numberLiteral(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return value instanceof JsonNumber ? value.literal : null;
}

/** `JSON.stringify` that writes each `JsonNumber` with its own digits. */
export function stringifyJson(value: unknown): string {
  const before = numbersMet;
  const text = JSON.stringify(value);
  return numbersMet === before ? text : (writeExact(value) ?? "null");
}

function writeExact(value: unknown): string | undefined {
  if (value instanceof JsonNumber) return value.literal;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if ("toJSON" in value) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => writeExact(item) ?? "null").join()}]`;
  const entries: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    const text = writeExact(item);
    if (text !== undefined) entries.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${entries.join()}}`;
}

/**
 * Reads one JSON value within `limits`; unlike `JSON.parse` it keeps exact numbers (`JsonNumber`) and
 * refuses an object that has the same key twice, of which two readers could see different ones.
 *
 * @throws EngineError `invalid_request` in the words of Vault and of Go's parser.
 * @see https://pkg.go.dev/encoding/json
 */
export function parseJson(text: string, limits: JsonLimits = JSON_LIMITS): unknown {
  return new Reader(text, limits).readAll();
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN_TEXT = /[^"\\\u0000-\u001f]*/y;
const LONE_SURROGATE = /\p{Surrogate}/gu;

const QUOTE = 0x22;
const COMMA = 0x2c;
const POINT = 0x2e;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** One pass, building as it goes: about the speed of `JSON.parse` on bodies of usual size. */
class Reader {
  readonly #text: string;
  readonly #limits: JsonLimits;
  #at = 0;
  #depth = 0;
  #tokens = 0;

  constructor(text: string, limits: JsonLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  readAll(): unknown {
    const value = this.#readValue();
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#unexpected("after top-level value");
    return value;
  }

  #readValue(): unknown {
    const code = this.#skipBlanks();
    this.#count();
    if (code === QUOTE) return this.#readText();
    if (code === OPEN_OBJECT) return this.#readObject();
    if (code === OPEN_ARRAY) return this.#readArray();
    if (code === 0x74) return this.#readWord("true", true);
    if (code === 0x66) return this.#readWord("false", false);
    if (code === 0x6e) return this.#readWord("null", null);
    return this.#readNumber();
  }

  #readObject(): Record<string, unknown> {
    this.#open();
    const object: Record<string, unknown> = {};
    if (this.#skipBlanks() === CLOSE_OBJECT) return this.#close(object);
    for (let members = 1; ; members += 1) {
      if (members > this.#limits.membersMax) {
        throw invalidRequest("JSON object exceeds allowed entry count");
      }
      if (this.#skipBlanks() !== QUOTE) {
        throw this.#unexpected("looking for beginning of object key string");
      }
      this.#count();
      const key = this.#readText();
      if (this.#limits.lastKeyWins !== true && Object.hasOwn(object, key)) {
        throw invalidRequest(`duplicate key '${key}' in object`);
      }
      if (this.#skipBlanks() !== COLON) throw this.#unexpected("after object key");
      this.#at += 1;
      setOwn(object, key, this.#readValue());
      const code = this.#skipBlanks();
      if (code === CLOSE_OBJECT) return this.#close(object);
      if (code !== COMMA) throw this.#unexpected("after object key:value pair");
      this.#at += 1;
    }
  }

  #readArray(): unknown[] {
    this.#open();
    const array: unknown[] = [];
    if (this.#skipBlanks() === CLOSE_ARRAY) return this.#close(array);
    for (;;) {
      if (array.length === this.#limits.membersMax) {
        throw invalidRequest("JSON array exceeds allowed element count");
      }
      array.push(this.#readValue());
      const code = this.#skipBlanks();
      if (code === CLOSE_ARRAY) return this.#close(array);
      if (code !== COMMA) throw this.#unexpected("after array element");
      this.#at += 1;
    }
  }

  #open(): void {
    this.#depth += 1;
    if (this.#depth > this.#limits.depthMax) {
      throw invalidRequest("JSON input exceeds allowed nesting depth");
    }
    this.#at += 1;
  }

  #close<T>(container: T): T {
    this.#depth -= 1;
    this.#at += 1;
    this.#count();
    return container;
  }

  #readText(): string {
    const text = this.#text;
    const start = this.#at;
    let escaped = false;
    for (let at = start + 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        return this.#withinLimit(
          escaped ? unescape(text.slice(start, at + 1)) : text.slice(start + 1, at),
        );
      }
      if (code === BACKSLASH) {
        escaped = true;
        at += 1;
      } else if (code < 0x20) {
        this.#at = at;
        throw this.#unexpected("in string literal");
      } else if (at - start === 32) {
        // Long texts: a pattern runs faster than this loop.
        PLAIN_TEXT.lastIndex = at;
        PLAIN_TEXT.test(text);
        at = PLAIN_TEXT.lastIndex - 1;
      }
    }
    this.#at = text.length;
    throw this.#unexpected("in string literal");
  }

  #withinLimit(value: string): string {
    const max = this.#limits.textBytesMax;
    if (value.length * 3 > max && Buffer.byteLength(value) > max) {
      throw invalidRequest("JSON string value exceeds allowed length");
    }
    return value;
  }

  #readNumber(): number | JsonNumber {
    const small = this.#readSmallInteger();
    if (small !== null) return small;
    NUMBER.lastIndex = this.#at;
    const literal = NUMBER.exec(this.#text)?.[0];
    if (literal === undefined) throw this.#unexpected("looking for beginning of value");
    if (literal.length > NUMBER_CHARS_MAX) {
      throw invalidRequest("JSON number exceeds allowed length");
    }
    this.#at += literal.length;
    const number = Number(literal);
    return String(number) === literal ? number : new JsonNumber(literal);
  }

  /** Most numbers are a few digits; they need no pattern and no copy. */
  #readSmallInteger(): number | null {
    let value = 0;
    let at = this.#at;
    let code = this.#text.charCodeAt(at);
    if (code === 0x30) return null;
    for (; code >= 0x30 && code <= 0x39; code = this.#text.charCodeAt(at)) {
      value = value * 10 + code - 0x30;
      at += 1;
    }
    const digits = at - this.#at;
    if (digits === 0 || digits > 15 || code === POINT || code === 0x65 || code === 0x45)
      return null;
    this.#at = at;
    return value;
  }

  #readWord<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) {
      throw this.#unexpected("looking for beginning of value");
    }
    this.#at += word.length;
    return value;
  }

  #count(): void {
    this.#tokens += 1;
    if (this.#tokens > this.#limits.tokensMax) {
      throw invalidRequest("JSON payload exceeds allowed token count");
    }
  }

  /** Moves on to the next character that is not blank and gives its code, NaN at the end. */
  #skipBlanks(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.#at += 1;
    }
  }

  #unexpected(where: string): Error {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) {
      return invalidRequest(
        this.#depth > 0 ? "malformed JSON, unclosed containers" : "unexpected end of JSON input",
      );
    }
    return invalidRequest(`invalid character ${quoteCharacter(code)} ${where}`);
  }
}

/** Plain assignment would set the prototype for the key `__proto__`. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    object[key] = value;
  }
}

/** Reads escapes; halves of surrogate pairs become U+FFFD, as in Go: UTF-8 cannot carry them. */
function unescape(quoted: string): string {
  try {
    return String(JSON.parse(quoted)).replace(LONE_SURROGATE, "\ufffd");
  } catch {
    throw invalidRequest("invalid character in string escape code");
  }
}

function quoteCharacter(code: number): string {
  if (code === 0x27) return "'\\''";
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
    return `'\\x${code.toString(16).padStart(2, "0")}'`;
  }
  return `'${String.fromCodePoint(code)}'`;
}
