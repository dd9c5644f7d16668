import {
  checkTokens,
  type Place,
  SYNTAX_DEPTH_MAX,
  type SyntaxEntry,
  type SyntaxKey,
  type SyntaxObject,
  type SyntaxValue,
  syntaxError,
} from "@/lib/engine/policy/syntax";

// No store would take it.
const HALF_CHARACTER = /\p{Surrogate}/u;

// Sticky and without nested repetition: linear in what it consumes.
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Reads a policy in JSON. `JSON.parse` would do but for two things: it knows no places, and of a key
 * written twice it forgets the first, which may be the one that denies.
 *
 * @throws EngineError `invalid_request` with place and problem: `At 1:10: …`.
 */
export function parseJson(text: string): SyntaxEntry[] {
  return new JsonParser(text).document().flatMap(labelled);
}

/** `"path": {"a": …}` and `"path": [{"a": …}]` say what `path "a" { … }` says in HCL. */
function labelled(entry: SyntaxEntry): SyntaxEntry[] {
  const [key] = entry.keys;
  if (key?.text !== "path") return [entry];
  const objects = objectsOf(entry.value);
  if (objects === null) return [entry];
  return objects.flatMap((object) =>
    object.entries.flatMap((label) => {
      const bodies: readonly SyntaxValue[] = objectsOf(label.value) ?? [label.value];
      return bodies.map((value) => ({ keys: [key, ...label.keys], value }));
    }),
  );
}

/** The object, or the objects of a list of nothing else; null: neither. */
function objectsOf(value: SyntaxValue): SyntaxObject[] | null {
  const items = value.kind === "list" ? value.items : [value];
  const objects = items.filter((item) => item.kind === "object");
  return objects.length === items.length ? objects : null;
}

class JsonParser {
  readonly #text: string;
  #offset = 0;
  #line = 1;
  #lineStart = 0;
  #tokens = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): readonly SyntaxEntry[] {
    const at = this.#start();
    this.#expect("{");
    const entries = this.#entries(1);
    const end = this.#start();
    if (this.#offset < this.#text.length) throw syntaxError(end, "text after the end");
    return this.#object(entries, at).entries;
  }

  /** Skips blanks and says where the next token starts. */
  #start(): Place {
    for (;;) {
      const char = this.#text.charAt(this.#offset);
      if (char !== " " && char !== "\t" && char !== "\r" && char !== "\n") break;
      this.#offset += 1;
      if (char === "\n") {
        this.#line += 1;
        this.#lineStart = this.#offset;
      }
    }
    return { line: this.#line, column: this.#offset - this.#lineStart + 1 };
  }

  #peek(): string {
    return this.#text.charAt(this.#offset);
  }

  #skip(char: string): boolean {
    this.#start();
    if (this.#peek() !== char) return false;
    this.#offset += 1;
    return true;
  }

  #expect(char: string): void {
    const at = this.#start();
    if (!this.#skip(char)) throw syntaxError(at, `expected '${char}', got: ${this.#shown()}`);
  }

  #shown(): string {
    return this.#offset < this.#text.length ? JSON.stringify(this.#peek()) : "EOF";
  }

  #object(entries: readonly SyntaxEntry[], at: Place): SyntaxObject {
    return { kind: "object", entries, at };
  }

  #entries(depth: number): SyntaxEntry[] {
    const entries: SyntaxEntry[] = [];
    if (this.#skip("}")) return entries;
    do {
      const key = this.#key();
      this.#expect(":");
      entries.push({ keys: [key], value: this.#value(depth) });
    } while (this.#skip(","));
    this.#expect("}");
    return entries;
  }

  #key(): SyntaxKey {
    const at = this.#start();
    checkTokens((this.#tokens += 1), at);
    if (this.#peek() !== '"') throw syntaxError(at, `expected a key, got: ${this.#shown()}`);
    return { text: this.#string(at), at };
  }

  #items(depth: number): SyntaxValue[] {
    const items: SyntaxValue[] = [];
    if (this.#skip("]")) return items;
    do items.push(this.#value(depth));
    while (this.#skip(","));
    this.#expect("]");
    return items;
  }

  #value(depth: number): SyntaxValue {
    const at = this.#start();
    checkTokens((this.#tokens += 1), at);
    const first = this.#peek();
    if (first === '"') return { kind: "text", text: this.#string(at), at };
    if (first === "{" || first === "[") {
      if (depth >= SYNTAX_DEPTH_MAX) {
        throw syntaxError(at, `lists and objects may be nested ${SYNTAX_DEPTH_MAX} deep`);
      }
      this.#offset += 1;
      if (first === "{") return this.#object(this.#entries(depth + 1), at);
      return { kind: "list", items: this.#items(depth + 1), at };
    }
    for (const word of ["true", "false", "null"] as const) {
      if (!this.#text.startsWith(word, this.#offset)) continue;
      this.#offset += word.length;
      return word === "null" ? { kind: "null", at } : { kind: "flag", flag: word === "true", at };
    }
    NUMBER.lastIndex = this.#offset;
    const [digits] = NUMBER.exec(this.#text) ?? [];
    if (digits === undefined) throw syntaxError(at, `expected a value, got: ${this.#shown()}`);
    this.#offset += digits.length;
    return { kind: "number", text: digits, at };
  }

  #string(at: Place): string {
    const start = this.#offset;
    this.#offset += 1;
    while (this.#peek() !== '"') {
      if (this.#offset >= this.#text.length) throw syntaxError(at, "string not terminated");
      this.#offset += this.#peek() === "\\" ? 2 : 1;
    }
    this.#offset += 1;
    const value = jsonString(this.#text.slice(start, this.#offset));
    if (value === null) throw syntaxError(at, "string with an illegal character or escape");
    return value;
  }
}

function jsonString(literal: string): string | null {
  try {
    const value = String(JSON.parse(literal));
    return HALF_CHARACTER.test(value) ? null : value;
  } catch {
    return null;
  }
}
