import { createPrivateKey, generateKeyPairSync, randomUUID, type KeyObject } from "node:crypto";
import type pg from "pg";
import type { DataKeyring } from "@/lib/postgres/keyring";

const PURPOSE = "audit_signing_key";

/** Signs checkpoints of the audit log. */
export type SigningKey = { id: string; publicKey: Buffer; privateKey: KeyObject };

type KeyRow = { id: string; publicKey: Buffer; sealed: Buffer };

/** The key that signs; made when there is none, by whoever comes first. */
export async function signingKey(pool: pg.Pool, keys: DataKeyring): Promise<SigningKey> {
  const row = (await readKey(pool)) ?? (await makeKey(pool, keys));
  await keys.learn(row.sealed);
  const pem = keys.open(PURPOSE, row.id, row.sealed).reveal();
  return { id: row.id, publicKey: row.publicKey, privateKey: createPrivateKey(pem) };
}

async function readKey(pool: pg.Pool): Promise<KeyRow | null> {
  const result = await pool.query<KeyRow>({
    name: "audit_signing_key",
    text: `select id, public_key as "publicKey", sealed from audit_signing_key order by created_at desc, id limit 1`,
    values: [],
  });
  return result.rows[0] ?? null;
}

async function makeKey(pool: pg.Pool, keys: DataKeyring): Promise<KeyRow> {
  const id = randomUUID();
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const client = await pool.connect();
  try {
    await client.query("begin");
    // The one row of config_version is the lock that everybody knows.
    await client.query("select 1 from config_version for update");
    await client.query({
      text: `insert into audit_signing_key (id, public_key, sealed)
             select $1, $2, $3 where not exists (select 1 from audit_signing_key)`,
      values: [id, publicKey.export({ format: "der", type: "spki" }), keys.seal(PURPOSE, id, pem)],
    });
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
  const made = await readKey(pool);
  if (made === null) throw new Error("the signing key of the audit log was not stored");
  return made;
}

/** Public parts of all keys that ever signed, by id. */
export async function publicKeys(pool: pg.Pool | pg.ClientBase): Promise<Map<string, Buffer>> {
  const result = await pool.query<Pick<KeyRow, "id" | "publicKey">>({
    name: "audit_public_keys",
    text: `select id, public_key as "publicKey" from audit_signing_key`,
    values: [],
  });
  return new Map(result.rows.map(({ id, publicKey }) => [id, publicKey]));
}
