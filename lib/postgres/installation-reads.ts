import type pg from "pg";
import type { InstallationReads } from "@/lib/engine/ports";
import { readGauges } from "@/lib/postgres/gauges";
import { storeError } from "@/lib/postgres/store-error";

/** Values of one kind that are looked at when those under a key are counted. */
const COUNTED_MAX = 100_000;
const INSTANCES_MAX = 1000;

/** Facts about the installation as a whole. */
export function installationReads(pool: pg.Pool, instanceId: string): InstallationReads {
  const rows = async <R extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<R[]> => {
    try {
      return (await pool.query<R>(query)).rows;
    } catch (error) {
      throw storeError(error);
    }
  };
  return {
    sealingKey: async () => {
      const [row] = await rows<{ term: number; installed_at: Date; encryptions: number }>({
        ...SEALING_KEY,
        values: [COUNTED_MAX],
      });
      if (row === undefined) throw new Error("there is no sealing key");
      return { term: row.term, installedAt: row.installed_at, encryptions: row.encryptions };
    },
    versions: async (limit) => {
      const found = await rows<{ version: string; installed_at: Date }>({
        name: "version_history",
        text: `select version, installed_at from version_history order by installed_at, version limit $1`,
        values: [limit],
      });
      return found.map((row) => ({ version: row.version, installedAt: row.installed_at }));
    },
    instances: async (seconds) => {
      const found = await rows<{ id: string; seen_at: Date; clock_offset_ms: number }>({
        name: "live_instances",
        text: `select id, seen_at, clock_offset_ms from instance
               where id = $2 or seen_at > now() - make_interval(secs => $1) order by started_at limit $3`,
        values: [seconds, instanceId, INSTANCES_MAX],
      });
      return found.map((row) => ({
        id: row.id,
        isSelf: row.id === instanceId,
        seenAt: row.seen_at,
        clockOffsetMs: row.clock_offset_ms,
      }));
    },
    entityCount: async () => {
      const [row] = await rows<{ count: number }>({
        name: "entity_count",
        text: `select count(*)::int as count from entity`,
        values: [],
      });
      return row?.count ?? 0;
    },
    gauges: () => readGauges(pool),
  };
}

/** A sealed value begins with the id of its key. */
const SEALING_KEY = {
  name: "sealing_key",
  text: `
    with newest as (
      select created_at, decode(replace(id::text, '-', ''), 'hex') as prefix from data_key
      where purpose = 'seal' order by created_at desc, id desc limit 1
    ), sealed as (
      (select sealed as value from mount_setting where sealed is not null limit $1)
      union all (select salt from audit_device limit $1)
      union all (select sealed from cubbyhole limit $1)
    )
    select created_at as installed_at,
      (select count(*)::int from data_key where purpose = 'seal') as term,
      (select count(*)::int from sealed where substring(value from 1 for 16) = prefix) as encryptions
    from newest`,
};
