import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type pg from "pg";
import type { ChangedBy, ConfigurationEffect } from "@/lib/engine/history/effects";
import type { FoundChange, HistoryReads } from "@/lib/engine/history/search";
import type { Json, JsonObject } from "@/lib/engine/json";
import { boundedRead } from "@/lib/postgres/bounded-read";
import { oneByOne, type EffectRunners } from "@/lib/postgres/effect-runner";
import { instantOf, microsOf } from "@/lib/postgres/search-text";

type Change = {
  kind: string;
  mountId: string | null;
  key: string;
  before: Json;
  after: Json;
  secretChanged: boolean;
};

const recordChanges = oneByOne<"record_changes">(async (_context, client, { by, effects }) => {
  for (const effect of effects) {
    for (const change of await changesOf(client, effect)) {
      const same = isDeepStrictEqual(change.before, change.after);
      if (!same || change.secretChanged) await insertChange(client, by, change);
    }
  }
  return true;
});

async function insertChange(client: pg.ClientBase, by: ChangedBy, change: Change): Promise<void> {
  await client.query({
    name: "record_change",
    text: `insert into config_change
             (id, request_id, accessor, changed_by, path, kind, mount_id, key, before, after, secret_changed)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      randomUUID(),
      by.requestId,
      by.accessor,
      by.name,
      by.path,
      change.kind,
      change.mountId,
      change.key,
      jsonOrNull(change.before),
      jsonOrNull(change.after),
      change.secretChanged,
    ],
  });
}

function jsonOrNull(document: Json): string | null {
  return document === null ? null : JSON.stringify(document);
}

async function changesOf(client: pg.ClientBase, effect: ConfigurationEffect): Promise<Change[]> {
  switch (effect.kind) {
    case "put_setting": {
      const [before = null] = await settings(client, effect);
      const secretChanged = effect.secret !== undefined && before !== null;
      const body = before?.body ?? null;
      return [
        { ...ofSetting(effect), key: effect.key, before: body, after: effect.body, secretChanged },
      ];
    }
    case "delete_setting": {
      const gone = await settings(client, effect);
      return gone.map(({ key, body }) => ({ ...ofSetting(effect), key, ...deleted(body) }));
    }
    case "put_policy":
    case "delete_policy": {
      const after = effect.kind === "put_policy" ? { policy: effect.text } : null;
      const before = await documentOf(client, POLICY, effect.name);
      const place = { kind: "policy", mountId: null, key: effect.name };
      return [{ ...place, before, after, secretChanged: false }];
    }
    case "put_audit_device":
    case "remove_audit_device": {
      const { path } = effect;
      const after =
        effect.kind === "put_audit_device"
          ? { type: effect.type, description: effect.description, options: effect.options }
          : null;
      const before = await documentOf(client, AUDIT_DEVICE, path);
      return [
        { kind: "audit_device", mountId: null, key: path, before, after, secretChanged: false },
      ];
    }
    case "enable_mount":
    case "change_mount":
    case "remove_mount":
      return [await mountChange(client, effect)];
  }
}

function ofSetting({ mountId, setting }: { mountId: string; setting: string }) {
  return { kind: setting, mountId };
}

function deleted(before: Json) {
  return { before, after: null, secretChanged: false };
}

type SettingRow = { key: string; body: JsonObject };

async function settings(
  client: pg.ClientBase,
  { mountId, setting, key }: { mountId: string; setting: string; key?: string },
): Promise<SettingRow[]> {
  const result = await client.query<SettingRow>({
    name: "settings_before",
    text: `select key, body from mount_setting
           where mount_id = $1 and setting = $2 and ($3::text is null or key = $3) order by key`,
    values: [mountId, setting, key ?? null],
  });
  return result.rows;
}

const POLICY = {
  name: "policy_before",
  text: `select jsonb_build_object('policy', text) as document from policy where name = $1`,
};
const AUDIT_DEVICE = {
  name: "audit_device_before",
  text: `select jsonb_build_object('type', type, 'description', description, 'options', options) as document
         from audit_device where path = $1`,
};
const MOUNT = {
  name: "mount_before",
  text: `select jsonb_build_object('path', case when class = 'auth' then 'auth/' || path else path end, 'type', type,
           'description', description, 'config', config, 'options', options) as document
         from mount where id = $1`,
};

async function documentOf(
  client: pg.ClientBase,
  statement: { name: string; text: string },
  key: string,
): Promise<JsonObject | null> {
  const result = await client.query<{ document: JsonObject }>({ ...statement, values: [key] });
  return result.rows[0]?.document ?? null;
}

type MountEffect = Extract<
  ConfigurationEffect,
  { kind: "enable_mount" | "change_mount" | "remove_mount" }
>;

async function mountChange(client: pg.ClientBase, effect: MountEffect): Promise<Change> {
  if (effect.kind === "enable_mount") {
    const { mount } = effect;
    const after = {
      path: mount.fullPath,
      type: mount.type,
      description: mount.description,
      config: plainJson(mount.config),
      options: mount.options,
    };
    return { ...ofMount(mount.id, mount.fullPath), before: null, after };
  }
  const before = await documentOf(client, MOUNT, effect.mountId);
  const path = typeof before?.["path"] === "string" ? before["path"] : "";
  if (effect.kind === "remove_mount")
    return { ...ofMount(effect.mountId, path), before, after: null };
  const { config, description, options, path: moved } = effect;
  const after: JsonObject = {
    ...before,
    ...(config !== undefined && { config: plainJson(config) }),
    ...(description !== undefined && { description }),
    ...(options !== undefined && { options }),
    ...(moved !== undefined && { path: path.startsWith("auth/") ? `auth/${moved}` : moved }),
  };
  return { ...ofMount(effect.mountId, path), before, after };
}

function ofMount(mountId: string, path: string) {
  return { kind: "mount", mountId, key: path, secretChanged: false };
}

/** Without what is undefined, as it is stored. */
function plainJson(value: object): JsonObject {
  // What JSON gives back of an object is an object of JSON.
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

export const historyEffects: Pick<EffectRunners, "record_changes"> = {
  record_changes: recordChanges,
};

const PAGE = `
  select id, at, request_id as "requestId", accessor, changed_by as "changedBy", path, kind, mount_id as "mountId", key,
    before, after, secret_changed as "secretChanged", ${microsOf("at")} as position_key
  from config_change
  where ($1::uuid[] is null or mount_id = any($1)) and ($2::text is null or kind = $2) and ($3::text is null or key = $3)
    and ($4::timestamptz is null or at >= $4) and ($5::timestamptz is null or at < $5)
    and ($6::bigint is null or (at <= ${instantOf("$6")} and (at, id) < (${instantOf("$6")}, $7::uuid)))
  order by at desc, id desc limit $8`;

type Row = Omit<FoundChange, "position"> & { position_key: string };

/** Changes of the configuration. */
export function historyReads(pool: pg.Pool): HistoryReads {
  return {
    page: async (filter, { limit, after }) => {
      const rows = await boundedRead<Row>(pool, {
        text: PAGE,
        values: [
          filter.mountIds,
          filter.kind,
          filter.key,
          filter.from,
          filter.to,
          after?.key ?? null,
          after?.id ?? null,
          limit + 1,
        ],
      });
      return rows.map(({ position_key: key, ...change }) => ({
        ...change,
        position: { key, id: change.id },
      }));
    },
  };
}

/** Forgets changes that are older than so many days. */
export async function sweepHistory(pool: pg.Pool, days: number): Promise<void> {
  await pool.query({
    name: "sweep_config_changes",
    text: `delete from config_change where id in (
             select id from config_change where at < now() - make_interval(days => $1) order by at limit 1000)`,
    values: [days],
  });
}
