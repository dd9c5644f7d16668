import type pg from "pg";
import type { TokenName, TokenReads } from "@/lib/engine/ports";
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
    select v.version::text as config_version, now() as database_now, ${COLUMNS}
    from config_version v
    left join token t on t.hmac in (select decode(h, 'hex') from unnest($1::text[]) as h)
      and t.num_uses >= 0 and (t.expires_at is null or t.expires_at > now())`,
};

/** Told of each answer that carries the database's time. */
type ClockObserver = {
  observe<T>(query: () => Promise<T>, timeOf: (answer: T) => Date | null): Promise<T>;
};

/** Reads of tokens; those that every request makes share one statement with all in flight. */
export function tokenReads(pool: pg.Pool, clock: ClockObserver): TokenReads {
  const current = new BatchedRead<string | null, Current>((hmacs) =>
    readCurrent(pool, clock, hmacs),
  );
  const uses = new BatchedRead<string, Use>((hmacs) => spendUses(pool, hmacs));
  return {
    current: (hmac) => current.read(hmac),
    spendUse: async (hmac) => (await uses.read(hmac)).left,
    byHmac: (hmac) => readOne(pool, "token_by_hmac", "t.hmac = decode($1, 'hex')", hmac),
    byAccessor: (accessor) => readOne(pool, "token_by_accessor", "t.accessor = $1", accessor),
    under: async (prefix, limit) => {
      const result = await pool.query<TokenName>({
        name: "tokens_under",
        text: `select encode(hmac, 'hex') as hmac, accessor from token
               where path = rtrim($1, '/') or (path >= $1 and path < $2) limit $3`,
        values: [prefix, prefixEnd(prefix), limit],
      });
      return result.rows;
    },
    ofMount: async (mountId, limit) => {
      const result = await pool.query<TokenName>({
        name: "tokens_of_auth_mount",
        text: `select encode(hmac, 'hex') as hmac, accessor from token where mount_id = $1 limit $2`,
        values: [mountId, limit],
      });
      return result.rows;
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

type CurrentRow = TokenRow & { config_version: string; database_now: Date };

async function readCurrent(
  pool: pg.Pool,
  clock: ClockObserver,
  hmacs: readonly (string | null)[],
): Promise<Current[]> {
  const asked = [...new Set(hmacs.filter((hmac) => hmac !== null))];
  const result = await clock.observe(
    () => pool.query<CurrentRow>({ ...CURRENT_TOKENS, values: [asked] }),
    ({ rows }) => rows[0]?.database_now ?? null,
  );
  const configVersion = result.rows[0]?.config_version ?? "0";
  const tokens = new Map<string | null, Token>();
  for (const row of result.rows) {
    // The outer join gives one empty row when none of the tokens is known.
    if ((row.hmac as string | null) !== null) tokens.set(row.hmac, tokenOf(row));
  }
  return hmacs.map((hmac) => ({ token: tokens.get(hmac) ?? null, configVersion }));
}

/** What one use leaves; null: there was none to take. */
type Use = { left: number | null };

/**
 * Uses that were asked for together are taken together, and handed out in turn. A token without any
 * left is the worker's after two minutes, should the request that took the last one not end it.
 */
const SPEND_USES = {
  name: "spend_uses",
  text: `
    with asked as (
      select decode(h, 'hex') as hmac, n from unnest($1::text[], $2::int[]) as a (h, n)
    ), held as (
      select hmac, num_uses from token where hmac in (select hmac from asked) and num_uses > 0
      order by hmac for update
    )
    update token t set
      num_uses = case when held.num_uses <= asked.n then -1 else held.num_uses - asked.n end,
      expires_at = case when held.num_uses <= asked.n then least(t.expires_at, now() + interval '2 minutes') else t.expires_at end
    from held join asked on asked.hmac = held.hmac
    where t.hmac = held.hmac
    returning encode(t.hmac, 'hex') as hmac, held.num_uses as uses`,
};

async function spendUses(pool: pg.Pool, hmacs: readonly string[]): Promise<Use[]> {
  const asked = new Map<string, number>();
  for (const hmac of hmacs) asked.set(hmac, (asked.get(hmac) ?? 0) + 1);
  const result = await pool.query<{ hmac: string; uses: number }>({
    ...SPEND_USES,
    values: [[...asked.keys()], [...asked.values()]],
  });
  const left = new Map(result.rows.map((row) => [row.hmac, row.uses]));
  return hmacs.map((hmac) => {
    const uses = left.get(hmac) ?? 0;
    if (uses <= 0) return { left: null };
    left.set(hmac, uses - 1);
    return { left: uses - 1 };
  });
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
