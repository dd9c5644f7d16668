import type pg from "pg";
import {
  DIRECT_MAX,
  type FoundToken,
  type TokenFilter,
  type TokenSearch,
  type TokenTree,
} from "@/lib/engine/token/search";
import type { PageAsk } from "@/lib/engine/page";
import { boundedRead } from "@/lib/postgres/bounded-read";
import { leasesOfToken } from "@/lib/postgres/lease-search";
import { named, type NamedStatement } from "@/lib/postgres/named-parameters";
import { fillSearch } from "@/lib/postgres/search-fill";
import { containing, instantOf, microsOf } from "@/lib/postgres/search-text";

const NAMES = [
  ...[
    "mounts",
    "token_store",
    "policies",
    "word_a",
    "word_b",
    "word_c",
    "word_d",
    "issued_after",
    "issued_before",
  ],
  ...["after_key", "after_id", "limit"],
] as const;
type Statement = NamedStatement<(typeof NAMES)[number]>;
type Values = Parameters<Statement["with"]>[0];

const FILTER = `
  (:mounts::uuid[] is null or t.mount_id = any(:mounts) or (t.mount_id is null and :token_store::bool))
  and (:policies::text[] is null or t.policies && :policies)
  and (:issued_after::timestamptz is null or t.issued_at >= :issued_after)
  and (:issued_before::timestamptz is null or t.issued_at < :issued_before)`;

const WORDS = `
  (:word_a::text is null or s.doc like :word_a) and (:word_b::text is null or s.doc like :word_b)
  and (:word_c::text is null or s.doc like :word_c) and (:word_d::text is null or s.doc like :word_d)`;

const IS_LIVE = `t.num_uses >= 0 and (t.expires_at is null or t.expires_at > now())`;

const LIVE = `token t where ${IS_LIVE} and ${FILTER}`;
const LIVE_BY_WORDS = `
  token t join token_search s on s.accessor = t.accessor where ${IS_LIVE} and ${FILTER} and ${WORDS}`;
const ENDED = `token_ended t where ${FILTER}`;
const ENDED_BY_WORDS = `
  token_ended t join token_search s on s.accessor = t.accessor where ${FILTER} and ${WORDS}`;

const LIVE_COLUMNS = `
  t.hmac, t.parent_hmac, t.accessor, t.display_name, t.path, t.policies, t.mount_id, t.entity_id, t.meta, t.renewal,
  t.role, t.num_uses, t.renewable, t.period_seconds::float8, t.explicit_max_ttl_seconds::float8, t.bound_cidrs, t.issued_at, t.expires_at,
  t.last_renewed_at, null::timestamptz as ended_at, null::text as reason, 'live' as state`;

const ENDED_COLUMNS = `
  null::bytea as hmac, null::bytea as parent_hmac, t.accessor, t.display_name, t.path, t.policies, t.mount_id,
  t.entity_id, null::jsonb as meta, null::jsonb as renewal, null::text as role, 0 as num_uses, false as renewable,
  0::float8 as period_seconds, 0::float8 as explicit_max_ttl_seconds, '{}'::text[] as bound_cidrs, t.issued_at, t.expires_at,
  null::timestamptz as last_renewed_at, t.ended_at, t.reason, 'ended' as state`;

/** The rows of a page with what hangs on each. */
const withTree = (rows: string): string => `
  select f.*, encode(f.hmac, 'hex') as hmac_hex, p.accessor as parent_accessor,
    (select count(*)::int from (select 1 from lease l where l.token_hmac = f.hmac limit ${DIRECT_MAX + 1}) as c) as leases,
    (select count(*)::int from (select 1 from token c where c.parent_hmac = f.hmac limit ${DIRECT_MAX + 1}) as c) as children
  from (${rows}) as f left join token p on p.hmac = f.parent_hmac
  order by f.ord`;

