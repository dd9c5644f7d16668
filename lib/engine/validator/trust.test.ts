import { describe, expect, test } from "vitest";
import { principalOf } from "@/lib/engine/validator/principal";
import { evaluateTrust, type TrustTerms, type TrustVerdict } from "@/lib/engine/validator/trust";
import { matchesWildcard } from "@/lib/engine/validator/wildcard";

const ACCOUNT = "111122223333";
const USER = `arn:aws:iam::${ACCOUNT}:user/team/root`;
const TERMS: TrustTerms = {
  principal: principalOf(USER, "AKIAEXAMPLE"),
  externalId: "",
  sessionTags: {},
  sessionNamePrefix: "vault-",
};

function verdict(
  statement: Record<string, unknown>,
  terms: Partial<TrustTerms> = {},
): TrustVerdict | null {
  const whole = {
    Effect: "Allow",
    Principal: { AWS: USER },
    Action: "sts:AssumeRole",
    ...statement,
  };
  return evaluateTrust(JSON.stringify({ Statement: whole }), { ...TERMS, ...terms });
}

const when = (operator: string, key: string, value: unknown) => ({
  Condition: { [operator]: { [key]: value } },
});

describe("who is trusted", () => {
  test.each([
    ["the user itself", USER, "allowed", false],
    ["the account by number", ACCOUNT, "allowed", true],
    ["the account by its root", `arn:aws:iam::${ACCOUNT}:root`, "allowed", true],
    ["everybody", "*", "allowed", true],
    ["another user", `arn:aws:iam::${ACCOUNT}:user/other`, "not_allowed", true],
    ["another account", "444455556666", "not_allowed", true],
    [
      "a user of this name under another path",
      `arn:aws:iam::${ACCOUNT}:user/root`,
      "not_allowed",
      true,
    ],
  ])("%s", (_, principal, outcome, isDelegated) => {
    expect(verdict({ Principal: { AWS: principal } })).toMatchObject({ outcome, isDelegated });
  });

  test("a role behind a session, whatever its path", () => {
    const principal = principalOf(`arn:aws:sts::${ACCOUNT}:assumed-role/app/i-1`, "");
    const trusts = (arn: string) => verdict({ Principal: { AWS: [arn] } }, { principal })?.outcome;
    expect(trusts(`arn:aws:iam::${ACCOUNT}:role/team/app`)).toBe("allowed");
    expect(trusts(`arn:aws:sts::${ACCOUNT}:assumed-role/app/i-1`)).toBe("allowed");
    expect(trusts(`arn:aws:iam::${ACCOUNT}:role/other`)).toBe("not_allowed");
  });

  test("services are nobody of ours, and everybody but us is not us", () => {
    expect(verdict({ Principal: { Service: "ec2.amazonaws.com" } })?.outcome).toBe("not_allowed");
    const but = { Principal: undefined, NotPrincipal: { AWS: USER } };
    expect(verdict(but)?.outcome).toBe("not_allowed");
  });
});

test.each([
  ["sts:AssumeRole", "allowed"],
  ["STS:assumerole", "allowed"],
  ["sts:Assume*", "allowed"],
  ["sts:*", "allowed"],
  ["*", "allowed"],
  ["sts:AssumeRoleWithSAML", "not_allowed"],
])("the action %s", (action, outcome) => {
  expect(verdict({ Action: action })?.outcome).toBe(outcome);
  expect(verdict({ Action: undefined, NotAction: action })?.outcome).toBe(
    outcome === "allowed" ? "not_allowed" : "allowed",
  );
});

