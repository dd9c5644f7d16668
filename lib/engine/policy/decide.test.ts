import { describe, expect, test } from "vitest";
import { capabilitiesOf } from "@/lib/engine/policy/capabilities";
import { type Acl, compileAcl, ROOT_ACL } from "@/lib/engine/policy/compile";
import { type AccessRequest, decide } from "@/lib/engine/policy/decide";
import { explain } from "@/lib/engine/policy/explain";
import type { Operation } from "@/lib/engine/policy/operation";
import { parsePolicy } from "@/lib/engine/policy/parse";
import { isRootProtected } from "@/lib/engine/policy/root-protected";

/** The ACL of policies named p0, p1, … */
function acl(...texts: string[]): Acl {
  return compileAcl(
    texts.map((text, index) => parsePolicy(`p${index}`, text)),
    null,
  );
}

function rules(grants: Record<string, string[]>): string {
  return JSON.stringify({
    path: Object.fromEntries(
      Object.entries(grants).map(([path, capabilities]) => [path, { capabilities }]),
    ),
  });
}

function ask(operation: Operation, path: string, more: Partial<AccessRequest> = {}): AccessRequest {
  const rootProtected = isRootProtected(path);
  return { operation, path, rootProtected, data: {}, wrapTtlSeconds: 0, ...more };
}

const allows = (from: Acl, operation: Operation, path: string, more?: Partial<AccessRequest>) =>
  decide(from, ask(operation, path, more)).allowed;

