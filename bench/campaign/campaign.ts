import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { bundlePrograms } from "@/bench/rig/programs";
import { Child, freePort } from "@/bench/rig/child";
import { configure, ROOT_TOKEN, seedAws } from "@/bench/campaign/installation";
import { Journal } from "@/bench/campaign/journal";
import { judge, type Verdict } from "@/bench/campaign/judge";
import { Workload } from "@/bench/campaign/workload";
import { type EmbeddedDatabase, startEmbedded } from "@/lib/postgres/embedded";
import { openPool } from "@/lib/postgres/pool";

export type CampaignTerms = {
  /** SIGKILLs of a server, in turn where there are several. */
  kills: number;
  /** Of these kills, so many take Postgres (an immediate stop) in place of a server. */
  databaseKills: number;
  /** Over how long the kills are spread. */
  seconds: number;
  workloads: number;
  instances: number;
  /** Between the last restart and the judgement. */
  settleSeconds: number;
  /** Told of progress. */
  log: (line: string) => void;
};

export type CampaignReport = Verdict & {
  /** How often each request was answered how. */
  requests: readonly (readonly [string, number])[];
  kills: { running: number; starting: number; database: number };
};

/** Kills that hit a server before it is ready, one in so many. */
const STARTING_ONE_IN = 5;
/** How long a start takes, roughly. */
const START_MS = 1_500;
const POLL_MS = 200;

/** What runs: the simulator, the servers, and a look into their database. */
export type Rig = {
  simulatorUrl: string;
  urls: readonly string[];
  servers: readonly Child[];
  pool: pg.Pool;
  journal: Journal;
  restartDatabase(): Promise<void>;
  stop(): Promise<void>;
};

/** Everything of a campaign, started and configured; `stop` leaves nothing behind. */
export async function startRig(instances: number, workloads: number): Promise<Rig> {
  const dataDir = mkdtempSync(join(tmpdir(), "leasehold-campaign-"));
  chmodSync(dataDir, 0o711);
  const programs = await bundlePrograms(["lib/process/server", "lib/process/aws-simulator"]);
  const simulatorPort = await freePort();
  const simulatorUrl = `http://127.0.0.1:${simulatorPort}`;
  const simulator = new Child({
    program: programs.path("aws-simulator"),
    args: ["--port", String(simulatorPort), "--empty"],
    logFile: join(dataDir, "aws-simulator.log"),
    readyUrl: `${simulatorUrl}/_simulator/faults`,
  });
  simulator.start();
  // Several instances need an address of the database; one starts, or joins, its own.
  let database = await startEmbedded({ dataDir });
  const ports = await Promise.all(Array.from({ length: instances }, freePort));
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const servers = ports.map((port) =>
    serverOn(port, {
      program: programs.path("server"),
      dataDir,
      databaseUrl: instances > 1 ? database.url : null,
    }),
  );
  await simulator.ready();
  await seedAws(simulatorUrl, workloads);
  for (const server of servers) {
    server.start();
    await server.ready();
  }
  await configure(urls[0] ?? "", simulatorUrl);
  const pool = openPool({
    url: database.url,
    applicationName: "campaign",
    connectionsMax: 4,
    onError: () => undefined,
  });
  return {
    ...{ simulatorUrl, urls, servers, pool, journal: new Journal() },
    restartDatabase: async () => {
      await killDatabase(database);
      database = await startEmbedded({ dataDir });
    },
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await simulator.kill();
      await pool.end();
      await database.stop();
      programs.remove();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function serverOn(
  port: number,
  {
    program,
    dataDir,
    databaseUrl,
  }: { program: string; dataDir: string; databaseUrl: string | null },
): Child {
  return new Child({
    program,
    env: {
      LEASEHOLD_PORT: String(port),
      LEASEHOLD_DATA_DIR: dataDir,
      LEASEHOLD_ROLES: "api,worker",
      LEASEHOLD_LOCAL_AWS: "on",
      LEASEHOLD_AMBIENT_AWS: "off",
      LEASEHOLD_ROOT_TOKEN: ROOT_TOKEN,
      ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
    },
    logFile: join(dataDir, `server-${port}.log`),
    readyUrl: `http://127.0.0.1:${port}/v1/sys/health`,
  });
}

/** An immediate stop, as of a machine that loses power with its disks intact. */
async function killDatabase(database: EmbeddedDatabase): Promise<void> {
  process.kill(database.pid, "SIGQUIT");
  while (isRunning(database.pid)) await pause(POLL_MS / 10);
  // Only now: it would end Postgres in order.
  await database.stop();
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * Kills servers at random points while workloads log in, draw, renew and revoke, starts each again at
 * once, and judges when all is quiet.
 *
 * @throws Error when a server does not start again.
 */
export async function runCampaign(rig: Rig, terms: CampaignTerms): Promise<CampaignReport> {
  const { journal } = rig;
  const workloads = startWorkloads(rig, terms.workloads);
  const kills = await killInTurn(rig, terms);
  await pause((terms.seconds / terms.kills) * 1000);
  await workloads.stop();
  terms.log(`quiet; judging in ${terms.settleSeconds} s`);
  await pause(terms.settleSeconds * 1000);
  const verdict = await judge(rig);
  return { ...verdict, requests: journal.counts(), kills };
}

/** Sets workloads to work on all servers of a rig. */
export function startWorkloads(rig: Rig, count: number): { stop: () => Promise<void> } {
  const { journal, urls } = rig;
  const terms = { journal, random: Math.random };
  const workloads = Array.from({ length: count }, (_, number) => new Workload(number, urls, terms));
  const ended = Promise.all(workloads.map((workload) => workload.run()));
  return {
    stop: async () => {
      for (const workload of workloads) workload.stop();
      await ended;
    },
  };
}

async function killInTurn(rig: Rig, terms: CampaignTerms): Promise<CampaignReport["kills"]> {
  const counts = { running: 0, starting: 0, database: 0 };
  const runMs = Math.max(100, (terms.seconds * 1000) / terms.kills - START_MS);
  const databaseEvery =
    terms.databaseKills === 0 ? Infinity : Math.floor(terms.kills / terms.databaseKills);
  for (let kill = 1; kill <= terms.kills; kill += 1) {
    const server = rig.servers[kill % rig.servers.length];
    if (server === undefined) throw new Error("there is no server to kill");
    const starting = server.running && Math.random() < 1 / STARTING_ONE_IN;
    if (!starting) await readyAgain(rig, server);
    await pause(Math.random() * (starting ? START_MS : 2 * runMs));
    if (kill % databaseEvery === 0) {
      await rig.restartDatabase();
      counts.database += 1;
    } else {
      await server.kill();
      server.start();
      counts[starting ? "starting" : "running"] += 1;
    }
    if (kill % 10 === 0) terms.log(`${kill} of ${terms.kills} kills`);
  }
  for (const server of rig.servers) await readyAgain(rig, server);
  return counts;
}

/** A server that was ready ends by its kill alone; one that starts may find no database. */
async function readyAgain({ journal }: Rig, server: Child): Promise<void> {
  for (;;) {
    try {
      await server.ready();
      return;
    } catch (error) {
      if (!server.lastWords().includes("could not start")) {
        journal.broken.push(`a server ended by itself: ${String(error)}`);
      }
      journal.count("start without success");
      server.start();
    }
  }
}
