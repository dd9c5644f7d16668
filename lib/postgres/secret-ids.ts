import type pg from "pg";
import type { SecretId } from "@/lib/engine/approle/secret-id";
import type { SecretIdReads } from "@/lib/engine/ports";
import { oneByOne, type EffectRunners } from "@/lib/postgres/effect-runner";

type SecretIdRow = {
  role: string;
  hmac: string;
  accessor: string;
  num_uses: number;
  ttl_seconds: number;
  created_at: Date;
  updated_at: Date;
  expires_at: Date | null;
  cidr_list: string[];
  token_bound_cidrs: string[];
  metadata: Record<string, string>;
};

/** Only those that still log in: whether or not the worker came by, an expired one is unknown. */
const FROM_LIVING = `
  select role, encode(hmac, 'hex') as hmac, accessor, num_uses, created_at, updated_at, expires_at,
    coalesce(round(extract(epoch from expires_at - created_at)), 0)::float8 as ttl_seconds,
    cidr_list, token_bound_cidrs, metadata
  from approle_secret_id
  where num_uses >= 0 and (expires_at is null or expires_at > now())`;

const FIND = {
  name: "secret_id",
  text: `${FROM_LIVING} and mount_id = $1 and role = $2 and hmac = decode($3, 'hex')`,
};

const BY_ACCESSOR = {
  name: "secret_id_by_accessor",
  text: `${FROM_LIVING} and mount_id = $1 and accessor = $2`,
};

/** Secret ids as they stand by the database's clock. */
export function secretIdReads(pool: pg.Pool): SecretIdReads {
  return {
    find: async (mountId, role, hmac) => {
      const result = await pool.query<SecretIdRow>({ ...FIND, values: [mountId, role, hmac] });
      return firstOf(result);
    },
    byAccessor: async (mountId, accessor) => {
      const result = await pool.query<SecretIdRow>({ ...BY_ACCESSOR, values: [mountId, accessor] });
      return firstOf(result);
    },
    accessors: async (mountId, role, limit) => {
      const result = await pool.query<{ accessor: string }>({
        name: "secret_id_accessors",
        text: `
          select accessor from approle_secret_id
          where mount_id = $1 and role = $2
            and num_uses >= 0 and (expires_at is null or expires_at > now())
          order by accessor limit $3`,
        values: [mountId, role, limit],
      });
      return result.rows.map((row) => row.accessor);
    },
  };
}

function firstOf(result: pg.QueryResult<SecretIdRow>): SecretId | null {
  const [row] = result.rows;
  if (row === undefined) return null;
  return {
    role: row.role,
    hmac: row.hmac,
    accessor: row.accessor,
    numUses: row.num_uses,
    ttlSeconds: row.ttl_seconds,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
    cidrs: row.cidr_list,
    tokenBoundCidrs: row.token_bound_cidrs,
    metadata: row.metadata,
  };
}

/**
 * Stores a secret id while its role stands: the role's row is held until this commits, so a role
 * that is deleted meanwhile takes its last secret id along.
 */
const putSecretId = oneByOne<"put_secret_id">(async (_context, client, effect) => {
  const result = await client.query({
    name: "put_secret_id",
    text: `
      with role as (
        select mount_id, key from mount_setting
        where mount_id = $1 and setting = 'role' and key = $2 for share
      )
      insert into approle_secret_id as s (mount_id, role, hmac, accessor, num_uses, expires_at,
        cidr_list, token_bound_cidrs, metadata)
      select mount_id, key, decode($3, 'hex'), $4, $5,
        case when $6::float8 > 0 then now() + make_interval(secs => $6::float8) end, $7, $8, $9
      from role
      on conflict (mount_id, role, hmac) do update set accessor = excluded.accessor,
        num_uses = excluded.num_uses, created_at = now(), updated_at = now(),
        expires_at = excluded.expires_at, cidr_list = excluded.cidr_list,
        token_bound_cidrs = excluded.token_bound_cidrs, metadata = excluded.metadata
        where s.num_uses < 0 or s.expires_at <= now()`,
    values: [
      effect.mountId,
      effect.role,
      effect.hmac,
      effect.accessor,
      effect.numUses,
      effect.ttlSeconds,
      effect.cidrs,
      effect.tokenBoundCidrs,
      JSON.stringify(effect.metadata),
    ],
  });
  return result.rowCount === 1;
});

/**
 * Takes one of a limited number of uses. The last one leaves -1, which is unknown to everybody, until
 * the row is deleted: two logins that meet here wait for one another and see what is left.
 */
const spendSecretId = oneByOne<"spend_secret_id">(async (_context, client, effect) => {
  const values = [effect.mountId, effect.role, effect.hmac];
  const result = await client.query<{ num_uses: number }>({
    name: "spend_secret_id",
    text: `
      update approle_secret_id set updated_at = now(),
        num_uses = case when num_uses = 1 then -1 else num_uses - 1 end
      where mount_id = $1 and role = $2 and hmac = decode($3, 'hex')
        and num_uses > 0 and (expires_at is null or expires_at > now())
      returning num_uses`,
    values,
  });
  const [row] = result.rows;
  if (row?.num_uses === -1) await client.query({ ...DELETE_SECRET_ID, values });
  return row !== undefined;
});

const DELETE_SECRET_ID = {
  name: "delete_secret_id",
  text: `delete from approle_secret_id
         where mount_id = $1 and role = $2 and hmac = decode($3, 'hex')`,
};

const deleteSecretId = oneByOne<"delete_secret_id">(async (_context, client, effect) => {
  const values = [effect.mountId, effect.role, effect.hmac];
  await client.query({ ...DELETE_SECRET_ID, values });
  return true;
});

const deleteSecretIds = oneByOne<"delete_secret_ids">(async (_context, client, effect) => {
  await client.query({
    name: "delete_secret_ids",
    text: `delete from approle_secret_id
           where mount_id = $1 and ($2::text is null or role = $2)
             and (not $3 or expires_at <= now())`,
    values: [effect.mountId, effect.role ?? null, effect.expiredOnly],
  });
  return true;
});

type SecretIdEffectKind =
  "put_secret_id" | "spend_secret_id" | "delete_secret_id" | "delete_secret_ids";

export const secretIdEffects: Pick<EffectRunners, SecretIdEffectKind> = {
  put_secret_id: putSecretId,
  spend_secret_id: spendSecretId,
  delete_secret_id: deleteSecretId,
  delete_secret_ids: deleteSecretIds,
};