describe("which rule decides", () => {
  test.each<[string, Record<string, string[]>, Record<string, string[]>]>([
    [
      "C112 the longer deny prefix wins",
      { "aws/creds/*": ["read"], "aws/creds/admin-*": ["deny"] },
      { "aws/creds/admin-x": ["deny"], "aws/creds/a": ["read"] },
    ],
    [
      "C113 an exact rule wins over a deny prefix",
      { "aws/creds/*": ["read"], "aws/creds/admin-*": ["deny"], "aws/creds/admin-x": ["read"] },
      { "aws/creds/admin-x": ["read"], "aws/creds/admin-y": ["deny"] },
    ],
    [
      "C114b a deny rule matches in any letter case",
      { "x/*": ["read"], "x/Admin*": ["deny"], "x/Key": ["deny"] },
      { "x/Admin1": ["deny"], "x/admin1": ["deny"], "x/key": ["deny"], "x/b": ["read"] },
    ],
    [
      "C116 the later first wildcard wins",
      { "secret/+/foo": ["read"], "secret/a*": ["deny"] },
      { "secret/ab/foo": ["deny"], "secret/b/foo": ["read"] },
    ],
    [
      "C117 no prefix rule wins over a prefix rule",
      { "a/+/c": ["read"], "a/+/*": ["list"] },
      {
        "a/b/c": ["read"],
        "a/b/d": ["list"],
        "a/b/c/d": ["list"],
        "a/b/": ["list"],
        "a/b": ["deny"],
      },
    ],
    [
      "C118 fewer plus signs win",
      { "a/+/+/d": ["read"], "a/+/c/d": ["list"] },
      { "a/b/c/d": ["list"], "a/b/x/d": ["read"] },
    ],
    [
      "C119 the longer prefix wins",
      { "a/b*": ["read"], "a/b/c*": ["list"] },
      { "a/b/cd": ["list"], "a/b/x": ["read"], "a/b": ["read"], "a/bcd": ["read"] },
    ],
    [
      "C119b stars and pluses elsewhere are letters; a plus takes one segment, also an empty one",
      {
        "a/*/c": ["read"],
        "b/+x": ["list"],
        "c/+": ["update"],
        "+/d": ["delete"],
        "e/+/f*": ["create"],
      },
      {
        "a/b/c": ["deny"],
        "a/*/c": ["read"],
        "b/yx": ["deny"],
        "b/+x": ["list"],
        "c/1": ["update"],
        "c/1/2": ["deny"],
        "c/": ["update"],
        c: ["deny"],
        "x/d": ["delete"],
        "x/y/d": ["deny"],
        "e/1/f": ["create"],
        "e/1/fg/h": ["create"],
        "e/1/g": ["deny"],
      },
    ],
    [
      "C119c deny drops what stands beside it; the whole star",
      { a: ["read", "deny", "update"], "*": ["read"] },
      { a: ["deny"], "b/c": ["read"] },
    ],
    [
      "C122 a leading slash is dropped",
      { "/sys/mounts": ["read"] },
      { "sys/mounts": ["read"], "/sys/mounts": ["read"] },
    ],
    [
      "C143 capabilities are sorted, and a list is found without its slash",
      { "aws/creds/r": ["update", "read"], "aws/roles": ["list"] },
      {
        "aws/creds/r": ["read", "update"],
        "aws/roles": ["list"],
        "aws/roles/": ["list"],
        zzz: ["deny"],
      },
    ],
    [
      "a prefix with its star alone beats a pattern that begins with a plus",
      { "+/b": ["read"], "a*": ["list"] },
      { "a/b": ["list"], "c/b": ["read"] },
    ],
    [
      "a prefix loses to a pattern of the same beginning, but not to one with a star",
      { "a/*": ["read"], "a/+/c": ["list"], "a/+/d*": ["update"] },
      { "a/b/c": ["list"], "a/b/d": ["read"] },
    ],
    [
      "the longer and then the greater text wins",
      { "a/+/b*": ["read"], "a/+/bc*": ["list"], "a/+/+/x": ["update"], "a/+/y/+": ["delete"] },
      { "a/1/bcd": ["list"], "a/1/bd": ["read"], "a/1/y/x": ["delete"] },
    ],
  ])("%s", (_title, grants, expected) => {
    const compiled = acl(rules(grants));

    const told = Object.keys(expected).map((path) => [path, capabilitiesOf(compiled, path)]);

    expect(Object.fromEntries(told)).toEqual(expected);
  });

  test.each<[string, Record<string, string[]>[], Record<string, string[]>]>([
    [
      "C114 deny in one policy denies the path",
      [{ "x/y": ["read"] }, { "x/y": ["deny"] }],
      { "x/y": ["deny"] },
    ],
    [
      "C115 grants of two policies add up",
      [{ "x/y": ["read"] }, { "x/y": ["list"] }],
      { "x/y": ["list", "read"] },
    ],
    [
      "C115b different rules of two policies do not add up",
      [{ "x/*": ["read", "update"] }, { "x/y*": ["list"] }],
      { "x/y": ["list"], "x/z": ["read", "update"] },
    ],
    [
      "a denial in another letter case denies the same path, of each kind",
      [
        { "x/key": ["read"], "y/a*": ["read"], "z/+/b": ["read"] },
        { "x/Key": ["deny"], "Y/A*": ["deny"], "Z/+/B": ["deny"] },
      ],
      { "x/key": ["deny"], "y/ab": ["deny"], "z/1/b": ["deny"] },
    ],
  ])("%s", (_title, policies, expected) => {
    const compiled = acl(...policies.map(rules));

    const told = Object.keys(expected).map((path) => [path, capabilitiesOf(compiled, path)]);

    expect(Object.fromEntries(told)).toEqual(expected);
  });

  test("C125d two blocks of one policy for one path are joined", () => {
    const twice = (a: string, b: string) =>
      acl(`path "x" { capabilities = ["${a}"] } path "x" { capabilities = ["${b}"] }`);

    expect(capabilitiesOf(twice("read", "list"), "x")).toEqual(["list", "read"]);
    expect(capabilitiesOf(twice("read", "deny"), "x")).toEqual(["deny"]);
  });

  test.each([
    "aws/creds/ADMIN",
    "aws/creds/\u212Aey",
    "aws/creds/stra\u00DFe",
    "aws/creds/\u03C3\u03C2",
  ])("a denial of %s covers its other spellings", (path) => {
    const compiled = acl(rules({ "*": ["read"], [path]: ["deny"] }));

    for (const spelling of [path, path.toLowerCase(), path.toUpperCase()]) {
      expect(allows(compiled, "read", spelling)).toBe(false);
    }
  });
});

