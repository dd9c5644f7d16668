import { told, type Decision } from "@/lib/engine/answer";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import { aclOf } from "@/lib/engine/policy/acl-of";
import { internalPolicy } from "@/lib/engine/policy/builtin";
import { capabilityNames } from "@/lib/engine/policy/capability";
import { compileAcl, type Acl, type Rule } from "@/lib/engine/policy/compile";
import { decide, type AccessRequest } from "@/lib/engine/policy/decide";
import { explain } from "@/lib/engine/policy/explain";
import type { Operation } from "@/lib/engine/policy/operation";
import { parsePolicy, type ParsedPolicy } from "@/lib/engine/policy/parse";
import { isRootProtected } from "@/lib/engine/policy/root-protected";
import { normalisePolicyName } from "@/lib/engine/policy/sanitise";
import { callerOf, type RequestScope } from "@/lib/engine/scope";

/** A request that nobody makes, and by whose rules it is judged. */
export type AccessQuestion = {
  /** With or without the leading slash and `v1/`. */
  path: string;
  operation: string;
  /** What the request would carry, for rules about parameters. */
  data: Readonly<Record<string, unknown>>;
  wrapTtlSeconds: number;
  /** Names of policies; undefined: the caller's own token. */
  policies: readonly string[] | undefined;
  /** A policy that counts as if it were stored with this text. */
  draft: { name: string; text: string } | null;
};

const OPERATIONS: readonly Exclude<Operation, "help">[] = [
  "create",
  "read",
  "update",
  "patch",
  "delete",
  "list",
];
const POLICIES_MAX = 100;
/** Rules that match one path; more say nothing to a reader. */
const CANDIDATES_MAX = 20;

/**
 * What policies say of a request, and which of their rules says it: by the code that judges requests.
 * Policies of others are explained to those who may read them.
 *
 * @throws EngineError `invalid_request`, `permission_denied`.
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching
 */
export async function explainAccess(
  scope: RequestScope,
  question: AccessQuestion,
): Promise<Decision> {
  const request = requestOf(question);
  const judged = await judgedBy(scope, question);
  const { verdict, candidates } = explain(judged.acl, request);
  return told({
    path: request.path,
    operation: request.operation,
    policies: judged.names,
    missing_policies: judged.missing,
    root_protected: request.rootProtected,
    allowed: verdict.allowed,
    granting_policies: verdict.grantingPolicies,
    refusal: verdict.refusal === null ? null : refusalData(verdict.refusal),
    rule: verdict.rule === null ? null : ruleData(verdict.rule),
    candidates: candidates.slice(0, CANDIDATES_MAX).map(ruleData),
    candidate_count: candidates.length,
    skipped: judged.acl.skipped,
  });
}

function requestOf(question: AccessQuestion): AccessRequest {
  const operation = OPERATIONS.find((known) => known === question.operation);
  if (operation === undefined) {
    throw invalidRequest(`operation must be one of ${OPERATIONS.join(", ")}`);
  }
  const bare = question.path.replace(/^\/?(?:v1\/)?/, "");
  if (bare === "") throw invalidRequest("path must be supplied");
  // Requests for a list have their slash by the time they are judged.
  const path = operation === "list" && !bare.endsWith("/") ? `${bare}/` : bare;
  return {
    operation,
    path,
    rootProtected: isRootProtected(path),
    data: question.data,
    wrapTtlSeconds: question.wrapTtlSeconds,
  };
}

type Judged = { acl: Acl; names: readonly string[]; missing: readonly string[] };

async function judgedBy(scope: RequestScope, question: AccessQuestion): Promise<Judged> {
  const { draft } = question;
  const own = callerOf(scope).token.policies;
  if (question.policies === undefined && draft === null) {
    const acl = await aclOf(callerOf(scope).token, scope.config);
    return { acl, names: own, missing: [] };
  }
  const asked = question.policies ?? [];
  const names = [...new Set([...asked, ...(draft === null ? [] : [draft.name])])]
    .map(normalisePolicyName)
    .filter((name) => name !== "");
  if (names.length === 0 || names.length > POLICIES_MAX) {
    throw invalidRequest(`policies must name 1 to ${POLICIES_MAX} policies`);
  }
  return compiled(scope, names, draft);
}

async function compiled(
  scope: RequestScope,
  names: readonly string[],
  draft: AccessQuestion["draft"],
): Promise<Judged> {
  const policies: ParsedPolicy[] = [];
  const missing: string[] = [];
  for (const name of names) {
    if (draft !== null && normalisePolicyName(draft.name) === name) {
      policies.push(parsePolicy(name, draft.text));
      continue;
    }
    refuseUnreadable(scope, name);
    const found = internalPolicy(name) ?? (await scope.config.policy(name))?.parsed ?? null;
    if (found === null) missing.push(name);
    else policies.push(found);
  }
  // Templates are filled for an entity; policies by name have none, and what they skip is told.
  return { acl: compileAcl(policies, null), names, missing };
}

/** An explanation shows rules, so it is no way round the right to read them. */
function refuseUnreadable(scope: RequestScope, name: string): void {
  const { acl, token } = callerOf(scope);
  if (token.policies.includes(name)) return;
  const path = `sys/policies/acl/${name}`;
  const { allowed } = decide(acl, {
    operation: "read",
    path,
    rootProtected: isRootProtected(path),
    data: {},
    wrapTtlSeconds: 0,
  });
  if (allowed) return;
  throw new EngineError("permission_denied", `explaining needs the capability read on ${path}`);
}

function ruleData(rule: Rule): Record<string, unknown> {
  return {
    path: rule.pattern.path,
    capabilities: capabilityNames(rule.capabilities),
    has_parameter_rules: rule.parameters !== null,
    min_wrapping_ttl: rule.minWrappingTtlSeconds,
    max_wrapping_ttl: rule.maxWrappingTtlSeconds,
    origins: rule.origins.map(({ policy, line, capabilities }) => ({
      policy,
      line,
      capabilities: capabilityNames(capabilities),
    })),
  };
}

function refusalData(
  refusal: NonNullable<ReturnType<typeof decide>["refusal"]>,
): Record<string, unknown> {
  switch (refusal.because) {
    case "no_rule":
    case "denied":
      return { because: refusal.because };
    case "missing_capability":
      return { because: refusal.because, capability: refusal.capability };
    case "wrapping_ttl":
      return {
        because: refusal.because,
        min_wrapping_ttl: refusal.minSeconds,
        max_wrapping_ttl: refusal.maxSeconds,
      };
    case "required_parameter":
    case "denied_parameter":
    case "allowed_parameter":
      return { because: refusal.because, parameter: refusal.parameter };
  }
}
