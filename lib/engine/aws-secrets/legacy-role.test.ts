import { expect, test } from "vitest";
import { legacyRole } from "@/lib/engine/aws-secrets/legacy-role";
import type { RoleInput } from "@/lib/engine/aws-secrets/role";

test.each(["arn", "policy"] as const)(
  "S138 an ARN of a role in `%s` is a role to assume",
  (name) => {
    const role = legacyRole({ [name]: "arn:aws:iam::123456789012:role/path/RoleName" });

    expect(role).toEqual({
      credentialTypes: ["assumed_role"],
      roleArns: ["arn:aws:iam::123456789012:role/path/RoleName"],
    });
  },
);

test.each([
  "arn:aws:iam::123456789012:policy/MyPolicy",
  "arn:aws:iam::aws:policy/AWSManagedPolicy",
])("S137 S139 %s is attached to users", (arn) => {
  const role = legacyRole({ arn });

  expect(role).toEqual({ credentialTypes: ["iam_user"], policyArns: [arn] });
});

test("S136 S140 a document serves users and federation tokens, without its white space", () => {
  const role = legacyRole({ policy: '\n{\n\t"Version": "2012-10-17",\n\t"Statement": []\n}' });

  expect(role).toEqual({
    credentialTypes: ["iam_user", "federation_token"],
    policyDocument: '{"Version":"2012-10-17","Statement":[]}',
  });
});

test.each(["arn:gobbledygook", "arn:aws:iam::123456789012:user/x", "arn:aws:iam::1:roles/x"])(
  "S141 S143 %s is refused",
  (arn) => {
    expect(() => legacyRole({ arn })).toThrow(`unable to parse supplied data: "${arn}"`);
  },
);

test.each<[string, RoleInput, string]>([
  ["S144", { arn: "a" }, "only one of policy or arn should be provided"],
  [
    "S145",
    { credentialType: "iam_user", roleArns: [] },
    "cannot supply deprecated role or policy parameters with an explicit credential_type",
  ],
  [
    "S146",
    { roleArns: [], userPath: "/" },
    "cannot supply deprecated role or policy parameters with role_arns",
  ],
  ["S146", { userPath: "/" }, "cannot supply deprecated role or policy parameters with user_path"],
])("%s old parameters beside %j are refused", (_id, input, message) => {
  expect(() => legacyRole({ policy: "{}", ...input })).toThrow(message);
});
