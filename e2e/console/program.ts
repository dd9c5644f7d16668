import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const START_MS = 90_000;
const STOP_MS = 20_000;

/** A server of its own, on a free port, with a data folder and a Postgres of its own. */
export type Program = {
  url: string;
  dataDir: string;
  /** What it printed so far. */
  output(): string;
  /** Its database, to move instants of rows. */
  database: pg.Pool;
  stop(): Promise<void>;
};

/**
 * Starts a built program and waits until it says that it runs.
 *
 * @param program that of `npm run demo`, of `npm start`, or the demo of another build's file.
 * @param settings environment, beside the usual one of a test.
 */
export async function startProgram(
  program: "demo" | "server" | { demo: string },
  settings: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const dataDir = mkdtempSync(join(tmpdir(), "leasehold-console-"));
  const port = await freePort();
  const child = spawn(process.execPath, argumentsOf(program, port, dataDir), {
    cwd: ROOT,
    env: {
      ...process.env,
      NODE_ENV: "production",
      ...(program === "server" && {
        LEASEHOLD_PORT: String(port),
        LEASEHOLD_DATA_DIR: dataDir,
        LEASEHOLD_LOCAL_AWS: "on",
        LEASEHOLD_AMBIENT_AWS: "off",
      }),
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const stop = async (): Promise<void> => {
    await ended(child);
    removeData(dataDir);
  };
  try {
    await until(child, () => /Leasehold runs|"message":"ready"/.test(output));
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${output}`, { cause: error });
  }
  const database = new pg.Pool({ connectionString: databaseUrl(dataDir), max: 2 });
  database.on("error", () => undefined);
  return {
    url: `http://127.0.0.1:${port}`,
    dataDir,
    output: () => output,
    database,
    stop: async () => {
      await database.end();
      await stop();
    },
  };
}

function argumentsOf(
  program: Parameters<typeof startProgram>[0],
  port: number,
  dataDir: string,
): string[] {
  if (program === "server") return ["--enable-source-maps", "dist/server.js"];
  if (program === "demo") {
    return ["scripts/demo.mjs", "--port", String(port), "--data-dir", dataDir, "--no-fleet"];
  }
  const options = JSON.stringify({ port, dataDir, fleet: false });
  const file = join(dataDir, "start.mjs");
  const from = JSON.stringify(program.demo);
  writeFileSync(file, `import { startDemo } from ${from};\nawait startDemo(${options});\n`);
  return ["--enable-source-maps", file];
}

/** Where the embedded Postgres of a data folder listens, from the files that it leaves there. */
function databaseUrl(dataDir: string): string {
  const read = (name: string): string => readFileSync(join(dataDir, name), "utf8").trim();
  const [port] = read("postgres.port").split("\n");
  return `postgresql://postgres:${read("postgres.password")}@127.0.0.1:${port ?? ""}/leasehold`;
}

function until(child: ChildProcess, isReady: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (isReady()) done(resolve);
    };
    const done = (then: () => void): void => {
      clearTimeout(timer);
      child.stdout?.off("data", look);
      child.stderr?.off("data", look);
      then();
    };
    const timer = setTimeout(
      () => done(() => reject(new Error("the program did not start in time"))),
      START_MS,
    );
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
    child.once("exit", (code) =>
      done(() => reject(new Error(`the program ended with ${String(code)}`))),
    );
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    child.once("exit", () => {
      clearTimeout(kill);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** Where the account of Postgres cannot reach the folder, the database lies elsewhere: a note says where. */
function removeData(dataDir: string): void {
  const note = join(dataDir, "postgres.location");
  const elsewhere = existsSync(note) ? readFileSync(note, "utf8").split("\n")[0] : undefined;
  if (elsewhere !== undefined && elsewhere !== "") {
    rmSync(elsewhere, { recursive: true, force: true });
  }
  rmSync(dataDir, { recursive: true, force: true });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
