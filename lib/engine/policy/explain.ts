import { type Acl, aclOfRules, denies, type Rule } from "@/lib/engine/policy/compile";
import { type AccessRequest, decide, type Verdict } from "@/lib/engine/policy/decide";
import { foldCase } from "@/lib/engine/policy/letter-case";
import { exactRule, findRule, segmentMatcher } from "@/lib/engine/policy/match";
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
  const matching = new Set<Rule | null>([
    // First, since two denials may differ in letter case only and so be equally strong.
    verdict.rule,
    exactRule(acl, path),
    exactRule(acl, bare),
    ...wildcards(acl, bare),
    ...wildcards(acl, path),
  ]);
  const rules = [...matching].filter((rule) => rule !== null);
  return { verdict, candidates: inOrder(rules, path, request.operation === "list") };
}

/** Each rule is the one that would decide if those before it were not there. */
function inOrder(matching: readonly Rule[], path: string, listing: boolean): Rule[] {
  const [first, ...others] = matching;
  if (first === undefined) return [];
  const ordered = [first];
  let left = others;
  while (left.length > 0) {
    const next = findRule(aclOfRules(left, []), path, listing) ?? left[0];
    if (next === undefined) break;
    ordered.push(next);
    left = left.filter((rule) => rule !== next);
  }
  return ordered;
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
