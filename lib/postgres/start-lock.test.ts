import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withStartLock } from "@/lib/postgres/start-lock";

let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "leasehold-lock-"));
  lock = join(folder, "lock");
});

afterEach(() => rmSync(folder, { recursive: true }));

test("of many at once, one works at a time, and no file is left", async () => {
  let inside = 0;
  let most = 0;

  await Promise.all(
    Array.from({ length: 8 }, () =>
      withStartLock(lock, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise(setImmediate);
        inside -= 1;
      }),
    ),
  );

  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test("work that fails releases the lock", async () => {
  const failing = withStartLock(lock, () => Promise.reject(new Error("no")));

  await expect(failing).rejects.toThrow("no");

  expect(existsSync(lock)).toBe(false);
});

test("the lock of a process that died is taken over, by one at a time", async () => {
  const { pid } = spawnSync("true");
  writeFileSync(lock, String(pid));
  const order: number[] = [];

  await Promise.all(
    [1, 2, 3].map((who) =>
      withStartLock(lock, async () => {
        order.push(who);
        await new Promise(setImmediate);
        order.push(who);
      }),
    ),
  );

  expect(order).toHaveLength(6);
  expect([order[0], order[2], order[4]]).toEqual([order[1], order[3], order[5]]);
});
