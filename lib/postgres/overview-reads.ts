import type pg from "pg";
import type { AnswerBar, LeaseBar, LiveCounts, OverviewReads } from "@/lib/engine/system/overview";
import { boundedRead } from "@/lib/postgres/bounded-read";

/** Up to so many leases are counted at each question, which takes some 20 ms; beyond, the last sample is told. */
const COUNTED_MAX = 100_000;

/** From the index by mount, role and kind alone. */
const COUNT_LEASES = `
  select mount_id as "mountId", kind, count(*)::int as count, now() as at
  from (select mount_id, kind from lease order by mount_id, role, kind limit $1) as l group by mount_id, kind`;

const LAST_SAMPLE = `
  select mount_id as "mountId", kind, count, at from lease_sample
  where at = (select max(at) from lease_sample) and kind <> ''`;

const COUNTED = `
  select (select min(at) from lease_sample where at > now() - interval '1 day') as "firstSampleAt",
    (select nullif(until, '-infinity') from search_mark where name = 'audit minute') as until`;

/** Of each bar its last sample. */
const LEASE_TREND = `
  with picked as (
    select max(at) as at, floor(extract(epoch from at - $2::timestamptz) / $4::numeric)::int as bar
    from lease_sample where at >= $2 and at <= $3 group by 2
  )
  select p.bar, s.kind, sum(s.count)::float8 as count from picked p join lease_sample s using (at)
  where ($1::uuid[] is null or s.mount_id = any($1) or s.kind = '') group by p.bar, s.kind`;

const ANSWER_TREND = `
  select floor(extract(epoch from minute - $2::timestamptz) / $4::numeric)::int as bar, what, outcome,
    sum(count)::float8 as count
  from audit_minute
  where minute >= $2 and minute <= $3 and ($1::uuid[] is null or mount_id = any($1)) group by 1, 2, 3`;

const HAS_LOGINS = `select exists (select 1 from entity_alias where mount_accessor = any($1)) as is`;
const HAS_LEASES = `
  select exists (select 1 from lease) or exists (select 1 from lease_ended) as is`;

/** What the overview counts, at a cost that does not grow with what there is. */
export function overviewReads(pool: pg.Pool): OverviewReads {
  const is = async (text: string, values: unknown[]): Promise<boolean> =>
    (await boundedRead<{ is: boolean }>(pool, { text, values }))[0]?.is ?? false;
  return {
    liveLeases: (mountIds) => liveLeases(pool, mountIds),
    counted: async () => {
      const [row] = await boundedRead<{ firstSampleAt: Date | null; until: Date | null }>(pool, {
        text: COUNTED,
        values: [],
      });
      return row ?? { firstSampleAt: null, until: null };
    },
    leaseTrend: (mountIds, { from, to, widthSeconds }) =>
      boundedRead<LeaseBar>(pool, {
        text: LEASE_TREND,
        values: [mountIds, from, to, widthSeconds],
      }),
    answerTrend: (mountIds, { from, to, widthSeconds }) =>
      boundedRead<AnswerBar>(pool, {
        text: ANSWER_TREND,
        values: [mountIds, from, to, widthSeconds],
      }),
    hasLogins: (accessors) => is(HAS_LOGINS, [accessors]),
    hasLeases: () => is(HAS_LEASES, []),
  };
}

type CountRow = { mountId: string; kind: string; count: number; at: Date };

async function liveLeases(pool: pg.Pool, mountIds: readonly string[] | null): Promise<LiveCounts> {
  const counted = await boundedRead<CountRow>(pool, {
    text: COUNT_LEASES,
    values: [COUNTED_MAX + 1],
  });
  const isWhole = counted.reduce((sum, { count }) => sum + count, 0) <= COUNTED_MAX;
  const sampled = isWhole
    ? []
    : await boundedRead<CountRow>(pool, { text: LAST_SAMPLE, values: [] });
  const rows = isWhole || sampled.length === 0 ? counted : sampled;
  const byKind = new Map<string, number>();
  for (const { mountId, kind, count } of rows) {
    if (mountIds?.includes(mountId) === false) continue;
    byKind.set(kind, (byKind.get(kind) ?? 0) + count);
  }
  return {
    asOf: rows[0]?.at ?? new Date(),
    byKind: [...byKind].map(([kind, count]) => ({ kind, count })),
  };
}
