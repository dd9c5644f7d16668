import { identityArn, type Principal } from "@/lib/engine/validator/principal";
import {
  type ContextValue,
  isMet,
  type TrustContext,
  type Truth,
} from "@/lib/engine/validator/trust-conditions";
import { parseTrustPolicy, type TrustStatement } from "@/lib/engine/validator/trust-policy";

/** What a role sends with AssumeRole. */
export type TrustTerms = {
  principal: Principal;
  externalId: string;
  sessionTags: Readonly<Record<string, string>>;
  sessionNamePrefix: string;
};

/** How a statement names the principal: itself, its account, or everybody. */
type Closeness = "named" | "account" | "everyone";

export type TrustVerdict = {
  outcome: "allowed" | "denied" | "not_allowed" | "undetermined";
  /** Why no Allow matches, where all that would fail for the same reason. */
  reason: "external_id" | "session_name" | "mfa" | null;
  /** Allowed by the account: the principal's own policies must allow it, too. */
  isDelegated: boolean;
  /** Some Allow asks for an external id. */
  asksExternalId: boolean;
  /** Everybody is trusted, with nothing that narrows it. */
  isWide: boolean;
  /** Principals that were deleted, as IAM shows them. */
  stale: readonly string[];
  /** No statement lets session tags be set. */
  lacksTagSession: boolean;
};

const ASSUME = "sts:AssumeRole";
const TAG = "sts:TagSession";
const EXTERNAL_ID = "sts:externalid";
/** IAM shows users and roles that are gone by their unique ids. */
const STALE = /^A(ID|RO)A[A-Z0-9]+$/;

/**
 * Whether a trust policy lets the principal in; null for what is no policy.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluateTrust(policyText: string, terms: TrustTerms): TrustVerdict | null {
  const statements = parseTrustPolicy(policyText);
  if (statements === null) return null;
  const context = contextOf(terms);
  const spoken = statements
    .filter(({ covers }) => covers(ASSUME))
    .flatMap((statement) => {
      const closeness = closenessOf(statement, terms.principal);
      return closeness === null ? [] : [{ statement, closeness, met: allMet(statement, context) }];
    });
  const allows = spoken.filter(({ statement }) => statement.isAllow);
  const matching = allows.filter(({ met }) => met === true);
  const denies = spoken.filter(({ statement }) => !statement.isAllow);
  const tagging = statements.filter(
    (one) => one.isAllow && one.covers(TAG) && closenessOf(one, terms.principal) !== null,
  );
  return {
    outcome: outcomeOf(denies, allows),
    reason: matching.length > 0 ? null : reasonOf(allows, context),
    isDelegated: !matching.some(({ closeness }) => closeness === "named"),
    asksExternalId: allows.some(({ statement }) => asks(statement, EXTERNAL_ID)),
    isWide: allows.some(
      ({ statement, closeness }) => closeness === "everyone" && statement.conditions.length === 0,
    ),
    stale: statements.flatMap(({ principals }) => (principals ?? []).filter((p) => STALE.test(p))),
    lacksTagSession: Object.keys(terms.sessionTags).length > 0 && tagging.length === 0,
  };
}

type Spoken = { statement: TrustStatement; closeness: Closeness; met: Truth };

function outcomeOf(denies: readonly Spoken[], allows: readonly Spoken[]): TrustVerdict["outcome"] {
  if (denies.some(({ met }) => met === true)) return "denied";
  if (denies.some(({ met }) => met === null)) return "undetermined";
  if (allows.some(({ met }) => met === true)) return "allowed";
  return allows.some(({ met }) => met === null) ? "undetermined" : "not_allowed";
}

function allMet({ conditions }: TrustStatement, context: TrustContext): Truth {
  const met = conditions.map((condition) => isMet(condition, context));
  if (met.includes(false)) return false;
  return met.includes(null) ? null : true;
}

function asks({ conditions }: TrustStatement, key: string): boolean {
  return conditions.some((condition) => condition.key.toLowerCase() === key);
}

/** The one thing that every Allow for this principal fails by. */
function reasonOf(allows: readonly Spoken[], context: TrustContext): TrustVerdict["reason"] {
  if (allows.length === 0 || allows.some(({ met }) => met !== false)) return null;
  const failing = allows.map(({ statement }) =>
    statement.conditions
      .filter((condition) => isMet(condition, context) === false)
      .map(({ key }) => key.toLowerCase()),
  );
  const everyFailsBy = (key: string): boolean => failing.every((keys) => keys.includes(key));
  if (everyFailsBy(EXTERNAL_ID)) return "external_id";
  if (everyFailsBy("sts:rolesessionname")) return "session_name";
  return everyFailsBy("aws:multifactorauthpresent") ? "mfa" : null;
}

/** How a statement names the principal; null: not at all. */
function closenessOf(statement: TrustStatement, principal: Principal): Closeness | null {
  const { principals, isNotPrincipal } = statement;
  if (principals === null) return null;
  const levels = principals.map((text) => principalCloseness(text, principal));
  if (isNotPrincipal) return levels.every((level) => level === null) ? "everyone" : null;
  const order: readonly Closeness[] = ["named", "account", "everyone"];
  return order.find((level) => levels.includes(level)) ?? null;
}

function principalCloseness(text: string, principal: Principal): Closeness | null {
  if (text === "*") return "everyone";
  if (text === principal.account) return "account";
  if (new RegExp(`^arn:[\\w-]+:iam::${principal.account}:root$`).test(text)) {
    return principal.kind === "root" ? "named" : "account";
  }
  if (text === principal.arn || text === identityArn(principal)) return "named";
  // The ARN of a session tells no path.
  const isRolePath =
    principal.kind === "assumed-role" &&
    new RegExp(`^arn:[\\w-]+:iam::${principal.account}:role/`).test(text);
  return isRolePath && text.split("/").at(-1) === principal.name ? "named" : null;
}

function contextOf({
  principal,
  externalId,
  sessionTags,
  sessionNamePrefix,
}: TrustTerms): TrustContext {
  const tags = new Map(
    Object.entries(sessionTags).map(([key, value]) => [
      `aws:requesttag/${key.toLowerCase()}`,
      value,
    ]),
  );
  const known: Readonly<Record<string, ContextValue>> = {
    [EXTERNAL_ID]: externalId === "" ? "absent" : [externalId],
    "aws:principalarn": [identityArn(principal)],
    "aws:principalaccount": [principal.account],
    // Keys of a user carry no such mark; those of a session were made without a second factor.
    "aws:multifactorauthpresent": principal.isTemporary ? ["false"] : "absent",
    "aws:tagkeys": Object.keys(sessionTags),
  };
  return {
    sessionNamePrefix,
    valueOf: (key) => {
      if (!key.startsWith("aws:requesttag/")) return known[key] ?? "unknown";
      const tag = tags.get(key);
      return tag === undefined ? "absent" : [tag];
    },
  };
}
