import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_POLICY_TEXT } from "@/lib/engine/policy/builtin";
import { dataKeySource } from "@/lib/postgres/data-keys";
import { ensureInstallation, initialise } from "@/lib/postgres/installation";
import { keyringOf, type DataKeyring } from "@/lib/postgres/keyring";
import { unseal } from "@/lib/process/keys";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";
import { PLAIN_SEAL, ROOT_TOKEN, startInstance, type Instance } from "@/lib/testing/instance";
import { authOf, dataOf, errorOf } from "@/lib/testing/world";

let database: TestDatabase;
/** Two processes, each with a keyring of its own. */
let here: Instance & { keys: DataKeyring };
let there: Instance & { keys: DataKeyring };

async function start(): Promise<Instance & { keys: DataKeyring }> {
  const keys = keyringOf([], dataKeySource(database.pool, PLAIN_SEAL));
  await keys.refresh();
  const installed = await ensureInstallation(database.pool, DEFAULT_POLICY_TEXT, "test");
  return { keys, ...(await startInstance({ url: database.url, keys, ...installed })) };
}

beforeAll(async () => {
  database = await cloneDatabase();
  here = await start();
  there = await start();
  await initialise(database.pool, here.keys, { token: ROOT_TOKEN, accessor: "root-accessor" });
});
afterAll(async () => {
  await here.close();
  await there.close();
  await database.drop();
});

async function sealingKeys(): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>(
    `select id from data_key where purpose = 'seal' order by created_at`,
  );
  return rows.map(({ id }) => id);
}

/** The key that the newest entry of the root token's cubbyhole is sealed under. */
async function keyOf(path: string): Promise<string> {
  const { rows } = await database.pool.query<{ key: string }>(
    `select encode(substring(sealed from 1 for 16), 'hex') as key from cubbyhole where path = $1`,
    [path],
  );
  return rows[0]?.key ?? "";
}

describe("a new data key", () => {
  test("seals what is written from now on, by every instance; what was sealed stays readable", async () => {
    await here.ask("PUT cubbyhole/before", { value: "old" });

    const rotated = await here.ask("PUT sys/rotate");
    await there.ask("PUT cubbyhole/after", { value: "new" });

    const [first = "", second = ""] = await sealingKeys();
    expect(rotated.status).toBe(204);
    expect(await keyOf("before")).toBe(first.replaceAll("-", ""));
    expect(await keyOf("after")).toBe(second.replaceAll("-", ""));
    for (const instance of [here, there]) {
      expect(dataOf(await instance.ask("GET cubbyhole/before"))).toEqual({ value: "old" });
      expect(dataOf(await instance.ask("GET cubbyhole/after"))).toEqual({ value: "new" });
    }
  });

  test("is shown as the next term, with what is under it", async () => {
    const before = dataOf(await here.ask("GET sys/key-status"));

    await here.ask("PUT sys/rotate");
    const after = dataOf(await here.ask("GET sys/key-status"));

    expect(after["term"]).toBe(Number(before["term"]) + 1);
    expect(before["encryptions"]).toBeGreaterThan(0);
    expect(after["encryptions"]).toBe(0);
  });

  test("opens a batch token at an instance that has not heard of it", async () => {
    await here.ask("PUT sys/rotate");
    const said = await here.ask("POST auth/token/create", { type: "batch", policies: ["default"] });
    const token = String(authOf(said)["client_token"]);

    const looked = await there.ask("GET auth/token/lookup-self", undefined, token);

    expect(looked.status).toBe(200);
  });

  test("takes sudo", async () => {
    await here.ask("PUT sys/policies/acl/plain", {
      policy: 'path "sys/*" { capabilities = ["update"] }',
    });
    const said = await here.ask("POST auth/token/create", { policies: ["plain"] });
    const token = String(authOf(said)["client_token"]);

    const answers = [
      await here.ask("PUT sys/rotate", undefined, token),
      await here.ask("PUT sys/seal", undefined, token),
      await here.ask("PUT sys/seal", undefined, ""),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });
});

describe("a sealed installation", () => {
  test("serves nobody anywhere and has no key in memory, until it is unsealed on a host", async () => {
    const sealed = await here.ask("PUT sys/seal");
    const answers = [
      await there.ask("GET sys/mounts"),
      await here.ask("GET sys/internal/ui/mounts", undefined, ""),
    ];
    const locked = [here.keys.isLocked(), there.keys.isLocked()];
    const known = await there.ask("GET sys/mounts");

    const undone = await unseal(database.pool, PLAIN_SEAL);
    // What each process looks after by itself every other second.
    for (const { ports } of [here, there]) await ports.extras.snapshot();

    expect(sealed.status).toBe(204);
    for (const answer of [...answers, known]) {
      expect([answer.status, errorOf(answer)]).toEqual([503, "Vault is sealed"]);
    }
    expect(locked).toEqual([true, true]);
    expect(undone).toBe(true);
    for (const instance of [here, there]) {
      expect(dataOf(await instance.ask("GET cubbyhole/before"))).toEqual({ value: "old" });
    }
  });

  test("is logged as sealed by whom, and as unsealed", async () => {
    const { rows } = await database.pool.query<{ kind: string; path: string; status: number }>(
      `select kind, operation, path, status from audit_entry
       where path = 'sys/seal' and (status = 204 or kind = 'event') order by at`,
    );

    expect(rows).toMatchObject([
      { kind: "both", operation: "update", status: 204 },
      { kind: "event", operation: "installation.unsealed" },
    ]);
  });

  test("that is not sealed is not unsealed", async () => {
    expect(await unseal(database.pool, PLAIN_SEAL)).toBe(false);
  });

  test("is unsealed by no seal but its own", async () => {
    const wrong = { ...PLAIN_SEAL, unwrap: () => Promise.reject(new Error("another key")) };
    await here.ask("PUT sys/seal");

    await expect(unseal(database.pool, wrong)).rejects.toMatchObject({ kind: "sealed" });

    const { rows } = await database.pool.query(`select sealed from config_version`);
    expect(rows).toEqual([{ sealed: true }]);
  });
});
