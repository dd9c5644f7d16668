import { randomBytes, randomUUID } from "node:crypto";
import type pg from "pg";
import type { WrappedKey } from "@/lib/engine/ports";
import type { DataKey, DataKeySource } from "@/lib/postgres/keyring";

const KEY_BYTES = 32;

/** Wraps data keys; the only thing that the seal does. */
export type Seal = {
  /** `static` (a key file) or `awskms`, as clients are told. */
  type: string;
  wrap(plain: Buffer): Promise<Buffer>;
  unwrap(wrapped: Buffer): Promise<Buffer>;
};

type DataKeyRow = { id: string; purpose: DataKey["purpose"]; wrapped: Buffer };

/**
 * The data keys of this installation, oldest first; made at the very first start. Several instances
 * may start at once: whoever comes first makes them.
 */
export function dataKeySource(pool: pg.Pool, seal: Seal): DataKeySource {
  return async (known) => {
    const stored = await readDataKeys(pool);
    if (stored.length === 0) await makeDataKeys(pool, seal);
    const rows = stored.length === 0 ? await readDataKeys(pool) : stored;
    return Promise.all(
      rows.map(async ({ id, purpose, wrapped }) => {
        return known.get(id) ?? { id, purpose, key: await seal.unwrap(wrapped) };
      }),
    );
  };
}

/** A new key, wrapped, to be stored as one of the installation's. */
export async function newWrappedKey(seal: Seal): Promise<WrappedKey> {
  return { id: randomUUID(), wrapped: await seal.wrap(randomBytes(KEY_BYTES)) };
}

async function readDataKeys(pool: pg.Pool): Promise<DataKeyRow[]> {
  const result = await pool.query<DataKeyRow>({
    name: "data_keys",
    text: `select id, purpose, wrapped from data_key order by created_at, id`,
    values: [],
  });
  return result.rows;
}

async function makeDataKeys(pool: pg.Pool, seal: Seal): Promise<void> {
  const [sealKey, macKey] = await Promise.all([newWrappedKey(seal), newWrappedKey(seal)]);
  const client = await pool.connect();
  try {
    await client.query("begin");
    // The one row of config_version is the lock that everybody knows.
    await client.query("select 1 from config_version for update");
    await client.query({
      text: `insert into data_key (id, purpose, wrapped)
             select * from (values ($1::uuid, 'seal', $2::bytea), ($3::uuid, 'mac', $4::bytea)) as fresh
             where not exists (select 1 from data_key)`,
      values: [sealKey.id, sealKey.wrapped, macKey.id, macKey.wrapped],
    });
    await client.query("commit");
  } finally {
    client.release();
  }
}
