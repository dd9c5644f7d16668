import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { AwsCallTerms } from "@/lib/aws/aws-secrets-ports";
import { readConfig } from "@/lib/config";
import { isJsonObject } from "@/lib/engine/json";
import type { Ports } from "@/lib/engine/ports";
import type { Seal } from "@/lib/postgres/data-keys";
import { registerInstance } from "@/lib/postgres/installation";
import type { DataKeyring } from "@/lib/postgres/keyring";
import { openPool } from "@/lib/postgres/pool";
import { createLog } from "@/lib/process/log";
import { type Wired, wirePorts } from "@/lib/process/ports";
import { Worker } from "@/lib/process/worker";
import { clientAddressReader, normalizeAddress } from "@/lib/vault-api/client-address";
import { createDispatch } from "@/lib/vault-api/dispatch";
import type { Dispatch } from "@/lib/vault-api/exchange";

export const ROOT_TOKEN = "root";
const CONNECTIONS_MAX = 8;
/** Wraps nothing: what it is given is what it stores. */
export const PLAIN_SEAL: Seal = {
  type: "static",
  wrap: (plain) => Promise.resolve(Buffer.from(plain)),
  unwrap: (wrapped) => Promise.resolve(Buffer.from(wrapped)),
};

/** What the API answered; `body` is null where there is none. */
export type Said = { status: number; body: Record<string, unknown> | null };

/** What may be said with a request; the root token is sent unless told otherwise. */
export type Saying = {
  token?: string;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** The peer's address. */
  from?: string;
};

/** One process of an installation, wired as in production; nothing runs in it unasked. */
export type Instance = {
  ports: Ports;
  pool: pg.Pool;
  wired: Wired;
  /** Not started: a test runs its steps one by one. */
  worker: Worker;
  /** What it logged, as lines of JSON. */
  log: string[];
  /** Its wall clock runs this much ahead of the database's. */
  clock: { aheadMs: number };
  /** `ask("PUT aws/roles/app", { … })`, with the root token unless told otherwise. */
  ask(request: string, body?: unknown, token?: string): Promise<Said>;
  /** The same with all that a request may carry, and the headers of the answer. */
  send(request: string, saying?: Saying): Promise<Said & { headers: Record<string, string> }>;
  close(): Promise<void>;
};

export type Installation = {
  url: string;
  keys: DataKeyring;
  clusterId: string;
  clusterName: string;
  /** Settings beside those of every test, as in the environment. */
  settings?: Readonly<Record<string, string>>;
  /** Other times than the usual ones of a test. */
  awsTerms?: AwsCallTerms;
};

/** Wires one more process to an installation's database. */
export async function startInstance(of: Installation): Promise<Instance> {
  const log: string[] = [];
  const clock = { aheadMs: 0 };
  const config = readConfig({
    NODE_ENV: "test",
    DATABASE_URL: of.url,
    LEASEHOLD_LOCAL_AWS: "on",
    LEASEHOLD_AMBIENT_AWS: "off",
    ...of.settings,
  });
  const now = (): Date => new Date(Date.now() + clock.aheadMs);
  const lines = createLog({
    level: "debug",
    json: true,
    write: (line) => void log.push(line),
    now,
  });
  const pool = openPool({
    url: config.databaseUrl?.reveal() ?? of.url,
    applicationName: "test",
    connectionsMax: CONNECTIONS_MAX,
    onError: (error) => lines.warn("a database connection was lost", { error }),
  });
  const instanceId = randomUUID();
  await registerInstance(pool, instanceId);
  const { clusterId, clusterName } = of;
  const wired = wirePorts({
    config,
    pool,
    keys: of.keys,
    seal: PLAIN_SEAL,
    instanceId,
    system: { clusterId, clusterName, sealType: "static", startedAt: now() },
    log: lines,
    // Nobody waits for the pace of a real account.
    awsTerms: { perSecondMin: 50, throttledDelayBaseMs: 50, ...of.awsTerms },
    localClock: () => now().getTime(),
  });
  const worker = new Worker({
    ports: wired.ports,
    pool,
    commits: wired.commits,
    instanceId,
    keep: { auditDays: config.auditDays, historyDays: config.historyDays },
    log: lines,
  });
  const addressOf = clientAddressReader({
    ...config.proxies,
    authorizedBlocks: config.proxies.trusted,
  });
  const dispatch = createDispatch({
    ports: wired.ports,
    bare: () => Promise.resolve(null),
    clientAddress: ({ peer, headers }) => addressOf(peer.address, headers["x-forwarded-for"]),
  });
  return {
    ports: wired.ports,
    pool,
    wired,
    worker,
    log,
    clock,
    ask: async (request, body, token = ROOT_TOKEN) => {
      const { status, body: said } = await send(dispatch, request, { body, token });
      return { status, body: said };
    },
    send: (request, saying = {}) => send(dispatch, request, saying),
    close: async () => {
      wired.tail.close();
      await wired.devices.close();
      await pool.end();
    },
  };
}

async function send(
  dispatch: Dispatch,
  request: string,
  { token = ROOT_TOKEN, body, headers = {}, from = "127.0.0.1" }: Saying,
): Promise<Said & { headers: Record<string, string> }> {
  const [method = "GET", path = ""] = request.split(" ");
  const response = await dispatch({
    method,
    target: `/v1/${path}`,
    headers: { "x-vault-token": token, "content-type": "application/json", ...headers },
    body: Buffer.from(bodyText(body)),
    peer: { address: normalizeAddress(from), port: 40_000 },
  });
  const text = response.body === null ? "" : response.body.toString();
  const parsed: unknown = text === "" ? null : JSON.parse(text);
  return {
    status: response.status,
    body: isJsonObject(parsed) ? parsed : null,
    headers: { ...response.headers },
  };
}

/** A text is sent as it is, anything else as its JSON. */
function bodyText(body: unknown): string {
  if (body === undefined) return "";
  return typeof body === "string" ? body : JSON.stringify(body);
}
