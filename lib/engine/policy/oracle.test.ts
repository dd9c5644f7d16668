import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { capabilitiesOf, touchesPath } from "@/lib/engine/policy/capabilities";
import { compileAcl } from "@/lib/engine/policy/compile";
import { decide } from "@/lib/engine/policy/decide";
import { explain } from "@/lib/engine/policy/explain";
import type { Operation } from "@/lib/engine/policy/operation";
import { parsePolicy } from "@/lib/engine/policy/parse";
import { longestPrefix, prefixTable } from "@/lib/engine/policy/prefix-table";

/**
 * A second implementation of the precedence rules, word by word and without any index, to judge the
 * first by.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching
 */
type Block = { path: string; capabilities: readonly string[] };
type Candidate = { first: number; prefix: boolean; plus: number; text: string; block: Block };
type LetterCase = "counts" | "is ignored by denials";

const isPattern = ({ path }: Block) => path === "+" || path.startsWith("+/") || path.includes("/+");
const isPrefix = (block: Block) => !isPattern(block) && block.path.endsWith("*");
const isDenial = (block: Block) => block.capabilities.includes("deny");

/** All blocks with the same path as one; a denial wipes out the rest. */
function joined(blocks: readonly Block[], letterCase: LetterCase): Block[] {
  const same = (a: Block, b: Block) =>
    a.path === b.path ||
    (letterCase !== "counts" && isDenial(b) && a.path.toLowerCase() === b.path.toLowerCase());
  const paths = [...new Set(blocks.map((block) => block.path))];
  return paths.map((path) => {
    const all = blocks.filter((block) => same({ path, capabilities: [] }, block));
    const capabilities = all.some(isDenial) ? ["deny"] : all.flatMap((block) => block.capabilities);
    return { path, capabilities };
  });
}

function spelt(block: Block, text: string, letterCase: LetterCase): string {
  return letterCase !== "counts" && isDenial(block) ? text.toLowerCase() : text;
}

function candidate(block: Block, path: string, letterCase: LetterCase): Candidate | null {
  const asked = spelt(block, path, letterCase);
  const rule = spelt(block, block.path, letterCase);
  if (isPrefix(block)) {
    const text = block.path.slice(0, -1);
    if (!asked.startsWith(rule.slice(0, -1))) return null;
    return { first: text.length, prefix: true, plus: 0, text, block };
  }
  if (!isPattern(block)) return null;
  const prefix = rule.endsWith("*");
  const a = (prefix ? rule.slice(0, -1) : rule).split("/");
  const b = asked.split("/");
  if (b.length < a.length || (!prefix && b.length !== a.length)) return null;
  for (let i = 0; i < a.length; i += 1) {
    const last = prefix && i === a.length - 1 && b[i]!.startsWith(a[i]!);
    if (a[i] !== "+" && a[i] !== b[i] && !last) return null;
  }
  const text = prefix ? block.path.slice(0, -1) : block.path;
  const plus = a.filter((part) => part === "+").length;
  return { first: block.path.indexOf("+"), prefix, plus, text, block };
}

function isStronger(a: Candidate, b: Candidate): boolean {
  if (a.first !== b.first) return a.first > b.first;
  if (a.prefix !== b.prefix) return !a.prefix;
  if (a.plus !== b.plus) return a.plus < b.plus;
  if (a.text.length !== b.text.length) return a.text.length > b.text.length;
  if (isDenial(a.block) !== isDenial(b.block) && a.text.toLowerCase() === b.text.toLowerCase()) {
    return isDenial(a.block);
  }
  return a.text > b.text;
}

function bestWildcard(
  blocks: readonly Block[],
  path: string,
  letterCase: LetterCase,
): Block | null {
  let best: Candidate | null = null;
  for (const block of blocks) {
    const found = candidate(block, path, letterCase);
    if (found !== null && (best === null || isStronger(found, best))) best = found;
  }
  return best?.block ?? null;
}

function exact(blocks: readonly Block[], path: string, letterCase: LetterCase): Block | null {
  const matching = blocks.filter(
    (block) =>
      !isPattern(block) &&
      !isPrefix(block) &&
      spelt(block, block.path, letterCase) === spelt(block, path, letterCase),
  );
  return matching.find(isDenial) ?? matching[0] ?? null;
}

