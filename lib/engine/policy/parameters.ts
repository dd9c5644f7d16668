/** A value as a policy lists it; null matches nothing. */
export type ParameterValue = string | number | boolean | null;

/** By lower-case parameter name; an empty list stands for any value. */
export type ParameterLists = ReadonlyMap<string, readonly ParameterValue[]>;

/** What a rule says of the data that comes with a request. */
export type ParameterRules = {
  /** Lower case; the request's names are taken as they are. */
  readonly required: readonly string[];
  readonly allowed: ParameterLists;
  readonly denied: ParameterLists;
};

/** Why a request's data is refused, and over which parameter. */
export type ParameterRefusal = {
  because: "required_parameter" | "denied_parameter" | "allowed_parameter";
  parameter: string;
};

/** Elements of one parameter that are compared; one with more is refused by any list of values. */
export const PARAMETER_ELEMENTS_MAX = 1_000;

/** What fields read as true and as false. @see https://pkg.go.dev/strconv#ParseBool */
const TRUE_WORDS: readonly string[] = ["true", "t", "1"];
const FALSE_WORDS: readonly string[] = ["false", "f", "0"];

/**
 * Judges a request's data by a rule; null: nothing against it.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#parameter-constraints
 */
export function refusedParameter(
  rules: ParameterRules,
  data: Readonly<Record<string, unknown>>,
): ParameterRefusal | null {
  const missing = rules.required.find((name) => !Object.hasOwn(data, name));
  if (missing !== undefined) return { because: "required_parameter", parameter: missing };
  const all = rules.allowed.has("*");
  const anything = rules.allowed.size === 0 || (all && rules.allowed.size === 1);

  for (const sent of Object.keys(data)) {
    const parameter = sent.toLowerCase();
    const denied = rules.denied.has("*") ? [] : rules.denied.get(parameter);
    if (denied !== undefined && isDenied(denied, data[sent])) {
      return { because: "denied_parameter", parameter };
    }
    if (anything) continue;
    const allowed = rules.allowed.get(parameter);
    if (allowed === undefined ? !all : !isAllowed(allowed, data[sent])) {
      return { because: "allowed_parameter", parameter };
    }
  }
  return null;
}

/** Joins the lists of two rules: a parameter that either leaves open is open. */
export function joinLists(a: ParameterLists, b: ParameterLists): ParameterLists {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const joined = new Map(a);
  for (const [name, values] of b) {
    const known = joined.get(name);
    const open = known?.length === 0 || values.length === 0;
    joined.set(name, open ? [] : [...(known ?? []), ...values]);
  }
  return joined;
}

/** Joins the rules of two blocks for the same path. A block without rules lifts none of the other's. */
export function joinParameters(
  a: ParameterRules | null,
  b: ParameterRules | null,
): ParameterRules | null {
  if (a === null) return b;
  if (b === null) return a;
  return {
    required: [...new Set([...a.required, ...b.required])],
    allowed: joinLists(a.allowed, b.allowed),
    denied: joinLists(a.denied, b.denied),
  };
}

/** Every element of a list or of a comma-separated text must be listed. */
function isAllowed(listed: readonly ParameterValue[], sent: unknown): boolean {
  if (listed.length === 0) return true;
  const elements: readonly unknown[] = Array.isArray(sent) ? sent : [sent];
  const single = elements.flatMap((element: unknown) => {
    const isList = typeof element === "string" && element.includes(",");
    return isList
      ? element.split(",", PARAMETER_ELEMENTS_MAX + 1).map((part) => part.trim())
      : [element];
  });
  if (single.length > PARAMETER_ELEMENTS_MAX) return false;
  return single.every((element) => listed.some((value) => isSame(value, element)));
}

function isSame(listed: ParameterValue, sent: unknown): boolean {
  if (listed === null) return false;
  if (typeof listed === "string") return typeof sent === "string" && globMatches(listed, sent);
  return listed === sent;
}

/**
 * One listed element is enough. Fields read `1` and `"1"`, `" a"` and `"a"` alike, so a denied value is
 * denied in each spelling that a field may take for it.
 */
function isDenied(listed: readonly ParameterValue[], sent: unknown): boolean {
  if (listed.length === 0) return true;
  const spellings = spellingsOf(sent);
  if (spellings.length > PARAMETER_ELEMENTS_MAX) return true;
  return spellings.some((text) => listed.some((value) => reads(value, text)));
}

function spellingsOf(sent: unknown): string[] {
  if (Array.isArray(sent)) return sent.slice(0, PARAMETER_ELEMENTS_MAX + 1).flatMap(spellingsOf);
  if (typeof sent === "number" || typeof sent === "boolean") return [String(sent)];
  if (typeof sent !== "string") return [];
  const parts = sent.split(",", PARAMETER_ELEMENTS_MAX).map((part) => part.trim());
  return parts.length === 1 && parts[0] === sent ? parts : [sent, ...parts];
}

function reads(listed: ParameterValue, text: string): boolean {
  if (listed === null) return false;
  if (typeof listed === "string") return globMatches(listed, text);
  if (typeof listed === "boolean") {
    return (listed ? TRUE_WORDS : FALSE_WORDS).includes(text.trim().toLowerCase());
  }
  return text.trim() !== "" && Number(text) === listed;
}

/** A star at either end or at both stands for anything; a lone star is a star, as in Vault. */
function globMatches(glob: string, text: string): boolean {
  if (glob.length < 2) return glob === text;
  const start = glob.startsWith("*");
  const end = glob.endsWith("*");
  if (start && end) return text.includes(glob.slice(1, -1));
  if (start) return text.endsWith(glob.slice(1));
  if (end) return text.startsWith(glob.slice(0, -1));
  return glob === text;
}