describe("lists", () => {
  test("C120 may be granted without the slash", () => {
    const compiled = acl(rules({ "kv/foo": ["list"] }));

    expect(allows(compiled, "list", "kv/foo/")).toBe(true);
    expect(allows(compiled, "list", "kv/foo/a/")).toBe(false);
  });

  test("C121 may be granted with the slash", () => {
    expect(allows(acl(rules({ "kv/foo/": ["list"] })), "list", "kv/foo/")).toBe(true);
  });

  test("C121b under a prefix without its slash, and under a prefix with it", () => {
    const compiled = acl(rules({ "kv/n/*": ["list"], "kv/xn*": ["list"] }));

    expect(allows(compiled, "list", "kv/n/")).toBe(true);
    expect(allows(compiled, "list", "kv/xn/")).toBe(true);
    expect(allows(compiled, "read", "kv/n")).toBe(false);
  });

  test.each<[Record<string, string[]>, here: boolean, below: boolean]>([
    [{ "kv/n*": ["deny"], "kv/n/*": ["list"] }, false, true],
    [{ "kv/n*": ["list"], "kv/n/*": ["deny"] }, true, false],
    [{ "kv/+/": ["list"], "kv/n*": ["deny"] }, false, false],
    [{ "kv/n": ["deny"], "kv/n/": ["list"] }, true, false],
  ])("C121c are matched without their slash first: %j", (grants, here, below) => {
    const compiled = acl(rules(grants));

    expect(allows(compiled, "list", "kv/n/")).toBe(here);
    expect(allows(compiled, "list", "kv/n/a/")).toBe(below);
  });

  test.each(["kv/n/*", "KV/N/*", "kv/n/+"])(
    "T65 are denied by a denial of %s, whatever covers the parent",
    (denied) => {
      const compiled = acl(rules({ "kv/*": ["list"], "*": ["list"], [denied]: ["deny"] }));

      expect(allows(compiled, "list", "kv/n/")).toBe(false);
      expect(allows(compiled, "list", "kv/")).toBe(true);
    },
  );

  test("the slash counts for a read", () => {
    expect(allows(acl(rules({ "kv/foo": ["read"] })), "read", "kv/foo/")).toBe(false);
  });
});

describe("conditions", () => {
  const writer = (conditions: string) =>
    acl(`path "kv/*" {
  capabilities = ["create", "update", "read", "list", "delete", "patch"]
  ${conditions}
}`);

  test("C135 required parameters are asked of reads and writes only", () => {
    const compiled = writer('required_parameters = ["ttl"]');

    expect(allows(compiled, "update", "kv/a", { data: { x: 1 } })).toBe(false);
    expect(allows(compiled, "update", "kv/a", { data: { ttl: "1h" } })).toBe(true);
    expect(allows(compiled, "create", "kv/a")).toBe(false);
    expect(allows(compiled, "read", "kv/a")).toBe(false);
    expect(allows(compiled, "read", "kv/a", { data: { ttl: "1" } })).toBe(true);
    expect(allows(compiled, "patch", "kv/a")).toBe(false);
    expect(allows(compiled, "delete", "kv/a")).toBe(true);
    expect(allows(compiled, "list", "kv/a/")).toBe(true);
  });

  test("C136 allowed parameters are asked of reads and writes only", () => {
    const compiled = writer('allowed_parameters = { "ttl" = ["15m"] }');

    expect(allows(compiled, "read", "kv/a")).toBe(true);
    expect(allows(compiled, "read", "kv/a", { data: { x: "1" } })).toBe(false);
    expect(allows(compiled, "delete", "kv/a", { data: { x: "1" } })).toBe(true);
    expect(allows(compiled, "list", "kv/a/", { data: { x: "1" } })).toBe(true);
  });

  test("C138b parameter rules of two policies are joined", () => {
    const first = 'path "kv/*" { capabilities = ["update"] allowed_parameters = { "a" = ["1"] } }';
    const second = `path "kv/*" {
  capabilities = ["update"]
  allowed_parameters = { "a" = ["2"], "b" = [] }
  denied_parameters = { "c" = [] }
  required_parameters = ["a"]
}`;
    const both = acl(first, second);
    const unconditional = acl('path "kv/*" { capabilities = ["update"] }', second);

    const passes = (from: Acl, data: Record<string, unknown>) =>
      allows(from, "update", "kv/x", { data });

    expect(passes(both, { a: "1" })).toBe(true);
    expect(passes(both, { a: "2", b: "x" })).toBe(true);
    expect(passes(both, { a: "3" })).toBe(false);
    expect(passes(both, { b: "x" })).toBe(false);
    expect(passes(both, { a: "1", c: "x" })).toBe(false);
    expect(passes(unconditional, { a: "1" })).toBe(false);
    expect(passes(unconditional, { a: "3" })).toBe(false);
  });

  test.each<[string, string, Record<number, boolean>]>([
    [
      "C139 a maximum wrapping TTL forces wrapping",
      'max_wrapping_ttl = "90s"',
      { 0: false, 60: true, 90: true, 120: false },
    ],
    [
      "C139b a minimum wrapping TTL forces wrapping",
      'min_wrapping_ttl = "60s"',
      { 0: false, 30: false, 60: true, 3600: true },
    ],
  ])("%s", (_title, condition, expected) => {
    const compiled = writer(condition);

    for (const [seconds, allowed] of Object.entries(expected)) {
      const wrapTtlSeconds = Number(seconds);
      expect(allows(compiled, "read", "kv/a", { wrapTtlSeconds })).toBe(allowed);
      expect(allows(compiled, "update", "kv/a", { wrapTtlSeconds })).toBe(allowed);
      expect(allows(compiled, "list", "kv/a/", { wrapTtlSeconds })).toBe(allowed);
    }
  });

  test("of several wrapping TTLs for one path the smallest of each kind counts", () => {
    const block = (condition: string) => `path "x" { capabilities = ["read"] ${condition} }`;
    const compiled = acl(
      block("max_wrapping_ttl = 90"),
      block(""),
      block("max_wrapping_ttl = 60 min_wrapping_ttl = 30"),
      block("min_wrapping_ttl = 45"),
    );

    const passing = [0, 29, 30, 60, 61].filter((wrapTtlSeconds) =>
      allows(compiled, "read", "x", { wrapTtlSeconds }),
    );

    expect(passing).toEqual([30, 60]);
  });
});

