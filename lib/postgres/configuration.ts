import type pg from "pg";
import type {
  AliasOfLogin,
  AuditDevice,
  ConfigSnapshot,
  Entity,
  EntityAlias,
  Setting,
  StoredPolicy,
} from "@/lib/engine/config-snapshot";
import { isEngineError } from "@/lib/engine/errors";
import type { JsonObject } from "@/lib/engine/json";
import {
  MountTable,
  type Mount,
  type MountClass,
  type MountConfig,
} from "@/lib/engine/mount/mount";
import { parsePolicy } from "@/lib/engine/policy/parse";
import { ensureAlias } from "@/lib/postgres/entity-aliases";
import { storeError } from "@/lib/postgres/store-error";
import type { StoreContext } from "@/lib/postgres/store-context";

/** The configuration of the newest version that this process has seen. */
export class Configuration {
  readonly #context: StoreContext;
  #current: Snapshot | null = null;
  #loading: { version: bigint; snapshot: Promise<Snapshot> } | null = null;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /**
   * A snapshot that is not older than `version`.
   *
   * @throws EngineError `unavailable` when the database does not answer.
   */
  async at(version: string): Promise<ConfigSnapshot> {
    const wanted = BigInt(version);
    if (this.#current !== null && BigInt(this.#current.version) >= wanted) return this.#current;
    if (this.#loading === null || this.#loading.version < wanted) {
      this.#loading = { version: wanted, snapshot: this.#load() };
    }
    const loading = this.#loading;
    try {
      this.#current = await loading.snapshot;
      return this.#current;
    } catch (error) {
      throw isEngineError(error) ? error : storeError(error);
    } finally {
      if (this.#loading === loading) this.#loading = null;
    }
  }

  async #load(): Promise<Snapshot> {
    const { pool, keys } = this.#context;
    const result = await pool.query<MountRow & VersionRow>({
      name: "load_mounts",
      text: `select v.version::text as version, v.sealed,
               (select id from data_key where purpose = 'seal' order by created_at desc, id desc limit 1) as sealing_key,
               m.* from config_version v left join mount m on true
             order by m.path`,
      values: [],
    });
    const [first] = result.rows;
    const sealingKey = first?.sealing_key ?? null;
    if (first?.sealed === true) keys.lock();
    else if (keys.isLocked() || (sealingKey !== null && !keys.knows(sealingKey))) {
      await keys.refresh();
    }
    // The outer join gives one row without a mount before the first start has made any.
    const mounts = result.rows.filter((row) => (row.id as string | null) !== null).map(mountOf);
    return new Snapshot(this.#context, first?.version ?? "0", first?.sealed ?? false, mounts);
  }
}

class Snapshot implements ConfigSnapshot {
  readonly version: string;
  readonly sealed: boolean;
  readonly mounts: MountTable;
  readonly memo = new Map<string, unknown>();
  readonly #context: StoreContext;
  readonly #loads = new Map<string, Promise<unknown>>();

  constructor(context: StoreContext, version: string, sealed: boolean, mounts: readonly Mount[]) {
    this.#context = context;
    this.version = version;
    this.sealed = sealed;
    this.mounts = new MountTable(mounts);
  }

  policy(name: string): Promise<StoredPolicy | null> {
    return this.#once(`policy ${name}`, async () => {
      const rows = await this.#rows<{ text: string }>(
        "policy_text",
        `select text from policy where name = $1`,
        [name],
      );
      const [row] = rows;
      return row === undefined
        ? null
        : { name, text: row.text, parsed: parsePolicy(name, row.text) };
    });
  }

  policyNames(): Promise<string[]> {
    return this.#once("policies", async () => {
      const rows = await this.#rows<{ name: string }>(
        "policy_names",
        `select name from policy order by name`,
        [],
      );
      return rows.map((row) => row.name);
    });
  }

  setting(mountId: string, setting: string, key: string): Promise<Setting | null> {
    return this.#once(`setting ${mountId} ${setting} ${key}`, async () => {
      const rows = await this.#rows<SettingRow>(
        "setting",
        `select key, body, sealed, revision from mount_setting where mount_id = $1 and setting = $2 and key = $3`,
        [mountId, setting, key],
      );
      const [row] = rows;
      return row === undefined ? null : await this.#settingOf(mountId, setting, row);
    });
  }

  settings(mountId: string, setting: string): Promise<readonly Setting[]> {
    return this.#once(`settings ${mountId} ${setting}`, async () => {
      const rows = await this.#rows<SettingRow>(
        "settings",
        `select key, body, sealed, revision from mount_setting where mount_id = $1 and setting = $2 order by key`,
        [mountId, setting],
      );
      return Promise.all(rows.map((row) => this.#settingOf(mountId, setting, row)));
    });
  }

  settingKeys(mountId: string, setting: string): Promise<string[]> {
    return this.#once(`keys ${mountId} ${setting}`, async () => {
      const rows = await this.#rows<{ key: string }>(
        "setting_keys",
        `select key from mount_setting where mount_id = $1 and setting = $2 order by key`,
        [mountId, setting],
      );
      return rows.map((row) => row.key);
    });
  }

  async ensureAlias(alias: AliasOfLogin): Promise<{ entityId: string; created: boolean }> {
    const key = `alias ${alias.mountAccessor} ${alias.name}`;
    const metadata = JSON.stringify(alias.metadata);
    const known = this.memo.get(key);
    // Written below only, so its shape is known.
    const entry = known as { entityId: string; metadata: string } | undefined;
    if (entry?.metadata === metadata) return { entityId: entry.entityId, created: false };
    const found = await ensureAlias(this.#context.pool, alias);
    this.memo.set(key, { entityId: found.entityId, metadata });
    return found;
  }

  async entity(id: string): Promise<Entity | null> {
    if (!/^[0-9a-f-]{36}$/i.test(id)) return null;
    return this.#entityWhere("entity_by_id", "e.id = $1", id);
  }

  entityByName(name: string): Promise<Entity | null> {
    return this.#entityWhere("entity_by_name", "e.name = $1", name);
  }

  async entityIds(): Promise<string[]> {
    const rows = await this.#rows<{ id: string }>(
      "entity_ids",
      `select id from entity order by id limit ${ENTITIES_MAX}`,
      [],
    );
    return rows.map((row) => row.id);
  }

  async entityNames(): Promise<string[]> {
    const rows = await this.#rows<{ name: string }>(
      "entity_names",
      `select name from entity order by name limit ${ENTITIES_MAX}`,
      [],
    );
    return rows.map((row) => row.name);
  }

  auditDevices(): Promise<readonly AuditDevice[]> {
    return this.#once("audit devices", async () => {
      const rows = await this.#rows<AuditDeviceRow>(
        "audit_devices",
        `select path, type, description, local, options, salt from audit_device order by path`,
        [],
      );
      const { keys } = this.#context;
      for (const { salt } of rows) await keys.learn(salt);
      return rows.map((row) => ({ ...row, salt: keys.open("audit_device", row.path, row.salt) }));
    });
  }

  async #entityWhere(
    name: string,
    condition: "e.id = $1" | "e.name = $1",
    value: string,
  ): Promise<Entity | null> {
    const rows = await this.#rows<EntityRow>(
      name,
      `select e.id, e.name, e.metadata, e.created_at, e.updated_at, coalesce((
         select json_agg(json_build_object('id', a.id, 'name', a.name, 'mountAccessor', a.mount_accessor,
           'metadata', a.metadata, 'createdAt', a.created_at, 'updatedAt', a.updated_at) order by a.created_at)
         from entity_alias a where a.entity_id = e.id), '[]') as aliases
       from entity e where ${condition}`,
      [value],
    );
    const [row] = rows;
    return row === undefined ? null : entityOf(row);
  }

  async #settingOf(mountId: string, setting: string, row: SettingRow): Promise<Setting> {
    const { keys } = this.#context;
    if (row.sealed !== null) await keys.learn(row.sealed);
    return {
      key: row.key,
      body: row.body,
      revision: row.revision,
      secret:
        row.sealed === null
          ? null
          : keys.open("setting", `${mountId}/${setting}/${row.key}`, row.sealed),
    };
  }

  /** Loaded once a version; a failed load is asked again. */
  #once<T>(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.#loads.get(key);
    // Each key belongs to one type of value.
    if (known !== undefined) return known as Promise<T>;
    const loading = load();
    this.#loads.set(key, loading);
    loading.catch(() => this.#loads.delete(key));
    return loading;
  }

  async #rows<R extends pg.QueryResultRow>(
    name: string,
    text: string,
    values: unknown[],
  ): Promise<R[]> {
    try {
      const result = await this.#context.pool.query<R>({ name, text, values });
      return result.rows;
    } catch (error) {
      throw storeError(error);
    }
  }
}

