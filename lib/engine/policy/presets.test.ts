import { describe, expect, test } from "vitest";
import { touchesPath } from "@/lib/engine/policy/capabilities";
import { compileAcl } from "@/lib/engine/policy/compile";
import { decide } from "@/lib/engine/policy/decide";
import type { Operation } from "@/lib/engine/policy/operation";
import { parsePolicy } from "@/lib/engine/policy/parse";
import { PRESET_POLICIES } from "@/lib/engine/policy/presets";
import { isRootProtected } from "@/lib/engine/policy/root-protected";

const ACLS = new Map(
  Object.entries(PRESET_POLICIES).map(([name, text]) => [
    name,
    compileAcl([parsePolicy(name, text)], null),
  ]),
);

function may(name: string, request: string): boolean {
  const [operation = "", path = ""] = request.split(" ");
  const acl = ACLS.get(name);
  if (acl === undefined) throw new Error(`there is no preset ${name}`);
  return decide(acl, {
    operation: operation as Operation,
    path,
    rootProtected: isRootProtected(path),
    data: {},
    wrapTtlSeconds: 0,
  }).allowed;
}

const BOTH_READ = [
  "read sys/leasehold/leases",
  "read sys/leasehold/leases/aws/creds/app/x",
  "read sys/leasehold/tokens/accessor",
  "read sys/leasehold/audit",
  "read sys/leasehold/audit/export",
  "read sys/leasehold/health",
  "read sys/leasehold/overview",
  "read sys/leasehold/auth-roles",
  "read sys/leasehold/attempts/by-role",
  "read sys/leasehold/policies/explain",
  "read sys/leasehold/jobs/1",
  "read aws/roles/app",
  "list aws/roles/",
  "read team/aws/roles/app",
  "read auth/aws/role/ci",
  "list auth/aws/roles/",
  "read sys/mounts",
  "read sys/auth",
];

const NEITHER = [
  "read aws/creds/app",
  "update aws/sts/app",
  "read secret/data/app",
  "read cubbyhole/x",
  "update aws/roles/app",
  "delete aws/roles/app",
  "update aws/config/root",
  "read aws/config/root",
  "update auth/aws/role/ci",
  "update auth/userpass/users/ann",
  "read auth/userpass/users/ann",
  "update sys/policies/acl/admin",
  "update sys/mounts/x",
  "update sys/audit/x",
  "delete sys/audit/x",
  "update auth/token/create",
  "update sys/leases/revoke-force/aws",
  "read sys/leasehold/console-sessions",
];

describe.each(["on-call", "auditor"])("%s", (name) => {
  test.each(BOTH_READ)("may %s", (request) => expect(may(name, request)).toBe(true));
  test.each(NEITHER)("may not %s", (request) => expect(may(name, request)).toBe(false));

  test("sees what belongs to any mount", () => {
    const acl = ACLS.get(name);
    for (const path of ["aws/", "team/aws/", "auth/aws/", "auth/team/aws/", "auth/userpass/"]) {
      expect([path, acl !== undefined && touchesPath(acl, path)]).toEqual([path, true]);
    }
  });
});

test.each([
  ["create sys/leasehold/jobs", true, false],
  ["create sys/leasehold/jobs/1/retry", true, false],
  ["create sys/leasehold/freezes", true, false],
  ["create sys/leasehold/attempts/dry-run", true, false],
  ["update sys/leases/revoke", true, false],
  ["update sys/leases/revoke-prefix/aws", true, false],
  ["update auth/token/revoke-accessor", true, false],
  ["read sys/leasehold/history", false, true],
  ["read sys/policies/acl/admin", false, true],
  ["list sys/policies/acl/", false, true],
  ["read sys/audit", false, true],
  ["update sys/audit-hash/file", false, true],
])("%s: on-call %s, auditor %s", (request, onCall, auditor) => {
  expect([may("on-call", request), may("auditor", request)]).toEqual([onCall, auditor]);
});

test.each([
  "read aws/creds/app",
  "update sys/policies/acl/x",
  "delete sys/audit/x",
  "read sys/leases",
])("admin may %s", (request) => expect(may("admin", request)).toBe(true));