function decidingBlock(
  blocks: readonly Block[],
  operation: Operation,
  path: string,
  letterCase: LetterCase,
): Block | null {
  const all = joined(blocks, letterCase);
  const bare = operation === "list" ? path.replace(/\/$/, "") : path;
  const same = exact(all, path, letterCase) ?? exact(all, bare, letterCase);
  if (same !== null) return same;
  const here = bestWildcard(all, bare, letterCase);
  const below = bestWildcard(all, path, letterCase);
  const isOfFolder = here !== null && here.path === `${bare}*`;
  if (below !== null && isDenial(below) && !isOfFolder) return below;
  return here ?? below;
}

function oracleAllows(
  blocks: readonly Block[],
  request: { operation: Operation; path: string; rootProtected: boolean },
  letterCase: LetterCase,
): boolean {
  const block = decidingBlock(blocks, request.operation, request.path, letterCase);
  if (block === null || block.capabilities.includes("deny")) return false;
  return (
    block.capabilities.includes(request.operation) &&
    (!request.rootProtected || block.capabilities.includes("sudo"))
  );
}

// Few letters and short paths, so that rules meet.
const segment = fc.constantFrom("", "a", "b", "A", "ab", "aB", "B", "+");
const rulePath = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.constantFrom("", "", "*", "a*", "A"))
  .map(([segments, tail]) => (segments.join("/") + tail).replace(/^\//, ""))
  .filter((path) => path !== "" && !path.startsWith("/") && !path.includes("+*"));
const block: fc.Arbitrary<Block> = fc.record({
  path: rulePath,
  capabilities: fc.oneof(
    { weight: 1, arbitrary: fc.constant(["deny"]) },
    {
      weight: 3,
      arbitrary: fc.subarray(["create", "read", "update", "patch", "delete", "list", "sudo"]),
    },
  ),
});
const policies = fc.array(fc.array(block, { maxLength: 5 }), { minLength: 1, maxLength: 3 });
const path = fc
  .array(fc.constantFrom("a", "b", "A", "ab", "aB", "B", "aa", ""), { minLength: 1, maxLength: 4 })
  .map((segments) => segments.join("/").replace(/^\/+/, ""));
const request = fc
  .record({
    operation: fc.constantFrom<Operation>(
      "create",
      "read",
      "update",
      "patch",
      "delete",
      "list",
      "list",
    ),
    path,
    rootProtected: fc.boolean(),
  })
  .map((asked) =>
    asked.operation === "list" && !asked.path.endsWith("/")
      ? { ...asked, path: `${asked.path}/` }
      : asked,
  );

function compiled(texts: readonly (readonly Block[])[]) {
  return compileAcl(
    texts.map((blocks, index) =>
      parsePolicy(
        `p${index}`,
        blocks
          .map(
            ({ path: rule, capabilities }) =>
              `path "${rule}" { capabilities = ${JSON.stringify(capabilities)} }`,
          )
          .join("\n"),
      ),
    ),
    null,
  );
}

const SCALE = Number(process.env["SCALE"] ?? "1");

vi.setConfig({ testTimeout: 20_000 * SCALE });

test("T81 decisions are those of an independent oracle, and never more permissive", () => {
  fc.assert(
    fc.property(
      policies,
      fc.array(request, { minLength: 10, maxLength: 10 }),
      (texts, requests) => {
        const acl = compiled(texts);
        const blocks = texts.flat();
        for (const asked of requests) {
          const verdict = decide(acl, { ...asked, data: {}, wrapTtlSeconds: 0 });

          expect({ asked, allowed: verdict.allowed }).toEqual({
            asked,
            allowed: oracleAllows(blocks, asked, "is ignored by denials"),
          });
          // Without regard to letter case, denials only take away.
          if (verdict.allowed) expect(oracleAllows(blocks, asked, "counts")).toBe(true);
        }
      },
    ),
    { numRuns: 2_000 * SCALE },
  );
});

test("T82 a capability query agrees with what is then allowed", () => {
  fc.assert(
    fc.property(policies, path, (texts, generated) => {
      fc.pre(generated !== "");
      const acl = compiled(texts);
      const asked = generated.endsWith("/") ? generated : `${generated}/`;
      const told = capabilitiesOf(acl, asked);
      const allowed = decide(acl, {
        operation: "list",
        path: asked,
        rootProtected: false,
        data: {},
        wrapTtlSeconds: 0,
      }).allowed;

      expect(allowed).toBe(told.includes("list"));
      if (told.includes("deny")) expect(told).toEqual(["deny"]);
    }),
    { numRuns: 2_000 * SCALE },
  );
});

test("T82 a narrow denial wins over a wide grant, in one policy or over several, for every operation", () => {
  const wide =
    'path "aws/*" { capabilities = ["create", "read", "update", "patch", "delete", "list", "sudo"] }';
  const narrow = 'path "aws/creds/admin*" { capabilities = ["deny"] }';
  for (const texts of [[`${wide}\n${narrow}`], [wide, narrow], [narrow, wide]]) {
    const acl = compileAcl(
      texts.map((text, index) => parsePolicy(`p${index}`, text)),
      null,
    );
    for (const operation of ["create", "read", "update", "patch", "delete", "list"] as const) {
      const ask = (asked: string) =>
        decide(acl, {
          operation,
          path: operation === "list" ? `${asked}/` : asked,
          rootProtected: false,
          data: {},
          wrapTtlSeconds: 0,
        }).allowed;

      expect(ask("aws/creds/admin-x")).toBe(false);
      expect(ask("aws/creds/ADMIN-x")).toBe(false);
      expect(ask("aws/creds/dev")).toBe(true);
    }
    expect(capabilitiesOf(acl, "aws/creds/admin-x")).toEqual(["deny"]);
  }
});

test("a denial among the capabilities of a block drops all others", () => {
  fc.assert(
    fc.property(block, fc.nat(7), ({ path: rule, capabilities }, at) => {
      const mixed = [...capabilities.slice(0, at), "deny", ...capabilities.slice(at)];

      expect(compiled([[{ path: rule, capabilities: mixed }]])).toEqual(
        compiled([[{ path: rule, capabilities: ["deny"] }]]),
      );
    }),
  );
});

test("an explanation holds the rules that match, with the one that decided first", () => {
  fc.assert(
    fc.property(policies, request, (texts, asked) => {
      const acl = compiled(texts);
      const without = (dropped: ReadonlySet<string>) =>
        compiled(
          texts.map((blocks) => blocks.filter((one) => !dropped.has(one.path.toLowerCase()))),
        );
      const ask = { ...asked, data: {}, wrapTtlSeconds: 0 };

      const { verdict, candidates } = explain(acl, ask);

      expect(candidates[0] ?? null).toBe(verdict.rule);
      // Without the candidates so far, the next one would decide.
      const paths = candidates.map((rule) => rule.pattern.path.toLowerCase());
      const next = candidates.findIndex((_, index) => index > 0 && paths[index] !== paths[0]);
      const before = new Set(paths.slice(0, next));
      const runnerUp = next < 0 ? null : candidates[next];
      if (runnerUp) {
        expect(decide(without(before), ask).rule?.pattern.path.toLowerCase()).toBe(paths[next]);
      }
    }),
    { numRuns: 1_000 * SCALE },
  );
});

test("whatever may be done below a mount, the mount is touched", () => {
  fc.assert(
    fc.property(policies, path, request, (texts, mount, { operation, path: below }) => {
      fc.pre(mount !== "" && below !== "");
      const acl = compiled(texts);
      const mountPath = mount.endsWith("/") ? mount : `${mount}/`;
      const asked = { operation, path: mountPath + below, rootProtected: false };

      if (decide(acl, { ...asked, data: {}, wrapTtlSeconds: 0 }).allowed) {
        expect(touchesPath(acl, mountPath)).toBe(true);
      }
    }),
    { numRuns: 2_000 * SCALE },
  );
});

test("the prefix table finds what a search of all prefixes finds", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "é", "\u{1F600}"), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(text), text, (prefixes, asked) => {
      const table = prefixTable(new Map(prefixes.map((prefix) => [prefix, prefix])));

      const all = prefixes.filter((prefix) => asked.startsWith(prefix));

      expect(longestPrefix(table, asked)).toBe(all.sort((a, b) => b.length - a.length)[0] ?? null);
    }),
    { numRuns: 1_000 * SCALE },
  );
});
