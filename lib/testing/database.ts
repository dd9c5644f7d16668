import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { openPool } from "@/lib/postgres/pool";

const CONNECTIONS_MAX = 10;

export type TestDatabase = { url: string; pool: pg.Pool; drop(): Promise<void> };

/** A database of the caller's own, migrated, empty; call it once for a test file and drop it at the end. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const { url: serverUrl, template } = inject("database");
  const name = `test_${randomBytes(6).toString("hex")}`;
  // Copying files is the quicker strategy for a template that nobody writes to.
  await asAdmin(serverUrl, `create database ${name} template ${template} strategy file_copy`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const pool = openPool({
    url: url.href,
    applicationName: name,
    connectionsMax: CONNECTIONS_MAX,
    onError: () => undefined,
  });
  return {
    url: url.href,
    pool,
    drop: async () => {
      await pool.end();
      await asAdmin(serverUrl, `drop database ${name} with (force)`);
    },
  };
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
