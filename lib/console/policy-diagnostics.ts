/** What is wrong with a text, and where; lines and columns begin at 1. */
export type Diagnostic = { line: number; column: number; message: string };

/** Most that AWS takes of the plain text of an inline or session policy. */
export const POLICY_LENGTH_MAX = 2048;

/**
 * What keeps a text from being a policy document of IAM; null: nothing that can be seen from here.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function diagnosePolicy(text: string): Diagnostic | null {
  if (text.trim() === "") return null;
  const reader = new JsonReader(text);
  const fault = reader.fault();
  if (fault !== null) return { ...placeOf(text, fault.at), message: fault.message };
  const message = shapeProblem(JSON.parse(text));
  return message === null ? null : { line: 1, column: 1, message };
}

/** Characters that count against AWS's limit: those outside strings that are no white space, and strings. */
export function policyLength(text: string): number {
  try {
    return JSON.stringify(JSON.parse(text)).length;
  } catch {
    return text.trim().length;
  }
}

function shapeProblem(policy: unknown): string | null {
  if (!isObject(policy)) return "A policy document is an object: { … }";
  const { Version: version, Statement: statement } = policy;
  if (version !== "2012-10-17" && version !== "2008-10-17") {
    return '"Version" is missing or unknown; AWS knows "2012-10-17"';
  }
  const statements: unknown[] = Array.isArray(statement) ? statement : [statement];
  if (statement === undefined || statements.length === 0) return '"Statement" is missing';
  const problem = statements.map(statementProblem).findIndex((one) => one !== null);
  return problem < 0
    ? null
    : `Statement ${problem + 1}: ${statementProblem(statements[problem]) ?? ""}`;
}

function statementProblem(statement: unknown): string | null {
  if (!isObject(statement)) return "is no object";
  if (statement["Effect"] !== "Allow" && statement["Effect"] !== "Deny") {
    return '"Effect" is neither "Allow" nor "Deny"';
  }
  if (!("Action" in statement) && !("NotAction" in statement)) return '"Action" is missing';
  if (!("Resource" in statement) && !("NotResource" in statement)) return '"Resource" is missing';
  return "Principal" in statement ? '"Principal" is for policies of resources only' : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const lines = text.slice(0, at).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

type Fault = { at: number; message: string };

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const LITERAL = /true|false|null/y;
const BLANK = /[ \t\r\n]*/y;
const DEPTH_MAX = 100;

/** Finds the place where a text stops being JSON: browsers word theirs differently, or tell none. */
class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  fault(): Fault | null {
    try {
      this.#value(0);
      if (this.#at < this.#text.length) this.#stop("nothing may follow the document");
      return null;
    } catch (error) {
      if (error instanceof JsonFault) return { at: error.at, message: error.message };
      throw error;
    }
  }

  #value(depth: number): void {
    if (depth > DEPTH_MAX) this.#stop("nested too deeply");
    this.#take(BLANK);
    const next = this.#text.charAt(this.#at);
    if (next === "{") this.#members(depth, "}", true);
    else if (next === "[") this.#members(depth, "]", false);
    else if (next === '"') this.#string();
    else if (!this.#take(NUMBER) && !this.#take(LITERAL)) this.#stop("a value is expected");
    this.#take(BLANK);
  }

  #members(depth: number, end: string, named: boolean): void {
    this.#at += 1;
    this.#take(BLANK);
    if (this.#skip(end)) return;
    for (;;) {
      if (named) this.#name();
      this.#value(depth + 1);
      if (this.#skip(end)) return;
      if (!this.#skip(",")) this.#stop(`"," or "${end}" is expected`);
    }
  }

  #name(): void {
    this.#take(BLANK);
    if (this.#text.charAt(this.#at) !== '"') this.#stop("a name in double quotes is expected");
    this.#string();
    this.#take(BLANK);
    if (!this.#skip(":")) this.#stop('":" is expected after a name');
  }

  #string(): void {
    if (!this.#take(STRING)) this.#stop("this text has no end, or holds what JSON forbids");
  }

  #skip(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return false;
    this.#at += found.length;
    return found !== "";
  }

  #stop(message: string): never {
    throw new JsonFault(this.#at, message);
  }
}

class JsonFault extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}
