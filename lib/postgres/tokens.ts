import type pg from "pg";
import type { TokenReads } from "@/lib/engine/ports";
import type { Token } from "@/lib/engine/token/token";
import { BatchedRead } from "@/lib/postgres/batched-read";
import { prefixEnd } from "@/lib/postgres/leases";

const COLUMNS = `
  encode(t.hmac, 'hex') as hmac, t.accessor, encode(t.parent_hmac, 'hex') as parent_hmac, t.policies, t.path,
  t.display_name, t.meta, t.num_uses, t.issued_at, t.creation_ttl_seconds::float8, t.granted_ttl_seconds::float8,
  t.explicit_max_ttl_seconds::float8, t.period_seconds::float8, t.renewable, t.expires_at, t.last_renewed_at,
  extract(epoch from t.expires_at - now())::float8 as remaining_seconds,
  extract(epoch from now() - t.issued_at)::float8 as age_seconds,
  t.role, t.entity_id, t.bound_cidrs, t.mount_id, t.renewal, t.leased,
  (t.entity_id is not null and not exists (select 1 from entity e where e.id = t.entity_id)) as entity_missing`;

type TokenRow = {
  hmac: string;
  accessor: string;
  parent_hmac: string | null;
  policies: string[];
  path: string;
  display_name: string;
  meta: Record<string, string> | null;
  num_uses: number;
  issued_at: Date;
  creation_ttl_seconds: number;
  granted_ttl_seconds: number;
  explicit_max_ttl_seconds: number;
  period_seconds: number;
  renewable: boolean;
  expires_at: Date | null;
  last_renewed_at: Date | null;
  remaining_seconds: number | null;
  age_seconds: number;
  role: string | null;
  entity_id: string | null;
  bound_cidrs: string[];
  mount_id: string | null;
  renewal: Token["renewal"];
  leased: boolean;
  entity_missing: boolean;
};

type Current = { token: Token | null; configVersion: string };

/** A token that was used up or has run out is unknown, whether or not the worker came by. */
const CURRENT_TOKENS = {
  name: "current_tokens",
  text: `
    select v.version::text as config_version, ${COLUMNS}
    from config_version v
    left join token t on t.hmac in (select decode(h, 'hex') from unnest($1::text[]) as h)
      and t.num_uses >= 0 and (t.expires_at is null or t.expires_at > now())`,
};

/** Reads of tokens; those that every request makes share one statement with all in flight. */
export function tokenReads(pool: pg.Pool): TokenReads {
  const current = new BatchedRead<string | null, Current>((hmacs) => readCurrent(pool, hmacs));
  return {
    current: (hmac) => current.read(hmac),
    byHmac: (hmac) => readOne(pool, "token_by_hmac", "t.hmac = decode($1, 'hex')", hmac),
    byAccessor: (accessor) => readOne(pool, "token_by_accessor", "t.accessor = $1", accessor),
    hmacsUnder: async (prefix) => {
      const result = await pool.query<{ hmac: string }>({
        name: "token_hmacs_under",
        text: `select encode(hmac, 'hex') as hmac from token
               where path = rtrim($1, '/') or (path >= $1 and path < $2)`,
        values: [prefix, prefixEnd(prefix)],
      });
      return result.rows.map((row) => row.hmac);
    },
    accessors: async (limit) => {
      const result = await pool.query<{ accessor: string }>({
        name: "token_accessors",
        text: `select accessor from token
               where num_uses >= 0 and (expires_at is null or expires_at > now())
               order by accessor limit $1`,
        values: [limit],
      });
      return result.rows.map((row) => row.accessor);
    },
  };
}

async function readCurrent(pool: pg.Pool, hmacs: readonly (string | null)[]): Promise<Current[]> {
  const asked = [...new Set(hmacs.filter((hmac) => hmac !== null))];
  const result = await pool.query<TokenRow & { config_version: string }>({
    ...CURRENT_TOKENS,
    values: [asked],
  });
  const configVersion = result.rows[0]?.config_version ?? "0";
  const tokens = new Map<string | null, Token>();
  for (const row of result.rows) {
    // The outer join gives one empty row when none of the tokens is known.
    if ((row.hmac as string | null) !== null) tokens.set(row.hmac, tokenOf(row));
  }
  return hmacs.map((hmac) => ({ token: tokens.get(hmac) ?? null, configVersion }));
}

async function readOne(
  pool: pg.Pool,
  name: string,
  condition: "t.hmac = decode($1, 'hex')" | "t.accessor = $1",
  value: string,
): Promise<Token | null> {
  const result = await pool.query<TokenRow>({
    name,
    text: `select ${COLUMNS} from token t
           where ${condition} and t.num_uses >= 0 and (t.expires_at is null or t.expires_at > now())`,
    values: [value],
  });
  const [row] = result.rows;
  return row === undefined ? null : tokenOf(row);
}

function tokenOf(row: TokenRow): Token {
  return {
    hmac: row.hmac,
    accessor: row.accessor,
    kind: "service",
    parentHmac: row.parent_hmac,
    policies: row.policies,
    path: row.path,
    displayName: row.display_name,
    meta: row.meta,
    numUses: row.num_uses,
    issuedAt: row.issued_at,
    creationTtlSeconds: row.creation_ttl_seconds,
    grantedTtlSeconds: row.granted_ttl_seconds,
    explicitMaxTtlSeconds: row.explicit_max_ttl_seconds,
    periodSeconds: row.period_seconds,
    renewable: row.renewable,
    expiresAt: row.expires_at,
    lastRenewedAt: row.last_renewed_at,
    remainingSeconds: row.remaining_seconds,
    ageSeconds: row.age_seconds,
    role: row.role,
    entityId: row.entity_id,
    entityMissing: row.entity_missing,
    boundCidrs: row.bound_cidrs,
    mountId: row.mount_id,
    renewal: row.renewal,
    leased: row.leased,
  };
}