/** Entities that a list shows at most. */
const ENTITIES_MAX = 10_000;

type VersionRow = { version: string; sealed: boolean; sealing_key: string | null };

type SettingRow = { key: string; body: JsonObject; sealed: Buffer | null; revision: number };

type AuditDeviceRow = {
  path: string;
  type: string;
  description: string;
  local: boolean;
  options: Record<string, string>;
  salt: Buffer;
};

type EntityRow = {
  id: string;
  name: string;
  metadata: Record<string, string>;
  created_at: Date;
  updated_at: Date;
  aliases: (Omit<EntityAlias, "createdAt" | "updatedAt"> & {
    createdAt: string;
    updatedAt: string;
  })[];
};

function entityOf(row: EntityRow): Entity {
  return {
    id: row.id,
    name: row.name,
    metadata: row.metadata,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    aliases: row.aliases.map((alias) => ({
      ...alias,
      createdAt: new Date(alias.createdAt),
      updatedAt: new Date(alias.updatedAt),
    })),
  };
}

type MountRow = {
  id: string;
  class: MountClass;
  path: string;
  type: string;
  accessor: string;
  description: string;
  config: MountConfig;
  options: Record<string, string> | null;
  local: boolean;
  seal_wrap: boolean;
  external_entropy_access: boolean;
  tainted_at: Date | null;
};

function mountOf(row: MountRow): Mount {
  return {
    id: row.id,
    class: row.class,
    path: row.path,
    fullPath: row.class === "auth" ? `auth/${row.path}` : row.path,
    type: row.type,
    accessor: row.accessor,
    description: row.description,
    config: row.config,
    options: row.options,
    local: row.local,
    sealWrap: row.seal_wrap,
    externalEntropyAccess: row.external_entropy_access,
    tainted: row.tainted_at !== null,
  };
}
