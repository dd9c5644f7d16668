import { randomBytes, randomUUID } from "node:crypto";
import type pg from "pg";
import { type AwsSimulator, startAwsSimulator } from "@/lib/aws-simulator/server";
import { readConfig } from "@/lib/config";
import { isJsonObject } from "@/lib/engine/json";
import { DEFAULT_POLICY_TEXT } from "@/lib/engine/policy/builtin";
import type { Ports } from "@/lib/engine/ports";
import { ensureInstallation, initialise, registerInstance } from "@/lib/postgres/installation";
import { keyringOf } from "@/lib/postgres/keyring";
import type { Log } from "@/lib/process/log";
import { type Wired, wirePorts } from "@/lib/process/ports";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";
import { createDispatch } from "@/lib/vault-api/dispatch";
import type { Dispatch } from "@/lib/vault-api/exchange";

const ROOT_TOKEN = "root";
const KEY_BYTES = 32;
const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** What the API answered; `body` is null where there is none. */
export type Said = { status: number; body: Record<string, unknown> | null };

/** One installation of its own: database, ports wired as in production, AWS simulator, the API. */
export type World = {
  ports: Ports;
  pool: pg.Pool;
  wired: Wired;
  simulator: AwsSimulator;
  /** `ask("PUT aws/roles/app", { … })`, with the root token unless told otherwise. */
  ask(request: string, body?: unknown, token?: string): Promise<Said>;
  close(): Promise<void>;
};

/** Call it once for a test file, and close it at the end. */
export async function newWorld(): Promise<World> {
  const [database, simulator] = await Promise.all([cloneDatabase(), startAwsSimulator()]);
  const wired = await wire(database);
  const dispatch = createDispatch({
    ports: wired.ports,
    bare: () => Promise.resolve(null),
    clientAddress: ({ peer }) => peer.address,
  });
  return {
    ports: wired.ports,
    pool: database.pool,
    wired,
    simulator,
    ask: (request, body, token = ROOT_TOKEN) => ask(dispatch, request, { body, token }),
    close: async () => {
      await wired.devices.close();
      await simulator.close();
      await database.drop();
    },
  };
}

async function wire({ pool, url }: TestDatabase): Promise<Wired> {
  const config = readConfig({
    NODE_ENV: "test",
    DATABASE_URL: url,
    LEASEHOLD_LOCAL_AWS: "on",
    LEASEHOLD_AMBIENT_AWS: "off",
  });
  const keys = keyringOf([
    { id: randomUUID(), purpose: "seal", key: randomBytes(KEY_BYTES) },
    { id: randomUUID(), purpose: "mac", key: randomBytes(KEY_BYTES) },
  ]);
  const installation = await ensureInstallation(pool, DEFAULT_POLICY_TEXT, "test");
  const instanceId = randomUUID();
  await registerInstance(pool, instanceId);
  await initialise(pool, keys, { token: ROOT_TOKEN, accessor: "root-accessor" });
  return wirePorts({
    config,
    pool,
    keys,
    instanceId,
    system: { ...installation, sealType: "static", startedAt: new Date() },
    log: SILENT,
    listener: () => undefined,
  });
}

async function ask(
  dispatch: Dispatch,
  request: string,
  { body, token }: { body: unknown; token: string },
): Promise<Said> {
  const [method = "GET", path = ""] = request.split(" ");
  const response = await dispatch({
    method,
    target: `/v1/${path}`,
    headers: { "x-vault-token": token, "content-type": "application/json" },
    body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
    peer: { address: "127.0.0.1", port: 40_000 },
  });
  const text = response.body === null ? "" : response.body.toString();
  const parsed: unknown = text === "" ? null : JSON.parse(text);
  return { status: response.status, body: isJsonObject(parsed) ? parsed : null };
}
