import { describe, expect, test } from "vitest";
import { readArn, splitArns } from "@/lib/console/arn-reading";
import { judgeBinding, wildcardsAdmit } from "@/lib/engine/aws-auth/binding";
import { parsePrincipalArn } from "@/lib/engine/aws-auth/principal";

const ROLE = "arn:aws:iam::111111111111:role/app-task";

test.each([
  ["a role", ROLE, ROLE],
  [
    "a role with a path",
    "arn:aws:iam::111111111111:role/a/b/app",
    "arn:aws:iam::111111111111:role/a/b/app",
  ],
  ["a user", "arn:aws-cn:iam::111111111111:user/ci", "arn:aws-cn:iam::111111111111:user/ci"],
  ["a session", "arn:aws:sts::111111111111:assumed-role/app-task/i-0abc", ROLE],
  ["quotes and blanks around it", ` "${ROLE}", `, ROLE],
])("binds %s", (_what, pasted, arn) => {
  expect(readArn(pasted, true)).toMatchObject({ state: "binds", arn });
});

test("says of a session which role it binds", () => {
  const reading = readArn("arn:aws:sts::111111111111:assumed-role/app-task/deploy", true);

  expect(reading).toMatchObject({
    what: "assumed-role session of role app-task",
    matches: expect.stringContaining(`Binds ${ROLE}`) as unknown,
  });
});

test.each([
  ["an account id", "111111111111", "arn:aws:iam::111111111111:role/*"],
  ["the account", "arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/*"],
  ["a policy", "arn:aws:iam::aws:policy/ReadOnlyAccess", null],
  ["a group", "arn:aws:iam::111111111111:group/admins", null],
  [
    "a profile",
    "arn:aws:iam::111111111111:instance-profile/web",
    "arn:aws:iam::111111111111:role/web",
  ],
  ["a federated user", "arn:aws:sts::111111111111:federated-user/ci", null],
  ["a provider", "arn:aws:iam::111111111111:oidc-provider/token.example", null],
  ["an instance", "arn:aws:ec2:eu-west-1:111111111111:instance/i-0abc", null],
  ["a function", "arn:aws:lambda:eu-west-1:111111111111:function:f", null],
  ["a unique id", "AROAEXAMPLEEXAMPLE01", null],
  ["an access key id", "AKIAIOSFODNN7EXAMPLE", null],
  ["sessions by wildcard", "arn:aws:sts::111111111111:assumed-role/app-task/*", ROLE],
  ["accounts by wildcard", "arn:aws:iam::*:role/app", null],
  ["accounts by wildcard at the end", "arn:aws:iam::11111*", null],
  ["policies by wildcard", "arn:aws:iam::111111111111:policy/*", null],
  ["an ARN without account", "arn:aws:iam:::role/app", null],
  ["a role without name", "arn:aws:iam::111111111111:role/", null],
  ["a session without name", "arn:aws:sts::111111111111:assumed-role/app", null],
  ["words", "app-task", null],
])("refuses %s, with what can be bound instead", (_what, pasted, corrected) => {
  const reading = readArn(pasted, true);

  expect(reading.state).toBe("refused");
  const corrections = reading.state === "refused" ? reading.corrections : [];
  expect(corrections[0]?.arn ?? null).toBe(corrected);
  for (const { arn } of corrections) expect(readArn(arn, true)).toMatchObject({ arn });
});

describe("agrees with the login", () => {
  const caller = parsePrincipalArn("arn:aws:sts::111111111111:assumed-role/app/session");

  test("a path never matches while ids are not resolved", () => {
    const pasted = "arn:aws:iam::111111111111:role/team/app";
    const bind = (arn: string) =>
      judgeBinding(
        { boundPrincipalArns: [arn], boundPrincipalIds: [], resolveUniqueIds: false },
        caller,
        "AROA",
      );

    const reading = readArn(pasted, false);

    expect(bind(pasted)).toBe("refused");
    expect(reading).toMatchObject({ state: "refused" });
    const corrected = reading.state === "refused" ? (reading.corrections[0]?.arn ?? "") : "";
    expect(bind(corrected)).toBe("bound");
  });

  test("a prefix admits whatever begins like it, and the reading says so", () => {
    const pasted = "arn:aws:iam::111111111111:role/app*";

    expect(wildcardsAdmit([pasted], "arn:aws:iam::111111111111:role/app-evil")).toBe(true);
    expect(readArn(pasted, true)).toMatchObject({
      note: expect.stringContaining("“app-anything” is admitted as well") as unknown,
    });
  });
});

test("takes a list as it is pasted", () => {
  expect(splitArns(`["${ROLE}",\n "arn:b"]`.replace(/[[\]]/g, ""))).toEqual([ROLE, "arn:b"]);
});
