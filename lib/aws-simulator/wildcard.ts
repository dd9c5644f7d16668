import type { Context } from "@/lib/aws-simulator/conditions";

const ANY = Symbol("*");
const ONE = Symbol("?");

/** A pattern, character by character; text that came from a policy variable is never a wildcard. */
type Pattern = readonly (string | typeof ANY | typeof ONE)[];

const VARIABLE = /\$\{([^}]*)\}/g;
const LITERAL_VARIABLES: ReadonlySet<string> = new Set(["*", "?", "$"]);

/**
 * Whether `text` matches a policy pattern with `*`, `?` and variables such as `${aws:username}`.
 * A variable without a value matches nothing.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function matchesPattern(pattern: string, text: string, context: Context): boolean {
  const compiled = compile(pattern, context);
  return compiled !== null && matches(compiled, text);
}

/** A value without wildcards, its variables replaced; null if one has no value. */
export function expandVariables(value: string, context: Context): string | null {
  if (!value.includes("${")) return value;
  const values = [...value.matchAll(VARIABLE)].map(([, inner = ""]) => variable(inner, context));
  if (values.includes(null)) return null;
  let next = 0;
  return value.replace(VARIABLE, () => values[next++] ?? "");
}

function compile(pattern: string, context: Context): Pattern | null {
  const compiled: (string | typeof ANY | typeof ONE)[] = [];
  let end = 0;
  for (const match of pattern.matchAll(VARIABLE)) {
    const value = variable(match[1] ?? "", context);
    if (value === null) return null;
    compiled.push(...wildcards(pattern.slice(end, match.index)), ...Array.from(value));
    end = match.index + match[0].length;
  }
  compiled.push(...wildcards(pattern.slice(end)));
  return compiled;
}

function variable(inner: string, context: Context): string | null {
  if (LITERAL_VARIABLES.has(inner)) return inner;
  const [key = "", fallback] = inner.split(",", 2);
  const found = context.get(key.trim().toLowerCase());
  if (found?.length === 1) return found[0] ?? null;
  return fallback === undefined ? null : fallback.trim().replace(/^'|'$/g, "");
}

function wildcards(text: string): Pattern {
  return Array.from(text, (character) => {
    if (character === "*") return ANY;
    return character === "?" ? ONE : character;
  });
}

/** Two pointers and one way back, so that no pattern costs more than |pattern| × |text| steps. */
function matches(pattern: Pattern, text: string): boolean {
  const characters = Array.from(text);
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < characters.length;) {
    const expected = pattern[at];
    if (expected === ANY) {
      star = at++;
      resume = i;
    } else if (expected === ONE || expected === characters[i]) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === ANY) at++;
  return at === pattern.length;
}
