import type pg from "pg";
import type {
  FoundLease,
  LeaseFilter,
  LeaseSearch,
  LeaseSort,
  LeaseState,
  LiveState,
} from "@/lib/engine/lease/search";
import type { PageAsk, Position } from "@/lib/engine/page";
import { boundedRead } from "@/lib/postgres/bounded-read";
import { named, type NamedStatement } from "@/lib/postgres/named-parameters";
import { fillSearch } from "@/lib/postgres/search-fill";
import { containing, instantOf, microsOf } from "@/lib/postgres/search-text";

const FILTER_NAMES = [
  ...["mount", "mounts", "role", "roles", "kind", "kinds", "account", "accounts"],
  ...["not_mounts", "not_roles", "not_kinds", "not_accounts"],
  ...["access_key_id", "accessor", "token_hmac", "word_a", "word_b", "word_c", "word_d"],
  ...["issued_after", "issued_before", "ends_after", "ends_before"],
] as const;
const PAGE_NAMES = ["state", "after_key", "after_id", "limit"] as const;

type FilterName = (typeof FILTER_NAMES)[number];
export type FilterValues = Readonly<Record<FilterName, unknown>>;

/** A single value stands by itself: only then does an index give the order too. */
const FILTER = `
  (:mount::uuid is null or l.mount_id = :mount) and (:mounts::uuid[] is null or l.mount_id = any(:mounts))
  and (:role::text is null or l.role = :role) and (:roles::text[] is null or l.role = any(:roles))
  and (:kind::text is null or l.kind = :kind) and (:kinds::text[] is null or l.kind = any(:kinds))
  and (:account::text is null or l.account = :account) and (:accounts::text[] is null or l.account = any(:accounts))
  and (:not_mounts::uuid[] is null or l.mount_id <> all(:not_mounts))
  and (:not_roles::text[] is null or l.role <> all(:not_roles))
  and (:not_kinds::text[] is null or l.kind <> all(:not_kinds))
  and (:not_accounts::text[] is null or l.account is null or l.account <> all(:not_accounts))
  and (:access_key_id::text is null or l.access_key_id = :access_key_id)
  and (:accessor::text is null or l.holder ->> 'accessor' = :accessor)
  and (:issued_after::timestamptz is null or l.issued_at >= :issued_after)
  and (:issued_before::timestamptz is null or l.issued_at < :issued_before)
  and (:ends_after::timestamptz is null or l.expires_at >= :ends_after)
  and (:ends_before::timestamptz is null or l.expires_at < :ends_before)`;

const OF_TOKEN = `(:token_hmac::text is null or l.token_hmac = decode(:token_hmac, 'hex'))`;

const WORDS = `
  (:word_a::text is null or s.doc like :word_a) and (:word_b::text is null or s.doc like :word_b)
  and (:word_c::text is null or s.doc like :word_c) and (:word_d::text is null or s.doc like :word_d)`;

/** Live leases in one of their states. */
const STATE = `
  (:state::text is distinct from 'irrevocable' or l.irrevocable_at is not null)
  and (:state::text is distinct from 'active' or (l.expires_at > now() and l.irrevocable_at is null))
  and (:state::text is distinct from 'revoking' or (l.expires_at <= now() and l.irrevocable_at is null))`;

/** Conditions over live leases, for whoever takes them by filter: `lease l`, joined by words. */
export const LIVE_LEASES = `lease l where ${FILTER} and ${OF_TOKEN} and ${STATE}`;
export const LIVE_LEASES_BY_WORDS = `
  lease l join lease_search s on s.lease_id = l.id where ${FILTER} and ${OF_TOKEN} and ${STATE} and ${WORDS}`;
export const LIVE_NAMES = [...FILTER_NAMES, "state"] as const;

/** How far AWS has come with denying its session; null: nobody asked for that. */
const DENIAL = `(select d.state from session_denial d where d.lease_id = l.id) as denial_state`;

const LIVE_COLUMNS = `
  l.id, l.mount_id, l.role, l.kind, l.holder, l.account, l.access_key_id, l.handle, l.needs_undo, l.renewable,
  l.issued_at, l.expires_at, l.last_renewed_at, l.aws_ends_at, l.owner_expires_at, l.token_hmac, l.attempts,
  l.next_attempt_at, l.last_error, l.irrevocable_at, null::timestamptz as ended_at, null::text as outcome,
  case when l.irrevocable_at is not null then 'irrevocable' when l.expires_at <= now() then 'revoking' else 'active' end as state, ${DENIAL}`;

const ENDED_COLUMNS = `
  l.id, l.mount_id, l.role, l.kind, l.holder, l.account, l.access_key_id, l.handle, l.kind = 'iam_user' as needs_undo,
  false as renewable, l.issued_at, l.expires_at, null::timestamptz as last_renewed_at, l.aws_ends_at,
  null::timestamptz as owner_expires_at, null::bytea as token_hmac, l.attempts, null::timestamptz as next_attempt_at,
  l.last_error, null::timestamptz as irrevocable_at, l.ended_at, l.outcome, 'ended' as state, ${DENIAL}`;

