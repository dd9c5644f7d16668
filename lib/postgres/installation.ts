import { randomBytes, randomUUID } from "node:crypto";
import type pg from "pg";
import type { Keyring } from "@/lib/engine/ports";

/** Mounts that are always there. */
const SINGLETONS = [
  ["secret", "sys/", "system", "system endpoints used for control, policy and debugging"],
  ["secret", "cubbyhole/", "cubbyhole", "per-token private secret storage"],
  ["secret", "identity/", "identity", "identity store"],
  ["auth", "token/", "token", "token based credentials"],
] as const;

export type Installation = { clusterId: string; clusterName: string };

/** Who this installation is; the first start gives it its name and its fixed mounts. */
export async function ensureInstallation(
  pool: pg.Pool,
  defaultPolicy: string,
  version: string,
): Promise<Installation> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    // The one row of config_version is the lock that everybody knows.
    await client.query("select 1 from config_version for update");
    await client.query(
      `insert into installation (cluster_id, cluster_name) values ($1, $2) on conflict do nothing`,
      [randomUUID(), `leasehold-${randomBytes(4).toString("hex")}`],
    );
    await insertSingletons(client);
    await client.query(
      `insert into policy (name, text) values ('default', $1) on conflict do nothing`,
      [defaultPolicy],
    );
    await client.query(`insert into version_history (version) values ($1) on conflict do nothing`, [
      version,
    ]);
    const result = await client.query<{ id: string; name: string }>(
      `select cluster_id as id, cluster_name as name from installation`,
    );
    await client.query("commit");
    const [row] = result.rows;
    return { clusterId: row?.id ?? "", clusterName: row?.name ?? "" };
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function insertSingletons(client: pg.ClientBase): Promise<void> {
  for (const [mountClass, path, type, description] of SINGLETONS) {
    const prefix = mountClass === "auth" ? `auth_${type}` : type;
    await client.query(
      `insert into mount (id, class, path, type, accessor, description, config, options, local, seal_wrap, external_entropy_access)
       values ($1, $2, $3, $4, $5, $6, $8, null, $7, false, false)
       on conflict (class, path) do nothing`,
      [
        randomUUID(),
        mountClass,
        path,
        type,
        `${prefix}_${randomBytes(4).toString("hex")}`,
        description,
        type === "cubbyhole",
        JSON.stringify({
          defaultLeaseTtlSeconds: 0,
          maxLeaseTtlSeconds: 0,
          forceNoCache: false,
          ...(type === "identity" && { passthroughRequestHeaders: ["Authorization"] }),
        }),
      ],
    );
  }
}

/** Whether somebody has been given the root token of this installation. */
export async function isInitialised(
  pool: pg.Pool,
): Promise<{ initialized: boolean; sealed: boolean }> {
  const result = await pool.query<{ initialized: boolean; sealed: boolean }>({
    name: "installation_state",
    text: `select i.initialized_at is not null as initialized, v.sealed
           from config_version v left join installation i on true`,
    values: [],
  });
  return result.rows[0] ?? { initialized: false, sealed: false };
}

/**
 * Makes the root token of an installation that has none, and writes the policies that it begins with.
 *
 * @returns false when somebody else did it first.
 */
export async function initialise(
  pool: pg.Pool,
  keys: Keyring,
  root: { token: string; accessor: string },
  policies: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const result = await pool.query({
    name: "initialise",
    text: `
      with first as (
        update installation set initialized_at = now() where initialized_at is null returning 1
      ), presets as (
        insert into policy (name, text) select p.name, p.text from first, unnest($3::text[], $4::text[]) as p (name, text)
        on conflict do nothing
      ), changed as (
        update config_version set version = version + 1 where exists (select 1 from first)
      )
      insert into token (hmac, accessor, policies, path, display_name, num_uses, creation_ttl_seconds, granted_ttl_seconds,
        explicit_max_ttl_seconds, period_seconds, renewable, bound_cidrs, leased)
      select decode($1, 'hex'), $2, '{root}', 'auth/token/root', 'root', 0, 0, 0, 0, 0, false, '{}', false from first`,
    values: [
      keys.hmac("token", root.token),
      root.accessor,
      Object.keys(policies),
      Object.values(policies),
    ],
  });
  return result.rowCount === 1;
}

/**
 * This process among the instances; `seen_at` tells the others that it lives.
 *
 * @param clockSkewMs how far its clock is behind the database's.
 */
export async function registerInstance(pool: pg.Pool, id: string, clockSkewMs = 0): Promise<void> {
  await pool.query({
    name: "register_instance",
    text: `insert into instance (id, clock_offset_ms) values ($1, $2)
           on conflict (id) do update set seen_at = now(), clock_offset_ms = excluded.clock_offset_ms`,
    values: [id, clockSkewMs],
  });
}
