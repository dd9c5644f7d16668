import { randomBytes, randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { AuditRow } from "@/lib/engine/audit/row";
import { invalidRequest, type EngineError } from "@/lib/engine/errors";
import type { Effect } from "@/lib/engine/effects";
import { Secret } from "@/lib/engine/secret";
import { CommitLane, type CommitItem } from "@/lib/postgres/group-commit";
import { keyringOf } from "@/lib/postgres/keyring";
import { openPool } from "@/lib/postgres/pool";
import { verifyChain } from "@/lib/postgres/verify-chain";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";
import { startDatabaseProxy, type DatabaseProxy } from "@/lib/testing/database-proxy";

const QUEUE_MAX = 4096;

let database: TestDatabase;
let proxy: DatabaseProxy;
/** The lane's connections, through the proxy; the tests look at the tables past it. */
let pool: pg.Pool;
let lane: CommitLane;
let told: AuditRow[];

beforeAll(async () => {
  database = await cloneDatabase();
  proxy = await startDatabaseProxy(database.url);
});

afterAll(async () => {
  await proxy.close();
  await database.drop();
});

beforeEach(async () => {
  await database.pool.query("truncate audit_entry, audit_batch, token");
  pool = openPool({
    url: proxy.url,
    applicationName: "lane",
    connectionsMax: 4,
    onError: () => undefined,
  });
  told = [];
  lane = newLane(null);
});

afterEach(async () => {
  proxy.refuse(false);
  proxy.cuts.splice(0);
  await database.pool.query("drop trigger if exists fails on token");
  await pool.end();
});

function newLane(batchMax: number | null): CommitLane {
  const keys = keyringOf([
    { id: randomUUID(), purpose: "seal", key: randomBytes(32) },
    { id: randomUUID(), purpose: "mac", key: randomBytes(32) },
  ]);
  const context = { pool, keys, instanceId: randomUUID(), newWriter: () => randomUUID() };
  return new CommitLane(context, batchMax, (rows) => told.push(...rows));
}

function row(path: string): AuditRow {
  return {
    at: new Date(),
    kind: "both",
    requestId: randomUUID(),
    operation: "read",
    path,
    status: 200,
    accessor: null,
    leaseId: null,
    entry: JSON.stringify({ path }),
  };
}

/** An item whose entry's path tells whether it was refused. */
function item(path: string, effects: readonly Effect[] = []): CommitItem {
  return {
    effects,
    rows: (refusal: EngineError | null) => [row(refusal === null ? path : `refused ${path}`)],
  };
}

function granting(hmac: string, accessor: string): Effect {
  return {
    kind: "grant_token",
    refused: invalidRequest("taken"),
    grant: {
      clientToken: new Secret("s"),
      hmac,
      accessor,
      kind: "service",
      parentHmac: null,
      policies: ["default"],
      identityPolicies: [],
      path: "auth/token/create",
      displayName: "token",
      meta: null,
      numUses: 0,
      ttlSeconds: 60,
      explicitMaxTtlSeconds: 0,
      periodSeconds: 0,
      renewable: true,
      role: null,
      entityId: null,
      entityCreated: false,
      boundCidrs: [],
      mountId: null,
      renewal: null,
      leased: true,
    },
  };
}

const newGrant = (name: string): Effect => granting(randomBytes(32).toString("hex"), name);

async function paths(): Promise<string[]> {
  const result = await database.pool.query<{ path: string }>(
    "select path from audit_entry order by path",
  );
  return result.rows.map((entry) => entry.path);
}

async function count(table: "token" | "audit_batch"): Promise<number> {
  const result = await database.pool.query<{ n: number }>(
    `select count(*)::int as n from ${table}`,
  );
  return result.rows[0]?.n ?? -1;
}

/** Statements on `token` fail with this SQLSTATE the first `times` times, even when rolled back. */
async function failOnTokens(state: string, times: number): Promise<void> {
  await database.pool.query(`
    create sequence if not exists failures;
    select setval('failures', 1, false);
    create or replace function fail() returns trigger language plpgsql as $$
    begin
      if nextval('failures') <= ${times} then raise exception using errcode = '${state}'; end if;
      return new;
    end $$;
    create trigger fails before insert on token for each statement execute function fail()`);
}

async function attempts(): Promise<number> {
  const result = await database.pool.query<{ n: number }>(
    "select last_value::int as n from failures",
  );
  return result.rows[0]?.n ?? -1;
}

test("requests that come together are committed together, in a chain without gaps", async () => {
  await Promise.all(Array.from({ length: 600 }, (_, n) => lane.commit(item(`p${n}`))));
  await lane.commit(item("last"));

  const { rows } = await database.pool.query("select no::int from audit_batch order by no");
  expect(await paths()).toHaveLength(601);
  expect(rows.map((batch: { no: number }) => batch.no)).toEqual([1, 2, 3, 4]);
  expect(await verifyChain(database.pool)).toEqual({
    writers: 1,
    batches: 4,
    rows: 601,
    retired: 0,
    defects: [],
  });
  expect(told).toHaveLength(601);
});

test("one request that cannot be stored is rejected alone, the others of its batch go through", async () => {
  const all = Array.from({ length: 50 }, (_, n) =>
    lane.commit(item(n === 17 ? "with \0 in it" : `p${n}`)),
  );

  const settled = await Promise.allSettled(all);

  const rejected = settled.flatMap((one, n) => (one.status === "rejected" ? [n] : []));
  expect(rejected).toEqual([17]);
  expect(settled[17]).toMatchObject({ reason: { kind: "invalid_request" } });
  expect(await paths()).toHaveLength(49);
  expect((await verifyChain(database.pool)).defects).toEqual([]);
});

test("two requests for the same row get one grant and one refusal", async () => {
  const hmac = randomBytes(32).toString("hex");

  const settled = await Promise.allSettled([
    lane.commit(item("one", [granting(hmac, "a")])),
    lane.commit(item("two", [granting(hmac, "b")])),
  ]);

  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(await count("token")).toBe(1);
  expect(await paths()).toEqual(["one", "refused two"]);
});

test("an effect that is refused takes the request's earlier effects with it, and is told in the log", async () => {
  const hmac = randomBytes(32).toString("hex");
  const single = newLane(1);
  await single.commit(item("first", [granting(hmac, "a")]));

  const second = single.commit(item("second", [newGrant("b"), granting(hmac, "c")]));

  await expect(second).rejects.toMatchObject({ message: "taken" });
  expect(await count("token")).toBe(1);
  expect(await paths()).toEqual(["first", "refused second"]);
});

test.each(["40P01", "40001"])(
  "T166 a batch that fails with %s is tried again, and takes effect once",
  async (state) => {
    await failOnTokens(state, 3);

    await Promise.all([
      lane.commit(item("one", [newGrant("a")])),
      lane.commit(item("two", [newGrant("b")])),
    ]);

    expect(await count("token")).toBe(2);
    expect(await paths()).toEqual(["one", "two"]);
    expect(await attempts()).toBe(4);
  },
);

test("T166 a batch that fails five times is answered unavailable, and nothing of it stays", async () => {
  await failOnTokens("40P01", 1000);

  await expect(lane.commit(item("one", [newGrant("a")]))).rejects.toMatchObject({
    kind: "unavailable",
  });

  expect(await count("token")).toBe(0);
  expect(await paths()).toEqual([]);
  expect(await attempts()).toBe(5);
});

test.each([
  ["53100", "a full disk"],
  ["25006", "a read-only server"],
])("T167 with %s (%s) nothing is changed, and it goes on by itself", async (state) => {
  await failOnTokens(state, 1);

  const refused = lane.commit(item("one", [newGrant("a")]));
  await expect(refused).rejects.toMatchObject({ kind: "unavailable" });
  await lane.commit(item("two", [newGrant("b")]));

  expect(await paths()).toEqual(["two"]);
  expect((await verifyChain(database.pool)).defects).toEqual([]);
});

test("T163 beyond 4,096 waiting requests the next one is answered unavailable at once", async () => {
  const blocker = await database.pool.connect();
  await blocker.query("begin; lock table audit_batch in access exclusive mode");
  const first = lane.commit(item("first"));
  await expect.poll(waiting).toBe(1);
  const queued = Array.from({ length: QUEUE_MAX }, (_, n) => lane.commit(item(`q${n}`)));

  const over = lane.commit(item("over"));

  await expect(over).rejects.toMatchObject({ kind: "unavailable" });
  await blocker.query("rollback");
  blocker.release();
  await Promise.all([first, ...queued]);
  expect(await paths()).toHaveLength(QUEUE_MAX + 1);
});

/** Statements of the lane that wait for a lock. */
async function waiting(): Promise<number> {
  const result = await database.pool.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity
     where application_name = 'lane' and datname = current_database() and wait_event_type = 'Lock'`,
  );
  return result.rows[0]?.n ?? -1;
}

test.each([
  ["of a transaction", [newGrant("a")]],
  ["of entries alone", []],
])("T166 a commit %s whose answer is lost counts once, and is answered", async (_, effects) => {
  proxy.cuts.push({ direction: "reply", marker: effects.length > 0 ? "COMMIT\0" : "INSERT 0 1\0" });

  await lane.commit(item("one", effects));
  await lane.commit(item("two"));

  expect(proxy.cuts).toEqual([]);
  expect(await paths()).toEqual(["one", "two"]);
  expect(await count("token")).toBe(effects.length);
  expect(await count("audit_batch")).toBe(2);
  expect((await verifyChain(database.pool)).defects).toEqual([]);
  expect(told).toHaveLength(2);
});

test.each([
  ["of a transaction", [newGrant("a")]],
  ["of entries alone", []],
])("T166 a commit %s that never arrived is sent again", async (_, effects) => {
  proxy.cuts.push({ direction: "request", marker: "insert_audit_rows" });

  await lane.commit(item("one", effects));

  expect(proxy.cuts).toEqual([]);
  expect(await paths()).toEqual(["one"]);
  expect(await count("token")).toBe(effects.length);
  expect((await verifyChain(database.pool)).defects).toEqual([]);
});

test("a commit whose fate cannot be learned is answered unavailable, and the chain goes on without it", async () => {
  await lane.commit(item("before"));
  proxy.cuts.push({ direction: "reply", marker: "COMMIT\0" });
  const blocked = lane.commit(item("lost", [newGrant("a")]));
  proxy.refuse(true);

  await expect(blocked).rejects.toMatchObject({ kind: "unavailable" });
  proxy.refuse(false);
  await lane.commit(item("after"));

  const report = await verifyChain(database.pool);
  expect(report).toMatchObject({ writers: 2, defects: [] });
  expect(await paths()).toEqual(["after", "before", "lost"]);
});

test("T162 with the database away requests are answered unavailable at once, and later ones go through", async () => {
  await lane.commit(item("before"));
  proxy.refuse(true);
  proxy.cutAll();

  await expect(lane.commit(item("lost"))).rejects.toMatchObject({ kind: "unavailable" });
  proxy.refuse(false);
  await lane.commit(item("after"));

  expect(await paths()).toEqual(["after", "before"]);
  expect((await verifyChain(database.pool)).defects).toEqual([]);
});