/** All parts are constants of this file. */
function page(
  { columns, from }: { columns: string; from: string },
  column: string,
  direction: "asc" | "desc",
): Statement {
  const before = direction === "desc" ? "<" : ">";
  const at = instantOf(":after_key");
  const order = `${column} ${direction}, t.accessor ${direction}`;
  return named(
    withTree(`
      select ${columns}, ${microsOf(column)} as key, row_number() over (order by ${order}) as ord
      from ${from} and (:after_key::bigint is null
        or (${column} ${before}= ${at} and (${column}, t.accessor) ${before} (${at}, :after_id)))
      order by ${order} limit :limit`),
    NAMES,
  );
}

function pages(columns: string, from: string, column: string) {
  return {
    asc: page({ columns, from }, column, "asc"),
    desc: page({ columns, from }, column, "desc"),
  };
}

const PAGES = {
  live: {
    plain: pages(LIVE_COLUMNS, LIVE, "t.issued_at"),
    byWords: pages(LIVE_COLUMNS, LIVE_BY_WORDS, "t.issued_at"),
  },
  ended: {
    plain: pages(ENDED_COLUMNS, ENDED, "t.ended_at"),
    byWords: pages(ENDED_COLUMNS, ENDED_BY_WORDS, "t.ended_at"),
  },
};

function counting(from: string): Statement {
  return named(
    `select count(*)::int as count from (select 1 from ${from} limit :limit) as c`,
    NAMES,
  );
}

const COUNTS = {
  live: { plain: counting(LIVE), byWords: counting(LIVE_BY_WORDS) },
  ended: { plain: counting(ENDED), byWords: counting(ENDED_BY_WORDS) },
};

const FIND = withTree(`
  select ${LIVE_COLUMNS}, '0' as key, 1 as ord from token t where t.accessor = $1 and ${IS_LIVE}
  union all
  (select ${ENDED_COLUMNS}, '0' as key, 2 as ord from token_ended t where t.accessor = $1 order by t.ended_at desc limit 1)`);

const CHILDREN = withTree(`
  select ${LIVE_COLUMNS}, '0' as key, row_number() over (order by t.issued_at desc, t.accessor) as ord
  from token t where t.parent_hmac = decode($1, 'hex') and ${IS_LIVE} order by t.issued_at desc, t.accessor limit $2`);

const TREE = `
  with recursive tree as (
    select decode($1, 'hex') as hmac
    union all
    select c.hmac from token c join tree p on c.parent_hmac = p.hmac
  ), counted as (select hmac from tree limit $2)
  select (select count(*)::int from counted) as tokens,
    (select count(*)::int from (
      select 1 from counted c join lease l on l.token_hmac = c.hmac limit $2) as l) as leases,
    (select coalesce(json_agg(g), '[]'::json) from (
      select f.kind, f.mount_id as "mountId", f.needs_undo as "stopsAtAws", count(*)::int as count,
        to_char(max(f.aws_ends_at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "awsEndsAt"
      from (select l.kind, l.mount_id, l.needs_undo, l.aws_ends_at
        from counted c join lease l on l.token_hmac = c.hmac limit $2) as f
      group by 1, 2, 3 order by count(*) desc, 1, 2) as g) as groups`;

type State = "live" | "ended";

