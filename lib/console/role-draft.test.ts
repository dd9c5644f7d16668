import { expect, test } from "vitest";
import {
  draftOf,
  draftProblems,
  policyArnProblem,
  roleArnProblem,
  roleOf,
} from "@/lib/console/role-draft";
import { EMPTY_ROLE, roleBody, SecretsRole } from "@/lib/console/secrets-roles";

const ROLE: SecretsRole = {
  ...EMPTY_ROLE,
  role_arns: ["arn:aws:iam::111111111111:role/app"],
  session_tags: { team: "a" },
  default_sts_ttl: 5400,
};

test("a stored role comes out of the form as it went in", () => {
  expect(roleOf(draftOf("app", ROLE))).toEqual(ROLE);
  expect(draftOf("app", ROLE).defaultTtl).toBe("1h30m");
  expect(draftProblems(draftOf("app", ROLE))).toEqual({});
});

test("a write empties what another type does not have, a new role leaves it out", () => {
  const role = { ...ROLE, credential_type: "session_token" };

  expect(roleBody(role, true)).toMatchObject({ role_arns: [], session_tags: {} });
  expect(roleBody(role, false)).toEqual({
    credential_type: "session_token",
    default_sts_ttl: 5400,
  });
});

test("lists that were never set are read as empty ones", () => {
  const told = { ...EMPTY_ROLE, role_arns: null, iam_tags: null };

  expect(SecretsRole.parse(told)).toEqual(EMPTY_ROLE);
});

test.each([
  [{ name: "a b" }, "name"],
  [{ roleArns: [] }, "roleArns"],
  [{ type: "federation_token" }, "policyArns"],
  [{ policyDocument: "{" }, "policyDocument"],
  [{ defaultTtl: "2h", maxTtl: "1h" }, "defaultTtl"],
  [{ defaultTtl: "soon" }, "defaultTtl"],
  [{ maxTtl: "1x" }, "maxTtl"],
  [{ type: "iam_user", userPath: "leasehold" }, "userPath"],
  [{ type: "iam_user", boundaryArn: "arn:aws:iam::111111111111:role/x" }, "boundaryArn"],
  [{ sessionTags: [{ key: "", value: "x" }] }, "sessionTags"],
] as const)("what cannot work is told at its field: %o", (change, field) => {
  expect(Object.keys(draftProblems({ ...draftOf("app", ROLE), ...change }))).toEqual([field]);
});

test("ARNs of other things are refused with what is wanted", () => {
  expect(roleArnProblem("arn:aws-us-gov:iam::111111111111:role/path/app")).toBe("");
  expect(roleArnProblem("arn:aws:sts::111111111111:assumed-role/app/x")).toContain("a session");
  expect(policyArnProblem("arn:aws:iam::aws:policy/ReadOnlyAccess")).toBe("");
  expect(policyArnProblem("ReadOnlyAccess")).toContain("managed policy");
});
