import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { keyringOf } from "@/lib/postgres/keyring";
import { lockoutEffects, lockoutReads } from "@/lib/postgres/lockouts";
import type { StoreContext } from "@/lib/postgres/store-context";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";

let database: TestDatabase;
let context: StoreContext;
let alias: string;

beforeAll(async () => {
  database = await cloneDatabase();
  context = {
    pool: database.pool,
    keys: keyringOf([
      { id: randomUUID(), purpose: "seal", key: randomBytes(32) },
      { id: randomUUID(), purpose: "mac", key: randomBytes(32) },
    ]),
    instanceId: randomUUID(),
    newWriter: randomUUID,
  };
});

afterAll(() => database.drop());

beforeEach(() => {
  alias = randomUUID();
});

async function fail(times = 1): Promise<void> {
  const client = await database.pool.connect();
  for (let time = 0; time < times; time += 1) {
    await lockoutEffects.record_login_failure(context, client, [
      {
        kind: "record_login_failure",
        mountAccessor: "m",
        alias,
        threshold: 3,
        resetSeconds: 60,
        lockSeconds: 90,
      },
    ]);
  }
  client.release();
}

async function clear(unlock: boolean): Promise<boolean> {
  const client = await database.pool.connect();
  const [applied] = await lockoutEffects.clear_login_failures(context, client, [
    { kind: "clear_login_failures", mountAccessor: "m", alias, unlock },
  ]);
  client.release();
  return applied === true;
}

async function age(seconds: number): Promise<void> {
  await database.pool.query(
    `update lockout set first_failure_at = first_failure_at - make_interval(secs => $2),
       locked_until = locked_until - make_interval(secs => $2) where alias = $1`,
    [alias, seconds],
  );
}

const failures = () => lockoutReads(database.pool).loginFailures("m", alias);

test("failures are counted, and the one that reaches the threshold locks", async () => {
  expect(await failures()).toEqual({ count: 0, lockedSeconds: 0 });

  await fail(2);
  expect(await failures()).toEqual({ count: 2, lockedSeconds: 0 });

  await fail();
  const locked = await failures();
  expect(locked.count).toBe(3);
  expect(locked.lockedSeconds).toBeGreaterThan(80);
  expect(await lockoutReads(database.pool).lockedUsers(100)).toContainEqual({
    mountAccessor: "m",
    alias,
  });
});

test("a failure while it is locked does not prolong the lock", async () => {
  await fail(3);
  await age(50);

  await fail();

  expect((await failures()).lockedSeconds).toBeLessThan(45);
});

test("failures at once are all counted", async () => {
  await Promise.all([fail(), fail(), fail()]);

  expect((await failures()).lockedSeconds).toBeGreaterThan(0);
});

test("the count starts anew after the reset time, and after a lock has ended", async () => {
  await fail(2);
  await age(61);
  await fail();
  expect(await failures()).toEqual({ count: 1, lockedSeconds: 0 });

  await fail(2);
  await age(91);
  expect((await failures()).lockedSeconds).toBe(0);
  await fail();
  expect(await failures()).toEqual({ count: 1, lockedSeconds: 0 });
});

test("a good login clears the count, but not a lock that came meanwhile", async () => {
  await fail(2);
  expect(await clear(false)).toBe(true);
  expect((await failures()).count).toBe(0);
  expect(await clear(false)).toBe(true);

  await fail(3);
  expect(await clear(false)).toBe(false);
  expect((await failures()).lockedSeconds).toBeGreaterThan(0);

  expect(await clear(true)).toBe(true);
  expect(await failures()).toEqual({ count: 0, lockedSeconds: 0 });
});
