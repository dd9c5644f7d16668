import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_FLEET } from "@/lib/aws-simulator/default-fleet";
import { type AwsSimulator, startAwsSimulator } from "@/lib/aws-simulator/server";
import { type Api, apiAt } from "@/lib/demo/api";
import { seedDemo } from "@/lib/demo/seed";
import { fillRows } from "@/lib/demo-rows/fill";
import { openRowsPool } from "@/lib/demo-rows/workloads";
import { verifyChain } from "@/lib/postgres/verify-chain";
import { startTestLeasehold, type TestLeasehold } from "@/lib/testing/leasehold";

/** Every day gets its partitions and its indices, which takes a busy machine a while. */
const SLOW_MS = 90_000;

let simulator: AwsSimulator;
let leasehold: TestLeasehold;
let pool: pg.Pool;
let api: Api;

beforeAll(async () => {
  [simulator, leasehold] = await Promise.all([
    startAwsSimulator({ seed: DEFAULT_FLEET }),
    startTestLeasehold(),
  ]);
  api = apiAt(leasehold.url, leasehold.rootToken);
  await seedDemo(api, simulator.url, { admin: "a", oncall: "b", auditor: "c" });
  pool = openRowsPool(leasehold.databaseUrl);
});
afterAll(async () => {
  await pool.end();
  await leasehold.stop();
  await simulator.close();
});

async function counts(): Promise<Record<string, number>> {
  const result = await pool.query<Record<string, number>>(`
    select (select count(*)::int from lease) as leases, (select count(*)::int from lease_ended) as ended,
      (select count(*)::int from token where path = 'auth/aws/login') as tokens,
      (select count(*)::int from token_ended) as "endedTokens",
      (select count(*)::int from lease_search) as texts,
      (select count(*)::int from audit_entry where at < now() - interval '10 minutes') as entries,
      (select count(*)::int from audit_entry_default) as "withoutDay"`);
  return result.rows[0] ?? {};
}

test(
  "rows are written once, on mounts and roles of the demo, and the log's chain holds",
  async () => {
    const told: string[] = [];

    await fillRows(pool, { leases: 1_000, entries: 21_000, days: 3 }, (what) => told.push(what));
    const first = await counts();
    await fillRows(pool, { leases: 1_000, entries: 21_000, days: 3 }, () => undefined);

    expect(first).toEqual({
      ...{ leases: 1_000, ended: 500, tokens: 200, endedTokens: 100, texts: 1_500 },
      ...{ entries: 21_000, withoutDay: 0 },
    });
    expect(await counts()).toEqual(first);
    expect(told).toContain("entries of the log");
    expect((await verifyChain(pool)).defects).toEqual([]);
    const day = 24 * 3_600_000;
    const range = { from: new Date(Date.now() - 2 * day), to: new Date(Date.now() - day) };
    expect((await verifyChain(pool, range)).defects).toEqual([]);
  },
  SLOW_MS,
);

test(
  "more can be added later",
  async () => {
    await fillRows(pool, { leases: 1_200, entries: 22_000, days: 3 }, () => undefined);

    expect(await counts()).toMatchObject({ leases: 1_200, ended: 600, entries: 22_000 });
    expect((await verifyChain(pool)).defects).toEqual([]);
  },
  SLOW_MS,
);

test("what is written is found by its mount, role and words, and has nothing due", async () => {
  const leases = await api("GET sys/leasehold/leases?mount=aws/&kind=iam_user&count=true");
  const text = await api("GET sys/leasehold/leases?q=orders-api&state=any");
  const login = await api("GET sys/leasehold/audit?path=auth/aws/login&outcome=success");
  const due = await pool.query(
    "select 1 from lease where next_attempt_at < now() + interval '1 day'",
  );

  expect(leases).toMatchObject({ data: { count: expect.any(Number) as number } });
  expect(JSON.stringify(text)).toContain("assumed-role/orders-api/i-0");
  expect(JSON.stringify(login)).toContain('"display_name":"aws-');
  expect(due.rowCount).toBe(0);
});
