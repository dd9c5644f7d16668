import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CommitLane } from "@/lib/postgres/group-commit";
import { keyringOf } from "@/lib/postgres/keyring";
import { verifyChain, type ChainDefect } from "@/lib/postgres/verify-chain";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";

/** Three batches of five entries: sequence numbers 1–5, 6–10, 11–15. */
const BATCHES = 3;
const ROWS_A_BATCH = 5;

let database: TestDatabase;
let writer: string;

beforeAll(async () => {
  database = await cloneDatabase();
});

afterAll(() => database.drop());

beforeEach(async () => {
  await database.pool.query("truncate audit_entry, audit_batch, audit_retired");
  writer = await writeChain();
});

/** @returns the chain's writer. */
async function writeChain(): Promise<string> {
  const id = randomUUID();
  const keys = keyringOf([
    { id: randomUUID(), purpose: "seal", key: Buffer.alloc(32) },
    { id: randomUUID(), purpose: "mac", key: Buffer.alloc(32) },
  ]);
  const context = { pool: database.pool, keys, instanceId: id, newWriter: () => id };
  const lane = new CommitLane(context, null, () => undefined);
  for (let batch = 0; batch < BATCHES; batch += 1) {
    await lane.commit({ effects: [], rows: () => Array.from({ length: ROWS_A_BATCH }, entry) });
  }
  return id;
}

function entry() {
  return {
    at: new Date(),
    kind: "both" as const,
    requestId: randomUUID(),
    operation: "read",
    path: "aws/creds/app",
    status: 200,
    accessor: "an-accessor",
    leaseId: null,
    entry: '{"a": 1,  "b":"\\u0000 kept as it was written"}',
  };
}

async function alter(sql: string): Promise<ChainDefect[]> {
  await database.pool.query(sql.replaceAll("$writer", `'${writer}'`));
  return (await verifyChain(database.pool)).defects;
}

test("a log that nobody touched is whole, whatever the number of writers", async () => {
  await writeChain();

  expect(await verifyChain(database.pool)).toEqual({
    writers: 2,
    batches: 2 * BATCHES,
    rows: 2 * BATCHES * ROWS_A_BATCH,
    retired: 0,
    defects: [],
  });
});

describe("T190 one that was altered is found, at its batch", () => {
  test.each([
    ["entry", `'{}'`],
    ["path", "'aws/creds/other'"],
    ["operation", "'update'"],
    ["status", "403"],
    ["accessor", "null"],
    ["lease_id", "'l'"],
    ["kind", "'event'"],
    ["request_id", "gen_random_uuid()"],
    ["at", "at + interval '1 second'"],
  ])("an entry's %s was edited", async (column, value) => {
    const defects = await alter(`update audit_entry set ${column} = ${value} where seq = 7`);

    expect(defects).toEqual([{ writer, batch: 2, what: "row altered", seq: null }]);
  });

  test("two entries were exchanged", async () => {
    const defects = await alter(
      `update audit_entry set seq = case seq when 7 then 1008 when 8 then 1007 end where seq in (7, 8);
       update audit_entry set seq = seq - 1000 where seq > 1000`,
    );

    expect(defects).toEqual([{ writer, batch: 2, what: "row altered", seq: null }]);
  });

  test("an entry was removed", async () => {
    const defects = await alter("delete from audit_entry where seq = 8");

    expect(defects).toEqual([{ writer, batch: 2, what: "row missing", seq: 8 }]);
  });

  test("an entry was added behind the last batch", async () => {
    const defects = await alter(
      `insert into audit_entry select at, writer, 16, kind, request_id, operation, path, status, accessor, lease_id, entry
       from audit_entry where seq = 15`,
    );

    expect(defects).toEqual([{ writer, batch: null, what: "row without a batch", seq: 16 }]);
  });

  test("an entry was added under a number that exists", async () => {
    const defects = await alter(
      `insert into audit_entry select at + interval '1 hour', writer, seq, kind, request_id, operation, path, status, accessor, lease_id, entry
       from audit_entry where seq = 5`,
    );

    expect(defects).toMatchObject([{ writer, batch: 1 }]);
  });

  test("an entry of a writer that never was", async () => {
    const stranger = randomUUID();

    const defects = await alter(
      `insert into audit_entry select at, '${stranger}', 1, kind, request_id, operation, path, status, accessor, lease_id, entry
       from audit_entry where seq = 5`,
    );

    expect(defects).toEqual([
      { writer: stranger, batch: null, what: "row without a batch", seq: 1 },
    ]);
  });

  test("a batch was removed with its entries", async () => {
    const defects = await alter(
      "delete from audit_entry where seq between 6 and 10; delete from audit_batch where no = 2",
    );

    expect(defects).toEqual([{ writer, batch: 2, what: "batch missing", seq: null }]);
  });

  test("an entry was edited and its batch's hash replaced", async () => {
    const defects = await alter(
      `update audit_entry set path = 'x' where seq = 7; update audit_batch set hash = sha256('x') where no = 2`,
    );

    expect(defects).toEqual([
      { writer, batch: 2, what: "row altered", seq: null },
      { writer, batch: 3, what: "batch altered", seq: null },
    ]);
  });
});

test("days that were kept long enough may go, and what is left is still proven", async () => {
  await database.pool.query(
    `delete from audit_entry where seq <= 10;
     insert into audit_retired (before) values (now() - interval '5 minutes');
     update audit_batch set at = now() - interval '1 day' where no <= 2`,
  );

  expect(await verifyChain(database.pool)).toMatchObject({ retired: 2, defects: [] });

  await database.pool.query(`update audit_batch set at = now() + interval '1 day' where no = 2`);

  expect((await verifyChain(database.pool)).defects).toEqual([
    { writer, batch: 2, what: "row missing", seq: 6 },
  ]);
});
