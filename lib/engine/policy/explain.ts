import { type Acl, denies, type Rule } from "@/lib/engine/policy/compile";
import { type AccessRequest, decide, type Verdict } from "@/lib/engine/policy/decide";
import { foldCase } from "@/lib/engine/policy/letter-case";
import { exactRule, segmentMatcher } from "@/lib/engine/policy/match";
import { comparePatterns } from "@/lib/engine/policy/path-pattern";

/** A verdict and all rules that match the path, strongest first: the first decided, the next is the runner-up. */
export type Explanation = { verdict: Verdict; candidates: readonly Rule[] };

/**
 * Explains a decision to an operator. It asks `decide` and then looks at every rule, so it is not for
 * the way of a request.
 */
export function explain(acl: Acl, request: AccessRequest): Explanation {
  const { path } = request;
  const bare = request.operation === "list" && path.endsWith("/") ? path.slice(0, -1) : path;
  const verdict = decide(acl, request);
  const candidates = new Set<Rule | null>([
    // First, since two denials may differ in letter case only and so be equally strong.
    verdict.rule,
    exactRule(acl, path),
    exactRule(acl, bare),
    ...wildcards(acl, bare),
    ...wildcards(acl, path),
  ]);
  return { verdict, candidates: [...candidates].filter((rule) => rule !== null) };
}

function wildcards(acl: Acl, path: string): Rule[] {
  const prefixes = acl.rules.filter(
    (rule) => rule.pattern.kind === "prefix" && beginsPath(rule, path),
  );
  const segments = acl.segmentRules.filter(segmentMatcher(path)).map(({ rule }) => rule);
  return [...prefixes, ...segments].sort(
    (a, b) => comparePatterns(b.pattern, a.pattern) || Number(denies(b)) - Number(denies(a)),
  );
}

function beginsPath(rule: Rule, path: string): boolean {
  const { text } = rule.pattern;
  return denies(rule) ? foldCase(path).startsWith(foldCase(text)) : path.startsWith(text);
}