describe("conditions", () => {
  test.each([
    [
      "an external id that is not sent",
      when("StringEquals", "sts:ExternalId", "x"),
      {},
      "not_allowed",
      "external_id",
    ],
    [
      "an external id of a list",
      when("StringEquals", "sts:ExternalId", ["x", "y"]),
      { externalId: "y" },
      "allowed",
      null,
    ],
    [
      "an external id by pattern",
      when("StringLike", "sts:externalid", "x-*"),
      { externalId: "x-1" },
      "allowed",
      null,
    ],
    ["one that must not be sent", when("Null", "sts:ExternalId", "true"), {}, "allowed", null],
    [
      "a session name like ours",
      when("StringLike", "sts:RoleSessionName", "vault-*"),
      {},
      "allowed",
      null,
    ],
    [
      "a session name unlike ours",
      when("StringLike", "sts:RoleSessionName", "ci-*"),
      {},
      "not_allowed",
      "session_name",
    ],
    [
      "a session name that ends somehow",
      when("StringLike", "sts:RoleSessionName", "vault-*-x"),
      {},
      "undetermined",
      null,
    ],
    [
      "a second factor",
      when("Bool", "aws:MultiFactorAuthPresent", "true"),
      {},
      "not_allowed",
      "mfa",
    ],
    [
      "a second factor if there may be one",
      when("BoolIfExists", "aws:MultiFactorAuthPresent", "true"),
      {},
      "allowed",
      null,
    ],
    [
      "our principal by pattern",
      when("ArnLike", "aws:PrincipalArn", `arn:aws:iam::${ACCOUNT}:user/*`),
      {},
      "allowed",
      null,
    ],
    ["not our principal", when("ArnNotLike", "aws:PrincipalArn", USER), {}, "not_allowed", null],
    [
      "an organisation",
      when("StringEquals", "aws:PrincipalOrgID", "o-1"),
      {},
      "undetermined",
      null,
    ],
    [
      "an operator nobody knows",
      when("DateLessThan", "aws:PrincipalAccount", "x"),
      {},
      "undetermined",
      null,
    ],
    [
      "a tag",
      when("StringEquals", "aws:RequestTag/Team", "a"),
      { sessionTags: { team: "a" } },
      "allowed",
      null,
    ],
    [
      "a tag of another value",
      when("StringEquals", "aws:RequestTag/Team", "b"),
      { sessionTags: { team: "a" } },
      "not_allowed",
      null,
    ],
    [
      "tag keys",
      when("ForAllValues:StringEquals", "aws:TagKeys", ["team"]),
      { sessionTags: { team: "a" } },
      "allowed",
      null,
    ],
    [
      "tag keys beyond",
      when("ForAllValues:StringEquals", "aws:TagKeys", ["team"]),
      { sessionTags: { x: "a" } },
      "not_allowed",
      null,
    ],
  ] as const)("%s", (...[, condition, terms, outcome, reason]) => {
    expect(verdict(condition, terms)).toMatchObject({ outcome, reason });
  });

  test("a Deny that may match leaves it open, one that matches decides", () => {
    const deny = (condition: object) =>
      evaluateTrust(
        JSON.stringify({
          Statement: [
            { Effect: "Allow", Principal: { AWS: USER }, Action: "sts:AssumeRole" },
            { Effect: "Deny", Principal: "*", Action: "*", ...condition },
          ],
        }),
        TERMS,
      )?.outcome;
    expect(deny({})).toBe("denied");
    expect(deny(when("StringEquals", "aws:SourceVpc", "x"))).toBe("undetermined");
    expect(deny(when("StringEquals", "aws:PrincipalAccount", "9"))).toBe("allowed");
  });
});

test("principals that were deleted, tags that may not be set, and everybody are told", () => {
  expect(verdict({ Principal: { AWS: "AIDAEXAMPLE22" } })?.stale).toEqual(["AIDAEXAMPLE22"]);
  expect(verdict({}, { sessionTags: { a: "b" } })?.lacksTagSession).toBe(true);
  const both = { Action: ["sts:AssumeRole", "sts:TagSession"] };
  expect(verdict(both, { sessionTags: { a: "b" } })?.lacksTagSession).toBe(false);
  expect(verdict({ Principal: "*" })?.isWide).toBe(true);
  expect(evaluateTrust("no policy", TERMS)).toBeNull();
});

test("wildcards match in linear time", () => {
  expect(matchesWildcard("a*b?d", "aXXbcd")).toBe(true);
  expect(matchesWildcard("a*b?d", "aXXbd")).toBe(false);
  expect(matchesWildcard(`${"*a".repeat(50)}b`, "a".repeat(20_000))).toBe(false);
});
