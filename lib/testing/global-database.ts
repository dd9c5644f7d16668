import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statfsSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "@/lib/postgres/embedded";
import { migrate } from "@/lib/postgres/migrate";
import { isRunning } from "@/lib/postgres/run-program";

const TEMPLATE = "leasehold_template";
const PREFIX = "leasehold-test-";
/** A data folder takes 40 MB, each clone of the template some 8 MB more. */
const MEMORY_BYTES_MIN = 2 * 1024 ** 3;

/** Durability costs time, and no test outlives its server. */
const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  autovacuum: "off",
  max_connections: "300",
  shared_buffers: "128MB",
};

declare module "vitest" {
  // Vitest is told of provided values by merging into its interface, which a type cannot.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface ProvidedContext {
    database: { url: string; template: string };
  }
}

/**
 * One server for the run, with a template that every test file clones. LEASEHOLD_TEST_DATABASE_URL
 * names another server to use instead.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["LEASEHOLD_TEST_DATABASE_URL"];
  const { url, stop } =
    given === undefined ? await startServer() : { url: given, stop: () => Promise.resolve() };
  try {
    await makeTemplate(url, project.config.root);
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide("database", { url, template: TEMPLATE });
  return stop;
}

async function startServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const parent = memoryFolder() ?? tmpdir();
  removeAbandoned(parent);
  const dataDir = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  chmodSync(dataDir, 0o711);
  const server = await startEmbedded({ dataDir, settings: SETTINGS });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      removeElsewhere(dataDir);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(url: string, root: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`drop database if exists ${TEMPLATE}`);
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  await migrate(template.href, join(root, "prisma/migrations"));
}

function memoryFolder(): string | null {
  if (!existsSync("/dev/shm")) {
    return null;
  }
  const { bavail, bsize } = statfsSync("/dev/shm");
  return bavail * bsize > MEMORY_BYTES_MIN ? "/dev/shm" : null;
}

/** As root, with a temporary folder that nobody else may enter, the files lie where the note says. */
function removeElsewhere(dataDir: string): void {
  const note = join(dataDir, "postgres.location");
  const folder = existsSync(note) ? readFileSync(note, "utf8").split("\n")[0] : undefined;
  if (folder !== undefined) {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run that was killed leaves its folder; Postgres ends by itself when its files are gone. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const owner = Number.parseInt(name.slice(PREFIX.length), 10);
    if (name.startsWith(PREFIX) && !isRunning(owner)) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
}
