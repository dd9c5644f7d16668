import { expect, test } from "vitest";
import type { SecretsRole } from "@/lib/engine/aws-secrets/role";
import { validateRole } from "@/lib/engine/aws-secrets/role-validation";

const EMPTY: SecretsRole = {
  credentialTypes: [],
  policyArns: null,
  roleArns: null,
  iamGroups: null,
  iamTags: null,
  sessionTags: null,
  policyDocument: "",
  defaultStsTtlSeconds: 0,
  maxStsTtlSeconds: 0,
  userPath: "",
  permissionsBoundaryArn: "",
  externalId: "",
  mfaSerialNumber: "",
  isLegacy: false,
  invalidData: "",
};
const ROLE_ARN = "arn:aws:iam::123456789012:role/app";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const USER: SecretsRole = { ...EMPTY, credentialTypes: ["iam_user"] };
const ASSUMED: SecretsRole = { ...EMPTY, credentialTypes: ["assumed_role"], roleArns: [ROLE_ARN] };
const FEDERATION: SecretsRole = { ...EMPTY, credentialTypes: ["federation_token"] };
const SESSION: SecretsRole = { ...EMPTY, credentialTypes: ["session_token"] };

function problemOf(role: SecretsRole): string {
  try {
    validateRole(role);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test.each<[string, SecretsRole]>([
  ["S102", { ...USER, policyArns: [ADMINISTRATOR], permissionsBoundaryArn: ADMINISTRATOR }],
  ["S103", { ...USER, policyArns: [], policyDocument: "{}" }],
  [
    "S109",
    {
      ...ASSUMED,
      policyArns: [ADMINISTRATOR],
      policyDocument: "{}",
      externalId: "e",
      sessionTags: { a: "1", b: "2" },
      defaultStsTtlSeconds: 2,
      maxStsTtlSeconds: 3,
    },
  ],
  ["S113", { ...FEDERATION, policyDocument: "{}", defaultStsTtlSeconds: 2, maxStsTtlSeconds: 3 }],
  ["S119", SESSION],
  [
    "S121",
    {
      ...SESSION,
      iamGroups: ["g"],
      defaultStsTtlSeconds: 2,
      maxStsTtlSeconds: 2,
      mfaSerialNumber: "m",
    },
  ],
  ["S125", { ...USER, permissionsBoundaryArn: "arn:aws:iam::aws:policy/FooBar" }],
  ["S127", { ...USER, userPath: "/" }],
  ["S128", { ...USER, userPath: "/path/" }],
  ["S132", { ...USER, userPath: `/${"a".repeat(510)}/` }],
])("%s a sound role passes", (_id, role) => {
  const problem = problemOf(role);

  expect(problem).toBe("");
});

test.each<[string, SecretsRole, string]>([
  [
    "S100",
    { ...EMPTY, credentialTypes: ["invalid_type"] },
    "unrecognized credential type: invalid_type",
  ],
  [
    "S101",
    { ...EMPTY, credentialTypes: ["iam_user,invalid_type"] },
    "unrecognized credential type: iam_user,invalid_type",
  ],
  [
    "S104",
    { ...USER, roleArns: [ROLE_ARN] },
    "cannot supply role_arns when credential_type isn't assumed_role",
  ],
  [
    "S105",
    { ...USER, defaultStsTtlSeconds: 1 },
    "default_sts_ttl parameter only valid for assumed_role, federation_token, and session_token credential types",
  ],
  [
    "S106",
    { ...USER, maxStsTtlSeconds: 1 },
    "max_sts_ttl parameter only valid for assumed_role, federation_token, and session_token credential types",
  ],
  [
    "S107",
    { ...USER, sessionTags: { a: "1" } },
    "cannot supply session_tags when credential_type isn't assumed_role",
  ],
  [
    "S108",
    { ...USER, externalId: "my-ext-id" },
    "cannot supply external_id when credential_type isn't assumed_role",
  ],
  [
    "S110",
    { ...ASSUMED, defaultStsTtlSeconds: 2, maxStsTtlSeconds: 1 },
    String.raw`\"default_sts_ttl\" value must be less than or equal to \"max_sts_ttl\" value`,
  ],
  [
    "S111",
    { ...ASSUMED, userPath: "/foobar/" },
    "user_path parameter only valid for iam_user credential type",
  ],
  [
    "S112",
    { ...ASSUMED, permissionsBoundaryArn: ADMINISTRATOR },
    "cannot supply permissions_boundary_arn when credential_type isn't iam_user",
  ],
  [
    "S114",
    { ...FEDERATION, roleArns: [ROLE_ARN] },
    "cannot supply role_arns when credential_type isn't assumed_role",
  ],
  [
    "S118",
    { ...FEDERATION, externalId: "e" },
    "cannot supply external_id when credential_type isn't assumed_role",
  ],
  [
    "S120",
    { ...SESSION, policyDocument: "{}" },
    "cannot supply a policy or role when using credential_type session_token",
  ],
  [
    "S122",
    { ...USER, permissionsBoundaryArn: "arn:aws:notiam::aws:policy/FooBar" },
    "invalid permissions_boundary_arn parameter: expected a service of iam but got notiam",
  ],
  [
    "S123",
    { ...USER, permissionsBoundaryArn: "notarn:aws:iam::aws:policy/FooBar" },
    "invalid permissions_boundary_arn parameter: arn: invalid prefix",
  ],
  [
    "S124",
    { ...USER, permissionsBoundaryArn: "arn:aws:iam::aws:policynot/FooBar" },
    "invalid permissions_boundary_arn parameter: expected a resource type of policy but got policynot/FooBar",
  ],
  [
    "S126 a malformed boundary hides what was found before it",
    { ...ASSUMED, permissionsBoundaryArn: "not_an_arn", userPath: "/x/" },
    "invalid permissions_boundary_arn parameter: arn: invalid prefix",
  ],
])("%s is refused with Vault's words", (_id, role, message) => {
  const problem = problemOf(role);

  expect(problem).toBe(
    String.raw`error(s) validating supplied role data: "1 error occurred:\n\t* ${message}\n\n"`,
  );
});

test.each([
  ["S129", "path/"],
  ["S130", "/path"],
  ["S131", "/šiauliai/"],
  ["S133", `/${"a".repeat(511)}/`],
])("%s a user_path that IAM would refuse is refused", (_id, userPath) => {
  const problem = problemOf({ ...USER, userPath });

  expect(problem).toBe(
    String.raw`error(s) validating supplied role data: "1 error occurred:\n\t* the specified value for user_path is invalid. It must match \"^\\\\/([\\\\x21-\\\\x7F]{0,510}\\\\/)?$\" regexp\n\n"`,
  );
});

test("S099 a role without type says only that", () => {
  const problem = problemOf({ ...EMPTY, policyArns: [ADMINISTRATOR] });

  expect(problem).toBe(
    String.raw`error(s) validating supplied role data: "1 error occurred:\n\t* did not supply credential_type\n\n"`,
  );
});

test("S135 every broken rule is named, in order", () => {
  const problem = problemOf({
    ...ASSUMED,
    userPath: "x",
    defaultStsTtlSeconds: 9,
    maxStsTtlSeconds: 1,
  });

  expect(problem).toMatch(
    /3 errors occurred:.*default_sts_ttl.*user_path parameter only.*user_path is invalid/,
  );
});
