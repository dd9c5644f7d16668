import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { claimDueLeases, mountsWithDueLeases } from "@/lib/postgres/claims";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";
import { insertLeases } from "@/lib/testing/many-rows";
import { watchPlans, type WatchedPool } from "@/lib/testing/plans";

const BUSY = "00000000-0000-4000-8000-00000000000b";
const QUIET = "00000000-0000-4000-8000-00000000000c";

let database: TestDatabase;
let watched: WatchedPool;

beforeAll(async () => {
  database = await cloneDatabase();
  watched = watchPlans(database.url);
  await insertLeases(database.pool, BUSY, 50_000);
  // A few of another mount, among all those of the busy one.
  await database.pool.query(
    "update lease set mount_id = $1 where id in (select id from lease order by issued_at limit 3)",
    [QUIET],
  );
});

afterAll(async () => {
  await watched.pool.end();
  await database.drop();
});

function claim(mountId: string, keysOff: boolean, limit: number) {
  return claimDueLeases(watched.pool, { fence: randomUUID(), mountId, keysOff }, limit);
}

async function dueSince(seconds: number, condition: string): Promise<void> {
  await database.pool.query(
    `update lease set next_attempt_at = now() - make_interval(secs => $1) where ${condition}`,
    [seconds],
  );
}

test("mounts with something due are found, and their leases claimed, without reading all leases", async () => {
  expect(await mountsWithDueLeases(watched.pool)).toEqual([]);
  await dueSince(1, `mount_id = '${QUIET}'`);
  expect(await mountsWithDueLeases(watched.pool)).toEqual([QUIET]);
  await dueSince(60, `mount_id = '${BUSY}' and role = 'role-1'`);
  expect((await mountsWithDueLeases(watched.pool)).sort()).toEqual([BUSY, QUIET].sort());
  expect(await claim(BUSY, false, 500)).toHaveLength(500);
  expect(await claim(BUSY, true, 16)).toEqual([]);

  const plans = await watched.take();
  expect(plans).toHaveLength(5);
  for (const plan of plans) expect(plan).not.toMatch(/Seq Scan on lease/);
});

test("a mount's leases are claimed oldest first, each once, and those of no other mount", async () => {
  await database.pool.query("update lease set fence = null, locked_until = null");
  await dueSince(30, `mount_id = '${QUIET}'`);

  const [first, second] = [await claim(QUIET, false, 2), await claim(QUIET, false, 2)];

  expect([first.length, second.length]).toEqual([2, 1]);
  expect(new Set([...first, ...second].map(({ id }) => id)).size).toBe(3);
  expect([...first, ...second].every(({ mountId }) => mountId === QUIET)).toBe(true);
});

test("nothing is cleared away while a credential that is due may still work, in whosever hands it is", async () => {
  await database.pool.query(
    "update lease set fence = null, locked_until = null, needs_undo = true where mount_id = $1",
    [QUIET],
  );
  await dueSince(30, `mount_id = '${QUIET}'`);
  const [off] = await claim(QUIET, false, 1);
  await database.pool.query(
    "update lease set keys_off_at = now(), fence = null, locked_until = null where id = $1",
    [off?.id],
  );

  const early = await claim(QUIET, true, 16);
  const inHands = await claim(QUIET, false, 2);
  const stillEarly = await claim(QUIET, true, 16);
  await database.pool.query("update lease set keys_off_at = now() where id = any($1::text[])", [
    inHands.map(({ id }) => id),
  ]);
  const then = await claim(QUIET, true, 16);

  expect([early, inHands.length, stillEarly]).toEqual([[], 2, []]);
  expect(then.map(({ id }) => id)).toEqual([off?.id]);
});
