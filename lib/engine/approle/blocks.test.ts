import { expect, test } from "vitest";
import { checkBlocks, checkWithin } from "@/lib/engine/approle/blocks";

test("blocks need a mask", () => {
  expect(() => checkBlocks(["10.0.0.0/8", "fd00::/8"], "CIDR")).not.toThrow();
  expect(() => checkBlocks(["127.0.0.1"], "token CIDR")).toThrow(
    "failed to validate token CIDR blocks: invalid CIDR address: 127.0.0.1",
  );
});

test.each([
  ["the same block", ["10.0.0.0/8"], ["10.0.0.0/8"]],
  ["a smaller block", ["10.1.0.0/16"], ["10.0.0.0/8"]],
  ["one of several", ["192.168.1.0/24", "10.1.2.3/32"], ["10.0.0.0/8", "192.168.0.0/16"]],
  ["any block of a role without blocks", ["0.0.0.0/0"], []],
  ["IPv6 within IPv6", ["fd00:1::/32"], ["fd00::/8"]],
  ["within a bare address of the role", ["127.0.0.1/32"], ["127.0.0.1"]],
])("%s lies within the role's", (_title, ofSecretId, ofRole) => {
  expect(() => checkWithin(ofSecretId, ofRole)).not.toThrow();
});

test.each([
  ["another block", ["127.0.0.1/32"], ["10.0.0.0/8"]],
  ["a larger block", ["10.0.0.0/7"], ["10.0.0.0/8"]],
  ["IPv4 in IPv6", ["10.0.0.0/8"], ["::/0"]],
  ["one in, one out", ["10.1.0.0/16", "11.0.0.0/8"], ["10.0.0.0/8"]],
])("%s does not lie within the role's", (_title, ofSecretId, ofRole) => {
  expect(() => checkWithin(ofSecretId, ofRole)).toThrow(
    /^failed to verify subset relationship between CIDR blocks on the role \["/,
  );
});
