import { BIT, type Capability } from "@/lib/engine/policy/capability";
import { type Acl, denies, type Rule } from "@/lib/engine/policy/compile";
import { findRule } from "@/lib/engine/policy/match";
import type { Operation } from "@/lib/engine/policy/operation";
import { type ParameterRefusal, refusedParameter } from "@/lib/engine/policy/parameters";

/** What a policy is asked about. */
export type AccessRequest = {
  operation: Operation;
  /** Canonical, without leading slash; that of a list ends in a slash. */
  path: string;
  /** The path needs `sudo` too. */
  rootProtected: boolean;
  /** Body of a write, query of a read. */
  data: Readonly<Record<string, unknown>>;
  /** Seconds of response wrapping asked for; 0: none. */
  wrapTtlSeconds: number;
};

/** Why a request is refused. It is told to operators, never to the caller. */
export type Refusal =
  | { because: "no_rule" }
  | { because: "denied" }
  | { because: "missing_capability"; capability: Capability }
  | { because: "wrapping_ttl"; minSeconds: number; maxSeconds: number }
  | ParameterRefusal;

/** What the policies say of one request. */
export type Verdict = {
  allowed: boolean;
  /** The rule that decided; null: none matches, or none is needed. */
  rule: Rule | null;
  /** Names of the policies that grant the capability used; empty when refused. */
  grantingPolicies: readonly string[];
  /** Null when allowed. */
  refusal: Refusal | null;
};

const ROOT_VERDICT: Verdict = {
  allowed: true,
  rule: null,
  grantingPolicies: ["root"],
  refusal: null,
};
const HELP_VERDICT: Verdict = { ...ROOT_VERDICT, grantingPolicies: [] };

/** Operations whose data the parameter rules look at. */
const OPERATIONS_WITH_DATA: readonly Operation[] = ["create", "read", "update", "patch"];

/**
 * Decides one request: the strongest rule that matches the path, and no other, must grant the
 * operation, and its conditions must hold. What no rule grants is refused.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching
 */
export function decide(acl: Acl, request: AccessRequest): Verdict {
  const { operation } = request;
  if (acl.root) return ROOT_VERDICT;
  if (operation === "help") return HELP_VERDICT;
  const rule = findRule(acl, request.path, operation === "list");
  if (rule === null) return refused(null, { because: "no_rule" });
  if (denies(rule)) return refused(rule, { because: "denied" });

  const refusal = missingCapability(rule, operation, request.rootProtected) ?? unmet(rule, request);
  if (refusal !== null) return refused(rule, refusal);
  return { allowed: true, rule, grantingPolicies: granting(rule, BIT[operation]), refusal: null };
}

function refused(rule: Rule | null, refusal: Refusal): Verdict {
  return { allowed: false, rule, grantingPolicies: [], refusal };
}

function missingCapability(
  rule: Rule,
  capability: Exclude<Operation, "help">,
  rootProtected: boolean,
): Refusal | null {
  if ((rule.capabilities & BIT[capability]) === 0) {
    return { because: "missing_capability", capability };
  }
  if (rootProtected && (rule.capabilities & BIT.sudo) === 0) {
    return { because: "missing_capability", capability: "sudo" };
  }
  return null;
}

function unmet(rule: Rule, { operation, data, wrapTtlSeconds }: AccessRequest): Refusal | null {
  const { minWrappingTtlSeconds: minSeconds, maxWrappingTtlSeconds: maxSeconds } = rule;
  const wrapped = wrapTtlSeconds > 0;
  if (
    (maxSeconds > 0 && (!wrapped || wrapTtlSeconds > maxSeconds)) ||
    (minSeconds > 0 && (!wrapped || wrapTtlSeconds < minSeconds))
  ) {
    return { because: "wrapping_ttl", minSeconds, maxSeconds };
  }
  if (rule.parameters === null || !OPERATIONS_WITH_DATA.includes(operation)) return null;
  return refusedParameter(rule.parameters, data);
}

function granting(rule: Rule, bit: number): string[] {
  const names = rule.origins
    .filter((origin) => (origin.capabilities & bit) !== 0)
    .map((origin) => origin.policy);
  return names.length > 1 ? [...new Set(names)] : names;
}
