import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Server as TlsServer } from "node:https";
import { join } from "node:path";
import type pg from "pg";
import { quietAwsSdk, type Config } from "@/lib/config";
import { DEFAULT_POLICY_TEXT } from "@/lib/engine/policy/builtin";
import { EngineError } from "@/lib/engine/errors";
import { ensureInstallation, registerInstance } from "@/lib/postgres/installation";
import { migrate } from "@/lib/postgres/migrate";
import { openPool } from "@/lib/postgres/pool";
import { measureAwsCalls } from "@/lib/process/aws-metrics";
import { startConsole } from "@/lib/process/console";
import { openDatabase } from "@/lib/process/database";
import { bareState, initialiseAtFirstStart } from "@/lib/process/initialisation";
import type { Log } from "@/lib/process/log";
import { openKeyring } from "@/lib/process/keys";
import { prepareOperators } from "@/lib/process/operators";
import { wirePorts, type Wired } from "@/lib/process/ports";
import { startRateLimits } from "@/lib/process/rate-limits";
import { repeat } from "@/lib/process/repeat";
import { openSeal } from "@/lib/process/seal";
import { createTlsServer } from "@/lib/process/tls";
import { Worker } from "@/lib/process/worker";
import { answerBare } from "@/lib/vault-api/bare-routes";
import { clientAddressReader } from "@/lib/vault-api/client-address";
import { createDispatch } from "@/lib/vault-api/dispatch";
import type { RateLimiter, RequestHead } from "@/lib/vault-api/rate-limiter";
import { attachApi, HTTP_SERVER_OPTIONS, type Api } from "@/lib/vault-api/node-http";

/** Requests that run when the process is told to stop have this long to finish. */
const STOP_MS = 10_000;
const ATTEMPTS_MS = 500;
const WATCH_MS = 2_000;
const LOGIN_BODY_BYTES_MAX = 128 * 1024;

export type Leasehold = {
  url: string;
  /** What creates the first operator of the console; null: there is one, or nobody is asked for. */
  firstOperatorCode: string | null;
  stop(): Promise<void>;
};

export type StartOptions = {
  /** The folder that holds migrations and console; else the working directory. */
  root?: string;
  /** Is given the root token of a new installation at once: a start that fails later must not lose it. */
  tellRootToken?: (token: string) => void;
};

/**
 * Starts one process: database, keys, worker, API and console, as its roles say. A start that fails
 * leaves nothing running.
 *
 * @throws EngineError with a sentence for the operator.
 */
export async function startLeasehold(
  config: Config,
  log: Log,
  options: StartOptions = {},
): Promise<Leasehold> {
  const started = new Started();
  try {
    return await startParts(config, log, { options, started });
  } catch (error) {
    await started.stop().catch((cause: unknown) => {
      log.warn("what had started could not be stopped in order", { error: cause });
    });
    throw error;
  }
}

/** What runs, and how it is stopped: the last that started first. */
class Started {
  readonly #ends: (() => Promise<void> | void)[] = [];

  add(end: () => Promise<void> | void): void {
    this.#ends.push(end);
  }

