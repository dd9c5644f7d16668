import { expect, test } from "vitest";
import { firstStepsOf } from "@/lib/console/overview-first-steps";

const NOTHING = {
  auth_mount: null,
  secrets_mount: null,
  auth_role: null,
  secrets_role: null,
  has_login: false,
  has_lease: false,
};
const AUTH = { path: "auth/cloud/", accessor: "auth_aws_1" };
const SECRETS = { path: "team/aws/", accessor: "aws_1" };

test("an empty installation begins with its account, by this installation's address", () => {
  const steps = firstStepsOf(NOTHING, "https://leases.example:8200");

  expect(steps.map(({ id, isDone }) => [id, isDone])).toEqual([
    ["account", false],
    ["auth-role", false],
    ["secrets-role", false],
    ["login", false],
    ["lease", false],
  ]);
  for (const { snippet } of steps) {
    expect(snippet).toContain("export VAULT_ADDR=https://leases.example:8200");
  }
  expect(steps[1]?.action).toBeNull();
});

test("what is there is named in what comes next", () => {
  const steps = firstStepsOf(
    {
      ...NOTHING,
      auth_mount: AUTH,
      secrets_mount: SECRETS,
      auth_role: { ...AUTH, name: "ci" },
      secrets_role: { ...SECRETS, name: "deploy" },
    },
    "http://127.0.0.1:8200",
  );

  expect(steps.map(({ isDone }) => isDone)).toEqual([true, true, true, false, false]);
  expect(steps[3]?.snippet).toContain("vault login -method=aws -path=cloud role=ci");
  expect(steps[4]?.snippet).toContain("vault read team/aws/creds/deploy");
  expect(steps[4]?.action?.href).toBe("/secrets/aws_1/roles/deploy/issue");
});
