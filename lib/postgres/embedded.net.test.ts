import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startEmbedded, type EmbeddedDatabase } from "@/lib/postgres/embedded";
import { isRunning } from "@/lib/postgres/run-program";

const asRoot = process.getuid?.() === 0;
const FAST = { fsync: "off", shared_buffers: "16MB" };

let dataDir: string;
let started: EmbeddedDatabase[];

beforeEach(() => {
  const parent = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  dataDir = mkdtempSync(join(parent, "leasehold-embedded-"));
  chmodSync(dataDir, 0o711);
  started = [];
});

afterEach(async () => {
  for (const database of started) {
    await database.stop();
  }
  rmSync(databaseFolder(), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(settings: Record<string, string> = FAST): Promise<EmbeddedDatabase> {
  const database = await startEmbedded({ dataDir, settings });
  started.push(database);
  return database;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

test("a restart keeps data, port and password", async () => {
  const first = await start();
  await query(first.url, "create table kept as select 42 as answer");
  await first.stop();

  const second = await start();

  expect(second.url).toBe(first.url);
  expect(await query(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
  expect(isRunning(first.pid)).toBe(false);
});

test("only who reads the password file gets in, and only over loopback", async () => {
  const { url } = await start();
  const wrong = new URL(url);
  wrong.password = "postgres";

  await expect(query(wrong.href, "select 1")).rejects.toMatchObject({ code: "28P01" });

  expect(statSync(join(dataDir, "postgres.password")).mode & 0o777).toBe(0o600);
  expect(
    await query(
      url,
      "select name, setting from pg_settings where name in ('listen_addresses', 'unix_socket_directories') order by 1",
    ),
  ).toEqual([
    { name: "listen_addresses", setting: "127.0.0.1" },
    { name: "unix_socket_directories", setting: "" },
  ]);
});

test("several starts at once share one server, which ends with the last of them", async () => {
  const [first, second, third] = await Promise.all([start(), start(), start()]);

  const pids = [first, second, third].map(({ pid }) => pid);
  await first.stop();
  await second.stop();
  const answer = await query(third.url, "select 1 as alive");
  await third.stop();

  expect(new Set(pids).size).toBe(1);
  expect(answer).toEqual([{ alive: 1 }]);
  expect(isRunning(third.pid)).toBe(false);
});

test("the server that a killed process left behind is joined, and ended", async () => {
  const killed = await start();
  const users = join(dataDir, "postgres.users");
  const [own = ""] = readdirSync(users);
  renameSync(join(users, own), join(users, `${spawnSync("true").pid}.dead`));

  const next = await start();
  await next.stop();

  expect(next).toMatchObject({ pid: killed.pid, reused: true });
  expect(isRunning(killed.pid)).toBe(false);
});

test("a database that was killed starts again with what it acknowledged", async () => {
  const first = await start({ shared_buffers: "16MB" });
  await query(first.url, "create table kept as select 42 as answer");
  process.kill(first.pid, "SIGKILL");

  const second = await start();

  expect(second.reused).toBe(false);
  expect(await query(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
});

test("a process number that went to another program does not keep the database from starting", async () => {
  const first = await start();
  await first.stop();
  const files = readdirSync(databaseFolder()).find((name) => /^postgres-\d+$/.test(name)) ?? "";
  const lines = [String(process.pid), "", "", "5432", "", "", "", "ready"];
  writeFileSync(join(databaseFolder(), files, "postmaster.pid"), lines.join("\n"));

  const second = await start();

  expect(second.reused).toBe(false);
});

test("another program on its port makes it move", async () => {
  const first = await start();
  await first.stop();
  const squatter = createServer();
  await new Promise<void>((resolve) =>
    squatter.listen(Number(new URL(first.url).port), "127.0.0.1", resolve),
  );

  const second = await start();
  squatter.close();

  expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
  expect(await query(second.url, "select 1 as alive")).toEqual([{ alive: 1 }]);
});

test("a database that cannot start says why, and where the log is", async () => {
  const attempt = start({ shared_buffers: "much" });

  await expect(attempt).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringMatching(
      /could not start: .*"shared_buffers".*\(log: .*postgres\.log\)/,
    ) as string,
  });
});

test("a lost password file is named", async () => {
  const first = await start();
  await first.stop();
  rmSync(join(dataDir, "postgres.password"));

  const attempt = start();

  await expect(attempt).rejects.toThrow(
    /password authentication failed.*password file: .*postgres\.password/,
  );
  // Left running for whoever puts the right password back; this test ends it.
  process.kill(readPid(), "SIGINT");
});

test.runIf(asRoot)(
  "in a folder that only root may enter, the database lies elsewhere and a note says where",
  async () => {
    chmodSync(dataDir, 0o700);

    const first = await start();
    const folder = databaseFolder();
    await query(first.url, "create table kept as select 42 as answer");
    await first.stop();
    const second = await start();
    const rows = await query(second.url, "select answer from kept");
    await second.stop();

    expect(dirname(folder)).toBe("/var/lib/leasehold");
    expect(rows).toEqual([{ answer: 42 }]);
    rmSync(folder, { recursive: true });
    await expect(start()).rejects.toThrow(`lay in ${folder}, which is gone`);
  },
);

function databaseFolder(): string {
  const note = join(dataDir, "postgres.location");
  return existsSync(note) ? (readFileSync(note, "utf8").split("\n")[0] ?? "") : dataDir;
}

function readPid(): number {
  const files = readdirSync(dataDir).find((name) => /^postgres-\d+$/.test(name)) ?? "";
  return Number(readFileSync(join(dataDir, files, "postmaster.pid"), "utf8").split("\n")[0]);
}