/** Tokens by filter. */
export function tokenSearch(pool: pg.Pool): TokenSearch {
  const list = async (
    state: State,
    filter: TokenFilter,
    { oldestFirst, ...ask }: PageAsk & { oldestFirst: boolean },
  ): Promise<FoundToken[]> => {
    const values = await valuesOf(pool, filter, ask);
    const statements = PAGES[state][values.word_a === null ? "plain" : "byWords"];
    return readRows(pool, statements[oldestFirst ? "asc" : "desc"].with(values));
  };
  return {
    live: (filter, ask) => list("live", filter, ask),
    ended: (filter, ask) => list("ended", filter, ask),
    count: async (filter, state, max) => {
      const values = await valuesOf(pool, filter, { limit: max, after: null });
      const statement = COUNTS[state][values.word_a === null ? "plain" : "byWords"];
      const [row] = await boundedRead<{ count: number }>(pool, statement.with(values));
      return row?.count ?? 0;
    },
    find: async (accessor) => (await readRows(pool, { text: FIND, values: [accessor] }))[0] ?? null,
    children: (hmac, limit) => readRows(pool, { text: CHILDREN, values: [hmac, limit] }),
    tree: async (hmac, max) => {
      const [tree] = await boundedRead<TreeRow>(pool, { text: TREE, values: [hmac, max + 1] });
      return tree === undefined ? { tokens: 0, leases: 0, groups: [] } : treeOf(tree);
    },
    leases: (hmac, limit) => leasesOfToken(pool, hmac, limit),
    indexedUntil: () => fillSearch(pool, "token"),
  };
}

type TreeRow = {
  tokens: number;
  leases: number;
  groups: (Omit<TokenTree["groups"][number], "awsEndsAt"> & { awsEndsAt: string | null })[];
};

function treeOf({ tokens, leases, groups }: TreeRow): TokenTree {
  return {
    tokens,
    leases,
    groups: groups.map(({ awsEndsAt, ...group }) => ({
      ...group,
      awsEndsAt: awsEndsAt === null ? null : new Date(awsEndsAt),
    })),
  };
}

async function valuesOf(pool: pg.Pool, filter: TokenFilter, ask: PageAsk): Promise<Values> {
  if (filter.words.length > 0) await fillSearch(pool, "token");
  const [a = null, b = null, c = null, d = null] = filter.words.map(containing);
  return {
    mounts: filter.mountIds,
    token_store: filter.tokenStore,
    policies: filter.policies,
    ...{ word_a: a, word_b: b, word_c: c, word_d: d },
    issued_after: filter.issuedAfter,
    issued_before: filter.issuedBefore,
    after_key: ask.after?.key ?? null,
    after_id: ask.after?.id ?? null,
    limit: ask.limit + 1,
  };
}

async function readRows(
  pool: pg.Pool,
  statement: { text: string; values: unknown[] },
): Promise<FoundToken[]> {
  return (await boundedRead<Row>(pool, statement)).map(foundOf);
}

type Row = {
  key: string;
  hmac_hex: string | null;
  parent_hmac: Buffer | null;
  accessor: string;
  display_name: string;
  path: string;
  policies: string[];
  mount_id: string | null;
  entity_id: string | null;
  meta: Record<string, string> | null;
  renewal: FoundToken["renewal"];
  role: string | null;
  num_uses: number;
  renewable: boolean;
  period_seconds: number;
  explicit_max_ttl_seconds: number;
  bound_cidrs: string[];
  issued_at: Date;
  expires_at: Date | null;
  last_renewed_at: Date | null;
  ended_at: Date | null;
  reason: string | null;
  state: State;
  parent_accessor: string | null;
  leases: number;
  children: number;
};

function foundOf(row: Row): FoundToken {
  return {
    position: { key: row.key, id: row.accessor },
    accessor: row.accessor,
    state: row.state,
    displayName: row.display_name,
    path: row.path,
    policies: row.policies,
    mountId: row.mount_id,
    entityId: row.entity_id,
    meta: row.meta,
    renewal: row.renewal,
    tokenRole: row.role,
    numUses: row.num_uses,
    renewable: row.renewable,
    periodSeconds: row.period_seconds,
    explicitMaxTtlSeconds: row.explicit_max_ttl_seconds,
    boundCidrs: row.bound_cidrs,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    lastRenewedAt: row.last_renewed_at,
    endedAt: row.ended_at,
    endReason: row.reason,
    parentAccessor: row.parent_accessor,
    isOrphan: row.parent_hmac === null,
    hmac: row.hmac_hex,
    leases: row.leases,
    children: row.children,
  };
}
