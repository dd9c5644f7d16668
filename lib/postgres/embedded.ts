import { randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { EngineError } from "@/lib/engine/errors";
import { findAccount, type Account } from "@/lib/postgres/embedded-account";
import { findBinaries, type Binaries } from "@/lib/postgres/embedded-binaries";
import { findPlace, leaveNote } from "@/lib/postgres/embedded-place";
import { findServer, launchServer, type Cluster } from "@/lib/postgres/embedded-server";
import { isRunning, runProgram } from "@/lib/postgres/run-program";
import { withStartLock } from "@/lib/postgres/start-lock";

const DATABASE = "leasehold";
const STOP_MS = 20_000;
const POLL_MS = 20;

export type EmbeddedOptions = {
  /** Password, port, log and, where Postgres can reach it, the database itself. */
  dataDir: string;
  /** Settings of Postgres beside, or instead of, the usual ones. */
  settings?: Readonly<Record<string, string>>;
  log?: (line: string) => void;
};

export type EmbeddedDatabase = {
  url: string;
  pid: number;
  /** It was running already, for another process or left behind by one that was killed. */
  reused: boolean;
  /** Ends Postgres, unless another process uses it too. */
  stop(): Promise<void>;
};

/**
 * Starts the Postgres that came with npm on a data folder, or joins the one that runs on it.
 * It listens on loopback only, with a password of its own, and outlives this process if that is
 * killed: the next start joins it.
 *
 * @throws EngineError `unavailable`, with what to do about it.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const dataDir = resolve(options.dataDir);
  const log = options.log ?? (() => undefined);
  const account = findAccount();
  const mode = account.uid === undefined ? 0o700 : 0o711;
  mkdirSync(dataDir, { recursive: true, mode });
  return withStartLock(join(dataDir, "postgres.lock"), async () => {
    const cluster = await prepareCluster(dataDir, account, log);
    const running = await findServer(cluster);
    const server = running ?? (await launchServer(cluster, options.settings ?? {}));
    const url = (database: string) =>
      `postgresql://postgres:${cluster.password}@127.0.0.1:${server.port}/${database}`;
    await ensureDatabase(url, dataDir);
    log(running === null ? "Postgres started" : "joined the Postgres that was running already");
    const leave = joinUsers(dataDir);
    return {
      url: url(DATABASE),
      pid: server.pid,
      reused: running !== null,
      stop: () =>
        withStartLock(join(dataDir, "postgres.lock"), async () => {
          if (leave() === 0) {
            await stopServer(server.pid);
          }
        }),
    };
  });
}

async function prepareCluster(
  dataDir: string,
  account: Account,
  log: (line: string) => void,
): Promise<Cluster> {
  const binaries = await findBinaries(account);
  const { folder, noteMissing } = await findPlace(dataDir, account);
  const files = join(folder, `postgres-${binaries.major}`);
  const password = readOrMakePassword(join(dataDir, "postgres.password"));
  if (!existsSync(files)) {
    log(`making a database in ${files}`);
    await makeCluster(binaries, account, { files, password });
  }
  if (noteMissing) {
    leaveNote(dataDir, folder);
  }
  return { binaries, account, files, password, dataDir };
}

function readOrMakePassword(path: string): string {
  if (!existsSync(path)) {
    writeFileSync(path, `${randomBytes(18).toString("base64url")}\n`, { mode: 0o600 });
  }
  return readFileSync(path, "utf8").trim();
}

/** Made under another name, so that an interrupted attempt is not taken for a database. */
async function makeCluster(
  binaries: Binaries,
  account: Account,
  target: { files: string; password: string },
): Promise<void> {
  const unfinished = `${target.files}.unfinished`;
  // The password reaches initdb in a file that its account may read, which lives as long as it.
  const passwordFile = `${target.files}.initial-password`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, target.password, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) {
    chownSync(unfinished, account.uid, account.gid);
    chownSync(passwordFile, account.uid, account.gid);
  }
  const { succeeded, output } = await runProgram(
    join(binaries.bin, "initdb"),
    [
      ...["-D", unfinished, "-U", "postgres", "-E", "UTF8", "--no-instructions"],
      ...["--auth=scram-sha-256", `--pwfile=${passwordFile}`],
      // Compiled into Postgres, so that sorting depends on no locale of the machine.
      ...["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
    ],
    account,
  );
  rmSync(passwordFile, { force: true });
  if (!succeeded) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new EngineError(
      "unavailable",
      `The embedded Postgres could not make its database in ${target.files}: ${output.trim()}`,
    );
  }
  renameSync(unfinished, target.files);
}

async function ensureDatabase(url: (database: string) => string, dataDir: string): Promise<void> {
  const client = new pg.Client({ connectionString: url("postgres") });
  try {
    await client.connect();
    const found = await client.query("select 1 from pg_database where datname = $1", [DATABASE]);
    if (found.rowCount === 0) {
      await client.query(`create database ${DATABASE}`);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(
      "unavailable",
      `The embedded Postgres runs but refuses us: ${reason} (password file: ${join(dataDir, "postgres.password")})`,
      { cause },
    );
  } finally {
    await client.end();
  }
}

/** Notes that this process uses the server; the function returned takes that back and counts the others. */
function joinUsers(dataDir: string): () => number {
  const folder = join(dataDir, "postgres.users");
  mkdirSync(folder, { recursive: true });
  const own = join(folder, `${process.pid}.${randomBytes(4).toString("hex")}`);
  writeFileSync(own, "");
  return () => {
    rmSync(own, { force: true });
    const others = readdirSync(folder);
    const dead = others.filter((name) => !isRunning(Number.parseInt(name, 10)));
    dead.forEach((name) => rmSync(join(folder, name), { force: true }));
    return others.length - dead.length;
  };
}

/** A fast shutdown; where that takes too long, one that the next start recovers from. */
async function stopServer(pid: number): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    if (!isRunning(pid)) {
      return;
    }
    process.kill(pid, signal);
    const deadline = Date.now() + STOP_MS;
    while (isRunning(pid) && Date.now() < deadline) {
      await pause(POLL_MS);
    }
  }
}
