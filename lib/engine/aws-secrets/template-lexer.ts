/** One piece of a Go text template. */
export type Token =
  /** Text between actions, as it is written out. */
  | { kind: "text"; text: string }
  | { kind: "open" }
  | { kind: "close" }
  | { kind: "string"; value: string; source: string }
  | { kind: "number"; value: number; source: string }
  /** A name: function, keyword or constant. */
  | { kind: "word"; text: string }
  /** `.` alone or `.Field`. */
  | { kind: "field"; text: string }
  | { kind: "sign"; text: "(" | ")" | "|" };

const ACTION_TOKEN =
  /\s*(?:("(?:[^"\\\n]|\\.)*")|(`[^`]*`)|([+-]?\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(\.(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)?)|([()|]))/y;
const COMMENT = /^\{\{(?:- )?\/\*[\s\S]*?\*\/(?: -)?\}\}/;

/**
 * Cuts a template into tokens. The subset has no variables, ranges or nested templates.
 *
 * @throws Error with the place of what cannot be read.
 * @see https://pkg.go.dev/text/template
 */
export function lexTemplate(source: string): Token[] {
  const tokens: Token[] = [];
  let rest = source;
  let trimNext = false;
  while (rest !== "") {
    const open = rest.indexOf("{{");
    const action = open < 0 ? "" : rest.slice(open);
    tokens.push(
      ...textTokens(open < 0 ? rest : rest.slice(0, open), trimNext, trimsBefore(action)),
    );
    if (open < 0) break;
    const comment = COMMENT.exec(action)?.[0];
    if (comment !== undefined) {
      trimNext = comment.endsWith(" -}}");
      rest = action.slice(comment.length);
      continue;
    }
    const end = lexAction(action, tokens);
    trimNext = action.slice(0, end).endsWith(" -}}");
    rest = action.slice(end);
  }
  return tokens;
}

function trimsBefore(action: string): boolean {
  return /^\{\{-\s/.test(action);
}

function textTokens(text: string, trimStart: boolean, trimEnd: boolean): Token[] {
  let kept = trimStart ? text.trimStart() : text;
  if (trimEnd) kept = kept.trimEnd();
  return kept === "" ? [] : [{ kind: "text", text: kept }];
}

/** Adds the tokens of one action; gives where it ends. */
function lexAction(action: string, tokens: Token[]): number {
  tokens.push({ kind: "open" });
  let at = trimsBefore(action) ? 3 : 2;
  for (;;) {
    const close = /^\s*(?:\s-)?\}\}/.exec(action.slice(at));
    if (close !== null) {
      tokens.push({ kind: "close" });
      return at + close[0].length;
    }
    ACTION_TOKEN.lastIndex = at;
    const match = ACTION_TOKEN.exec(action);
    if (match === null) throw unreadable(action.slice(at).trimStart());
    tokens.push(tokenOf(match));
    at = ACTION_TOKEN.lastIndex;
  }
}

function tokenOf(match: RegExpExecArray): Token {
  const [, quoted, raw, number, word, field, sign] = match;
  if (quoted !== undefined) return { kind: "string", value: unquote(quoted), source: quoted };
  if (raw !== undefined) return { kind: "string", value: raw.slice(1, -1), source: raw };
  if (number !== undefined) return { kind: "number", value: Number(number), source: number };
  if (word !== undefined) return { kind: "word", text: word };
  if (field !== undefined) return { kind: "field", text: field };
  return { kind: "sign", text: sign === "(" || sign === ")" ? sign : "|" };
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
};

/** Reads a Go string literal. */
function unquote(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/gu, (_all, escape: string) => {
      if (escape.length > 1) return String.fromCodePoint(parseInt(escape.slice(1), 16));
      const character = ESCAPES[escape];
      if (character === undefined) throw new Error("invalid syntax");
      return character;
    });
}

function unreadable(rest: string): Error {
  if (rest === "") return new Error("unclosed action");
  if (rest.startsWith('"')) return new Error("unterminated quoted string");
  if (rest.startsWith("`")) return new Error("unterminated raw quoted string");
  if (rest.startsWith("$")) return new Error("variables are not supported");
  return new Error(`unexpected ${JSON.stringify(rest.slice(0, 1))} in action`);
}
