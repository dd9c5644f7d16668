import { type Condition, isRecord, parseConditions } from "@/lib/aws-simulator/conditions";
import { malformedPolicy } from "@/lib/aws-simulator/errors";

/** Patterns, of which one must match (or none, when negated). */
export type Patterns = { readonly negated: boolean; readonly patterns: readonly string[] };

/** Who a trust policy speaks of, by the kind of principal. */
export type Principals = { readonly aws: readonly string[]; readonly everyone: boolean };

export type Statement = {
  readonly effect: "Allow" | "Deny";
  readonly actions: Patterns;
  readonly resources: Patterns;
  readonly principals: Principals | null;
  readonly conditions: readonly Condition[];
};

export type PolicyDocument = { readonly statements: readonly Statement[] };

type PolicyKind = "identity" | "trust";

const VERSIONS: ReadonlySet<unknown> = new Set([undefined, "2012-10-17", "2008-10-17"]);
const STATEMENT_FIELDS: ReadonlySet<string> = new Set(
  "Sid Effect Action NotAction Resource NotResource Principal NotPrincipal Condition".split(" "),
);
const EVERYTHING: Patterns = { negated: false, patterns: ["*"] };

/**
 * Reads a policy in JSON.
 *
 * @throws AwsError `MalformedPolicyDocument` with the sentence that IAM gives.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicy(text: string, kind: PolicyKind): PolicyDocument {
  const document = parseJson(text);
  if (!isRecord(document) || !VERSIONS.has(document["Version"])) {
    throw malformedPolicy("Syntax errors in policy.");
  }
  const listed = document["Statement"];
  const statements: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
  const sids = statements.flatMap((entry) =>
    isRecord(entry) && typeof entry["Sid"] === "string" && entry["Sid"] !== ""
      ? [entry["Sid"]]
      : [],
  );
  if (new Set(sids).size < sids.length) {
    throw malformedPolicy("Statement IDs (SID) in a single policy must be unique.");
  }
  return { statements: statements.map((entry) => parseStatement(entry, kind)) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformedPolicy("This policy contains invalid Json");
  }
}

function parseStatement(entry: unknown, kind: PolicyKind): Statement {
  if (!isRecord(entry) || Object.keys(entry).some((name) => !STATEMENT_FIELDS.has(name))) {
    throw malformedPolicy("Syntax errors in policy.");
  }
  const { Sid: sid, Effect: effect } = entry;
  if (effect !== "Allow" && effect !== "Deny") throw malformedPolicy("Syntax errors in policy.");
  if (sid !== undefined && (typeof sid !== "string" || !/^[0-9A-Za-z]*$/.test(sid))) {
    throw malformedPolicy(
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    );
  }
  const conditions = parseConditions(entry["Condition"]);
  const actions = parseActions(entry);
  if (kind === "trust") {
    return {
      effect,
      actions,
      resources: EVERYTHING,
      principals: parsePrincipals(entry),
      conditions,
    };
  }
  if ("Principal" in entry || "NotPrincipal" in entry) {
    throw malformedPolicy("Policy document should not specify a principal.");
  }
  return { effect, actions, resources: parseResources(entry), principals: null, conditions };
}

function parseActions(entry: Record<string, unknown>): Patterns {
  const actions = patternsOf(entry, "Action");
  if (actions === null) throw malformedPolicy("Policy statement must contain actions.");
  if (actions.patterns.some((pattern) => pattern !== "*" && !/^[a-zA-Z0-9-]+:.+/.test(pattern))) {
    throw malformedPolicy(
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    );
  }
  return actions;
}

function parseResources(entry: Record<string, unknown>): Patterns {
  const resources = patternsOf(entry, "Resource");
  if (resources === null) throw malformedPolicy("Policy statement must contain resources.");
  const wrong = resources.patterns.find(
    (pattern) => !/^\*+$/.test(pattern) && !pattern.startsWith("arn:"),
  );
  if (wrong !== undefined) {
    throw malformedPolicy(`Resource ${wrong} must be in ARN format or "*".`);
  }
  return resources;
}

function parsePrincipals(entry: Record<string, unknown>): Principals {
  for (const field of ["Resource", "NotResource"]) {
    if (field in entry) throw malformedPolicy(`Has prohibited field ${field}`);
  }
  const principal = entry["Principal"];
  if (principal === "*") return { aws: [], everyone: true };
  if (!isRecord(principal)) throw malformedPolicy("Missing required field Principal");
  const aws = "AWS" in principal ? stringList(principal["AWS"]) : [];
  return { aws: aws.filter((value) => value !== "*"), everyone: aws.includes("*") };
}

function patternsOf(entry: Record<string, unknown>, field: string): Patterns | null {
  const positive = entry[field];
  const negative = entry[`Not${field}`];
  if (positive !== undefined && negative !== undefined) {
    throw malformedPolicy("Syntax errors in policy.");
  }
  if (positive === undefined && negative === undefined) return null;
  return { negated: negative !== undefined, patterns: stringList(positive ?? negative) };
}

function stringList(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== "string") throw malformedPolicy("Syntax errors in policy.");
    return item;
  });
}
