import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LeaseFilter, LeaseSearch } from "@/lib/engine/lease/search";
import { leaseSearch } from "@/lib/postgres/lease-search";
import { fillSearch, refillSearch, sweepSearch } from "@/lib/postgres/search-fill";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";
import { insertLeases } from "@/lib/testing/many-rows";
import { watchPlans, type WatchedPool } from "@/lib/testing/plans";

const COUNT = 100_000;
const MOUNT = randomUUID();
const NOTHING: LeaseFilter = {
  mountIds: null,
  roles: null,
  kinds: null,
  accounts: null,
  without: { mountIds: null, roles: null, kinds: null, accounts: null },
  accessKeyId: null,
  accessor: null,
  words: [],
  issuedAfter: null,
  issuedBefore: null,
  endsAfter: null,
  endsBefore: null,
};

let database: TestDatabase;
let watched: WatchedPool;
let search: LeaseSearch;

beforeAll(async () => {
  database = await cloneDatabase();
  await insertLeases(database.pool, MOUNT, COUNT);
  while ((await fillSearch(database.pool, "lease")) !== null);
  watched = watchPlans(database.url);
  search = leaseSearch(watched.pool);
}, 120_000);

afterAll(async () => {
  await watched.pool.end();
  await database.drop();
});

const page = (
  filter: Partial<LeaseFilter>,
  more: Partial<Parameters<LeaseSearch["live"]>[1]> = {},
) =>
  search.live(
    { ...NOTHING, ...filter },
    { state: "live", sort: "-issued", limit: 50, after: null, ...more },
  );

describe("at 100,000 leases no search reads all of them", () => {
  const filters: [string, Partial<LeaseFilter>][] = [
    ["none", {}],
    ["one role", { mountIds: [MOUNT], roles: ["role-7"] }],
    ["two roles", { mountIds: [MOUNT], roles: ["role-7", "role-9"] }],
    ["a credential type", { kinds: ["iam_user"] }],
    ["an account", { accounts: ["111122223333"] }],
    ["an access key id", { accessKeyId: "ASIA0000000000004711" }],
    ["the accessor of a token that is gone", { accessor: "accessor-77" }],
    ["a session name", { words: ["session-4711"] }],
    ["two words", { words: ["role-7/", "app-47"] }],
    ["a word that is nowhere", { words: ["no-such-thing"] }],
    ["a role and a type", { mountIds: [MOUNT], roles: ["role-3"], kinds: ["session_token"] }],
  ];
  for (const [name, filter] of filters) {
    for (const sort of ["-issued", "ends"] as const) {
      test(`${name}, sorted by ${sort}`, async () => {
        await watched.take();
        await page(filter, { sort });
        const plans = await watched.take();
        expect(plans.length).toBeGreaterThan(0);
        for (const plan of plans) expect(plan).not.toMatch(/Seq Scan on lease/);
      });
    }
  }

  const nowhere: [string, Partial<LeaseFilter>][] = [
    ["a role and a type that never meet", { roles: ["role-3"], kinds: ["iam_user"] }],
    ["an account and types that never meet", { accounts: ["111122223333"], kinds: ["iam_user"] }],
    ["a mount that has no such role", { mountIds: [randomUUID()], roles: ["role-3"] }],
  ];
  test.each(nowhere)("%s: answered by the index over all of them", async (_name, filter) => {
    for (const sort of ["-issued", "ends"] as const) {
      await watched.take();
      expect(await page(filter, { sort })).toEqual([]);
      expect((await watched.take()).join("\n")).toContain("Index Scan using lease_facets");
    }
  });

  test.each(["active", "revoking", "irrevocable"] as const)("those that are %s", async (state) => {
    await watched.take();
    await page({}, { state });
    for (const plan of await watched.take()) expect(plan).not.toMatch(/Seq Scan on lease/);
  });
});

