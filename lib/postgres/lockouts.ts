import type pg from "pg";
import type { StoreReads } from "@/lib/engine/ports";
import { oneByOne, type EffectRunners } from "@/lib/postgres/effect-runner";

/** Failed logins as they count by the database's clock. */
export function lockoutReads(pool: pg.Pool): Pick<StoreReads, "loginFailures" | "lockedUsers"> {
  return {
    loginFailures: async (mountAccessor, alias) => {
      const result = await pool.query<{ failures: number; locked_seconds: number }>({
        name: "login_failures",
        text: `
          select failures,
            greatest(coalesce(extract(epoch from locked_until - now()), 0), 0)::float8 as locked_seconds
          from lockout where mount_accessor = $1 and alias = $2`,
        values: [mountAccessor, alias],
      });
      const [row] = result.rows;
      return { count: row?.failures ?? 0, lockedSeconds: row?.locked_seconds ?? 0 };
    },
    lockedUsers: async (limit) => {
      const result = await pool.query<{ mount_accessor: string; alias: string }>({
        name: "locked_users",
        text: `select mount_accessor, alias from lockout where locked_until > now()
               order by mount_accessor, alias limit $1`,
        values: [limit],
      });
      return result.rows.map((row) => ({ mountAccessor: row.mount_accessor, alias: row.alias }));
    },
  };
}

/** A lock that has ended, or a first failure long ago, starts the count anew. */
const recordLoginFailure = oneByOne<"record_login_failure">(async (_context, client, effect) => {
  await client.query({
    name: "record_login_failure",
    text: `
      insert into lockout as l (mount_accessor, alias, failures, first_failure_at, locked_until)
      values ($1, $2, 1, now(),
        case when $3::int <= 1 then now() + make_interval(secs => $5::float8) end)
      on conflict (mount_accessor, alias) do update set (failures, first_failure_at, locked_until) = (
        select counted.failures, counted.first_failure_at,
          case when counted.failures >= $3::int
            then coalesce(counted.locked_until, now() + make_interval(secs => $5::float8)) end
        from (
          select
            case when fresh then 1 else l.failures + 1 end as failures,
            case when fresh then now() else l.first_failure_at end as first_failure_at,
            case when fresh then null else l.locked_until end as locked_until
          from (
            select coalesce(l.locked_until <= now(),
              l.first_failure_at <= now() - make_interval(secs => $4::float8)) as fresh
          ) as age
        ) as counted
      )`,
    values: [
      effect.mountAccessor,
      effect.alias,
      effect.threshold,
      effect.resetSeconds,
      effect.lockSeconds,
    ],
  });
  return true;
});

const clearLoginFailures = oneByOne<"clear_login_failures">(async (_context, client, effect) => {
  const result = await client.query<{ cleared: boolean }>({
    name: "clear_login_failures",
    text: `
      with cleared as (
        delete from lockout where mount_accessor = $1 and alias = $2
          and ($3 or locked_until is null or locked_until <= now())
        returning 1
      )
      select exists (select 1 from cleared) or not exists (
        select 1 from lockout where mount_accessor = $1 and alias = $2) as cleared`,
    values: [effect.mountAccessor, effect.alias, effect.unlock],
  });
  return result.rows[0]?.cleared === true;
});

type LockoutEffectKind = "record_login_failure" | "clear_login_failures";

export const lockoutEffects: Pick<EffectRunners, LockoutEffectKind> = {
  record_login_failure: recordLoginFailure,
  clear_login_failures: clearLoginFailures,
};
