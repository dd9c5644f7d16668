import { createHmac, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { Effect, PutCubbyhole } from "@/lib/engine/effects";
import { Secret } from "@/lib/engine/secret";
import { openCubbyhole } from "@/lib/engine/system/cubbyhole";
import { wrapAnswer } from "@/lib/engine/wrapping/wrap";

const ports = {
  clock: { now: () => new Date("2026-01-02T03:04:05Z") },
  random: {
    bytes: (count: number) => randomBytes(count),
    base62: (length: number) => randomBytes(length).toString("hex").slice(0, length),
    uuid: () => "",
  },
  keys: {
    hmac: (_purpose: string, value: string) =>
      createHmac("sha256", "k").update(value).digest("hex"),
    seal: (_purpose: string, _row: string, plain: string) => Buffer.from(plain),
    isLocked: () => false,
    open: (_purpose: string, _row: string, sealed: Buffer) => new Secret(sealed.toString()),
  },
};

const TEXT = '{"request_id":"1","auth":{"client_token":"hvs.inner"}}\n';

function cubbyhole(effects: readonly Effect[], path: string): PutCubbyhole {
  const found = effects.find((effect) => effect.kind === "put_cubbyhole" && effect.path === path);
  if (found?.kind !== "put_cubbyhole") throw new Error(`nothing was put at ${path}`);
  return found;
}

test("an answer is wrapped in a token that opens once and lives as long as was asked", () => {
  const { wrapInfo, effects } = wrapAnswer(ports, { path: "auth/a/login" }, TEXT, 60);

  expect(wrapInfo).toMatchObject({
    ttlSeconds: 60,
    creationPath: "auth/a/login",
    creationTime: new Date("2026-01-02T03:04:05Z"),
  });
  expect(effects[0]).toMatchObject({
    kind: "grant_token",
    grant: {
      policies: ["response-wrapping"],
      numUses: 1,
      ttlSeconds: 60,
      explicitMaxTtlSeconds: 60,
      renewable: false,
      parentHmac: null,
      path: "auth/a/login",
      hmac: ports.keys.hmac("token", wrapInfo.token.reveal()),
    },
  });
});

test("the wrapped text comes back byte for byte", () => {
  const { wrapInfo, effects } = wrapAnswer(ports, { path: "p" }, TEXT, 60);

  const stored = openCubbyhole(wrapInfo.token, "response", cubbyhole(effects, "response").value);

  expect(JSON.parse(stored)).toEqual({ response: TEXT });
});

test("what is stored opens with the wrapping token alone, and where it was put alone", () => {
  const { wrapInfo, effects } = wrapAnswer(ports, { path: "p" }, TEXT, 60);
  const { value } = cubbyhole(effects, "response");

  expect(value.reveal()).not.toContain("inner");
  expect(Buffer.from(value.reveal(), "base64").toString("latin1")).not.toContain("inner");
  expect(() => openCubbyhole(new Secret("hvs.another"), "response", value)).toThrow(
    "a cubbyhole entry does not open",
  );
  expect(() => openCubbyhole(wrapInfo.token, "wrapinfo", value)).toThrow(
    "a cubbyhole entry does not open",
  );
});
