import { describe, expect, test } from "vitest";
import type { Mount } from "@/lib/engine/mount/mount";
import { isExempt, ruleFor, type RateLimit } from "@/lib/engine/system/rate-limit";

const AWS: Mount = {
  id: "aws-id",
  class: "secret",
  path: "aws/",
  fullPath: "aws/",
  type: "aws",
  accessor: "aws_1",
  description: "",
  config: { defaultLeaseTtlSeconds: 0, maxLeaseTtlSeconds: 0, forceNoCache: false },
  options: null,
  local: false,
  sealWrap: false,
  externalEntropyAccess: false,
  tainted: false,
};

function rule(name: string, of: Partial<RateLimit> = {}): RateLimit {
  return {
    name,
    mountId: null,
    mountPath: "",
    suffix: "",
    role: "",
    rate: 1,
    intervalSeconds: 1,
    blockSeconds: 0,
    inheritable: false,
    ...of,
  };
}

const onMount = { mountId: "aws-id", mountPath: "aws/" };
const RULES = [
  rule("path", { ...onMount, suffix: "creds/app" }),
  rule("glob", { ...onMount, suffix: "creds/*" }),
  rule("everywhere"),
  rule("role", { ...onMount, role: "deployer" }),
  rule("mount", onMount),
  rule("other mount", { mountId: "other-id", mountPath: "other/" }),
];

describe("the one rule a request falls under", () => {
  test.each([
    ["a role before all others", "aws/creds/app", "deployer", "role"],
    ["the path itself", "aws/creds/app", null, "path"],
    ["the path of a list", "aws/creds/app/", null, "path"],
    ["a longer path by its beginning", "aws/creds/application", null, "glob"],
    ["the mount for what has no path", "aws/roles/app", null, "mount"],
    ["the mount for another role", "aws/roles/app", "other", "mount"],
  ])("is that of %s", (_what, path, role, name) => {
    expect(ruleFor(RULES, { mount: AWS, path, role })?.name).toBe(name);
  });

  test("without a mount is the one that holds everywhere", () => {
    expect(ruleFor(RULES, { mount: null, path: "x", role: null })?.name).toBe("everywhere");
  });

  test("may be none", () => {
    expect(ruleFor([rule("a", onMount)], { mount: null, path: "x", role: null })).toBeNull();
  });
});

describe("paths that no rule concerns", () => {
  const config = { auditLogging: false, responseHeaders: false };

  test.each([
    ["sys/health", true],
    ["sys/health/x", false],
    ["sys/seal-status", true],
    ["sys/mounts", false],
  ])("%s by default: %s", (path, exempt) => {
    expect(isExempt(config, path)).toBe(exempt);
  });

  test.each([
    ["aws/creds/app", true],
    ["auth/aws/login", true],
    ["auth/aws", false],
    ["sys/health", false],
  ])("%s as configured: %s", (path, exempt) => {
    expect(isExempt({ ...config, exemptPaths: ["aws/cr*", "auth/aws/"] }, path)).toBe(exempt);
  });
});