describe("paths that need sudo", () => {
  test("C141 enabling an auth method", () => {
    const plain = acl(rules({ "sys/auth/x": ["create", "update", "read", "delete"] }));
    const sudo = acl(rules({ "sys/auth/x": ["update", "sudo"] }));

    expect(allows(plain, "update", "sys/auth/x")).toBe(false);
    expect(allows(plain, "read", "sys/auth/x")).toBe(false);
    expect(allows(sudo, "update", "sys/auth/x")).toBe(true);
  });

  test("C142 enabling a secrets engine is not one", () => {
    const compiled = acl(rules({ "sys/mounts/x": ["update"] }));

    expect(allows(compiled, "update", "sys/mounts/x")).toBe(true);
    expect(allows(compiled, "read", "sys/mounts/x")).toBe(false);
  });

  const everything = acl(rules({ "*": ["create", "read", "update", "delete", "list", "patch"] }));

  test.each<[Operation, string]>([
    ["list", "auth/token/accessors/"],
    ["update", "auth/token/revoke-orphan"],
    ["read", "sys/audit"],
    ["list", "sys/leases/lookup/aws/"],
    ["list", "sys/leases/lookup/"],
    ["read", "sys/leases"],
    ["update", "sys/leases/revoke-prefix/none"],
    ["update", "sys/revoke-prefix/none"],
    ["update", "sys/leases/revoke-force/none"],
    ["read", "sys/config/cors"],
    ["read", "sys/config/auditing/request-headers"],
    ["read", "sys/auth/token"],
    ["read", "sys/auth/token/tune"],
    ["read", "sys/raw/x"],
    ["list", "sys/plugins/catalog/auth/"],
    ["read", "sys/config/ui/headers/x"],
    ["update", "sys/remount"],
    ["update", "sys/rotate"],
    ["read", "sys/internal/inspect/router/root"],
    ["update", "sys/seal"],
    ["update", "sys/storage/raft/snapshot-force"],
  ])("C142b %s %s", (operation, path) => {
    const verdict = decide(everything, ask(operation, path));

    expect(verdict.refusal).toEqual({ because: "missing_capability", capability: "sudo" });
    expect(allows(acl(rules({ "*": [operation, "sudo"] })), operation, path)).toBe(true);
  });

  test.each<[Operation, string]>([
    ["read", "sys/mounts"],
    ["read", "sys/auth"],
    ["list", "sys/policies/acl/"],
    ["read", "sys/mounts/cubbyhole/tune"],
    ["read", "sys/key-status"],
    ["read", "sys/leases/count"],
    ["update", "sys/leases/lookup"],
    ["update", "sys/leases/revoke"],
    ["read", "sys/quotas/config"],
    ["list", "auth/token/roles/"],
    ["update", "auth/token/create-orphan"],
    ["update", "sys/capabilities"],
    ["read", "aws/sys/audit"],
  ])("C142b not %s %s", (operation, path) => {
    expect(allows(everything, operation, path)).toBe(true);
  });
});

