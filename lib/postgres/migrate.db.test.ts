import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "@/lib/postgres/migrate";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await cloneDatabase();
  folder = mkdtempSync(join(tmpdir(), "leasehold-migrations-"));
});

afterEach(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

function write(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "migration.sql"), sql);
}

async function columnsOf(table: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    "select column_name as name from information_schema.columns where table_name = $1 order by ordinal_position",
    [table],
  );
  return rows.map(({ name }) => name);
}

test("migrations are applied in order, once", async () => {
  write("20990102000000_second", "alter table fruit add column b int; select 1;");
  write("20990101000000_first", "create table fruit (a int)");

  const first = await migrate(database.url, folder);
  const second = await migrate(database.url, folder);

  expect(first).toEqual(["20990101000000_first", "20990102000000_second"]);
  expect(second).toEqual([]);
  expect(await columnsOf("fruit")).toEqual(["a", "b"]);
});

test("the record is the one that Prisma would have written", async () => {
  write("20990101000000_first", "select 1;\n");

  await migrate(database.url, folder);

  const { rows } = await database.pool.query(
    `select checksum, length(id) as id, finished_at is not null as finished, rolled_back_at, logs, applied_steps_count
     from _prisma_migrations where migration_name = '20990101000000_first'`,
  );
  expect(rows).toEqual([
    {
      // sha256sum of the file
      checksum: "4a45092ccf992ea92250053a80b931b787924ba61648f420555511b84f10ab6c",
      id: 36,
      finished: true,
      rolled_back_at: null,
      logs: null,
      applied_steps_count: 1,
    },
  ]);
});

test("an edited migration is refused by name, and nothing else is applied", async () => {
  write("20990101000000_first", "create table fruit (a int)");
  await migrate(database.url, folder);
  write("20990101000000_first", "create table fruit (a bigint)");
  write("20990102000000_second", "create table nut (a int)");

  const attempt = migrate(database.url, folder);

  await expect(attempt).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("20990101000000_first was edited") as string,
  });
  expect(await columnsOf("nut")).toEqual([]);
});

test("a migration that fails leaves nothing of itself, and can be mended", async () => {
  write("20990101000000_first", "create table fruit (a int); select nonsense;");

  await expect(migrate(database.url, folder)).rejects.toThrow(
    '20990101000000_first failed: column "nonsense" does not exist',
  );
  write("20990101000000_first", "create table fruit (b int)");
  await migrate(database.url, folder);

  expect(await columnsOf("fruit")).toEqual(["b"]);
});

test("of instances that start at once, one applies and the others wait for it", async () => {
  write("20990101000000_first", "select pg_sleep(0.05); create table fruit (a int)");

  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url, folder)));

  expect(applied.flat()).toEqual(["20990101000000_first"]);
});

test("a database that a newer release has migrated is accepted", async () => {
  write("20990101000000_first", "create table fruit (a int)");
  await migrate(database.url, folder);
  rmSync(join(folder, "20990101000000_first"), { recursive: true });

  expect(await migrate(database.url, folder)).toEqual([]);
});

test("a migration that other tools left unfinished is refused by name", async () => {
  await database.pool.query(
    "insert into _prisma_migrations (id, checksum, migration_name) values ('x', 'y', '20990101000000_first')",
  );

  await expect(migrate(database.url, folder)).rejects.toThrow(
    "20990101000000_first was begun and not finished",
  );
});
