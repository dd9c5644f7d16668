import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { AliasOfLogin } from "@/lib/engine/config-snapshot";
import { storeError } from "@/lib/postgres/store-error";

/**
 * The entity behind an alias; made when there is none, its metadata brought up to date when they
 * differ. A small commit of its own: many logins of one role meet here, none should wait for it.
 */
export async function ensureAlias(
  pool: pg.Pool,
  alias: AliasOfLogin,
): Promise<{ entityId: string; created: boolean }> {
  try {
    const result = await pool.query<{ entity_id: string; created: boolean }>({
      name: "ensure_alias",
      text: `
        with known as (
          select id, entity_id, metadata from entity_alias where mount_accessor = $1 and name = $2
        ), entity as (
          insert into entity (id, name) select $4::uuid, $6 where not exists (select 1 from known)
          returning id
        ), alias as (
          insert into entity_alias as a (id, entity_id, mount_accessor, name, metadata)
          select $5, id, $1, $2, $3 from entity
          on conflict (mount_accessor, name) do nothing
          returning entity_id
        ), changed as (
          update entity_alias set metadata = $3, updated_at = now()
          where id in (select id from known where metadata <> $3::jsonb)
        )
        select entity_id, false as created from known
        union all select entity_id, true from alias`,
      values: [alias.mountAccessor, alias.name, JSON.stringify(alias.metadata), ...freshNames()],
    });
    const [row] = result.rows;
    if (row !== undefined) return { entityId: row.entity_id, created: row.created };
  } catch (error) {
    throw storeError(error);
  }
  // Somebody else made it between our look and our insert: the second look finds it.
  return ensureAlias(pool, alias);
}

function freshNames(): [string, string, string] {
  const entityId = randomUUID();
  return [entityId, randomUUID(), `entity_${entityId.slice(0, 8)}`];
}
