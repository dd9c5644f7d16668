import { expect, test } from "vitest";
import { isAllowed } from "@/lib/engine/aws-auth/allow-list";
import { parsePrincipalArn } from "@/lib/engine/aws-auth/principal";

const ROLE = parsePrincipalArn("arn:aws:sts::123456789012:assumed-role/my-vault-auth-role/s");
const USER = parsePrincipalArn("arn:aws:iam::123456789012:user/valid-role");

test.each([
  ["A033", "arn:aws:iam::123456789012:role/my-vault-auth-role", ROLE, true],
  ["A032", "arn:aws:iam::123456789012:role/my-vault-auth-role", USER, false],
  ["A033", "arn:aws:iam::123456789012:role/any/path/my-vault-auth-role", ROLE, true],
  ["A035", "arn:aws:iam::123456789012:role/*", ROLE, true],
  ["A035", "arn:aws:iam::123456789012:role/*", USER, false],
  ["A035", "arn:aws:iam::123456789012:role/my-*", ROLE, true],
  ["A035", "arn:aws:iam::123456789012:*", USER, true],
  ["A035", "arn:aws:iam::999999999999:*", USER, false],
  ["A035", "arn:aws-cn:iam::123456789012:*", USER, false],
])("%s entry %s", (_case, entry, principal, allowed) => {
  expect(isAllowed([entry], principal)).toBe(allowed);
});
