import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureInstallation, initialise, isInitialised } from "@/lib/postgres/installation";
import { keyringOf } from "@/lib/postgres/keyring";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";

const AT_ONCE = 20;

let database: TestDatabase;

beforeEach(async () => {
  database = await cloneDatabase();
});

afterEach(() => database.drop());

test("T102 of twenty who initialise at once one gets a root token, and later ones get none", async () => {
  const keys = keyringOf([
    { id: randomUUID(), purpose: "seal", key: randomBytes(32) },
    { id: randomUUID(), purpose: "mac", key: randomBytes(32) },
  ]);
  await ensureInstallation(database.pool, "", "test");

  const made = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) =>
      initialise(database.pool, keys, { token: `root-${n}`, accessor: `accessor-${n}` }),
    ),
  );
  const late = await initialise(database.pool, keys, { token: "late", accessor: "late" });

  expect(made.filter(Boolean)).toHaveLength(1);
  expect(late).toBe(false);
  const { rowCount } = await database.pool.query(
    "select 1 from token where 'root' = any(policies)",
  );
  expect(rowCount).toBe(1);
  expect(await isInitialised(database.pool)).toEqual({ initialized: true, sealed: false });
});

test("instances that start at once agree on one installation and its own mounts", async () => {
  const installed = await Promise.all(
    Array.from({ length: 5 }, () => ensureInstallation(database.pool, "", "test")),
  );

  expect(new Set(installed.map(({ clusterId }) => clusterId)).size).toBe(1);
  const { rows } = await database.pool.query<{ path: string }>(
    "select class || ' ' || path as path from mount order by 1",
  );
  expect(rows.map(({ path }) => path)).toEqual([...new Set(rows.map(({ path }) => path))]);
});
