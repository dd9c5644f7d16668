import { expect, test } from "vitest";
import { compileAcl, ROOT_ACL } from "@/lib/engine/policy/compile";
import { internalPolicy } from "@/lib/engine/policy/builtin";
import { parsePolicy } from "@/lib/engine/policy/parse";
import {
  parsePolicyName,
  POLICY_NAME_BYTES_MAX,
  sanitisePolicies,
} from "@/lib/engine/policy/sanitise";

test.each<[names: string[], addDefault: boolean, expected: string[]]>([
  [[], false, []],
  [[], true, ["default"]],
  [["b", " A ", "b", "", "  "], true, ["a", "b", "default"]],
  [["default", "z"], true, ["default", "z"]],
  [["p1,p2"], false, ["p1,p2"]],
  [["x", " ROOT\t"], true, ["root"]],
  [["root", "root"], false, ["root"]],
])("%j with default: %s gives %j", (names, addDefault, expected) => {
  expect(sanitisePolicies(names, addDefault)).toEqual(expected);
});

test("what only looks like root is another policy", () => {
  const names = ["r\u043Eot", "\uFF52\uFF4F\uFF4F\uFF54", "root\u200B", "/root", "root/"];

  expect(sanitisePolicies(names, false)).toHaveLength(names.length);
  expect(sanitisePolicies(names, false)).not.toContain("root");
});

test("root counts when it is alone, and as nothing beside others", () => {
  const root = internalPolicy("root")!;
  const other = parsePolicy("other", 'path "x" { capabilities = ["read"] }');

  expect(compileAcl([root], null)).toBe(ROOT_ACL);
  expect(compileAcl([root, other], null).root).toBe(false);
  expect(compileAcl([parsePolicy("root", "")], null).root).toBe(false);
});

test.each([
  ["MyPol", "mypol"],
  [" a/B ", "a/b"],
  ["a.b-c_d", "a.b-c_d"],
  ["p1,p2", "p1,p2"],
  ["%2e%2e", "%2e%2e"],
])("the policy name %j is kept as %j", (name, kept) => {
  expect(parsePolicyName(name)).toBe(kept);
});

test.each([
  "",
  " ",
  ".",
  "..",
  "a/../b",
  "a//b",
  "/a",
  "a/",
  "a\0b",
  "a\nb",
  "ro\u200Bot",
  "\u202Eabc",
  "x".repeat(POLICY_NAME_BYTES_MAX + 1),
])("T84 the policy name %j is refused", (name) => {
  expect(() => parsePolicyName(name)).toThrow("invalid policy name");
});