describe("what a verdict tells", () => {
  test("which policies grant the capability that was used, each once", () => {
    const compiled = acl(
      rules({ x: ["read"] }),
      'path "x" { capabilities = ["list"] } path "x" { capabilities = ["read"] }',
      'path "x" { capabilities = ["read"] } path "x" { capabilities = ["read"] }',
      rules({ "x*": ["read"] }),
    );

    expect(decide(compiled, ask("read", "x")).grantingPolicies).toEqual(["p0", "p1", "p2"]);
    expect(decide(compiled, ask("list", "x/")).grantingPolicies).toEqual(["p1"]);
    expect(decide(compiled, ask("delete", "x")).grantingPolicies).toEqual([]);
  });

  test.each([
    ["no rule", rules({ y: ["read"] }), { because: "no_rule" }],
    ["a denial", rules({ "x*": ["deny"] }), { because: "denied" }],
    [
      "a rule that grants nothing",
      rules({ x: [] }),
      { because: "missing_capability", capability: "update" },
    ],
    [
      "another capability",
      rules({ x: ["create"] }),
      { because: "missing_capability", capability: "update" },
    ],
    [
      "a wrapping TTL",
      'path "x" { capabilities = ["update"] min_wrapping_ttl = 1 max_wrapping_ttl = 5 }',
      { because: "wrapping_ttl", minSeconds: 1, maxSeconds: 5 },
    ],
    [
      "a required parameter",
      'path "x" { capabilities = ["update"] required_parameters = ["q"] }',
      { because: "required_parameter", parameter: "q" },
    ],
    [
      "a denied parameter",
      'path "x" { capabilities = ["update"] denied_parameters = { a = [] } }',
      { because: "denied_parameter", parameter: "a" },
    ],
    [
      "an allowed parameter",
      'path "x" { capabilities = ["update"] allowed_parameters = { b = [] } }',
      { because: "allowed_parameter", parameter: "a" },
    ],
  ])("why it refuses: %s", (_title, text, refusal) => {
    const verdict = decide(acl(text), ask("update", "x", { data: { A: 1 } }));

    expect(verdict).toMatchObject({ allowed: false, grantingPolicies: [], refusal });
  });

  test("root may do everything, help is free, nobody else may do anything without a rule", () => {
    const nothing = acl();

    expect(decide(ROOT_ACL, ask("delete", "sys/auth/x"))).toEqual({
      allowed: true,
      rule: null,
      grantingPolicies: ["root"],
      refusal: null,
    });
    expect(allows(acl(rules({ "*": ["deny"] })), "help", "sys/auth/x")).toBe(true);
    for (const operation of ["create", "read", "update", "patch", "delete", "list"] as const) {
      expect(allows(nothing, operation, "x")).toBe(false);
    }
  });

  test("an explanation names the rule that decided, its blocks, and the runners-up in order", () => {
    const compiled = acl(
      rules({ "aws/*": ["read"], "aws/+/x": ["update"] }),
      '\npath "AWS/Creds/*" { capabilities = ["deny"] }',
      rules({ "aws/creds/x": ["read"], "+/creds/x": ["list"], "b*": ["read"] }),
    );

    const { verdict, candidates } = explain(compiled, ask("read", "aws/creds/x"));

    expect(verdict).toMatchObject({ allowed: true, grantingPolicies: ["p2"] });
    expect(
      candidates.map(({ pattern, origins }) => [
        pattern.path,
        origins[0]?.policy,
        origins[0]?.line,
      ]),
    ).toEqual([
      ["aws/creds/x", "p2", 1],
      ["AWS/Creds/*", "p1", 2],
      ["aws/+/x", "p0", 1],
      ["aws/*", "p0", 1],
      ["+/creds/x", "p2", 1],
    ]);
    expect(candidates[0]).toBe(verdict.rule);
  });
});
