import { randomBytes, randomUUID } from "node:crypto";
import { type AwsSimulator, startAwsSimulator } from "@/lib/aws-simulator/server";
import { isJsonObject } from "@/lib/engine/json";
import { DEFAULT_POLICY_TEXT } from "@/lib/engine/policy/builtin";
import { ensureInstallation, initialise } from "@/lib/postgres/installation";
import { type DataKeyring, keyringOf } from "@/lib/postgres/keyring";
import { cloneDatabase } from "@/lib/testing/database";
import {
  type Installation,
  type Instance,
  ROOT_TOKEN,
  type Said,
  startInstance,
} from "@/lib/testing/instance";

export { ROOT_TOKEN, type Instance, type Said } from "@/lib/testing/instance";

const KEY_BYTES = 32;

/** One installation of its own: database, an instance wired as in production, AWS simulator. */
export type World = Instance & {
  simulator: AwsSimulator;
  keys: DataKeyring;
  /** The database's address. */
  url: string;
  /** Another process on the same database, closed with the world; `settings` as in the environment. */
  secondInstance(settings?: Readonly<Record<string, string>>): Promise<Instance>;
  /** A token with the default policy, unless `parameters`, those of `auth/token/create`, say otherwise. */
  newToken(parameters?: Record<string, unknown>): Promise<{ token: string; accessor: string }>;
  /** Moves the end of a token, or of a lease, to this moment. */
  expireToken(accessor: string): Promise<void>;
  expireLease(id: string): Promise<void>;
  /** Rows of a table; `condition` is SQL. */
  countRows(table: string, condition?: string): Promise<number>;
};

/** Call it once for a test file, and close it at the end. */
export async function newWorld(settings: Pick<Installation, "awsTerms"> = {}): Promise<World> {
  const [database, simulator] = await Promise.all([cloneDatabase(), startAwsSimulator()]);
  const { pool, url } = database;
  const keys = newKeys();
  const installed = await ensureInstallation(pool, DEFAULT_POLICY_TEXT, "test");
  await initialise(pool, keys, { token: ROOT_TOKEN, accessor: "root-accessor" });
  const installation = { url, keys, ...installed, ...settings };
  const first = await startInstance(installation);
  const others: Instance[] = [];
  return {
    ...first,
    simulator,
    keys,
    url,
    secondInstance: async (given = {}) => {
      const instance = await startInstance({ ...installation, settings: given });
      others.push(instance);
      return instance;
    },
    newToken: (parameters = {}) => newToken(first, parameters),
    expireToken: async (accessor) => {
      await pool.query(`update token set expires_at = now() where accessor = $1`, [accessor]);
    },
    expireLease: async (id) => {
      await pool.query(
        `update lease set expires_at = now(), next_attempt_at = now() where id = $1`,
        [id],
      );
    },
    countRows: async (table, condition = "true") => {
      const result = await pool.query<{ count: number }>(
        `select count(*)::int as count from ${table} where ${condition}`,
      );
      return result.rows[0]?.count ?? 0;
    },
    close: async () => {
      for (const instance of [first, ...others]) await instance.close();
      await simulator.close();
      await database.drop();
    },
  };
}

function newKeys(): DataKeyring {
  return keyringOf([
    { id: randomUUID(), purpose: "seal", key: randomBytes(KEY_BYTES) },
    { id: randomUUID(), purpose: "mac", key: randomBytes(KEY_BYTES) },
  ]);
}

async function newToken(
  instance: Instance,
  parameters: Record<string, unknown>,
): Promise<{ token: string; accessor: string }> {
  // Without policies of its own it would be a root token, like its parent.
  const limited = { policies: ["default"], ...parameters };
  const auth = authOf(await instance.ask("POST auth/token/create", limited));
  return { token: String(auth["client_token"]), accessor: String(auth["accessor"]) };
}

/** The `auth` block of an answer; empty where there is none. */
export function authOf(said: Said): Record<string, unknown> {
  const auth = said.body?.["auth"];
  return isJsonObject(auth) ? auth : {};
}

/** The `data` block of an answer; empty where there is none. */
export function dataOf(said: Said): Record<string, unknown> {
  const data = said.body?.["data"];
  return isJsonObject(data) ? data : {};
}

/** The cursor of a list's next page; empty at its end. */
export function cursorOf(said: Said): string {
  const cursor = dataOf(said)["next_cursor"];
  return typeof cursor === "string" ? cursor : "";
}

/** The first error of an answer; empty where there is none. */
export function errorOf(said: Said): string {
  const errors = said.body?.["errors"];
  return Array.isArray(errors) ? String(errors[0]) : "";
}
