import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { EngineError } from "@/lib/engine/errors";

/** The lock of Prisma's own schema engine: the two never apply migrations at the same time. */
const PRISMA_LOCK = 72707369;

/** Prisma's own table, so that `prisma migrate` agrees about what was applied. */
const CREATE_TABLE = `
  create table if not exists _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

type Migration = { name: string; sql: string; checksum: string };

/**
 * Applies the migrations of `folder` (`<time>_<name>/migration.sql`) that the database lacks, in
 * order, each with its record in one transaction: a process killed at any point leaves nothing
 * half done. Of several instances that start at once, one applies, the others wait.
 *
 * @returns the names of those applied now.
 * @throws EngineError `unavailable` when an applied migration was edited since, when one fails, or
 *   when one was left unfinished by other tools.
 */
export async function migrate(url: string, folder: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: "leasehold-migrate" });
  await client.connect();
  try {
    await client.query("set client_min_messages = warning");
    await client.query("select pg_advisory_lock($1)", [PRISMA_LOCK]);
    await client.query(CREATE_TABLE);
    const missing = findMissing(readMigrations(folder), await readApplied(client));
    for (const migration of missing) {
      await apply(client, migration);
    }
    return missing.map(({ name }) => name);
  } finally {
    // The end of the session frees the lock.
    await client.end();
  }
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "migration.sql")))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

/** Name to checksum. */
async function readApplied(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(`
    select migration_name as name, checksum, finished_at is not null as finished
    from _prisma_migrations where rolled_back_at is null`);
  const unfinished = rows.find(({ finished }) => !finished);
  if (unfinished !== undefined) {
    throw new EngineError(
      "unavailable",
      `Migration ${unfinished.name} was begun and not finished: resolve it with \`prisma migrate resolve\`, then start again.`,
    );
  }
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

/** Names that only the database knows come from a newer release, which this one may run beside. */
function findMissing(migrations: Migration[], applied: ReadonlyMap<string, string>): Migration[] {
  const edited = migrations.find(({ name, checksum }) => {
    const recorded = applied.get(name);
    return recorded !== undefined && recorded !== checksum;
  });
  if (edited !== undefined) {
    throw new EngineError(
      "unavailable",
      `Migration ${edited.name} was edited after it was applied to this database: put the original back, and make the change in a new migration.`,
    );
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query("begin");
    await client.query(migration.sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       values ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query("commit");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError("unavailable", `Migration ${migration.name} failed: ${reason}`, {
      cause,
    });
  }
}
