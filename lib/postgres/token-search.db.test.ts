import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TokenFilter, TokenSearch } from "@/lib/engine/token/search";
import { tokenSearch } from "@/lib/postgres/token-search";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";
import { insertTokens } from "@/lib/testing/many-rows";
import { watchPlans, type WatchedPool } from "@/lib/testing/plans";

const COUNT = 100_000;
const MOUNT = randomUUID();
const NOTHING: TokenFilter = {
  mountIds: null,
  tokenStore: true,
  policies: null,
  words: [],
  issuedAfter: null,
  issuedBefore: null,
};

let database: TestDatabase;
let watched: WatchedPool;
let search: TokenSearch;

beforeAll(async () => {
  database = await cloneDatabase();
  await insertTokens(database.pool, MOUNT, COUNT);
  await database.pool.query("analyze lease");
  watched = watchPlans(database.url);
  search = tokenSearch(watched.pool);
  while ((await search.indexedUntil()) !== null);
}, 120_000);

afterAll(async () => {
  await watched.pool.end();
  await database.drop();
});

describe("at 100,000 tokens no search reads all of them", () => {
  const filters: [string, Partial<TokenFilter>][] = [
    ["none", {}],
    ["a mount", { mountIds: [MOUNT], tokenStore: false }],
    ["a session", { words: ["app/i-4711"] }],
    ["a word that is nowhere", { words: ["no-such-thing"] }],
  ];
  test.each(filters)("%s", async (_name, filter) => {
    await watched.take();
    await search.live({ ...NOTHING, ...filter }, { limit: 50, after: null, oldestFirst: false });
    for (const plan of await watched.take()) expect(plan).not.toMatch(/Seq Scan on token/);
  });

  test("nor does one token with its children", async () => {
    await watched.take();
    const token = await search.find("accessor-4709");
    const hmac = token?.hmac ?? "";
    expect(await search.tree(hmac, 10_000)).toEqual({ tokens: 2, leases: 0, groups: [] });
    expect(await search.children(hmac, 10)).toMatchObject([{ accessor: "accessor-4710" }]);
    for (const plan of await watched.take()) expect(plan).not.toMatch(/Seq Scan on token/);
  });
});

test("the list is walked without a gap or a repetition", async () => {
  const seen: string[] = [];
  let after = null;
  for (let page = 0; page < 20; page += 1) {
    const rows = await search.live(NOTHING, { limit: 499, after, oldestFirst: true });
    seen.push(...rows.slice(0, 499).map((row) => row.accessor));
    after = rows[498]?.position ?? null;
  }
  expect(seen).toEqual(seen.map((_accessor, index) => `accessor-${index + 1}`));
});
