import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_FLEET, FLEET_ACCOUNTS } from "@/lib/aws-simulator/default-fleet";
import { type AwsSimulator, startAwsSimulator } from "@/lib/aws-simulator/server";
import { type Config, readConfig } from "@/lib/config";
import { apiAt } from "@/lib/demo/api";
import { type Fleet, startFleet } from "@/lib/demo/fleet";
import { liveThrough } from "@/lib/demo/life";
import { keepNotes, type Notes, openNotes } from "@/lib/demo/notes";
import { isOurs, seedDemo } from "@/lib/demo/seed";
import { type Amounts, fillRows, type Progress } from "@/lib/demo-rows/fill";
import { openRowsPool } from "@/lib/demo-rows/workloads";
import { EngineError, isEngineError } from "@/lib/engine/errors";
import { openDatabase } from "@/lib/process/database";
import { type Leasehold, startLeasehold } from "@/lib/process/leasehold";
import { createLog, type Log } from "@/lib/process/log";

export type DemoOptions = {
  port: number;
  dataDir: string;
  /** Whether simulated workloads log in and draw credentials. */
  fleet: boolean;
  /** Live leases and entries of the log to have, as weeks of use would have left them. */
  rows?: Amounts;
};

const PROGRESS_MS = 5_000;

type Running = { simulator: AwsSimulator; leasehold: Leasehold; fleet: Fleet | null };

/**
 * Starts the AWS simulator, Leasehold and the fleet in this process, fills the installation in, and
 * says where to look. Runs until it is told to stop.
 *
 * @throws EngineError with a sentence for whoever started it.
 */
export async function startDemo(options: DemoOptions): Promise<void> {
  const log = fileLog(options.dataDir);
  const notes = openNotes(options.dataDir);
  const simulator = await startSimulator(notes);
  keepNotes(options.dataDir, { ...notes, simulatorPort: Number(new URL(simulator.url).port) });
  const leasehold = await step("starting the database and the server", () =>
    startServer(options, notes, log),
  );
  await step("filling in accounts, mounts, roles, policies, operators", async () => {
    const api = apiAt(leasehold.url, notes.rootToken);
    if (!(await isOurs(api))) {
      throw new EngineError("invalid_request", notOurs(options.dataDir));
    }
    await seedDemo(api, simulator.url, notes.passwords);
  });
  if (options.fleet) {
    await step("letting operators work for a while", () =>
      liveThrough({
        url: leasehold.url,
        api: apiAt(leasehold.url, notes.rootToken),
        simulatorUrl: simulator.url,
        passwords: notes.passwords,
      }),
    );
  }
  await fillIn(options, log);
  const fleet = options.fleet
    ? startFleet({
        url: leasehold.url,
        simulatorUrl: simulator.url,
        report: (machine, error) => log.warn("a machine of the fleet failed", { machine, error }),
      })
    : null;
  stopOnSignal({ simulator, leasehold, fleet }, log);
  process.stdout.write(welcome(options, notes, { simulator, leasehold, fleet }));
}

function startServer(options: DemoOptions, notes: Notes, log: Log): Promise<Leasehold> {
  return startLeasehold(configOf(options, notes), log);
}

function configOf({ port, dataDir }: DemoOptions, { rootToken }: Notes): Config {
  return readConfig({
    LEASEHOLD_PORT: String(port),
    LEASEHOLD_DATA_DIR: dataDir,
    LEASEHOLD_ROOT_TOKEN: rootToken,
    LEASEHOLD_LOCAL_AWS: "on",
    LEASEHOLD_AMBIENT_AWS: "off",
  });
}

/** Writes leases and entries where many are asked for. */
async function fillIn(options: DemoOptions, log: Log): Promise<void> {
  const { leases, entries } = options.rows ?? { leases: 0, entries: 0 };
  if (leases === 0 && entries === 0) return;
  const database = await openDatabase(configOf(options, openNotes(options.dataDir)), log);
  const pool = openRowsPool(database.url);
  try {
    await step(
      `${count(leases)} live leases and ${count(entries)} entries of the log, where there are fewer`,
      () => fillRows(pool, { leases, entries }, tellProgress()),
    );
  } finally {
    await pool.end();
    await database.embedded?.stop();
  }
}

