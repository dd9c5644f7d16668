import { HclLexer, type Token, type TokenKind } from "@/lib/engine/policy/hcl-lexer";
import {
  type Place,
  SYNTAX_DEPTH_MAX,
  type SyntaxEntry,
  type SyntaxKey,
  type SyntaxValue,
  syntaxError,
} from "@/lib/engine/policy/syntax";

/**
 * Reads a text in HCL 1, which is what policies are written in.
 *
 * @throws EngineError `invalid_request` with place and problem: `At 1:34: …`.
 * @see https://github.com/hashicorp/hcl/tree/hcl1#syntax
 */
export function parseHcl(text: string): SyntaxEntry[] {
  return new HclParser(text).entries("EOF", 0);
}

class HclParser {
  readonly #lexer: HclLexer;
  #token: Token;

  constructor(text: string) {
    this.#lexer = new HclLexer(text);
    this.#token = this.#lexer.next();
  }

  /** Entries up to `closing`, which is left in place. Commas between them are optional. */
  entries(closing: TokenKind, depth: number): SyntaxEntry[] {
    const entries: SyntaxEntry[] = [];
    while (this.#token.kind !== closing) {
      if (this.#token.kind === "EOF") {
        throw syntaxError(this.#token.at, "object expected closing RBRACE got: EOF");
      }
      entries.push(this.#entry(depth));
      if (this.#token.kind === "COMMA") this.#advance();
    }
    return entries;
  }

  #advance(): Token {
    const token = this.#token;
    this.#token = this.#lexer.next();
    return token;
  }

  #entry(depth: number): SyntaxEntry {
    const keys = this.#keys();
    const { kind, at } = this.#token;
    if (kind === "LBRACE" && keys.length > 0) return { keys, value: this.#value(depth) };
    if (kind === "ASSIGN" && keys.length === 1) {
      this.#advance();
      return { keys, value: this.#value(depth) };
    }
    if (keys.length === 0) throw syntaxError(at, `expected: IDENT | STRING got: ${kind}`);
    if (kind === "ASSIGN") throw syntaxError(at, "nested object expected: LBRACE got: ASSIGN");
    const names = keys.map((key) => key.text).join(" ");
    throw syntaxError(
      at,
      `key '${names.slice(0, 256)}' expected start of object ('{') or assignment ('=')`,
    );
  }

  #keys(): SyntaxKey[] {
    const keys: SyntaxKey[] = [];
    while (this.#token.kind === "IDENT" || this.#token.kind === "STRING") {
      const { text, at } = this.#advance();
      keys.push({ text, at });
    }
    return keys;
  }

  #value(depth: number): SyntaxValue {
    const { kind, text, at } = this.#advance();
    switch (kind) {
      case "STRING":
      case "HEREDOC":
        return { kind: "text", text, at };
      case "NUMBER":
        return { kind: "number", text, at };
      case "BOOL":
        return { kind: "flag", flag: text === "true", at };
      case "LBRACE":
        return this.#object(at, depth + 1);
      case "LBRACK":
        return this.#list(at, depth + 1);
      default:
        throw syntaxError(at, `expected a value, got: ${kind}`);
    }
  }

  #object(at: Place, depth: number): SyntaxValue {
    checkDepth(at, depth);
    const entries = this.entries("RBRACE", depth);
    this.#advance();
    return { kind: "object", entries, at };
  }

  #list(at: Place, depth: number): SyntaxValue {
    checkDepth(at, depth);
    const items: SyntaxValue[] = [];
    for (;;) {
      while (this.#token.kind === "COMMA") this.#advance();
      if (this.#token.kind === "RBRACK") break;
      if (this.#token.kind === "EOF") throw this.#listError();
      items.push(this.#value(depth));
      if (!this.#isAt("COMMA", "RBRACK")) throw this.#listError();
    }
    this.#advance();
    return { kind: "list", items, at };
  }

  #isAt(...kinds: readonly TokenKind[]): boolean {
    return kinds.includes(this.#token.kind);
  }

  #listError(): Error {
    const { at, kind } = this.#token;
    return syntaxError(at, `error parsing list, expected comma or list end, got: ${kind}`);
  }
}

function checkDepth(at: Place, depth: number): void {
  if (depth > SYNTAX_DEPTH_MAX) {
    throw syntaxError(at, `lists and objects may be nested ${SYNTAX_DEPTH_MAX} deep`);
  }
}
