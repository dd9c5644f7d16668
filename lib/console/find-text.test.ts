import { describe, expect, test } from "vitest";
import { secretIn, shapeOf } from "@/lib/console/find-text";

describe("a secret", () => {
  test.each([
    ["hvs.CAESIJ0000000000000000000000000", "client token"],
    ["VAULT_TOKEN=hvb.AAAAAQ0000000000", "client token"],
    ["s.0123456789abcdefghijABCD", "client token"],
    ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "secret access key"],
    ["AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "secret access key"],
    [`FwoGZXIvYXdzE${"a1B2/".repeat(30)}`, "session token"],
    ["-----BEGIN RSA PRIVATE KEY-----", "private key"],
  ])("is seen in %s", (text, kind) => {
    expect(secretIn(text)).toBe(kind);
  });

  test.each([
    "AKIAIOSFODNN7EXAMPLE",
    "arn:aws:sts::111122223333:assumed-role/ci-runner/ci-runner-1",
    "aws/creds/build/YECgAObvdBIO6P5HkKO41vim",
    "auth/aws/role/a-role-with-a-rather-long-name-indeed",
    "vault-aws-orders-api_orders-api-1-orders-data-1795534797-IK8gAfZ",
    "m5qySzQXIisRyAl0FhxDr8mh",
    "0d7a5bcf-0ec8-4d1a-aa93-703bb4d08509",
  ])("is not seen in %s", (text) => {
    expect(secretIn(text)).toBeNull();
  });
});

test.each([
  ["0d7a5bcf-0ec8-4d1a-aa93-703bb4d08509", "request_id"],
  ["ASIAZGB7JPFNTAGHMYDD", "access_key_id"],
  ["arn:aws:iam::111122223333:role/ci", "arn"],
  ["aws/creds/build/YECgAObvdBIO6P5HkKO41vim", "lease_id"],
  ["m5qySzQXIisRyAl0FhxDr8mh", "accessor"],
  ["orders", "words"],
])("%s has the shape of %s", (text, shape) => {
  expect(shapeOf(text)).toBe(shape);
});