/** The rows of a page, with the end of the token that holds each. */
const withTokens = (rows: string): string => `
  select f.*, encode(f.token_hmac, 'hex') as token_hmac_hex, coalesce(f.owner_expires_at, t.expires_at) as token_ends_at
  from (${rows}) as f left join token t on t.hmac = f.token_hmac
  order by f.ord`;

type Order = { column: string; id: string; direction: "asc" | "desc" };

/** All parts are constants of this file. */
function page(columns: string, from: string, { column, id, direction }: Order): string {
  const before = direction === "desc" ? "<" : ">";
  const at = instantOf(":after_key");
  return withTokens(`
    select ${columns}, ${microsOf(column)} as key,
      row_number() over (order by ${column} ${direction}, ${id} ${direction}) as ord
    from ${from}
      and (:after_key::bigint is null or (${column} ${before}= ${at} and (${column}, ${id}) ${before} (${at}, :after_id)))
    order by ${column} ${direction}, ${id} ${direction} limit :limit`);
}

const ALL_NAMES = [...FILTER_NAMES, ...PAGE_NAMES] as const;
type PageStatement = NamedStatement<(typeof ALL_NAMES)[number]>;

function livePage(from: string, order: Omit<Order, "id">): PageStatement {
  return named(page(LIVE_COLUMNS, from, { ...order, id: "l.id" }), ALL_NAMES);
}

function livePages(from: string): Readonly<Record<LeaseSort, PageStatement>> {
  return {
    "-issued": livePage(from, { column: "l.issued_at", direction: "desc" }),
    issued: livePage(from, { column: "l.issued_at", direction: "asc" }),
    ends: livePage(from, { column: "l.expires_at", direction: "asc" }),
    "-ends": livePage(from, { column: "l.expires_at", direction: "desc" }),
  };
}

const LIVE_PAGES = { plain: livePages(LIVE_LEASES), byWords: livePages(LIVE_LEASES_BY_WORDS) };

const ENDED = `lease_ended l where ${FILTER}`;
const ENDED_BY_WORDS = `lease_ended l join lease_search s on s.lease_id = l.id where ${FILTER} and ${WORDS}`;
const ENDED_ORDER = { column: "l.ended_at", id: "l.id" };

function endedPages(from: string): Readonly<Record<"asc" | "desc", PageStatement>> {
  return {
    asc: named(page(ENDED_COLUMNS, from, { ...ENDED_ORDER, direction: "asc" }), ALL_NAMES),
    desc: named(page(ENDED_COLUMNS, from, { ...ENDED_ORDER, direction: "desc" }), ALL_NAMES),
  };
}

const ENDED_PAGES = { plain: endedPages(ENDED), byWords: endedPages(ENDED_BY_WORDS) };

function counting(from: string): PageStatement {
  return named(
    `select count(*)::int as count from (select 1 from ${from} limit :limit) as c`,
    ALL_NAMES,
  );
}

const COUNTS = {
  live: { plain: counting(LIVE_LEASES), byWords: counting(LIVE_LEASES_BY_WORDS) },
  ended: { plain: counting(ENDED), byWords: counting(ENDED_BY_WORDS) },
};

const FIND = withTokens(`
  select ${LIVE_COLUMNS}, '0' as key, 1 as ord from lease l where l.id = $1
  union all
  (select ${ENDED_COLUMNS}, '0' as key, 2 as ord from lease_ended l where l.id = $1 order by l.ended_at desc limit 1)`);

const OF_ONE_TOKEN = withTokens(`
  select ${LIVE_COLUMNS}, ${microsOf("l.issued_at")} as key, row_number() over (order by l.issued_at desc, l.id desc) as ord
  from lease l where l.token_hmac = decode($1, 'hex') order by l.issued_at desc, l.id desc limit $2`);

/** Leases by filter, from the tables that issuing and ending write. */
export function leaseSearch(pool: pg.Pool): LeaseSearch {
  return {
    live: async (filter, { state, sort, ...ask }) => {
      const values = await filterValues(pool, filter, true);
      const pages = usesWords(values) ? LIVE_PAGES.byWords : LIVE_PAGES.plain;
      return readPage(pool, pages[sort], { ...values, state, ...pageValues(ask) });
    },
    ended: async (filter, { oldestFirst, ...ask }) => {
      const values = await filterValues(pool, filter, false);
      const pages = usesWords(values) ? ENDED_PAGES.byWords : ENDED_PAGES.plain;
      const statement = oldestFirst ? pages.asc : pages.desc;
      return readPage(pool, statement, { ...values, state: null, ...pageValues(ask) });
    },
    count: (filter, state, max) => countLeases(pool, filter, state, max),
    find: async (id) => {
      const rows = await boundedRead<Row>(pool, { text: FIND, values: [id] });
      return rows[0] === undefined ? null : foundOf(rows[0]);
    },
    ofToken: (hmac, limit) => leasesOfToken(pool, hmac, limit),
    indexedUntil: () => fillSearch(pool, "lease"),
  };
}

