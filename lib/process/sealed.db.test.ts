import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig, type Config } from "@/lib/config";
import { unseal } from "@/lib/process/keys";
import { startLeasehold, type Leasehold } from "@/lib/process/leasehold";
import { createLog } from "@/lib/process/log";
import { openSeal } from "@/lib/process/seal";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";

const LOG = createLog({
  level: "error",
  json: true,
  write: () => undefined,
  now: () => new Date(),
});

let database: TestDatabase;
let dir: string;
let config: Config;
let leasehold: Leasehold;

beforeAll(async () => {
  database = await cloneDatabase();
  dir = mkdtempSync(join(tmpdir(), "leasehold-sealed-"));
  config = readConfig({
    LEASEHOLD_PORT: String(await freePort()),
    LEASEHOLD_DATA_DIR: dir,
    LEASEHOLD_ROLES: "api",
    LEASEHOLD_AMBIENT_AWS: "off",
    LEASEHOLD_ROOT_TOKEN: "hvs.of-this-test",
    DATABASE_URL: database.url,
  });
  leasehold = await startLeasehold(config, LOG);
});
afterAll(async () => {
  await leasehold.stop();
  await database.drop();
  rmSync(dir, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function ask(method: string, path: string, body?: unknown) {
  const response = await fetch(`${leasehold.url}/v1/${path}`, {
    method,
    headers: { "x-vault-token": "hvs.of-this-test" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : (JSON.parse(text) as unknown) };
}

const SEALED = { status: 503, body: { errors: ["Vault is sealed"] } };

test("C232 a sealed server tells that it is, and nothing else, also after a restart", async () => {
  const sealed = await ask("PUT", "sys/seal");
  const mounts = await ask("GET", "sys/mounts");
  await leasehold.stop();
  leasehold = await startLeasehold(config, LOG);

  expect(sealed).toEqual({ status: 204, body: null });
  expect([mounts, await ask("GET", "sys/mounts")]).toEqual([SEALED, SEALED]);
  expect(await ask("GET", "sys/leader")).toEqual(SEALED);
  expect(await ask("GET", "sys/metrics")).toEqual(SEALED);
  expect(await ask("GET", "sys/health")).toMatchObject({
    status: 503,
    body: { sealed: true, standby: true, replication_dr_mode: "unknown" },
  });
  expect(await ask("GET", "sys/health?sealedcode=299")).toMatchObject({ status: 299 });
  expect(await ask("GET", "sys/seal-status")).toMatchObject({
    status: 200,
    body: { sealed: true },
  });
  expect(await ask("GET", "sys/init")).toEqual({ status: 200, body: { initialized: true } });
  expect(await ask("PUT", "sys/init", {})).toMatchObject({
    status: 400,
    body: { errors: ["Vault is already initialized"] },
  });
  expect(await ask("PUT", "sys/unseal", { key: "abcd" })).toMatchObject({ status: 400 });
});

test("it serves again, by itself, once it is unsealed on a host", async () => {
  await unseal(database.pool, openSeal(config.seal));

  // Whoever asks without a token is asked for no key: the state is read anew.
  const seen = await fetch(`${leasehold.url}/v1/sys/internal/ui/mounts`);
  const mounts = await ask("GET", "sys/mounts");

  expect([seen.status, mounts.status]).toEqual([200, 200]);
});
