import { describe, expect, test } from "vitest";
import { compileAcl } from "@/lib/engine/policy/compile";
import { decide } from "@/lib/engine/policy/decide";
import { PARAMETER_ELEMENTS_MAX } from "@/lib/engine/policy/parameters";
import { parsePolicy } from "@/lib/engine/policy/parse";

/** What becomes of a write with this data under these conditions. */
function outcome(conditions: string, data: Record<string, unknown>): "allowed" | "refused" {
  const text = `path "x" {\n  capabilities = ["update"]\n  ${conditions}\n}`;
  const verdict = decide(compileAcl([parsePolicy("p", text)], null), {
    operation: "update",
    path: "x",
    rootProtected: false,
    data,
    wrapTtlSeconds: 0,
  });
  return verdict.allowed ? "allowed" : "refused";
}

type Rows = [data: Record<string, unknown>, expected: "allowed" | "refused"][];

describe.each<[string, string, Rows]>([
  [
    "C135b a required name is lowered, the request's is not",
    'required_parameters = ["TTL"]',
    [
      [{ ttl: 1 }, "allowed"],
      [{ TTL: 1 }, "refused"],
      [{ ttl: null }, "allowed"],
    ],
  ],
  [
    "C136 allowed parameters and their values",
    'allowed_parameters = { "ttl" = ["15m"] }',
    [
      [{ ttl: "1h" }, "refused"],
      [{ ttl: "15m" }, "allowed"],
      [{ x: 1 }, "refused"],
      [{ ttl: "15m", x: 1 }, "refused"],
      [{ TTL: "15m" }, "allowed"],
      [{ TTL: "15m", ttl: "1h" }, "refused"],
      [{}, "allowed"],
    ],
  ],
  [
    "C137 allowed parameters with wildcards",
    'allowed_parameters = { "*" = [], "ttl" = ["1*"] }',
    [
      [{ ttl: "1h", x: 1 }, "allowed"],
      [{ ttl: "2h" }, "refused"],
      [{ y: [1, 2] }, "allowed"],
    ],
  ],
  [
    "C137 the values of the lone star are not looked at",
    'allowed_parameters = { "*" = ["a*"] }',
    [
      [{ q: "ab" }, "allowed"],
      [{ q: "b" }, "allowed"],
    ],
  ],
  [
    "C137b values that are not strings, allowed",
    'allowed_parameters = { "n" = [1, 2], "b" = [true], "s" = ["a", "b*"], "e" = [] }',
    [
      [{ n: 1 }, "allowed"],
      [{ n: 3 }, "refused"],
      [{ n: "1" }, "refused"],
      [{ n: [1, 2] }, "allowed"],
      [{ b: true }, "allowed"],
      [{ b: false }, "refused"],
      [{ s: ["a", "bc"] }, "allowed"],
      [{ s: ["a", "z"] }, "refused"],
      [{ s: "a,bc" }, "allowed"],
      [{ s: "a,z" }, "refused"],
      [{ s: [] }, "allowed"],
      [{ s: null }, "refused"],
      [{ e: null }, "allowed"],
      [{ e: [1] }, "allowed"],
    ],
  ],
  [
    "C137b values that are not strings, denied",
    'denied_parameters = { "n" = [1], "b" = [true] }',
    [
      [{ n: 1 }, "refused"],
      [{ b: true }, "refused"],
      [{ n: 2 }, "allowed"],
    ],
  ],
  [
    "C137c globs in allowed values stand at the ends",
    'allowed_parameters = { "a" = ["*x*", "q*r", ""] }',
    [
      [{ a: "1x2" }, "allowed"],
      [{ a: "X" }, "refused"],
      [{ a: "qqr" }, "refused"],
      [{ a: "q*r" }, "allowed"],
      [{ a: "" }, "allowed"],
      [{ a: true }, "refused"],
      [{ a: { b: "x" } }, "refused"],
      [{ a: ["x", "1"] }, "refused"],
      [{ A: "x" }, "allowed"],
    ],
  ],
  [
    "C137c in denied names stars are letters",
    'denied_parameters = { "d*" = [], "e" = ["*x*"] }',
    [
      [{ dd: 1 }, "allowed"],
      [{ "d*": 1 }, "refused"],
      [{ e: "1x" }, "refused"],
      [{ e: "1" }, "allowed"],
      [{ e: ["1", "x"] }, "refused"],
    ],
  ],
  [
    "C138 denied parameters",
    'denied_parameters = { "role_arns" = [] }',
    [
      [{ role_arns: "x" }, "refused"],
      [{ Role_Arns: "x" }, "refused"],
      [{ x: 1 }, "allowed"],
      [{ x: 1, role_arns: null }, "refused"],
    ],
  ],
  [
    "C138 denied values",
    'denied_parameters = { "role_arns" = ["x*", "y"] }',
    [
      [{ role_arns: "x1" }, "refused"],
      [{ role_arns: "z" }, "allowed"],
      [{ role_arns: ["z", "y"] }, "refused"],
      [{ role_arns: "z,y" }, "refused"],
    ],
  ],
  [
    "C138 all parameters denied",
    'denied_parameters = { "*" = [] }',
    [
      [{ x: 1 }, "refused"],
      [{}, "allowed"],
    ],
  ],
  [
    "C138 all allowed, one denied",
    'allowed_parameters = { "*" = [] }\n  denied_parameters = { "a" = [] }',
    [
      [{ a: 1 }, "refused"],
      [{ b: 1 }, "allowed"],
    ],
  ],
  [
    "T86 a denied value is denied in every spelling that a field reads as it",
    'denied_parameters = { "n" = [1], "b" = [true], "s" = ["Admin", "ops-*"], "t" = ["5"] }',
    [
      [{ n: "1" }, "refused"],
      [{ n: " 1.0 " }, "refused"],
      [{ n: [[2, [1]]] }, "refused"],
      [{ n: "" }, "allowed"],
      [{ n: "11" }, "allowed"],
      [{ b: "True" }, "refused"],
      [{ b: 1 }, "refused"],
      [{ b: "false" }, "allowed"],
      [{ s: " Admin" }, "refused"],
      [{ s: "x, Admin ,y" }, "refused"],
      [{ s: [["ops-1"]] }, "refused"],
      [{ s: ["a,ops-1"] }, "refused"],
      [{ s: "dev" }, "allowed"],
      [{ t: 5 }, "refused"],
      [{ S: "dev", s: "Admin" }, "refused"],
    ],
  ],
  [
    "T86 an allowed list holds against other shapes",
    'allowed_parameters = { "s" = ["a", "b"] }',
    [
      [{ s: [["a"]] }, "refused"],
      [{ s: ["a", ["b"]] }, "refused"],
      [{ s: { 0: "a" } }, "refused"],
      [{ s: "a,,b" }, "refused"],
      [{ s: "a, b" }, "allowed"],
      [{ s: ["a,c"] }, "refused"],
      [{ s: "a", extra: 1 }, "refused"],
      [JSON.parse('{"__proto__": "a"}') as Record<string, unknown>, "refused"],
    ],
  ],
  [
    "T86 names of every object are not parameters",
    'required_parameters = ["constructor"]',
    [
      [{ a: 1 }, "refused"],
      [{ constructor: 1 }, "allowed"],
    ],
  ],
])("%s", (_title, conditions, rows) => {
  test.each(rows)("%j is %s", (data, expected) => {
    expect(outcome(conditions, data)).toBe(expected);
  });
});

test("T86 a list longer than is compared is refused, allowed or denied", () => {
  const many = Array.from({ length: PARAMETER_ELEMENTS_MAX + 1 }, () => "a");

  for (const data of [{ s: many }, { s: many.join(",") }, { s: [many.join(",")] }]) {
    expect(outcome('allowed_parameters = { "s" = ["a"] }', data)).toBe("refused");
    expect(outcome('denied_parameters = { "s" = ["b"] }', data)).toBe("refused");
  }
  expect(outcome('denied_parameters = { "s" = ["b"] }', { s: many.slice(1) })).toBe("allowed");
});
