import { invalidRequest } from "@/lib/engine/errors";
import { sanitisePolicies } from "@/lib/engine/policy/sanitise";
import type { TokenRole } from "@/lib/engine/token/role";

export type ChildPolicies = {
  role: TokenRole | null;
  /** Undefined or empty: none were asked for. */
  requested: string[] | undefined;
  noDefaultPolicy: boolean;
  parentPolicies: readonly string[];
  /** The caller has sudo on the path. */
  sudo: boolean;
};

/**
 * The policies of a token that is created by another.
 *
 * @throws EngineError `invalid_request` when they exceed the parent's or the role's.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/token#create-token
 */
export function childPolicies(child: ChildPolicies): string[] {
  const chosen = isRestricting(child.role) ? roleChoice(child, child.role) : ownChoice(child);
  return child.noDefaultPolicy ? chosen.filter((name) => name !== "default") : chosen;
}

function isRestricting(role: TokenRole | null): role is TokenRole {
  return (
    role !== null &&
    (role.allowedPolicies.length > 0 ||
      role.disallowedPolicies.length > 0 ||
      role.allowedPoliciesGlob.length > 0 ||
      role.disallowedPoliciesGlob.length > 0)
  );
}

function roleChoice(child: ChildPolicies, role: TokenRole): string[] {
  const requested = child.requested ?? [];
  const withDefault =
    !child.noDefaultPolicy &&
    !role.disallowedPolicies.includes("default") &&
    !matchesGlob(role.disallowedPoliciesGlob, "default");
  let chosen: string[];
  if (requested.length > 0) {
    chosen = sanitisePolicies(requested, withDefault);
    checkAllowed(chosen, role, withDefault);
  } else if (role.allowedPolicies.length > 0) {
    chosen = sanitisePolicies(role.allowedPolicies, withDefault);
  } else {
    chosen = sanitisePolicies(child.parentPolicies, withDefault);
  }
  const refused = chosen.find(
    (name) =>
      role.disallowedPolicies.includes(name) || matchesGlob(role.disallowedPoliciesGlob, name),
  );
  if (refused !== undefined) {
    throw invalidRequest(`token policy "${refused}" is disallowed by this role`);
  }
  return chosen;
}

function checkAllowed(chosen: readonly string[], role: TokenRole, withDefault: boolean): void {
  if (role.allowedPolicies.length === 0 && role.allowedPoliciesGlob.length === 0) return;
  const allowed = sanitisePolicies(role.allowedPolicies, withDefault);
  const fits = chosen.every(
    (name) => allowed.includes(name) || matchesGlob(role.allowedPoliciesGlob, name),
  );
  if (fits) return;
  throw invalidRequest(
    `token policies (${quoted(chosen)}) must be subset of the role's allowed policies (${quoted(allowed)}) or glob policies (${quoted(role.allowedPoliciesGlob)})`,
  );
}

/** Go's `%q` of a list. */
function quoted(names: readonly string[]): string {
  return `[${names.map((name) => JSON.stringify(name)).join(" ")}]`;
}

/** `*` stands for any text, anywhere. */
function matchesGlob(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => globMatches(pattern, name));
}

function globMatches(pattern: string, name: string): boolean {
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return pattern === name;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

function ownChoice({ requested, parentPolicies, sudo, noDefaultPolicy }: ChildPolicies): string[] {
  if (requested === undefined || requested.length === 0) {
    return sanitisePolicies(parentPolicies, false);
  }
  const asked = sanitisePolicies(requested, false);
  if (!sudo) {
    const parents = sanitisePolicies(parentPolicies, false);
    const isSubset = parents.includes("root") || asked.every((name) => parents.includes(name));
    if (!isSubset) throw invalidRequest("child policies must be subset of parent");
    return sanitisePolicies(asked, parents.includes("default") && !noDefaultPolicy);
  }
  return sanitisePolicies(asked, !noDefaultPolicy);
}
