import { checkTokens, type Place, syntaxError } from "@/lib/engine/policy/syntax";

export type TokenKind =
  | "EOF"
  | "IDENT"
  | "STRING"
  | "HEREDOC"
  | "NUMBER"
  | "BOOL"
  | "ASSIGN"
  | "COMMA"
  | "LBRACE"
  | "RBRACE"
  | "LBRACK"
  | "RBRACK";

/** `text` is a string's value with its escapes resolved, else the characters themselves. */
export type Token = { kind: TokenKind; text: string; at: Place };

const PUNCTUATION: ReadonlyMap<string, TokenKind> = new Map([
  ["=", "ASSIGN"],
  [",", "COMMA"],
  ["{", "LBRACE"],
  ["}", "RBRACE"],
  ["[", "LBRACK"],
  ["]", "RBRACK"],
]);

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ['"', '"'],
  ["\\", "\\"],
]);

// Sticky and without nested repetition: each is linear in what it consumes.
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_.-]*/y;
const NUMBER = /-?(?:0[xX][0-9a-fA-F]+|(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const HEREDOC_START = /<<(-?)([A-Za-z0-9_]+)\r?\n/y;
const HEX = /^[0-9a-fA-F]+$/;

/**
 * Cuts a text in HCL 1 into tokens, in one pass. Strings may hold anything but a line's end; `${` has no
 * meaning in a policy and stays as it is.
 *
 * @see https://github.com/hashicorp/hcl/tree/hcl1#syntax
 */
export class HclLexer {
  readonly #text: string;
  #offset = 0;
  #line = 1;
  #lineStart = 0;
  #tokens = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws EngineError `invalid_request` with the place of what is no token. */
  next(): Token {
    this.#skipBlanks();
    const at = this.#place();
    checkTokens((this.#tokens += 1), at);
    const first = this.#text.charAt(this.#offset);
    if (first === "") return { kind: "EOF", text: "", at };

    const punctuation = PUNCTUATION.get(first);
    if (punctuation !== undefined) {
      this.#offset += 1;
      return { kind: punctuation, text: first, at };
    }
    if (first === '"') return { kind: "STRING", text: this.#string(at), at };
    if (first === "<") return { kind: "HEREDOC", text: this.#heredoc(at), at };

    const word = this.#take(IDENTIFIER);
    if (word !== null) {
      return { kind: word === "true" || word === "false" ? "BOOL" : "IDENT", text: word, at };
    }
    const digits = this.#take(NUMBER);
    if (digits !== null) return { kind: "NUMBER", text: digits, at };
    throw syntaxError(at, "illegal char");
  }

  #place(): Place {
    return { line: this.#line, column: this.#offset - this.#lineStart + 1 };
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#offset;
    const [taken] = pattern.exec(this.#text) ?? [];
    if (taken === undefined) return null;
    this.#offset += taken.length;
    return taken;
  }

  #newLineAt(offset: number): void {
    this.#line += 1;
    this.#lineStart = offset + 1;
  }

  #skipBlanks(): void {
    for (;;) {
      const char = this.#text.charAt(this.#offset);
      if (char === "\n") this.#newLineAt(this.#offset);
      if (char === " " || char === "\t" || char === "\r" || char === "\n") this.#offset += 1;
      else if (!this.#skipComment(char)) return;
    }
  }

  #skipComment(char: string): boolean {
    const second = char === "/" ? this.#text.charAt(this.#offset + 1) : "";
    if (char === "#" || second === "/") {
      const end = this.#text.indexOf("\n", this.#offset);
      this.#offset = end < 0 ? this.#text.length : end;
      return true;
    }
    if (second !== "*") return false;
    const at = this.#place();
    const end = this.#text.indexOf("*/", this.#offset + 2);
    if (end < 0) throw syntaxError(at, "comment not terminated");
    this.#advanceOverLines(end + 2);
    return true;
  }

  #advanceOverLines(end: number): void {
    let newLine = this.#text.indexOf("\n", this.#offset);
    while (newLine >= 0 && newLine < end) {
      this.#newLineAt(newLine);
      newLine = this.#text.indexOf("\n", newLine + 1);
    }
    this.#offset = end;
  }

  #string(at: Place): string {
    let value = "";
    this.#offset += 1;
    let plainFrom = this.#offset;
    for (;;) {
      const char = this.#text.charAt(this.#offset);
      if (char === "" || char === "\n") throw syntaxError(at, "literal not terminated");
      if (char === '"') break;
      if (char === "\\") {
        value += this.#text.slice(plainFrom, this.#offset) + this.#escape();
        plainFrom = this.#offset;
      } else {
        this.#offset += 1;
      }
    }
    value += this.#text.slice(plainFrom, this.#offset);
    this.#offset += 1;
    return value;
  }

  #escape(): string {
    const at = this.#place();
    const letter = this.#text.charAt(this.#offset + 1);
    const plain = ESCAPES.get(letter);
    if (plain !== undefined) {
      this.#offset += 2;
      return plain;
    }
    const digits = letter === "u" ? 4 : letter === "U" ? 8 : 0;
    const hex = this.#text.slice(this.#offset + 2, this.#offset + 2 + digits);
    const point = hex.length === digits && HEX.test(hex) ? Number.parseInt(hex, 16) : -1;
    // Halves of a surrogate pair are no characters; no store would take them.
    if (point < 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
      throw syntaxError(at, "illegal char escape");
    }
    this.#offset += 2 + digits;
    return String.fromCodePoint(point);
  }

  #heredoc(at: Place): string {
    HEREDOC_START.lastIndex = this.#offset;
    const start = HEREDOC_START.exec(this.#text);
    if (start === null) throw syntaxError(at, "illegal char");
    const [opening, dash, anchor] = start;
    this.#offset += opening.length;
    this.#newLineAt(this.#offset - 1);

    const lines: string[] = [];
    while (this.#offset < this.#text.length) {
      const newLine = this.#text.indexOf("\n", this.#offset);
      const end = newLine < 0 ? this.#text.length : newLine;
      const line = this.#text.slice(this.#offset, end);
      this.#offset = end;
      const closing = line.replace(/\r$/, "");
      const marker = dash === "-" ? closing.trimStart() : closing;
      if (marker === anchor) return unindented(lines, closing.slice(0, -marker.length));
      lines.push(line);
      if (newLine >= 0) {
        this.#newLineAt(newLine);
        this.#offset = newLine + 1;
      }
    }
    throw syntaxError(at, "heredoc not terminated");
  }
}

/** `<<-` takes the closing marker's indentation away, if every line has it. */
function unindented(lines: readonly string[], indentation: string): string {
  const strip = lines.every((line) => line.startsWith(indentation));
  return lines.map((line) => `${strip ? line.slice(indentation.length) : line}\n`).join("");
}
