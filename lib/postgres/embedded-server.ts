import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EngineError } from "@/lib/engine/errors";
import type { Account } from "@/lib/postgres/embedded-account";
import type { Binaries } from "@/lib/postgres/embedded-binaries";
import { isRunning, programName, PROGRAM_ENVIRONMENT } from "@/lib/postgres/run-program";

const START_MS = 120_000;
const POLL_MS = 10;
const LOG_BYTES_MAX = 10 * 1024 * 1024;
const ATTEMPTS_MAX = 20;
const RETRY_MS = 250;
/** Another program took the port in between; a killed server's children have not ended yet. */
const PASSING = /could not bind|is still in use/;

/** Modest enough for a laptop; a database of any size is better served by DATABASE_URL. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: "256MB",
  effective_cache_size: "1GB",
  work_mem: "16MB",
  maintenance_work_mem: "128MB",
  max_wal_size: "2GB",
  random_page_cost: "1.1",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
};

/** A database on disk and what it takes to run it. */
export type Cluster = {
  binaries: Binaries;
  account: Account;
  /** The folder of Postgres itself. */
  files: string;
  password: string;
  /** Ours: port and log. */
  dataDir: string;
};

export type Server = { pid: number; port: number };

/**
 * The server that runs on these files, once it answers; null when none does.
 *
 * @throws EngineError `unavailable` when one runs that does not answer.
 */
export async function findServer(cluster: Cluster): Promise<Server | null> {
  const lockFile = join(cluster.files, "postmaster.pid");
  const deadline = Date.now() + START_MS;
  for (;;) {
    const state = readLockFile(lockFile);
    if (state === null || !isRunning(state.pid)) {
      return null;
    }
    const name = programName(state.pid);
    if (name !== null && name !== "postgres") {
      // The number belongs to another program since a restart of the machine. Postgres would
      // take that for itself and refuse to start.
      rmSync(lockFile, { force: true });
      return null;
    }
    // One that was killed a moment ago still looks alive, but answers no more.
    if (state.status === "ready" && (await answers(state.port))) {
      return { pid: state.pid, port: state.port };
    }
    if (Date.now() > deadline) {
      throw new EngineError(
        "unavailable",
        `The Postgres of ${cluster.dataDir} (process ${state.pid}) runs but does not answer on port ${state.port}.`,
      );
    }
    await pause(POLL_MS);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/**
 * Starts Postgres on the port that it had before, else on a free one.
 *
 * @throws EngineError `unavailable` with what Postgres says about it.
 */
export async function launchServer(
  cluster: Cluster,
  settings: Readonly<Record<string, string>>,
): Promise<Server> {
  const logFile = join(cluster.dataDir, "postgres.log");
  const portFile = join(cluster.dataDir, "postgres.port");
  rotate(logFile);
  const kept = existsSync(portFile) ? Number(readFileSync(portFile, "utf8")) : 0;
  let port = await freePort(kept);
  for (let attempt = 1; ; attempt += 1) {
    const logged = sizeOf(logFile);
    const server = await attemptLaunch(cluster, { ...SETTINGS, ...settings }, port);
    if (server !== null) {
      writeFileSync(portFile, String(port));
      return server;
    }
    const reason = readFileSync(logFile).subarray(logged).toString();
    if (attempt === ATTEMPTS_MAX || !PASSING.test(reason)) {
      throw new EngineError(
        "unavailable",
        `The embedded Postgres could not start: ${whatPostgresSays(reason)} (log: ${logFile})`,
      );
    }
    port = await freePort(port);
    await pause(RETRY_MS);
  }
}

async function attemptLaunch(
  cluster: Cluster,
  settings: Readonly<Record<string, string>>,
  port: number,
): Promise<Server | null> {
  const out = openSync(join(cluster.dataDir, "postgres.log"), "a", 0o600);
  const options = Object.entries({ ...settings, port: String(port) });
  const child = spawn(
    join(cluster.binaries.bin, "postgres"),
    ["-D", cluster.files, ...options.flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    {
      ...cluster.account,
      cwd: "/",
      env: PROGRAM_ENVIRONMENT,
      stdio: ["ignore", out, out],
      // In a group of its own: Ctrl-C ends this process first, which then ends Postgres.
      detached: true,
    },
  );
  closeSync(out);
  const life = { ended: false };
  child.on("exit", () => (life.ended = true));
  child.on("error", () => (life.ended = true));
  const deadline = Date.now() + START_MS;
  while (!life.ended) {
    const state = readLockFile(join(cluster.files, "postmaster.pid"));
    if (child.pid !== undefined && state?.pid === child.pid && state.status === "ready") {
      child.unref();
      return { pid: child.pid, port };
    }
    if (Date.now() > deadline) {
      child.kill("SIGQUIT");
    }
    await pause(POLL_MS);
  }
  return null;
}

/**
 * Lines 1, 4 and 8: what `pg_ctl --wait` reads.
 *
 * @see https://www.postgresql.org/docs/18/storage-file-layout.html
 */
function readLockFile(path: string): { pid: number; port: number; status: string } | null {
  try {
    const lines = readFileSync(path, "utf8").split("\n");
    return { pid: Number(lines[0]), port: Number(lines[3]), status: (lines[7] ?? "").trim() };
  } catch {
    return null;
  }
}

/** `wanted` when nobody listens there, else a port that the system chooses. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", (error) => {
      if (wanted === 0) {
        reject(error);
      } else {
        resolve(freePort(0));
      }
    });
    probe.listen(wanted, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : wanted;
      probe.close(() => resolve(port));
    });
  });
}

function rotate(logFile: string): void {
  if (sizeOf(logFile) > LOG_BYTES_MAX) {
    renameSync(logFile, `${logFile}.1`);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Its last complaints with their hints, without time and process id. */
function whatPostgresSays(log: string): string {
  const said = log
    .split("\n")
    .filter((line) => /FATAL|PANIC|HINT|DETAIL|error while loading/.test(line))
    .map((line) => line.replace(/^.*?(FATAL|PANIC|HINT|DETAIL):\s+/, ""));
  return said.slice(-3).join(" ") || log.trim().slice(-500) || "it ended without a word";
}