/** Live leases of one token, newest first. */
export async function leasesOfToken(
  pool: pg.Pool,
  hmac: string,
  limit: number,
): Promise<FoundLease[]> {
  const rows = await boundedRead<Row>(pool, { text: OF_ONE_TOKEN, values: [hmac, limit] });
  return rows.map(foundOf);
}

async function countLeases(
  pool: pg.Pool,
  filter: LeaseFilter,
  state: LiveState | "ended",
  max: number,
): Promise<number> {
  const values = await filterValues(pool, filter, state !== "ended");
  const statements = state === "ended" ? COUNTS.ended : COUNTS.live;
  const statement = usesWords(values) ? statements.byWords : statements.plain;
  const rows = await boundedRead<{ count: number }>(
    pool,
    statement.with({ ...values, state, after_key: null, after_id: null, limit: max + 1 }),
  );
  return rows[0]?.count ?? 0;
}

/**
 * A filter as values of the statements. Free text is brought up to date first. Leases of a token that
 * lives are found by it; those of one that is gone by free text, which holds its accessor.
 */
export async function filterValues(
  pool: pg.Pool,
  filter: LeaseFilter,
  live: boolean,
): Promise<FilterValues> {
  const { accessor } = filter;
  const tokenHmac = live && accessor !== null ? await hmacOf(pool, accessor) : null;
  const byText = accessor !== null && tokenHmac === null ? [accessor.toLowerCase()] : [];
  const words = [...byText, ...filter.words];
  if (words.length > 0) await fillSearch(pool, "lease");
  const [wordA, wordB, wordC, wordD] = words.slice(0, 4).map(containing);
  return {
    ...oneOrMany("mount", "mounts", filter.mountIds),
    ...oneOrMany("role", "roles", filter.roles),
    ...oneOrMany("kind", "kinds", filter.kinds),
    ...oneOrMany("account", "accounts", filter.accounts),
    not_mounts: filter.without.mountIds,
    not_roles: filter.without.roles,
    not_kinds: filter.without.kinds,
    not_accounts: filter.without.accounts,
    access_key_id: filter.accessKeyId,
    accessor,
    token_hmac: tokenHmac,
    word_a: wordA ?? null,
    word_b: wordB ?? null,
    word_c: wordC ?? null,
    word_d: wordD ?? null,
    issued_after: filter.issuedAfter,
    issued_before: filter.issuedBefore,
    ends_after: filter.endsAfter,
    ends_before: filter.endsBefore,
  };
}

export function usesWords(values: FilterValues): boolean {
  return values.word_a !== null;
}

async function hmacOf(pool: pg.Pool, accessor: string): Promise<string | null> {
  const result = await pool.query<{ hmac: string }>({
    name: "hmac_of_accessor",
    text: `select encode(hmac, 'hex') as hmac from token where accessor = $1`,
    values: [accessor],
  });
  return result.rows[0]?.hmac ?? null;
}

function oneOrMany<One extends FilterName, Many extends FilterName>(
  one: One,
  many: Many,
  list: readonly string[] | null,
): Record<One | Many, unknown> {
  const single = list?.length === 1;
  // Both keys are set here, which the compiler does not follow.
  return { [one]: single ? list[0] : null, [many]: single ? null : list } as Record<
    One | Many,
    unknown
  >;
}

function pageValues({ limit, after }: PageAsk) {
  return { limit: limit + 1, after_key: after?.key ?? null, after_id: after?.id ?? null };
}

async function readPage(
  pool: pg.Pool,
  statement: PageStatement,
  values: Parameters<PageStatement["with"]>[0],
): Promise<FoundLease[]> {
  const rows = await boundedRead<Row>(pool, statement.with(values));
  return rows.map(foundOf);
}

type Row = {
  id: string;
  key: string;
  state: LeaseState;
  mount_id: string;
  role: string;
  kind: string;
  holder: FoundLease["holder"];
  account: string | null;
  access_key_id: string | null;
  handle: FoundLease["handle"];
  needs_undo: boolean;
  renewable: boolean;
  issued_at: Date;
  expires_at: Date;
  last_renewed_at: Date | null;
  aws_ends_at: Date | null;
  token_ends_at: Date | null;
  token_hmac_hex: string | null;
  attempts: number;
  next_attempt_at: Date | null;
  last_error: string | null;
  irrevocable_at: Date | null;
  denial_state: string | null;
  ended_at: Date | null;
  outcome: string | null;
};

function foundOf(row: Row): FoundLease {
  const position: Position = { key: row.key, id: row.id };
  return {
    position,
    id: row.id,
    state: row.state,
    mountId: row.mount_id,
    role: row.role,
    kind: row.kind,
    holder: row.holder,
    account: row.account,
    accessKeyId: row.access_key_id,
    handle: row.handle,
    needsUndo: row.needs_undo,
    renewable: row.renewable,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    lastRenewedAt: row.last_renewed_at,
    awsEndsAt: row.aws_ends_at,
    tokenEndsAt: row.token_ends_at,
    tokenHmac: row.token_hmac_hex,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    lastError: row.last_error,
    irrevocableAt: row.irrevocable_at,
    denialState: row.denial_state,
    endedAt: row.ended_at,
    outcome: row.outcome,
  };
}
