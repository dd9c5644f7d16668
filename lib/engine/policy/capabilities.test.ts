import { describe, expect, test } from "vitest";
import { capabilitiesOf, resultantAcl, touchesPath } from "@/lib/engine/policy/capabilities";
import { type Acl, compileAcl, ROOT_ACL } from "@/lib/engine/policy/compile";
import { parsePolicy } from "@/lib/engine/policy/parse";

function acl(text: string): Acl {
  return compileAcl([parsePolicy("p", text)], null);
}

const allow = (path: string) => `path "${path}" { capabilities = ["read"] }\n`;
const deny = (path: string) => `path "${path}" { capabilities = ["deny"] }\n`;

test("C147 root can do everything", () => {
  expect(capabilitiesOf(ROOT_ACL, "any")).toEqual(["root"]);
});

test("C154b the summary of one's rights, for consoles", () => {
  const compiled = acl(`path "a" { capabilities = ["read"] }
path "b/*" { capabilities = ["list"] }
path "c/+/d" { capabilities = ["update"] }
path "d/+/e*" { capabilities = ["deny"] }
path "sys/internal/ui/resultant-acl" { capabilities = ["read"] }`);

  expect(resultantAcl(compiled)).toEqual({
    root: false,
    chroot_namespace: "",
    exact_paths: {
      a: { capabilities: ["read"] },
      "sys/internal/ui/resultant-acl": { capabilities: ["read"] },
    },
    glob_paths: {
      "b/": { capabilities: ["list"] },
      "c/+/d": { capabilities: ["update"] },
      "d/+/e*": { capabilities: ["deny"] },
    },
  });
  expect(resultantAcl(ROOT_ACL)).toEqual({ root: true, chroot_namespace: "" });
});

describe("whether anything is granted on a mount", () => {
  test.each([
    ["the mount itself", allow("aws/"), true],
    ["the mount without its slash", allow("aws"), true],
    ["a path below", allow("aws/creds/x"), true],
    ["a prefix below", allow("aws/creds/*"), true],
    ["a prefix around", allow("a*"), true],
    ["everything", allow("*"), true],
    ["segments below", allow("+/creds/x"), true],
    ["segments that reach below by their star", allow("+/x*"), true],
    ["segments of another mount", allow("gcp/+/x"), false],
    ["one segment, which is no path below", allow("+"), true],
    ["another mount", allow("aws2/creds/x"), false],
    ["nothing", "", false],
    ["a denial below", deny("aws/creds/*"), false],
    ["no capability", 'path "aws/creds/x" { }', false],
    ["a denial around, a grant below", deny("aws/*") + allow("aws/creds/x"), true],
    ["a grant that covers the mount, a denial of all below", allow("*") + deny("aws/*"), false],
    ["a grant around, a denial of the mount", allow("*") + deny("aws*"), false],
    ["weaker segments than the denial around", allow("+/creds/x") + deny("aws/*"), false],
    ["stronger segments than the denial around", allow("aws/+/x") + deny("aws/*"), true],
    ["a grant around, nothing on the mount's own path", allow("aws*") + 'path "aws/" { }', true],
  ])("%s", (_title, text, expected) => {
    expect(touchesPath(acl(text), "aws/")).toBe(expected);
  });

  test("below a mount of several segments", () => {
    expect(touchesPath(acl(allow("auth/+/login")), "auth/team/aws/")).toBe(false);
    expect(touchesPath(acl(allow("auth/+/+/login")), "auth/team/aws/")).toBe(true);
    expect(touchesPath(acl(allow("auth/+/a*")), "auth/team/aws/")).toBe(true);
    expect(touchesPath(ROOT_ACL, "auth/team/aws/")).toBe(true);
  });
});
