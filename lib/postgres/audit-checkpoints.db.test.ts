import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Checkpointer } from "@/lib/postgres/audit-checkpoints";
import { CommitLane } from "@/lib/postgres/group-commit";
import { ensureInstallation } from "@/lib/postgres/installation";
import { keyringOf } from "@/lib/postgres/keyring";
import { verifyCheckpoints } from "@/lib/postgres/verify-checkpoints";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";

/** Entries of a commit. */
const ROWS = 5;

let database: TestDatabase;
let lanes: CommitLane[];
let checkpointer: Checkpointer;
const keys = keyringOf([
  { id: randomUUID(), purpose: "seal", key: Buffer.alloc(32, 1) },
  { id: randomUUID(), purpose: "mac", key: Buffer.alloc(32, 2) },
]);

beforeAll(async () => {
  database = await cloneDatabase();
  await ensureInstallation(database.pool, "", "test");
});

afterAll(() => database.drop());

beforeEach(async () => {
  await database.pool.query(
    "truncate audit_entry, audit_batch, audit_checkpoint, audit_head, audit_signing_key",
  );
  lanes = Array.from({ length: 3 }, () => {
    const context = { pool: database.pool, keys, instanceId: randomUUID(), newWriter: randomUUID };
    return new CommitLane(context, null, () => undefined);
  });
  checkpointer = new Checkpointer(database.pool, keys);
});

async function write(lane: number, count = ROWS): Promise<void> {
  const entry = () => ({
    ...{ at: new Date(), kind: "both" as const, requestId: randomUUID(), operation: "read" },
    ...{ path: "aws/creds/app", status: 200, accessor: null, leaseId: null, entry: "{}" },
  });
  await lanes[lane]?.commit({ effects: [], rows: () => Array.from({ length: count }, entry) });
}

/** Makes the last checkpoint as old as this; it is no longer what was signed, which is not asked here. */
async function age(seconds: number): Promise<void> {
  await database.pool.query(`update audit_checkpoint set at = at - make_interval(secs => $1)`, [
    seconds,
  ]);
}

const checkpoints = async (): Promise<{ no: string; entries: string; writers: number }[]> => {
  const { rows } = await database.pool.query<{ no: string; entries: string; writers: number }>(
    `select no, entries, writers from audit_checkpoint order by no`,
  );
  return rows;
};

test("T191 a checkpoint is signed 10 s after the last or with 1,000 entries, however little or much there is", async () => {
  expect(await checkpointer.look()).toBe(false);

  await write(0);
  expect(await checkpointer.look()).toBe(true);
  await write(1);
  expect(await checkpointer.look()).toBe(false);
  await age(9);
  expect(await checkpointer.look()).toBe(true);
  await write(2, 994);
  expect(await checkpointer.look()).toBe(false);
  await write(0, 6);
  expect(await checkpointer.look()).toBe(true);

  expect(await checkpoints()).toMatchObject([
    { no: "1", entries: "5", writers: 1 },
    { no: "2", entries: "10", writers: 2 },
    { no: "3", entries: "1010", writers: 3 },
  ]);
});

test("T191 each checkpoint follows from the one before", async () => {
  for (let turn = 0; turn < 9; turn += 1) {
    await write(turn % 3);
    await checkpointer.look({ force: true });
  }

  const report = await verifyCheckpoints(database.pool);

  expect(report).toMatchObject({ checkpoints: 9, defects: [], last: { no: 9, entries: 45 } });
});

test("instances that look at once sign each number once", async () => {
  const others = Array.from({ length: 3 }, () => new Checkpointer(database.pool, keys));
  for (let turn = 0; turn < 4; turn += 1) {
    await write(turn % 3);
    await Promise.all(others.map((one) => one.look({ force: true })));
  }

  const report = await verifyCheckpoints(database.pool);

  expect(report.defects).toEqual([]);
  expect(report.last?.entries).toBe(20);
});

describe("T190 what was signed and altered is found", () => {
  beforeEach(async () => {
    for (let turn = 0; turn < 6; turn += 1) {
      await write(turn % 2);
      await checkpointer.look({ force: true });
    }
  });

  test.each([
    ["entries", "entries = entries + 1", "not signed by us"],
    ["time", "at = at + interval '1 second'", "not signed by us"],
    ["signature", "signature = sha512(signature)", "not signed by us"],
    ["heads", "heads = '[]'", "checkpoint altered"],
    ["key", "key_id = (select id from other)", "not signed by us"],
  ])("a checkpoint's %s", async (_name, change, what) => {
    await database.pool.query(`
      with other as (
        insert into audit_signing_key (id, public_key, sealed)
        select gen_random_uuid(), public_key, sealed from audit_signing_key returning id)
      update audit_checkpoint set ${change} where no = 3`);

    const { defects, last } = await verifyCheckpoints(database.pool);

    expect(defects[0]).toEqual({ checkpoint: 3, what, writer: null, batch: null });
    expect(last?.no).toBe(2);
  });

  test("a checkpoint that was removed", async () => {
    await database.pool.query("delete from audit_checkpoint where no = 3");

    const { defects } = await verifyCheckpoints(database.pool);

    expect(defects[0]).toMatchObject({ checkpoint: 3, what: "checkpoint missing" });
  });

  test("the end of a writer's chain that was cut off", async () => {
    const { rows } = await database.pool.query<{ writer: string }>(
      `delete from audit_batch where (writer, no) = (select writer, no from audit_batch order by at desc limit 1)
       returning writer`,
    );

    expect((await verifyCheckpoints(database.pool)).defects).toEqual([
      { checkpoint: 6, what: "batch missing", writer: rows[0]?.writer, batch: 3 },
    ]);
  });

  test("a writer's chain that was written anew from a place on", async () => {
    await database.pool.query(`update audit_batch set hash = sha256(hash) where no >= 2`);

    const { defects } = await verifyCheckpoints(database.pool);

    expect(defects[0]).toMatchObject({ checkpoint: 3, what: "batch not as signed", batch: 2 });
    expect(defects).toHaveLength(4);
  });
});
