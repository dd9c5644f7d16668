import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { keyringOf, type DataKey } from "@/lib/postgres/keyring";

function newKey(purpose: DataKey["purpose"]): DataKey {
  return { id: randomUUID(), purpose, key: randomBytes(32) };
}

const [MAC, FIRST, SECOND] = [newKey("mac"), newKey("seal"), newKey("seal")];

/** What the database would give, as fresh copies each time. */
function stored(...keys: DataKey[]) {
  return () => Promise.resolve(keys.map((key) => ({ ...key, key: Buffer.from(key.key) })));
}

describe("data keys in memory", () => {
  test("seal for one purpose and one row", () => {
    const keys = keyringOf([MAC, FIRST]);

    const sealed = keys.seal("setting", "a/b", "text");

    expect(keys.open("setting", "a/b", sealed).reveal()).toBe("text");
    expect(() => keys.open("setting", "a/c", sealed)).toThrow("internal error");
    expect(() => keys.open("cubbyhole", "a/b", sealed)).toThrow("internal error");
  });

  test("the newest seals, all of them open, and tokens are found by the same key", () => {
    const before = keyringOf([MAC, FIRST]);
    const sealed = before.seal("setting", "row", "old");
    const after = keyringOf([MAC, FIRST, SECOND]);

    const resealed = after.seal("setting", "row", "new");

    expect(after.open("setting", "row", sealed).reveal()).toBe("old");
    expect(() => before.open("setting", "row", resealed)).toThrow("internal error");
    expect(after.hmac("token", "t")).toBe(before.hmac("token", "t"));
  });

  test("one that another instance has just made is taken up when it is met", async () => {
    const other = keyringOf([MAC, FIRST, SECOND]);
    const sealed = other.seal("setting", "row", "text");
    const keys = keyringOf([MAC, FIRST], stored(MAC, FIRST, SECOND));

    await keys.learn(sealed);

    expect(keys.open("setting", "row", sealed).reveal()).toBe("text");
    expect(keys.knows(SECOND.id)).toBe(true);
  });

  test("known keys are not unwrapped again", async () => {
    const asked: string[][] = [];
    const keys = keyringOf([MAC, FIRST], (known) => {
      asked.push([...known.keys()]);
      return Promise.resolve([MAC, FIRST, SECOND]);
    });

    await Promise.all([keys.refresh(), keys.refresh()]);

    expect(asked).toEqual([[MAC.id, FIRST.id]]);
  });
});

describe("a locked keyring", () => {
  test("neither seals nor opens nor finds tokens, until its keys are taken up again", async () => {
    const keys = keyringOf([MAC, FIRST], stored(MAC, FIRST));
    const sealed = keys.seal("setting", "row", "text");
    const hmac = keys.hmac("token", "t");

    keys.lock();
    const locked = keys.isLocked();
    for (const use of [
      () => keys.seal("setting", "row", "text"),
      () => keys.open("setting", "row", sealed),
      () => keys.hmac("token", "t"),
    ]) {
      expect(use).toThrow(expect.objectContaining({ kind: "sealed" }) as Error);
    }
    await keys.refresh();

    expect([locked, keys.isLocked()]).toEqual([true, false]);
    expect(keys.open("setting", "row", sealed).reveal()).toBe("text");
    expect(keys.hmac("token", "t")).toBe(hmac);
  });

  test("leaves nothing of its keys in memory", async () => {
    const loaded: DataKey[] = [];
    const keys = keyringOf([], async () => {
      loaded.push(...(await stored(MAC, FIRST)()));
      return loaded;
    });
    await keys.refresh();

    keys.lock();

    expect(loaded.map(({ key }) => key.equals(Buffer.alloc(32)))).toEqual([true, true]);
  });

  test("stays locked when it was locked again while its keys were on their way", async () => {
    let deliver: (keys: DataKey[]) => void = () => undefined;
    const keys = keyringOf([], () => new Promise((resolve) => (deliver = resolve)));

    const refreshing = keys.refresh();
    keys.lock();
    deliver([MAC, FIRST]);

    await expect(refreshing).rejects.toMatchObject({ kind: "sealed" });
    expect(keys.isLocked()).toBe(true);
  });

  test("does not ask a seal that failed a moment ago", async () => {
    let asked = 0;
    const keys = keyringOf([], () => {
      asked += 1;
      return Promise.reject(new Error("KMS is away"));
    });

    for (let times = 0; times < 3; times += 1) {
      await expect(keys.refresh()).rejects.toMatchObject({ kind: "sealed" });
    }

    expect(asked).toBe(1);
  });
});
