import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isLoginPath,
  parseListFlag,
  parseQuery,
  parseTarget,
  refuseTrailingSlash,
} from "@/lib/vault-api/request-path";

/** The path, or what was answered or thrown instead. */
function outcome(method: string, target: string): string {
  try {
    const parsed = parseTarget(method, target);
    if (!("status" in parsed)) return parsed.path;
    const location = parsed.headers["location"];
    return location === undefined
      ? `${parsed.status} ${parsed.body?.toString() ?? "empty"}`
      : `${parsed.status} to ${location}`;
  } catch (error) {
    expect(error).toMatchObject({ kind: "invalid_request" });
    return `refused: ${error instanceof Error ? error.message : ""}`;
  }
}

test.each([
  ["/v1/sys/mounts", "sys/mounts"],
  ["/v1/sys/mounts/", "sys/mounts/"],
  ["/v1/sys/mounts?list=true", "sys/mounts"],
  ["/v1/", ""],
  ["/v1/cubbyhole/a%20b", "cubbyhole/a b"],
  ["/v1/cubbyhole/%c3%a4", "cubbyhole/ä"],
  ["/v1/cubbyhole/\u00c3\u00a4", "cubbyhole/ä"],
  ["/v1/cubbyhole/a%2fb", "cubbyhole/a/b"],
  ["/v1/cubbyhole/a%2Fb", "cubbyhole/a/b"],
  ["/v1/cubbyhole/a%252fb", "cubbyhole/a%2fb"],
  ["/v1/cubbyhole/%252e%252e/sys", "cubbyhole/%2e%2e/sys"],
  ["/v1/cubbyhole%2f%2fa", "cubbyhole//a"],
  ["/v1/cubbyhole/a..b", "cubbyhole/a..b"],
  ["/v1/cubbyhole/..a", "cubbyhole/..a"],
  ["/v1/cubbyhole/...", "cubbyhole/..."],
  ["/v1/cubbyhole/a;x=1", "cubbyhole/a;x=1"],
  ["/v1/cubbyhole/a%5c..%5cb", "cubbyhole/a\\..\\b"],
  ["/v1/cubbyhole/A", "cubbyhole/A"],
])("C019 C020 C021 C022 %s is one path", (target, path) => {
  expect(outcome("GET", target)).toBe(path);
  expect(outcome("PUT", target)).toBe(path);
});

test.each([
  "/v1/aws/../sys/mounts",
  "/v1/aws/%2e%2e/sys/mounts",
  "/v1/aws/%2E./sys/mounts",
  "/v1/aws/..%2fsys/mounts",
  "/v1/aws%2f../sys/mounts",
  "/v1/cubbyhole/./a",
  "/v1/cubbyhole/%2e/a",
  "/v1/..",
  "/v1/.",
  "/v1//../sys",
  "/v1/a//../sys",
  "/v1/a/..?list=true",
])("C019 C020 dot segments are refused however written: %s", (target) => {
  expect(outcome("GET", target)).toBe("refused: relative paths not supported");
  expect(outcome("PUT", target)).toBe("refused: relative paths not supported");
});

test.each([
  ["/v1/cubbyhole/%00", "400 empty"],
  ["/v1/cubbyhole/a%0ab", "400 empty"],
  ["/v1/cubbyhole/a%09b", "400 empty"],
  ["/v1/cubbyhole/a%7fb", "400 empty"],
  ["/v1/cubbyhole/a%e2%80%8bb", "400 empty"],
  ["/v1/cubbyhole/a%c2%a0b", "400 empty"],
  ["/v1/cubbyhole/%ef%bb%bfa", "400 empty"],
  ["/v1/cubbyhole/%ff", "400 empty"],
  ["/v1/cubbyhole/%c0%ae%c0%ae/sys", "400 empty"],
  ["/v1/cubbyhole/%ed%a0%80", "400 empty"],
  ["/v1/cubbyhole/%zz", "400 400 Bad Request"],
  ["/v1/cubbyhole/%2", "400 400 Bad Request"],
  ["/v1/cubbyhole/a%", "400 400 Bad Request"],
])("C022 %s is no path", (target, answer) => {
  expect(outcome("GET", target)).toBe(answer);
});

