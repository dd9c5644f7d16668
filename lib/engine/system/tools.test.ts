import { randomBytes as systemBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Decision } from "@/lib/engine/answer";
import { Secret } from "@/lib/engine/secret";
import { hashInput, randomBytes, type RandomInput } from "@/lib/engine/system/tools";

const ports = { random: { bytes: systemBytes, base62: () => "", uuid: () => "" } };

function textOf(decision: Decision): string {
  const value = decision.answer?.data?.["random_bytes"];
  return value instanceof Secret ? value.reveal() : "";
}

describe("random bytes", () => {
  const random = (input: Partial<RandomInput>) => randomBytes(ports, { inPath: [], ...input });

  test("C251 32 bytes in base64 by default, as many as asked for in hex", () => {
    expect(textOf(random({}))).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(textOf(random({ inPath: ["8"], format: "hex" }))).toMatch(/^[0-9a-f]{16}$/);
  });

  test("the path may name source and count", () => {
    expect(textOf(random({ inPath: ["all", "4"], format: "hex" }))).toHaveLength(8);
    expect(textOf(random({ inPath: ["seal"], bytes: 2, format: "hex" }))).toHaveLength(4);
  });

  test.each<[string, Partial<RandomInput>, string]>([
    ["too many", { bytes: 131_073 }, '"bytes" should be less than 131072'],
    ["none", { bytes: 0 }, '"bytes" cannot be less than 1'],
    ["a format", { format: "x" }, 'unsupported encoding format "x"; must be "hex" or "base64"'],
    ["a count that is none", { inPath: ["x"] }, "error parsing url-set byte count: "],
    ["a source", { source: "x" }, 'unsupported entropy source "x"; must be "platform" or "seal"'],
  ])("C251 %s is refused", (_title, input, text) => {
    expect(() => random(input)).toThrow(text);
  });
});

describe("hashes", () => {
  test("C251 a digest by its algorithm, in the format asked for", () => {
    expect(hashInput({ input: "aGVsbG8=" }).answer?.data).toEqual({
      sum: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    });
    expect(
      hashInput({ input: "aGVsbG8=", algorithm: "sha2-512", format: "base64" }).answer?.data,
    ).toEqual({
      sum: "m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==",
    });
  });

  test("C251 an input that is no base64 and an unknown algorithm are refused", () => {
    expect(() => hashInput({ input: "!" })).toThrow(
      "unable to decode input as base64: illegal base64 data at input byte 0",
    );
    expect(() => hashInput({ input: "aGVsbG8=", algorithm: "x" })).toThrow(
      "unsupported algorithm x",
    );
  });
});
