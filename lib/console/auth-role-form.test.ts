import { expect, test } from "vitest";
import { roleChanges, roleCode, roleValues, secondsOf } from "@/lib/console/auth-role-form";
import type { AuthRole } from "@/lib/console/auth-roles";

const MOUNT = {
  path: "team/aws/",
  accessor: "auth_aws_1",
  description: "",
  tunedDefaultSeconds: 0,
  tunedMaxSeconds: 0,
};
const ARN = "arn:aws:iam::111111111111:role/app";

const STORED: AuthRole = {
  auth_type: "iam",
  role_id: "id",
  bound_iam_principal_arn: [ARN],
  bound_iam_principal_id: ["AROAEXAMPLEEXAMPLE01"],
  resolve_aws_unique_ids: true,
  inferred_entity_type: "",
  inferred_aws_region: "",
  bound_account_id: [],
  bound_region: [],
  bound_ami_id: [],
  bound_vpc_id: [],
  bound_subnet_id: [],
  bound_iam_role_arn: [],
  bound_iam_instance_profile_arn: [],
  bound_ec2_instance_id: [],
  token_policies: ["ci"],
  token_no_default_policy: false,
  token_ttl: 300,
  token_max_ttl: 1800,
  token_explicit_max_ttl: 0,
  token_period: 0,
  token_num_uses: 0,
  token_bound_cidrs: [],
  token_type: "default",
};

test("a save sends what was changed, and no more", () => {
  const values = roleValues(STORED);

  expect(roleChanges(STORED, values)).toEqual({});
  expect(roleChanges(STORED, { ...values, token_ttl: "10m", token_policies: [] })).toEqual({
    token_ttl: "10m",
    token_policies: [],
  });
});

test("a clone sends all that is particular to it", () => {
  expect(roleChanges(null, roleValues(STORED))).toEqual({
    bound_iam_principal_arn: [ARN],
    token_policies: ["ci"],
    token_ttl: "5m",
    token_max_ttl: "30m",
  });
});

test("shows a role as the command and the resource that make it", () => {
  const { vault, terraform } = roleCode(MOUNT, "ci", roleValues(STORED));

  expect(vault).toBe(
    `vault write auth/team/aws/role/ci auth_type=iam bound_iam_principal_arn=${ARN} token_policies=ci token_ttl=5m token_max_ttl=30m`,
  );
  expect(terraform).toContain('resource "vault_aws_auth_backend_role" "ci" {');
  expect(terraform).toContain('backend                  = "team/aws"');
  expect(terraform).toContain("token_ttl                = 300");
});

test.each([
  ["", undefined],
  ["90", 90],
  ["1h30m", 5400],
  ["1.5h", 5400],
  ["2d", 172_800],
  ["soon", undefined],
])("reads the duration %j as %j seconds", (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});
