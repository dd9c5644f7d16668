import { expect, test } from "vitest";
import { judgeBinding, wildcardsAdmit, type PrincipalBinding } from "@/lib/engine/aws-auth/binding";
import { parsePrincipalArn } from "@/lib/engine/aws-auth/principal";

const APP = "arn:aws:iam::123456789012:role/app";
const SESSION = parsePrincipalArn("arn:aws:sts::123456789012:assumed-role/app/i-0abc");

function bound(
  arns: string[],
  ids: string[] = [],
  resolveUniqueIds = ids.length > 0,
): PrincipalBinding {
  return { boundPrincipalArns: arns, boundPrincipalIds: ids, resolveUniqueIds };
}

test.each<[string, string, PrincipalBinding, string]>([
  ["A277", "the unique id equal", bound([APP], ["AROAAPP"]), "bound"],
  ["A279", "made anew under the same name", bound([APP], ["AROAOLD"]), "refused"],
  ["A276", "not bound", bound(["arn:aws:iam::123456789012:role/other"]), "refused"],
  ["A287", "bound with a path", bound(["arn:aws:iam::123456789012:role/path/app"]), "refused"],
  ["A257", "the canonical ARN", bound([APP]), "bound"],
  [
    "T41",
    "the same name in another account",
    bound(["arn:aws:iam::999999999999:role/app"]),
    "refused",
  ],
  ["T48", "a user of that name", bound(["arn:aws:iam::123456789012:user/app"]), "refused"],
  ["T48", "another partition", bound(["arn:aws-cn:iam::123456789012:role/app"]), "refused"],
  ["T48", "another letter case", bound(["arn:aws:iam::123456789012:role/App"]), "refused"],
  [
    "A280",
    "beside a wildcard",
    bound([APP, "arn:aws:iam::123456789012:role/x*"], ["AROAAPP"]),
    "bound",
  ],
  [
    "A281",
    "a wildcard alone",
    bound(["arn:aws:iam::123456789012:role/team/*"], [], true),
    "ask_full_arn",
  ],
  ["A286", "a bare wildcard", bound(["*"], [], true), "refused"],
])("%s %s", (_case, _what, binding, verdict) => {
  expect(judgeBinding(binding, SESSION, "AROAAPP")).toBe(verdict);
});

test("with ids resolved an ARN alone is not compared", () => {
  expect(judgeBinding(bound([APP], ["AROAOLD"]), SESSION, "AROANEW")).toBe("refused");
});

test("a role without principals leaves the decision to its other bounds", () => {
  expect(judgeBinding(bound([], [], true), SESSION, "AROAAPP")).toBe("bound");
});

test("an empty unique id matches nothing", () => {
  expect(judgeBinding(bound([APP], [""], true), SESSION, "")).toBe("refused");
});

test.each([
  [
    "A281",
    "arn:aws:iam::123456789012:role/team/*",
    "arn:aws:iam::123456789012:role/team/app",
    true,
  ],
  [
    "A282",
    "arn:aws:iam::123456789012:role/team/*",
    "arn:aws:iam::123456789012:role/other/app",
    false,
  ],
  ["A283", "arn:aws:iam::123456789012:user/*", "arn:aws:iam::123456789012:user/valid-role", true],
  ["A285", "arn:aws:sts::123456789012:assumed-role/R/*", "arn:aws:iam::123456789012:role/R", false],
  ["B41", "arn:aws:iam::111111111111:role/*", "arn:aws:iam::999999999999:role/app", false],
  ["A286", "*", "arn:aws:iam::123456789012:role/app", false],
  [
    "T43",
    "arn:aws:iam::123456789012:role/te*m/*",
    "arn:aws:iam::123456789012:role/team/app",
    false,
  ],
])("%s %s against %s", (_case, entry, arn, admitted) => {
  expect(wildcardsAdmit([entry], arn)).toBe(admitted);
});
