import { matchesWildcard } from "@/lib/engine/validator/wildcard";

/** Null: it depends on what is not known. */
export type Truth = boolean | null;

/** Values of a condition key; `absent`: AWS does not send it; `unknown`: nobody can tell beforehand. */
export type ContextValue = readonly string[] | "absent" | "unknown";

/** What AWS will compare a trust policy's conditions with, by lower-case key. */
export type TrustContext = {
  valueOf(key: string): ContextValue;
  /** What every session name begins with, where names have random parts. */
  sessionNamePrefix: string;
};

export type Condition = { operator: string; key: string; values: readonly string[] };

const SESSION_NAME = "sts:rolesessionname";

/**
 * One condition of a trust policy.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function isMet(condition: Condition, context: TrustContext): Truth {
  const [quantifier, operator] = splitQuantifier(condition.operator.toLowerCase());
  const ifExists = operator.endsWith("ifexists");
  const name = ifExists ? operator.slice(0, -"ifexists".length) : operator;
  if (condition.key.toLowerCase() === SESSION_NAME) {
    return sessionNameMeets(name, condition.values, context.sessionNamePrefix);
  }
  const value = context.valueOf(condition.key.toLowerCase());
  if (value === "unknown") return null;
  if (name === "null") return isNullMet(condition.values, value === "absent");
  const isKnown = name in COMPARISONS;
  if (!isKnown) return null;
  const isNegated = name.includes("not");
  if (value === "absent" || value.length === 0) {
    return ifExists || isNegated || quantifier === "forallvalues";
  }
  const compare = COMPARISONS[name];
  if (compare === undefined) return null;
  const meets = (one: string): boolean => {
    const found = condition.values.some((wanted) => compare(one, wanted));
    return isNegated ? !found : found;
  };
  return quantifier === "foranyvalue" ? value.some(meets) : value.every(meets);
}

function splitQuantifier(operator: string): [string, string] {
  const [first = "", second] = operator.split(":");
  return second === undefined ? ["", first] : [first, second];
}

function isNullMet(values: readonly string[], isAbsent: boolean): boolean {
  return values.some((value) => (value.toLowerCase() === "true") === isAbsent);
}

type Compare = (value: string, wanted: string) => boolean;

const same: Compare = (value, wanted) => value === wanted;
const sameLetters: Compare = (value, wanted) => value.toLowerCase() === wanted.toLowerCase();
const like: Compare = (value, wanted) => matchesWildcard(wanted, value);

const COMPARISONS: Readonly<Record<string, Compare>> = {
  stringequals: same,
  stringnotequals: same,
  stringequalsignorecase: sameLetters,
  stringnotequalsignorecase: sameLetters,
  stringlike: like,
  stringnotlike: like,
  arnequals: like,
  arnlike: like,
  arnnotequals: like,
  arnnotlike: like,
  bool: sameLetters,
};

/** Session names end in random characters: only how they begin can be judged. */
function sessionNameMeets(name: string, values: readonly string[], prefix: string): Truth {
  if (name !== "stringlike" && name !== "stringequals") return null;
  const verdicts = values.map((pattern): Truth => {
    if (name === "stringequals")
      return prefix.startsWith(pattern) || pattern.startsWith(prefix) ? null : false;
    const [head = ""] = pattern.split(/[*?]/);
    if (prefix.startsWith(head)) return pattern === `${head}*` ? true : null;
    return head.startsWith(prefix) ? null : false;
  });
  if (verdicts.includes(true)) return true;
  return verdicts.includes(null) ? null : false;
}