  async stop(): Promise<void> {
    for (let end = this.#ends.pop(); end !== undefined; end = this.#ends.pop()) await end();
  }
}

type Starting = { options: StartOptions; started: Started };

async function startParts(
  config: Config,
  log: Log,
  { options, started }: Starting,
): Promise<Leasehold> {
  const root = options.root ?? process.cwd();
  quietAwsSdk();
  for (const name of config.unknownNames) log.warn(`${name} is no setting of Leasehold`);
  const { url, embedded } = await openDatabase(config, log);
  started.add(() => embedded?.stop());
  for (const name of await migrate(url, join(root, "prisma/migrations"))) {
    log.info("the database was migrated", { migration: name });
  }
  const pool = openPool({
    url,
    applicationName: "leasehold",
    connectionsMax: config.connectionsMax,
    onError: (error) => log.warn("a database connection was lost", { error }),
  });
  started.add(() => pool.end());
  const wired = await wire(config, pool, log);
  started.add(() => wired.devices.close());
  const rootToken = await initialiseAtFirstStart(config, pool, wired.ports);
  if (rootToken !== null) {
    options.tellRootToken?.(rootToken);
    log.info("this installation was initialised");
  }
  started.add(measureAwsCalls(wired.ports.metrics));
  const watch = watchConfiguration(wired.ports);
  started.add(() => watch.stop());
  started.add(keepAttempts(wired, log));
  const worker = config.roles.worker ? startWorker(config, pool, { wired, log }) : null;
  started.add(() => worker?.stop());
  const firstOperatorCode = await prepareOperators(config, pool, wired.ports);
  const serving = await serve(config, { pool, wired, root, embedded: embedded !== null });
  started.add(() => serving?.close());
  // They never end by themselves, and closing waits for what runs.
  started.add(() => wired.tail.close());
  log.info("ready", { address: config.publicUrl, roles: rolesOf(config) });
  return { url: config.publicUrl, firstOperatorCode, stop: () => started.stop() };
}

/** Also a process that is asked nothing learns that it is sealed, or no longer. */
function watchConfiguration({ extras }: Wired["ports"]): { stop(): void } {
  const look = async (): Promise<void> => {
    await extras.snapshot();
  };
  // The database or the seal being away is told by every request; here it would only repeat itself.
  return repeat(WATCH_MS, look, () => undefined);
}

/** Stores what logins came to, every now and then; what is given back stores the rest. */
function keepAttempts({ attempts }: Wired, log: Log): () => Promise<void> {
  const tell = (error: unknown): void => log.warn("login attempts could not be stored", { error });
  const storing = repeat(ATTEMPTS_MS, () => attempts.flush(), tell);
  return async () => {
    storing.stop();
    await attempts.flush().catch(tell);
  };
}

function rolesOf(config: Config): string {
  return Object.entries(config.roles)
    .filter(([, on]) => on)
    .map(([role]) => role)
    .join(",");
}

async function wire(config: Config, pool: pg.Pool, log: Log): Promise<Wired> {
  const seal = openSeal(config.seal);
  const installation = await ensureInstallation(pool, DEFAULT_POLICY_TEXT, VERSION);
  const keys = await openKeyring(pool, seal, log);
  const instanceId = randomUUID();
  await registerInstance(pool, instanceId);
  const system = { ...installation, sealType: seal.type, startedAt: new Date() };
  return wirePorts({ config, pool, keys, seal, instanceId, system, log });
}

/** The product's own version, beside the one that clients are told. */
const VERSION = "0.1.0";

function startWorker(
  config: Config,
  pool: pg.Pool,
  { wired, log }: { wired: Wired; log: Log },
): Worker {
  const worker = new Worker({
    ports: wired.ports,
    pool,
    commits: wired.commits,
    instanceId: wired.commits.context.instanceId,
    keep: { auditDays: config.auditDays, historyDays: config.historyDays },
    log,
  });
  worker.start();
  return worker;
}

type Serving = { close(): Promise<void> };

type Served = { pool: pg.Pool; wired: Wired; root: string; embedded: boolean };

async function serve(config: Config, served: Served): Promise<Serving | null> {
  if (!config.roles.api && !config.roles.console) return null;
  const server =
    config.tls === null ? createServer(HTTP_SERVER_OPTIONS) : createTlsServer(config.tls);
  const { proxies } = config;
  const addressOf = clientAddressReader({
    authorizedBlocks: proxies.trusted,
    hopSkips: proxies.hopSkips,
    rejectNotPresent: proxies.rejectNotPresent,
    rejectNotAuthorized: proxies.rejectNotAuthorized,
  });
  const clientAddress = ({ peer, headers }: RequestHead): string =>
    addressOf(peer.address, headers["x-forwarded-for"]);
  const limits = startRateLimits(served.wired.ports, clientAddress);
  const pages = listen(config, server).then(() => pagesOf(config, served));
  const api = attach(config, server, {
    ...served,
    other: (request, response) => {
      pages.then(
        (answer) => answer(request, response),
        () => response.destroy(),
      );
    },
    clientAddress,
    limiter: limits.limiter,
  });
  const close = async (): Promise<void> => {
    limits.stop();
    await api.close(STOP_MS);
  };
  try {
    await pages;
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Loaded while the API answers already: it takes longer than all else at a start. */
async function pagesOf(config: Config, served: Served): Promise<Handler> {
  if (!config.roles.console) return noConsole;
  return startConsole(config, {
    ...served,
    ports: served.wired.ports,
    version: VERSION,
    dev: process.argv.includes("--dev"),
  });
}

type Attached = Served & {
  other: Handler;
  clientAddress: (request: RequestHead) => string;
  limiter: RateLimiter;
};

function attach(
  config: Config,
  server: Server | TlsServer,
  { pool, wired, other, clientAddress, limiter }: Attached,
): Api {
  const bare = answerBare(wired.ports, bareState(config, pool, wired.ports));
  const dispatch = config.roles.api
    ? createDispatch({ ports: wired.ports, bare, clientAddress, limiter })
    : () => Promise.reject(new EngineError("unavailable", "this process serves no API"));
  return attachApi(server, dispatch, {
    other,
    bodyBytesMax: config.bodyBytesMax,
    loginBodyBytesMax: LOGIN_BODY_BYTES_MAX,
    headers: { "x-leasehold-version": VERSION },
    admit: (head) => limiter.admit(head),
  });
}

function noConsole(_request: IncomingMessage, response: ServerResponse): void {
  response
    .writeHead(404, { "content-type": "text/plain; charset=utf-8" })
    .end("404 page not found\n");
}

function listen(config: Config, server: Server | TlsServer): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      const text = taken
        ? `Port ${config.port} on ${config.host} is taken: set LEASEHOLD_PORT to another.`
        : `Listening on ${config.host}:${config.port} failed: ${error.message}.`;
      reject(new EngineError("unavailable", text, { cause: error }));
    });
    server.listen(config.port, config.host, () => resolve());
  });
}
