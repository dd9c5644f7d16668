import type pg from "pg";
import type { Overview } from "@/lib/console/overview";

/** Live counts for the start page. */
export async function readOverview(
  pool: pg.Pool,
  facts: { version: string; embedded: boolean },
): Promise<Overview> {
  const result = await pool.query<Omit<Overview, "version" | "embeddedDatabase">>({
    name: "overview",
    text: `
      select
        (select initialized_at is not null from installation) as initialized,
        (select sealed from config_version) as sealed,
        (select count(*)::int from mount) as mounts,
        (select count(*)::int from lease) as leases,
        (select count(*)::int from token where num_uses >= 0 and (expires_at is null or expires_at > now())) as tokens,
        (select coalesce(sum(count), 0)::int from audit_batch) as "auditEntries",
        (select count(*)::int from audit_entry
          where at > now() - interval '15 minutes' and path like 'auth/%' and path like '%/login' and status < 300) as "recentLogins"`,
    values: [],
  });
  const [row] = result.rows;
  return {
    version: facts.version,
    embeddedDatabase: facts.embedded,
    initialized: row?.initialized ?? false,
    sealed: row?.sealed ?? false,
    mounts: row?.mounts ?? 0,
    leases: row?.leases ?? 0,
    tokens: row?.tokens ?? 0,
    auditEntries: row?.auditEntries ?? 0,
    recentLogins: row?.recentLogins ?? 0,
  };
}
