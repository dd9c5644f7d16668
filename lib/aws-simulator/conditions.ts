import { BlockList, isIP } from "node:net";
import { malformedPolicy } from "@/lib/aws-simulator/errors";
import { expandVariables, matchesPattern } from "@/lib/aws-simulator/wildcard";

/** Condition keys in lower case with their values. */
export type Context = ReadonlyMap<string, readonly string[]>;

type Test = (actual: string, expected: string, context: Context) => boolean;

export type Condition = {
  readonly quantifier: "one" | "any" | "all";
  readonly test: Test | "null";
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly key: string;
  readonly expected: readonly string[];
};

const TESTS: Readonly<Record<string, Test>> = {
  stringequals: (actual, expected, context) => actual === expandVariables(expected, context),
  stringequalsignorecase: (actual, expected, context) =>
    actual.toLowerCase() === expandVariables(expected, context)?.toLowerCase(),
  stringlike: (actual, expected, context) => matchesPattern(expected, actual, context),
  arnlike: arnMatches,
  arnequals: arnMatches,
  bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  ipaddress: (actual, expected) => isInRange(actual, expected),
  numericequals: numeric((actual, expected) => actual === expected),
  numericlessthan: numeric((actual, expected) => actual < expected),
  numericlessthanequals: numeric((actual, expected) => actual <= expected),
  numericgreaterthan: numeric((actual, expected) => actual > expected),
  numericgreaterthanequals: numeric((actual, expected) => actual >= expected),
  dateequals: date((actual, expected) => actual === expected),
  datelessthan: date((actual, expected) => actual < expected),
  datelessthanequals: date((actual, expected) => actual <= expected),
  dategreaterthan: date((actual, expected) => actual > expected),
  dategreaterthanequals: date((actual, expected) => actual >= expected),
};

const NEGATIONS: Readonly<Record<string, string>> = {
  stringnotequals: "stringequals",
  stringnotequalsignorecase: "stringequalsignorecase",
  stringnotlike: "stringlike",
  arnnotlike: "arnlike",
  arnnotequals: "arnequals",
  notipaddress: "ipaddress",
  numericnotequals: "numericequals",
  datenotequals: "dateequals",
};

/**
 * Reads the `Condition` block of a statement.
 *
 * @throws AwsError `MalformedPolicyDocument` for an unknown operator or a value of a wrong type.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function parseConditions(block: unknown): readonly Condition[] {
  if (block === undefined) return [];
  if (!isRecord(block)) throw malformedPolicy("Syntax errors in policy.");
  return Object.entries(block).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) throw malformedPolicy("Syntax errors in policy.");
    const parsed = parseOperator(operator);
    return Object.entries(keys).map(([key, expected]) => ({
      ...parsed,
      key: key.toLowerCase(),
      expected: scalars(expected),
    }));
  });
}

export function conditionHolds(condition: Condition, context: Context): boolean {
  const { quantifier, test, negated, expected } = condition;
  const actual = context.get(condition.key) ?? [];
  if (test === "null") {
    return expected.some((value) => (value.toLowerCase() === "true") === (actual.length === 0));
  }
  if (actual.length === 0) {
    return condition.ifExists || quantifier === "all" || (negated && quantifier === "one");
  }
  const agrees = (value: string): boolean =>
    expected.some((wanted) => test(value, wanted, context));
  if (quantifier === "all") return actual.every((value) => agrees(value) !== negated);
  if (quantifier === "any") return actual.some((value) => agrees(value) !== negated);
  return actual.some(agrees) !== negated;
}

function parseOperator(
  operator: string,
): Pick<Condition, "quantifier" | "test" | "negated" | "ifExists"> {
  const match = /^(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?$/i.exec(operator);
  const name = match?.[2]?.toLowerCase() ?? "";
  const positive = NEGATIONS[name];
  const test = name === "null" ? "null" : TESTS[positive ?? name];
  if (test === undefined) throw malformedPolicy(`Invalid Condition type : ${operator}.`);
  const set = match?.[1]?.toLowerCase();
  const quantifier = set === undefined ? "one" : set === "foranyvalue" ? "any" : "all";
  return { quantifier, test, negated: positive !== undefined, ifExists: match?.[3] !== undefined };
}

function scalars(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((entry) => {
    if (typeof entry === "string") return entry;
    if (typeof entry === "number" || typeof entry === "boolean") return String(entry);
    throw malformedPolicy("Syntax errors in policy.");
  });
}

/** Each of the six parts of an ARN is compared by itself: `*` does not reach over a colon. */
function arnMatches(actual: string, expected: string, context: Context): boolean {
  const actualParts = arnParts(actual);
  const expectedParts = arnParts(expected);
  return (
    actualParts.length === 6 &&
    expectedParts.length === 6 &&
    expectedParts.every((part, i) => matchesPattern(part, actualParts[i] ?? "", context))
  );
}

/** A colon inside `${…}` separates nothing. */
function arnParts(arn: string): readonly string[] {
  const parts = arn.split(/:(?![^${}]*\})/);
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

function numeric(compare: (actual: number, expected: number) => boolean): Test {
  return (actual, expected) => compare(Number(actual), Number(expected));
}

function date(compare: (actual: number, expected: number) => boolean): Test {
  return (actual, expected) => compare(instant(actual), instant(expected));
}

/** ISO 8601, or seconds since 1970. */
function instant(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function isInRange(address: string, range: string): boolean {
  const [network = "", bits] = range.split("/", 2);
  const family = isIP(network) === 6 ? "ipv6" : "ipv4";
  if (isIP(network) === 0 || isIP(address) !== isIP(network)) return false;
  const prefix = bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits);
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return list.check(address, family);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
