import { lexTemplate, type Token } from "@/lib/engine/aws-secrets/template-lexer";

/** What an argument or a call is worth. */
export type Operand =
  | { kind: "constant"; value: string | number | boolean; source: string }
  | { kind: "field"; path: string }
  | { kind: "function"; name: string }
  | { kind: "pipeline"; pipeline: Pipeline };

/** A function with its arguments, or a single value. */
export type Command = { operands: readonly Operand[] };

/** Commands whose values are handed on as the last argument of the next. */
export type Pipeline = readonly Command[];

export type Node =
  | { kind: "text"; text: string }
  | { kind: "print"; pipeline: Pipeline }
  | { kind: "if"; condition: Pipeline; then: readonly Node[]; otherwise: readonly Node[] };

const UNSUPPORTED: ReadonlySet<string> = new Set([
  "range",
  "with",
  "template",
  "define",
  "block",
  "break",
  "continue",
  "nil",
]);
/** How deep parentheses and conditions may nest. */
const DEPTH_MAX = 50;

/**
 * Parses the subset of Go's templates that names need: text, fields, pipelines, calls, `if`.
 *
 * @throws Error in Go's words where it knows them.
 */
export function parseTemplate(source: string, isFunction: (name: string) => boolean): Node[] {
  const parser = new Parser(lexTemplate(source), isFunction);
  return parser.parseAll();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #isFunction: (name: string) => boolean;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], isFunction: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#isFunction = isFunction;
  }

  parseAll(): Node[] {
    const { nodes, ended } = this.#list();
    if (ended !== null) throw new Error(`unexpected {{${ended}}}`);
    return nodes;
  }

  /** Nodes up to `{{end}}`, `{{else}}` or the end of the text; `ended` is the word that ended them. */
  #list(): { nodes: Node[]; ended: "end" | "else" | null } {
    const nodes: Node[] = [];
    for (let token = this.#next(); token !== undefined; token = this.#next()) {
      if (token.kind === "text") {
        nodes.push({ kind: "text", text: token.text });
        continue;
      }
      const word = this.#peekWord();
      if (word === "end" || word === "else") {
        this.#at += 1;
        if (word === "end") this.#expectClose();
        return { nodes, ended: word };
      }
      if (word === "if") {
        this.#at += 1;
        nodes.push(this.#condition());
        continue;
      }
      nodes.push({ kind: "print", pipeline: this.#pipeline("close") });
    }
    return { nodes, ended: null };
  }

  /** From behind `if` to its `{{end}}`. */
  #condition(): Node {
    this.#deeper();
    const condition = this.#pipeline("close");
    const { nodes: then, ended } = this.#list();
    if (ended === null) throw new Error("unexpected EOF");
    let otherwise: Node[] = [];
    if (ended === "else" && this.#peekWord() === "if") {
      this.#at += 1;
      // `else if` shares the one `{{end}}`.
      otherwise = [this.#condition()];
    } else if (ended === "else") {
      this.#expectClose();
      const rest = this.#list();
      if (rest.ended !== "end") throw new Error("expected end; found {{else}}");
      otherwise = rest.nodes;
    }
    this.#depth -= 1;
    return { kind: "if", condition, then, otherwise };
  }

  #pipeline(until: "close" | ")"): Pipeline {
    this.#deeper();
    const commands: Command[] = [];
    let operands: Operand[] = [];
    for (;;) {
      const token = this.#next();
      if (token === undefined) throw new Error("unclosed action");
      const isEnd = until === "close" ? token.kind === "close" : isSign(token, ")");
      if (isEnd || isSign(token, "|")) {
        if (operands.length === 0) throw new Error("missing value for command");
        commands.push(this.#command(operands, commands.length > 0));
        operands = [];
        if (!isEnd) continue;
        this.#depth -= 1;
        return commands;
      }
      operands.push(this.#operand(token));
    }
  }

  #command(operands: Operand[], isPiped: boolean): Command {
    const [first] = operands;
    if (first?.kind !== "function" && (operands.length > 1 || isPiped)) {
      throw new Error("can't give argument to non-function");
    }
    return { operands };
  }

  #operand(token: Token): Operand {
    switch (token.kind) {
      case "string":
      case "number":
        return { kind: "constant", value: token.value, source: token.source };
      case "field":
        return { kind: "field", path: token.text };
      case "word":
        return this.#word(token.text);
      case "sign":
        if (token.text === "(") return { kind: "pipeline", pipeline: this.#pipeline(")") };
        throw new Error(`unexpected "${token.text}" in operand`);
      case "text":
      case "open":
      case "close":
        throw new Error("unexpected token in operand");
    }
  }

  #word(text: string): Operand {
    if (text === "true" || text === "false") {
      return { kind: "constant", value: text === "true", source: text };
    }
    if (UNSUPPORTED.has(text)) throw new Error(`"${text}" is not supported`);
    if (!this.#isFunction(text)) throw new Error(`function "${text}" not defined`);
    return { kind: "function", name: text };
  }

  #next(): Token | undefined {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token;
  }

  #peekWord(): string | null {
    const token = this.#tokens[this.#at];
    return token?.kind === "word" ? token.text : null;
  }

  #expectClose(): void {
    if (this.#next()?.kind !== "close") throw new Error("unexpected token in end or else");
  }

  #deeper(): void {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new Error("nested too deeply");
  }
}

function isSign(token: Token, text: string): boolean {
  return token.kind === "sign" && token.text === text;
}
