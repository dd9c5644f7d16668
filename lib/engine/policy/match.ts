import { denies, type Acl, type Rule, type SegmentRule } from "@/lib/engine/policy/compile";
import { foldCase } from "@/lib/engine/policy/letter-case";
import { comparePatterns, segmentsMatch } from "@/lib/engine/policy/path-pattern";
import { longestPrefix } from "@/lib/engine/policy/prefix-table";

/**
 * The one rule that decides about `path` (canonical, without leading slash); null: none. `listing`: the
 * path of a list, which may stand in a policy with or without its slash.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching
 */
export function findRule(acl: Acl, path: string, listing: boolean): Rule | null {
  const bare = listing && path.endsWith("/") ? path.slice(0, -1) : path;
  const exact = exactRule(acl, path) ?? (bare === path ? null : exactRule(acl, bare));
  if (exact !== null) return exact;
  // Without the slash first, so that a denial of `a/b*` covers the listing of `a/b`.
  const here = bestWildcard(acl, bare);
  const below = bare === path ? null : bestWildcard(acl, path);
  // A denial of all that lies below covers the listing that would show it, unless a rule for this
  // very folder, `a/b*`, says otherwise.
  const denied = below !== null && denies(below) && here?.pattern.text !== bare;
  return denied ? below : (here ?? below);
}

/** The rule for exactly this path. */
export function exactRule(acl: Acl, path: string): Rule | null {
  const denied = acl.exactDenials.size > 0 ? acl.exactDenials.get(foldCase(path)) : undefined;
  return denied ?? acl.exact.get(path) ?? null;
}

function bestWildcard(acl: Acl, path: string): Rule | null {
  const prefix = bestPrefix(acl, path);
  if (acl.segmentRules.length === 0) return prefix;
  const matches = segmentMatcher(path);
  // They are sorted, so the first that matches is the strongest.
  const segments = acl.segmentRules.find(matches)?.rule ?? null;
  if (segments === null || prefix === null) return segments ?? prefix;
  return comparePatterns(segments.pattern, prefix.pattern) > 0 ? segments : prefix;
}

/** The longest prefix rule that begins `path`. */
export function bestPrefix(acl: Acl, path: string): Rule | null {
  const granted = longestPrefix(acl.prefixes, path);
  if (acl.prefixDenials.values.length === 0) return granted;
  const denied = longestPrefix(acl.prefixDenials, foldCase(path));
  if (denied === null || granted === null) return denied ?? granted;
  // Folding may change a text's length, so both are measured folded.
  const longer = foldCase(granted.pattern.text).length > foldCase(denied.pattern.text).length;
  return longer ? granted : denied;
}

/** Says of segment rules whether they match `path`, which is cut and folded at most once. */
export function segmentMatcher(path: string): (candidate: SegmentRule) => boolean {
  const plain = path.split("/");
  let folded: string[] | null = null;
  return ({ rule, segments, folded: isFolded }) => {
    if (isFolded) folded ??= foldCase(path).split("/");
    const parts = isFolded && folded !== null ? folded : plain;
    return segmentsMatch(segments, rule.pattern.rank.isPrefix, parts);
  };
}