describe("empty segments", () => {
  test.each([
    ["/v1//sys///mounts", "/v1/sys/mounts"],
    ["/v1/sys//policies/acl?list=true", "/v1/sys/policies/acl?list=true"],
    ["/v1/sys//", "/v1/sys/"],
    ["/v1//evil.example//x", "/v1/evil.example/x"],
  ])("C023 %s: reads are sent to the clean path", (target, location) => {
    for (const method of ["GET", "LIST", "HEAD"]) {
      expect(outcome(method, target)).toBe(`301 to ${location}`);
    }
  });

  test.each(["PUT", "POST", "PATCH", "DELETE"])("C023 %s is refused", (method) => {
    expect(outcome(method, "/v1/cubbyhole//a")).toBe(
      "refused: cannot write to a path with empty segments",
    );
  });
});

test("T63 whatever is sent, a path never has dot segments or invisible characters", () => {
  const pieces = fc.constantFrom(
    ..."/ . .. %2e %2f %252e %25 % %00 %0a %5c %ff %c3%a9 a B ; ? # \\ ~ %e2%80%8b".split(" "),
  );
  fc.assert(
    fc.property(
      fc.array(pieces, { maxLength: 12 }),
      fc.constantFrom("GET", "PUT"),
      (sent, method) => {
        const target = `/v1/${sent.join("")}`;
        const parsed = (() => {
          try {
            return parseTarget(method, target);
          } catch {
            return null;
          }
        })();
        if (parsed === null || "status" in parsed) return;

        expect(parsed.path.split("/")).not.toContain("..");
        expect(parsed.path.split("/")).not.toContain(".");
        expect(parsed.path).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u);
      },
    ),
    { numRuns: 2000 },
  );
});

test("C018 no write to a path that ends in a slash", () => {
  expect(() => refuseTrailingSlash("cubbyhole/a/")).toThrow("cannot write to a path ending in '/'");
  expect(() => refuseTrailingSlash("cubbyhole/a")).not.toThrow();
});

test.each([
  ["auth/aws/login", true],
  ["auth/a/b/login", true],
  ["auth/userpass/login/ann", true],
  ["auth/aws/logins", false],
  ["auth/login", false],
  ["sys/auth/login", false],
])("%s is a login: %s", (path, is) => {
  expect(isLoginPath(path)).toBe(is);
});

describe("parseQuery", () => {
  test("gives texts, and lists for repeated names", () => {
    expect(parseQuery("a=1&b=x+y%2B&a=2&c&=d&a=&&__proto__=p")).toMatchObject({
      values: Object.fromEntries<string | string[]>([
        ["a", ["1", "2", ""]],
        ["b", "x y+"],
        ["c", ""],
        ["", "d"],
        ["__proto__", "p"],
      ]),
      list: "",
      help: false,
    });
  });

  test("keeps list and help apart, all in the pairs", () => {
    expect(parseQuery("list=true&help=1&after=x")).toEqual({
      pairs: [
        ["list", "true"],
        ["help", "1"],
        ["after", "x"],
      ],
      values: { after: "x" },
      list: "true",
      help: true,
    });
  });

  test.each(["a=%zz", "a=%", "%ff=1", "a=1;b=2"])("refuses %s", (query) => {
    expect(() => parseQuery(query)).toThrow("malformed query string");
  });
});

test.each([
  ["1", true],
  ["t", true],
  ["T", true],
  ["TRUE", true],
  ["true", true],
  ["True", true],
  ["", false],
  ["0", false],
  ["f", false],
  ["False", false],
  ["banana", null],
  ["tRue", null],
  ["true\n", null],
])("C010 C011 list=%j is %s", (word, value) => {
  expect(parseListFlag(word)).toBe(value);
});
