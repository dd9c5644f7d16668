import type pg from "pg";
import type { Gauges } from "@/lib/engine/ports";
import { storeError } from "@/lib/postgres/store-error";
import { TTL_BOUNDS, ttlBucket } from "@/lib/engine/system/ttl-bucket";

/** Rows that are counted one by one; beyond, the planner's estimate is told. */
const COUNTED_MAX = 100_000;
/** Policies and mounts that are told by name, most tokens first. */
const GROUPS_MAX = 500;

/** Numbers of what there is now, at a bounded cost. */
export async function readGauges(pool: pg.Pool): Promise<Gauges> {
  try {
    const [counts, groups] = await Promise.all([readCounts(pool), readGroups(pool)]);
    const of = (kind: GroupRow["kind"]): Gauges["tokensByPolicy"] =>
      groups.filter((row) => row.kind === kind).map(({ name, count }) => ({ group: name, count }));
    return {
      ...counts,
      tokensByPolicy: of("policy"),
      tokensByMount: of("mount"),
      tokensByTtl: of("ttl").map(({ group, count }) => ({
        group: ttlBucket(TTL_BOUNDS[Number(group)] ?? 0),
        count,
      })),
    };
  } catch (error) {
    throw storeError(error);
  }
}

type Counts = Pick<Gauges, "leases" | "irrevocableLeases" | "tokens" | "entities">;

async function readCounts(pool: pg.Pool): Promise<Counts> {
  const result = await pool.query<Counts>({
    name: "gauge_counts",
    text: `
      select ${bounded("lease", "true")} as leases,
        ${bounded("token", LIVE)} as tokens,
        ${bounded("entity", "true")} as entities,
        (select count(*)::int from (select 1 from lease where irrevocable_at is not null limit $1) as c)
          as "irrevocableLeases"`,
    values: [COUNTED_MAX],
  });
  return result.rows[0] ?? { leases: 0, irrevocableLeases: 0, tokens: 0, entities: 0 };
}

const LIVE = "num_uses >= 0 and (expires_at is null or expires_at > now())";

/** Both parts are constants of this file. */
function bounded(table: "lease" | "token" | "entity", condition: string): string {
  return `(select case when count(*) < $1 then count(*)
             else greatest(count(*), (select reltuples::bigint from pg_class where oid = '${table}'::regclass)) end::float8
           from (select 1 from ${table} where ${condition} limit $1) as c)`;
}

type GroupRow = { kind: "policy" | "mount" | "ttl"; name: string; count: number };

async function readGroups(pool: pg.Pool): Promise<GroupRow[]> {
  const result = await pool.query<GroupRow>({
    name: "gauge_groups",
    text: `
      with live as materialized (
        select policies, mount_id, creation_ttl_seconds as ttl from token where ${LIVE} limit $1
      )
      (select 'policy' as kind, p as name, count(*)::int as count from live, unnest(policies) as p
       group by p order by count(*) desc limit $2)
      union all
      (select 'mount', coalesce(mount_id::text, ''), count(*)::int from live
       group by mount_id order by count(*) desc limit $2)
      union all
      select 'ttl', bucket::text, count(*)::int from (
        select case when ttl <= 0 then cardinality($3::bigint[]) else width_bucket(ttl - 1, $3::bigint[]) end as bucket
        from live
      ) as b group by bucket`,
    values: [COUNTED_MAX, GROUPS_MAX, TTL_BOUNDS],
  });
  return result.rows;
}
