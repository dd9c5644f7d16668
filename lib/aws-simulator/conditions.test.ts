import { describe, expect, test } from "vitest";
import { conditionHolds, parseConditions } from "@/lib/aws-simulator/conditions";

const CONTEXT = new Map([
  ["aws:userid", ["AROAEXAMPLE:ci"]],
  ["aws:principalarn", ["arn:aws:iam::111122223333:role/team/deployer"]],
  ["aws:tokenissuetime", ["2026-03-01T12:00:00.000Z"]],
  ["aws:multifactorauthage", ["300"]],
  ["aws:multifactorauthpresent", ["true"]],
  ["aws:sourceip", ["10.1.2.3"]],
  ["aws:tagkeys", ["team", "stage"]],
  ["sts:externalid", ["vault-cross"]],
]);

describe("a condition holds", () => {
  test.each([
    ["StringEquals", "sts:ExternalId", "vault-cross", true],
    ["StringEquals", "STS:externalid", ["x", "vault-cross"], true],
    ["StringEquals", "sts:ExternalId", "Vault-Cross", false],
    ["StringEquals", "aws:nothing", "x", false],
    ["StringEqualsIfExists", "aws:nothing", "x", true],
    ["StringEqualsIgnoreCase", "sts:ExternalId", "Vault-Cross", true],
    ["StringNotEquals", "sts:ExternalId", ["x", "vault-cross"], false],
    ["StringNotEquals", "aws:nothing", "x", true],
    ["StringLike", "aws:userid", "AROAEXAMPLE:*", true],
    ["StringLike", "aws:userid", "*:ci?", false],
    ["StringNotLike", "aws:userid", "AROAOTHER:*", true],
    ["Bool", "aws:MultiFactorAuthPresent", true, true],
    ["BoolIfExists", "aws:nothing", "false", true],
    ["Null", "aws:nothing", "true", true],
    ["Null", "sts:ExternalId", true, false],
    ["NumericLessThan", "aws:MultiFactorAuthAge", 3600, true],
    ["NumericGreaterThanEquals", "aws:MultiFactorAuthAge", "301", false],
    ["NumericNotEquals", "aws:MultiFactorAuthAge", "301", true],
    ["NumericEquals", "aws:userid", "1", false],
    ["DateLessThan", "aws:TokenIssueTime", "2026-03-01T12:00:01Z", true],
    ["DateLessThan", "aws:TokenIssueTime", "2026-03-01T12:00:00Z", false],
    ["DateGreaterThan", "aws:TokenIssueTime", "1700000000", true],
    ["ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/team/*", true],
    ["ArnEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/deployer", false],
    ["ArnLike", "aws:PrincipalArn", "arn:aws:*/team/deployer", false],
    ["ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::999999999999:*", true],
    ["IpAddress", "aws:SourceIp", "10.0.0.0/8", true],
    ["NotIpAddress", "aws:SourceIp", "10.1.2.3", false],
    ["ForAnyValue:StringEquals", "aws:TagKeys", ["stage", "cost"], true],
    ["ForAllValues:StringEquals", "aws:TagKeys", ["stage", "cost"], false],
    ["ForAllValues:StringEquals", "aws:nothing", ["x"], true],
    ["ForAnyValue:StringNotEquals", "aws:nothing", "x", false],
    ["StringEquals", "aws:userid", "${aws:userid}", true],
    ["StringNotEquals", "aws:userid", "${aws:nothing}", true],
  ])("%s %s %j: %s", (operator, key, value, holds) => {
    const conditions = parseConditions({ [operator]: { [key]: value } });

    expect(conditions.every((condition) => conditionHolds(condition, CONTEXT))).toBe(holds);
  });
});
