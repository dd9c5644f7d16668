import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPool } from "@/lib/postgres/pool";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";

let database: TestDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
});

afterAll(() => database.drop());

test("an idle connection that the server closes is reported and replaced", async () => {
  let report: (error: Error) => void = () => undefined;
  const reported = new Promise<Error>((resolve) => (report = resolve));
  const pool = openPool({
    url: database.url,
    applicationName: "closed-while-idle",
    connectionsMax: 1,
    onError: (error) => report(error),
  });
  await pool.query("select 1");

  await database.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'closed-while-idle'",
  );
  const error = await reported;
  const { rows } = await pool.query("select 1 as alive");
  await pool.end();

  expect(error.message).toContain("terminating connection");
  expect(rows).toEqual([{ alive: 1 }]);
});

test("a statement that runs too long is ended by the server", async () => {
  const pool = openPool({
    url: database.url,
    applicationName: "slow",
    connectionsMax: 1,
    statementTimeoutMs: 20,
    onError: () => undefined,
  });

  await expect(pool.query("select pg_sleep(10)")).rejects.toBeInstanceOf(pg.DatabaseError);

  await pool.end();
});
