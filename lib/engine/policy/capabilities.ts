import { capabilityNames } from "@/lib/engine/policy/capability";
import { type Acl, denies, type Rule } from "@/lib/engine/policy/compile";
import { bestPrefix, findRule } from "@/lib/engine/policy/match";
import { comparePatterns, withoutLeadingSlash } from "@/lib/engine/policy/path-pattern";

/**
 * What an ACL grants on a path, sorted: `["root"]` for root, `["deny"]` for nothing. The path is matched
 * as that of a list, so `roles` and `roles/` are told the same where a policy names but one of them.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/system/capabilities
 */
export function capabilitiesOf(acl: Acl, path: string): string[] {
  if (acl.root) return ["root"];
  return capabilityNames(findRule(acl, withoutLeadingSlash(path), true)?.capabilities ?? 0);
}

/** An ACL as `sys/internal/ui/resultant-acl` tells it. */
export type ResultantAcl = {
  root: boolean;
  /** Namespaces are not served; the field is part of the answer's form. */
  chroot_namespace: "";
  exact_paths?: Record<string, { capabilities: string[] }>;
  /** Prefixes without their star, patterns of segments with it. */
  glob_paths?: Record<string, { capabilities: string[] }>;
};

/** The rules of an ACL by kind, for user interfaces; denials too, since a reader must see them win. */
export function resultantAcl(acl: Acl): ResultantAcl {
  if (acl.root) return { root: true, chroot_namespace: "" };
  return {
    root: false,
    chroot_namespace: "",
    exact_paths: capabilitiesByPath(acl.rules.filter(({ pattern }) => pattern.kind === "exact")),
    glob_paths: capabilitiesByPath(acl.rules.filter(({ pattern }) => pattern.kind !== "exact")),
  };
}

function capabilitiesByPath(rules: readonly Rule[]): Record<string, { capabilities: string[] }> {
  return Object.fromEntries(
    rules.map(({ pattern, capabilities }) => [
      pattern.kind === "segments" ? pattern.path : pattern.text,
      { capabilities: capabilityNames(capabilities) },
    ]),
  );
}

/**
 * True when an ACL grants anything on a mount or on some path below it. `mountPath` ends in a slash:
 * `aws/`.
 */
export function touchesPath(acl: Acl, mountPath: string): boolean {
  if (acl.root || grants(findRule(acl, mountPath, true))) return true;
  // What begins the mount's path is about all paths below it, unless a stronger rule is.
  const around = bestPrefix(acl, mountPath);
  if (grants(around)) return true;
  return acl.rules.some((rule) => {
    if (!grants(rule) || !reachesBelow(rule, mountPath)) return false;
    return around === null || comparePatterns(rule.pattern, around.pattern) > 0;
  });
}

function grants(rule: Rule | null): boolean {
  return rule !== null && !denies(rule) && rule.capabilities !== 0;
}

function reachesBelow({ pattern }: Rule, mountPath: string): boolean {
  if (pattern.kind !== "segments") return pattern.text.startsWith(mountPath);
  const segments = pattern.text.split("/");
  const mount = mountPath.slice(0, -1).split("/");
  if (segments.length <= mount.length && !pattern.rank.isPrefix) return false;
  const last = segments.length - 1;
  return mount.every((part, index) => {
    const segment = segments[index];
    if (segment === undefined || segment === "+" || segment === part) return true;
    return pattern.rank.isPrefix && index === last && part.startsWith(segment);
  });
}
