import { BIT } from "@/lib/engine/policy/capability";
import { foldCase } from "@/lib/engine/policy/letter-case";
import { joinParameters } from "@/lib/engine/policy/parameters";
import type { ParsedPolicy } from "@/lib/engine/policy/parse";
import { DENIAL, type Grant, type PathBlock } from "@/lib/engine/policy/path-block";
import { comparePatterns, type PathPattern, pathPattern } from "@/lib/engine/policy/path-pattern";
import { type PrefixTable, prefixTable } from "@/lib/engine/policy/prefix-table";
import { fillTemplates, type TemplateContext } from "@/lib/engine/policy/template";

export type { TemplateContext } from "@/lib/engine/policy/template";

/** All blocks of all policies for one path, joined. One rule decides a request. */
export type Rule = Grant & {
  readonly pattern: PathPattern;
  /** The blocks that it was made of; of a denial, those that deny. */
  readonly origins: readonly RuleOrigin[];
};

/** One block of a policy, and what it grants (bits). */
export type RuleOrigin = { policy: string; line: number; capabilities: number };

/** A block that its template keeps out, for those who wonder why it grants nothing. */
export type SkippedBlock = {
  policy: string;
  line: number;
  path: string;
  selector: string;
  problem: "no_value" | "unsafe_value";
};

/** A rule for segments, cut at its slashes; that of a denial is folded. */
export type SegmentRule = { rule: Rule; segments: readonly string[]; folded: boolean };

/** What the policies of a caller say, ready to be asked. It never changes and may be shared. */
export type Acl = {
  /** Everything is allowed. */
  readonly root: boolean;
  readonly rules: readonly Rule[];
  readonly exact: ReadonlyMap<string, Rule>;
  readonly prefixes: PrefixTable<Rule>;
  /** Denials match without regard to letter case, so they are found by folded text. */
  readonly exactDenials: ReadonlyMap<string, Rule>;
  readonly prefixDenials: PrefixTable<Rule>;
  /** Strongest first. */
  readonly segmentRules: readonly SegmentRule[];
  readonly skipped: readonly SkippedBlock[];
};

/** The ACL of a root token. */
export const ROOT_ACL: Acl = { ...aclOfRules([], []), root: true };

/** True when the compiled policy differs from entity to entity. */
export function usesTemplates(policy: ParsedPolicy): boolean {
  return policy.templated;
}

/**
 * Joins the policies of a caller into one ACL. `context` fills their templates; without it, and where a
 * value is missing or unsafe, a templated block grants and denies nothing.
 * `root` counts only when it is alone.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#policy-syntax
 */
export function compileAcl(
  policies: readonly ParsedPolicy[],
  context: TemplateContext | null,
): Acl {
  if (policies.length === 1 && policies[0]?.grantsAll === true) return ROOT_ACL;
  const joined = new Map<string, Rule>();
  const skipped: SkippedBlock[] = [];
  for (const policy of policies) {
    for (const block of policy.blocks) {
      const pattern = block.pattern ?? filledPattern(policy.name, block, context, skipped);
      if (pattern !== null) addBlock(joined, policy.name, block, pattern);
    }
  }
  return aclOfRules(withDeniedTwins([...joined.values()]), skipped);
}

function filledPattern(
  policy: string,
  { path, line }: PathBlock,
  context: TemplateContext | null,
  skipped: SkippedBlock[],
): PathPattern | null {
  const filled = fillTemplates(path, context);
  if ("path" in filled) return pathPattern(filled.path);
  skipped.push({ policy, line, path, ...filled });
  return null;
}

function addBlock(
  joined: Map<string, Rule>,
  policy: string,
  block: PathBlock,
  pattern: PathPattern,
): void {
  const { capabilities, minWrappingTtlSeconds, maxWrappingTtlSeconds, parameters } = block;
  const rule: Rule = {
    pattern,
    capabilities,
    minWrappingTtlSeconds,
    maxWrappingTtlSeconds,
    parameters,
    origins: [{ policy, line: block.line, capabilities }],
  };
  const known = joined.get(pattern.path);
  joined.set(pattern.path, known === undefined ? rule : joinRules(known, rule));
}

function joinRules(a: Rule, b: Rule): Rule {
  const origins = [...a.origins, ...b.origins];
  if (denies(a) || denies(b)) return denial(a.pattern, origins);
  return {
    pattern: a.pattern,
    capabilities: a.capabilities | b.capabilities,
    minWrappingTtlSeconds: smallerSet(a.minWrappingTtlSeconds, b.minWrappingTtlSeconds),
    maxWrappingTtlSeconds: smallerSet(a.maxWrappingTtlSeconds, b.maxWrappingTtlSeconds),
    parameters: joinParameters(a.parameters, b.parameters),
    origins,
  };
}

function denial(pattern: PathPattern, origins: readonly RuleOrigin[]): Rule {
  return {
    ...DENIAL,
    pattern,
    origins: origins.filter((origin) => (origin.capabilities & BIT.deny) !== 0),
  };
}

/** True for a rule that refuses whatever it matches. */
export function denies(rule: Rule): boolean {
  return (rule.capabilities & BIT.deny) !== 0;
}

/** 0 stands for "none". */
function smallerSet(a: number, b: number): number {
  return a === 0 || b === 0 ? Math.max(a, b) : Math.min(a, b);
}

/**
 * Where a path is denied in one spelling and granted in another, the grant's rule denies too: at the
 * same length a denial wins.
 */
function withDeniedTwins(rules: readonly Rule[]): readonly Rule[] {
  const denied = new Map(
    rules.filter(denies).map((rule) => [foldCase(rule.pattern.path), rule] as const),
  );
  if (denied.size === 0) return rules;
  return rules.map((rule) => {
    const twin = denies(rule) ? undefined : denied.get(foldCase(rule.pattern.path));
    return twin === undefined ? rule : denial(rule.pattern, twin.origins);
  });
}

export function aclOfRules(rules: readonly Rule[], skipped: readonly SkippedBlock[]): Acl {
  const exact = new Map<string, Rule>();
  const exactDenials = new Map<string, Rule>();
  const prefixes = new Map<string, Rule>();
  const prefixDenials = new Map<string, Rule>();
  const segmentRules: SegmentRule[] = [];
  for (const rule of rules) {
    const { kind, text } = rule.pattern;
    const folded = denies(rule);
    const key = folded ? foldCase(text) : text;
    if (kind === "exact") (folded ? exactDenials : exact).set(key, rule);
    else if (kind === "prefix") (folded ? prefixDenials : prefixes).set(key, rule);
    else segmentRules.push({ rule, segments: key.split("/"), folded });
  }
  return {
    root: false,
    rules,
    exact,
    exactDenials,
    prefixes: prefixTable(prefixes),
    prefixDenials: prefixTable(prefixDenials),
    segmentRules: segmentRules.sort((a, b) => comparePatterns(b.rule.pattern, a.rule.pattern)),
    skipped,
  };
}