function count(rows: number): string {
  return rows.toLocaleString("en");
}

/** A line at most every few seconds, and one as each kind of row is done. */
function tellProgress(): Progress {
  const began = performance.now();
  let toldAt = -PROGRESS_MS;
  return (what, done, of) => {
    const now = performance.now();
    if (done < of && now - toldAt < PROGRESS_MS) return;
    toldAt = now;
    const seconds = ((now - began) / 1000).toFixed(0);
    process.stdout.write(`\n    ${what}: ${count(done)} of ${count(of)}, after ${seconds} s`);
    if (done >= of) process.stdout.write(" … ");
  };
}

/** On the port of the start before, which the mounts know, unless somebody else has it now. */
async function startSimulator({ simulatorPort }: Notes): Promise<AwsSimulator> {
  try {
    return await startAwsSimulator({ port: simulatorPort, seed: DEFAULT_FLEET });
  } catch {
    return startAwsSimulator({ seed: DEFAULT_FLEET });
  }
}

function stopOnSignal({ simulator, leasehold, fleet }: Running, log: Log): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    process.stdout.write("\nstopping …\n");
    await fleet?.stop();
    await leasehold.stop();
    await simulator.close();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error("could not stop in order", { error });
          process.exit(1);
        },
      );
    });
  }
}

function logFile(dataDir: string): string {
  return join(dataDir, "leasehold.log");
}

/** The terminal is for people; what a start logs is kept until the next. */
function fileLog(dataDir: string): Log {
  mkdirSync(dataDir, { recursive: true });
  rmSync(logFile(dataDir), { force: true });
  return createLog({
    level: "info",
    json: true,
    write: (line) => appendFileSync(logFile(dataDir), line),
    now: () => new Date(),
  });
}

async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  process.stdout.write(`  ${title} … `);
  try {
    const result = await work();
    process.stdout.write(`${seconds()}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`failed after ${seconds()}\n`);
    // The sentence says what to do; a stack would hide it.
    if (isEngineError(error)) process.stderr.write(`\n${error.message}\n`);
    else
      process.stderr.write(`\n${error instanceof Error ? (error.stack ?? "") : String(error)}\n`);
    process.exit(1);
  }
}

function notOurs(dataDir: string): string {
  return `The installation in ${dataDir} was not made by the demo, so its root token is not known. Choose another folder: npm run demo -- --data-dir .leasehold-demo`;
}

function welcome(options: DemoOptions, notes: Notes, { simulator, leasehold, fleet }: Running) {
  const { url } = leasehold;
  const { admin, oncall, auditor } = notes.passwords;
  return `
Leasehold runs.

  Console     ${url}/  sign in with one of the names and passwords below
  API         ${url}/v1/
  AWS         ${simulator.url}  simulated: accounts ${FLEET_ACCOUNTS.tools} (tools) and ${FLEET_ACCOUNTS.production} (production)
  Fleet       ${fleet === null ? "none" : "8 machines log in and draw credentials; some are refused on purpose"}
  Log         ${logFile(options.dataDir)}

  Sign in     admin       ${admin}  configures everything
              oncall      ${oncall}  finds leases and revokes them
              auditor     ${auditor}  reads the log and the rules
  root token  ${notes.rootToken}  for the API, and for emergencies

Try it:

  export VAULT_ADDR=${url}
  vault login -method=userpass username=admin password=${admin}
  vault read aws/creds/app-readonly

  curl -H "X-Vault-Token: ${notes.rootToken}" ${url}/v1/aws/creds/app-readonly

Ctrl-C stops it. What it keeps is in ${options.dataDir}.
`;
}
