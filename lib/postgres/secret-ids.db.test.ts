import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { PutSecretId } from "@/lib/engine/effects";
import { EngineError } from "@/lib/engine/errors";
import { keyringOf } from "@/lib/postgres/keyring";
import { secretIdEffects, secretIdReads } from "@/lib/postgres/secret-ids";
import type { StoreContext } from "@/lib/postgres/store-context";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";

const refused = new EngineError("invalid_request", "refused");
const hmac = "ab".repeat(32);

let database: TestDatabase;
let context: StoreContext;
let mountId: string;

beforeAll(async () => {
  database = await cloneDatabase();
  context = {
    pool: database.pool,
    keys: keyringOf([
      { id: randomUUID(), purpose: "seal", key: randomBytes(32) },
      { id: randomUUID(), purpose: "mac", key: randomBytes(32) },
    ]),
    instanceId: randomUUID(),
    newWriter: randomUUID,
  };
});

afterAll(() => database.drop());

beforeEach(async () => {
  mountId = randomUUID();
  await database.pool.query(
    `insert into mount (id, class, path, type, accessor, description, config, local, seal_wrap, external_entropy_access)
     values ($1::uuid, 'auth', $1::text || '/', 'approle', 'auth_approle_' || $1::text, '', '{}', false, false, false)`,
    [mountId],
  );
  await database.pool.query(
    `insert into mount_setting (mount_id, setting, key, body, revision) values ($1, 'role', 'r', '{}', 1)`,
    [mountId],
  );
});

function secretId(changed: Partial<PutSecretId> = {}): PutSecretId {
  return {
    kind: "put_secret_id",
    mountId,
    role: "r",
    hmac,
    accessor: randomUUID(),
    numUses: 0,
    ttlSeconds: 0,
    cidrs: [],
    tokenBoundCidrs: [],
    metadata: {},
    refused,
    ...changed,
  };
}

async function put(effect: PutSecretId): Promise<boolean> {
  const client = await database.pool.connect();
  try {
    const [applied] = await secretIdEffects.put_secret_id(context, client, [effect]);
    return applied === true;
  } finally {
    client.release();
  }
}

async function spend(): Promise<boolean> {
  const client = await database.pool.connect();
  try {
    await client.query("begin");
    const effect = { kind: "spend_secret_id", mountId, role: "r", hmac, refused } as const;
    const [applied] = await secretIdEffects.spend_secret_id(context, client, [effect]);
    await client.query("commit");
    return applied === true;
  } finally {
    client.release();
  }
}

async function expire(): Promise<void> {
  await database.pool.query(
    `update approle_secret_id set expires_at = now() - interval '1 second' where mount_id = $1`,
    [mountId],
  );
}

const reads = () => secretIdReads(database.pool);

test("a stored secret id is found by its HMAC and by its accessor, with all its limits", async () => {
  const effect = secretId({
    numUses: 3,
    ttlSeconds: 3600,
    cidrs: ["10.0.0.0/8"],
    tokenBoundCidrs: ["10.1.0.0/16"],
    metadata: { k: "v" },
  });

  await put(effect);

  const found = await reads().find(mountId, "r", hmac);
  expect(found).toMatchObject({
    role: "r",
    hmac,
    accessor: effect.accessor,
    numUses: 3,
    ttlSeconds: 3600,
    cidrs: ["10.0.0.0/8"],
    tokenBoundCidrs: ["10.1.0.0/16"],
    metadata: { k: "v" },
  });
  expect(await reads().byAccessor(mountId, effect.accessor)).toEqual(found);
  expect(await reads().accessors(mountId, "r", 10)).toEqual([effect.accessor]);
});

test("a secret id is known to its own role and mount only", async () => {
  const effect = secretId();

  await put(effect);

  expect(await reads().find(mountId, "other", hmac)).toBeNull();
  expect(await reads().find(randomUUID(), "r", hmac)).toBeNull();
  expect(await reads().byAccessor(randomUUID(), effect.accessor)).toBeNull();
});

test("the same secret id is refused twice, and accepted again once it has expired", async () => {
  await put(secretId());

  expect(await put(secretId())).toBe(false);
  await expire();
  expect(await put(secretId())).toBe(true);
});

test("a role that is gone takes no secret id", async () => {
  expect(await put(secretId({ role: "gone" }))).toBe(false);
});

test("an expired secret id is unknown before anybody cleaned up", async () => {
  const effect = secretId({ numUses: 2, ttlSeconds: 60 });
  await put(effect);

  await expire();

  expect(await reads().find(mountId, "r", hmac)).toBeNull();
  expect(await reads().byAccessor(mountId, effect.accessor)).toBeNull();
  expect(await reads().accessors(mountId, "r", 10)).toEqual([]);
  expect(await spend()).toBe(false);
});

test("twenty logins at once spend three uses three times", async () => {
  await put(secretId({ numUses: 3 }));

  const applied = await Promise.all(Array.from({ length: 20 }, spend));

  expect(applied.filter(Boolean)).toHaveLength(3);
  expect(await reads().find(mountId, "r", hmac)).toBeNull();
});

test("a use that is rolled back is not spent", async () => {
  await put(secretId({ numUses: 1 }));
  const client = await database.pool.connect();

  await client.query("begin");
  const effect = { kind: "spend_secret_id", mountId, role: "r", hmac, refused } as const;
  await secretIdEffects.spend_secret_id(context, client, [effect]);
  await client.query("rollback");
  client.release();

  expect((await reads().find(mountId, "r", hmac))?.numUses).toBe(1);
});

test("secret ids are deleted by mount when they have expired, and by role", async () => {
  await put(secretId({ hmac: "01".repeat(32) }));
  await put(secretId({ hmac: "02".repeat(32), ttlSeconds: 60 }));
  await database.pool.query(
    `update approle_secret_id set expires_at = now() where mount_id = $1 and expires_at is not null`,
    [mountId],
  );
  const deleteAll = async (which: { role?: string; expiredOnly: boolean }) => {
    const client = await database.pool.connect();
    await secretIdEffects.delete_secret_ids(context, client, [
      { kind: "delete_secret_ids", mountId, ...which },
    ]);
    client.release();
    const { rowCount } = await database.pool.query(
      `select 1 from approle_secret_id where mount_id = $1`,
      [mountId],
    );
    return rowCount;
  };

  expect(await deleteAll({ expiredOnly: true })).toBe(1);
  expect(await deleteAll({ role: "other", expiredOnly: false })).toBe(1);
  expect(await deleteAll({ role: "r", expiredOnly: false })).toBe(0);
});
