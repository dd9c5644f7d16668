import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { mintServiceToken } from "@/lib/engine/token/mint";
import { systemRandom } from "@/lib/process/random";

const COUNT = 20_000;
const ALPHABET = 62;

const ports = {
  random: systemRandom(),
  keys: {
    hmac: (_purpose: string, value: string) =>
      createHmac("sha256", "k").update(value).digest("hex"),
    seal: () => Buffer.alloc(0),
    open: () => {
      throw new Error("nothing is opened");
    },
    isLocked: () => false,
  },
};

test("T92 tokens and accessors are all different, of 142 random bits, and no character is likelier than another", () => {
  const tokens: string[] = [];
  const accessors: string[] = [];
  for (let n = 0; n < COUNT; n += 1) {
    const { clientToken, accessor } = mintServiceToken(ports);
    tokens.push(clientToken.reveal());
    accessors.push(accessor);
  }

  expect(new Set([...tokens, ...accessors]).size).toBe(2 * COUNT);
  expect(tokens.filter((token) => !/^hvs\.[A-Za-z0-9]{24}$/.test(token))).toEqual([]);
  for (const values of [tokens.map((token) => token.slice("hvs.".length)), accessors]) {
    // 61 degrees of freedom: a fair source exceeds this once in some millions of runs.
    expect(chiSquared(values.join(""))).toBeLessThan(125);
  }
});

test("T92 neither an accessor nor a digest says anything of its token", () => {
  const { clientToken, accessor, hmac } = mintServiceToken(ports);

  expect(clientToken.reveal()).not.toContain(accessor);
  expect(hmac).not.toContain(clientToken.reveal());
  expect(hmac).toMatch(/^[0-9a-f]{64}$/);
});

function chiSquared(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const expected = text.length / ALPHABET;
  return [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