describe("a list", () => {
  test.each(["-issued", "issued", "ends", "-ends"] as const)(
    "sorted by %s is walked to its end without a gap or a repetition",
    async (sort) => {
      const filter = { mountIds: [MOUNT], roles: ["role-5"] };
      const ids: string[] = [];
      let after = null;
      for (;;) {
        const rows = await page(filter, { sort, limit: 499, after });
        ids.push(...rows.slice(0, 499).map((row) => row.id));
        if (rows.length <= 499) break;
        after = rows[498]?.position ?? null;
      }
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toHaveLength(COUNT / 40);
    },
  );

  test("stops counting one above the limit", async () => {
    expect(await search.count(NOTHING, "live", 10_000)).toBe(10_001);
    expect(await search.count({ ...NOTHING, roles: ["role-5"] }, "live", 10_000)).toBe(COUNT / 40);
    expect(await search.count({ ...NOTHING, words: ["session-4711"] }, "live", 100)).toBe(11);
  });
});

describe("free text", () => {
  const issue = (id: string) =>
    database.pool.query(
      `insert into lease (id, mount_id, role, kind, holder, handle, needs_undo, renewable, expires_at, next_attempt_at)
       values ($1, $2, 'late', 'iam_user', '{"displayName":"Somebody New"}', '{}', true, true,
         now() + interval '1 hour', now() + interval '1 hour')`,
      [id, MOUNT],
    );

  test("finds a lease as soon as it is issued, by any part and in any case", async () => {
    await issue("aws/creds/late/one");
    const found = await page({ words: ["dy new", "late/on"] });
    expect(found.map((lease) => lease.id)).toEqual(["aws/creds/late/one"]);
  });

  test("finds what has ended before anybody looked", async () => {
    await issue("aws/creds/late/two");
    await database.pool.query(
      `with gone as (delete from lease where id = 'aws/creds/late/two' returning *)
       insert into lease_ended (id, mount_id, role, kind, holder, handle, issued_at, expires_at, attempts, outcome)
       select id, mount_id, role, kind, holder, handle, issued_at, expires_at, 0, 'revoked' from gone`,
    );
    const rows = await search.ended(
      { ...NOTHING, words: ["late/two"] },
      { limit: 5, after: null, oldestFirst: false },
    );
    expect(rows).toMatchObject([{ id: "aws/creds/late/two", state: "ended", outcome: "revoked" }]);
  });

  test("takes characters of patterns as they are", async () => {
    expect(await page({ words: ["session%4711"] })).toEqual([]);
    expect(await page({ words: ["session_4711"] })).toEqual([]);
  });

  test("says up to when it is filled while there is much to add", async () => {
    const { pool } = database;
    await pool.query(`update search_mark set until = '-infinity' where name = 'lease'`);
    await pool.query(`delete from lease_search where issued_at > now() - interval '1000 seconds'`);
    const reached = await search.indexedUntil();
    expect(reached?.getTime()).toBeLessThan(Date.now());
    let rounds = 0;
    while ((await search.indexedUntil()) !== null) rounds += 1;
    expect(rounds).toBeLessThan(5);
    expect(await count()).toBe(COUNT + 2);
  });

  test("is made whole again where a commit took longer than the mark waits", async () => {
    const { pool } = database;
    await pool.query(`delete from lease_search where issued_at > now() - interval '200 seconds'`);
    await refillSearch(pool, "lease");
    expect(await count()).toBe(COUNT + 2);
  });

  test("forgets what is neither live nor kept among the ended", async () => {
    await database.pool.query(
      `insert into lease_search (lease_id, issued_at, doc) values ('aws/creds/old/x', now() - interval '91 days', 'x')`,
    );
    await sweepSearch(database.pool, 90);
    expect(await count()).toBe(COUNT + 2);
  });

  async function count(): Promise<number> {
    const rows = await database.pool.query<{ n: number }>(
      `select count(*)::int as n from lease_search`,
    );
    return rows.rows[0]?.n ?? 0;
  }
});
