import type pg from "pg";
import { ROLE_IN_PATH } from "@/lib/engine/audit/found";
import type { AuditFilter, AuditSearch, FoundEntry, Outcome } from "@/lib/engine/audit/search";
import type { PageAsk } from "@/lib/engine/page";
import { boundedRead } from "@/lib/postgres/bounded-read";
import { named } from "@/lib/postgres/named-parameters";
import { beginningWith, containing, instantOf, microsOf } from "@/lib/postgres/search-text";
import { verifyChain } from "@/lib/postgres/verify-chain";

/** Parameters of `FILTER`, which `filterValues` fills. */
export const FILTER_NAMES = [
  ...[
    "time_from",
    "time_to",
    "kinds",
    "not_kinds",
    "outcomes",
    "not_outcomes",
    "only_failed",
    "statuses",
    "not_statuses",
  ],
  ...[
    "operations",
    "not_operations",
    "path",
    "paths",
    "not_paths",
    "role_in_path",
    "roles",
    "not_roles",
    "accessor",
    "accessors",
    "not_accessors",
  ],
  ...[
    "address_raw",
    "address_doc",
    "addresses",
    "not_addresses",
    "names",
    "not_names",
    "errors",
    "not_errors",
    "hash",
    "lease_id",
    "not_lease_ids",
    "request_id",
    "visible",
  ],
  ...["raw_a", "word_a", "raw_b", "word_b", "raw_c", "word_c", "raw_d", "word_d"],
] as const;
type FilterValues = Readonly<Record<(typeof FILTER_NAMES)[number], unknown>>;

const OUTCOME = `
  case when a.kind = 'event' then 'event' when a.status is null then 'open' when a.status < 400 then 'success'
    when a.status = 403 then 'denied' when a.status < 500 then 'refused' else 'failed' end`;

/** Of an entry that passed a cheaper condition already. */
const ADDRESS = `a.entry #>> '{request,remote_address}'`;
const DISPLAY_NAME = `a.entry #>> '{auth,display_name}'`;
const ERROR = `a.entry ->> 'error'`;
/** The pattern has colons, which would be taken for names of parameters. */
const ROLE = `substring(a.path from :role_in_path::text)`;

/**
 * The text of an entry is asked before what is read out of it: on days that are over, an index answers
 * instead of both.
 */
export const FILTER = `
  (:time_from::timestamptz is null or a.at >= :time_from) and (:time_to::timestamptz is null or a.at < :time_to)
  and (:kinds::text[] is null or a.kind = any(:kinds)) and (:not_kinds::text[] is null or a.kind <> all(:not_kinds))
  and (:outcomes::text[] is null or ${OUTCOME} = any(:outcomes))
  and (:not_outcomes::text[] is null or ${OUTCOME} <> all(:not_outcomes))
  and (not :only_failed::bool or a.status >= 400)
  and (:statuses::int[] is null or a.status = any(:statuses))
  and (:not_statuses::int[] is null or a.status is null or a.status <> all(:not_statuses))
  and (:operations::text[] is null or a.operation = any(:operations))
  and (:not_operations::text[] is null or a.operation <> all(:not_operations))
  and (:path::text is null or a.path like :path) and (:paths::text[] is null or a.path like any(:paths))
  and (:not_paths::text[] is null or a.path not like all(:not_paths))
  and (:roles::text[] is null or ${ROLE} = any(:roles))
  and (:not_roles::text[] is null or ${ROLE} is null or ${ROLE} <> all(:not_roles))
  and (:accessor::text is null or a.accessor = :accessor) and (:accessors::text[] is null or a.accessor = any(:accessors))
  and (:not_accessors::text[] is null or a.accessor is null or a.accessor <> all(:not_accessors))
  and (:lease_id::text is null or a.lease_id = :lease_id)
  and (:not_lease_ids::text[] is null or a.lease_id is null or a.lease_id <> all(:not_lease_ids))
  and (:request_id::uuid is null or a.request_id = :request_id)
  and (:visible::text[] is null or a.path like any(:visible) or a.lease_id like any(:visible))
  and (:address_raw::text is null or a.entry::text like :address_raw)
  and (:address_doc::text is null or audit_doc(a.entry) like :address_doc)
  and (:addresses::text[] is null or ${ADDRESS} = any(:addresses))
  and (:not_addresses::text[] is null or ${ADDRESS} is null or ${ADDRESS} <> all(:not_addresses))
  and (:names::text[] is null or ${DISPLAY_NAME} = any(:names))
  and (:not_names::text[] is null or ${DISPLAY_NAME} is null or ${DISPLAY_NAME} <> all(:not_names))
  and (:errors::text[] is null or ${ERROR} like any(:errors))
  and (:not_errors::text[] is null or ${ERROR} is null or ${ERROR} not like all(:not_errors))
  and (:hash::text is null or a.entry::text like :hash)
  and (:raw_a::text is null or lower(a.entry::text) like :raw_a) and (:word_a::text is null or audit_doc(a.entry) like :word_a)
  and (:raw_b::text is null or lower(a.entry::text) like :raw_b) and (:word_b::text is null or audit_doc(a.entry) like :word_b)
  and (:raw_c::text is null or lower(a.entry::text) like :raw_c) and (:word_c::text is null or audit_doc(a.entry) like :word_c)
  and (:raw_d::text is null or lower(a.entry::text) like :raw_d) and (:word_d::text is null or audit_doc(a.entry) like :word_d)`;

/** Of an entry `a`, as `foundOf` reads them. */
export const COLUMNS = `
  a.at, a.writer, a.seq::float8 as seq, a.kind, a.request_id, a.operation, a.path, a.status, a.accessor, a.lease_id,
  a.entry::text as entry, ${OUTCOME} as outcome, ${microsOf("a.at")} as key`;

const PAGE_NAMES = ["after_key", "after_writer", "after_seq", "limit"] as const;
const ALL_NAMES = [...FILTER_NAMES, ...PAGE_NAMES] as const;

function page(direction: "asc" | "desc") {
  const before = direction === "desc" ? "<" : ">";
  const at = instantOf(":after_key");
  return named(
    `select ${COLUMNS} from audit_entry a where ${FILTER}
       and (:after_key::bigint is null or (a.at ${before}= ${at}
         and (a.at, a.writer, a.seq) ${before} (${at}, :after_writer::uuid, :after_seq::bigint)))
     order by a.at ${direction}, a.writer ${direction}, a.seq ${direction} limit :limit`,
    ALL_NAMES,
  );
}

const OLDEST_FIRST = page("asc");
const NEWEST_FIRST = page("desc");

const COUNT = named(
  `select count(*)::int as count from (select 1 from audit_entry a where ${FILTER} limit :limit) as c`,
  [...FILTER_NAMES, "limit"] as const,
);

const HISTOGRAM = named(
  `select floor(extract(epoch from a.at - :first_bar::timestamptz) / :width::numeric)::int as bar, ${OUTCOME} as outcome,
     count(*)::float8 as count
   from audit_entry a where ${FILTER} group by 1, 2`,
  [...FILTER_NAMES, "first_bar", "width"] as const,
);

const AT_PLACE = `
  select ${COLUMNS} from audit_entry a
  where a.at = ${instantOf("$1")} and a.writer = $2 and a.seq = $3::text::bigint`;
const OF_REQUEST = `
  select ${COLUMNS} from audit_entry a where a.request_id = $1 order by a.at, a.kind = 'response', a.seq limit $2`;
const OF_LEASE = `
  select * from (
    select ${COLUMNS} from audit_entry a where a.lease_id = $1 order by a.at desc, a.seq desc limit $2
  ) as newest order by at, seq`;
const LAST_OF = `
  select ${COLUMNS} from audit_entry a where a.accessor = $1 order by a.at desc limit 1`;
const LAST_OF_EACH = `
  select last.* from unnest($1::text[]) as asked (accessor) cross join lateral (
    select ${COLUMNS} from audit_entry a where a.accessor = asked.accessor order by a.at desc limit 1
  ) as last`;
const CHAIN_LINK = `
  select no::float8 as batch, encode(hash, 'hex') as hash, first_seq::float8 as "firstSeq", count from audit_batch
  where writer = $1 and first_seq <= $2 and count > 0 order by first_seq desc limit 1`;

/** A request has two rows; more than this bears another's id. */
const REQUEST_ROWS_MAX = 20;

/** The built-in log by filter. */
export function auditSearch(pool: pg.Pool): AuditSearch {
  const rows = async (text: string, values: unknown[]): Promise<FoundEntry[]> =>
    (await boundedRead<EntryRow>(pool, { text, values })).map(foundOf);
  return {
    page: (filter, ask) => readPage(pool, filter, ask),
    count: async (filter, max) => {
      const [row] = await boundedRead<{ count: number }>(
        pool,
        COUNT.with({ ...filterValues(filter), limit: max + 1 }),
      );
      return row?.count ?? 0;
    },
    histogram: (filter, ask) =>
      boundedRead(
        pool,
        HISTOGRAM.with({
          ...filterValues(filter),
          first_bar: ask.from,
          width: ask.widthSeconds,
        }),
      ),
    entryAt: async ({ key, id }) => (await rows(AT_PLACE, [key, ...id.split(" ")]))[0] ?? null,
    ofRequest: (requestId) => rows(OF_REQUEST, [requestId, REQUEST_ROWS_MAX]),
    ofLease: (leaseId, limit) => rows(OF_LEASE, [leaseId, limit]),
    lastOf: async (accessor) => (await rows(LAST_OF, [accessor]))[0] ?? null,
    lastOfEach: (accessors) => rows(LAST_OF_EACH, [accessors]),
    chainLink: async (writer, seq) => {
      const [link] = await boundedRead<{
        batch: number;
        hash: string;
        firstSeq: number;
        count: number;
      }>(pool, { text: CHAIN_LINK, values: [writer, seq] });
      return link !== undefined && seq < link.firstSeq + link.count ? link : null;
    },
    verify: (from, to) => verifyChain(pool, { from, to }),
  };
}

/** One page of the log by filter, with one entry more than asked for where there are more. */
export async function readPage(
  pool: pg.Pool,
  filter: AuditFilter,
  { oldestFirst, ...ask }: PageAsk & { oldestFirst: boolean },
): Promise<FoundEntry[]> {
  const statement = oldestFirst ? OLDEST_FIRST : NEWEST_FIRST;
  const found = await boundedRead<EntryRow>(
    pool,
    statement.with({ ...filterValues(filter), ...pageValues(ask) }),
  );
  return found.map(foundOf);
}

const FAILURES: ReadonlySet<string> = new Set<Outcome>(["denied", "refused", "failed"]);

export function filterValues(filter: AuditFilter): FilterValues {
  const { kinds, outcomes, operations, paths, accessors, addresses } = filter;
  return {
    time_from: filter.from,
    time_to: filter.to,
    kinds: kinds.only,
    not_kinds: kinds.not,
    outcomes: outcomes.only,
    not_outcomes: outcomes.not,
    // Said in other words, for the index of what failed.
    only_failed: outcomes.only?.every((outcome) => FAILURES.has(outcome)) ?? false,
    statuses: filter.statuses.only,
    not_statuses: filter.statuses.not,
    operations: operations.only,
    not_operations: operations.not,
    path: single(paths.only?.map(beginningWith)),
    paths: several(paths.only?.map(beginningWith)),
    not_paths: paths.not?.map(beginningWith) ?? null,
    role_in_path: ROLE_IN_PATH,
    roles: filter.roles.only,
    not_roles: filter.roles.not,
    accessor: single(accessors.only),
    accessors: several(accessors.only),
    not_accessors: accessors.not,
    ...addressValues(addresses.only, addresses.not),
    names: filter.displayNames.only,
    not_names: filter.displayNames.not,
    errors: filter.errors.only?.map(containing) ?? null,
    not_errors: filter.errors.not?.map(containing) ?? null,
    hash: filter.hash === null ? null : containing(filter.hash),
    lease_id: filter.leaseId,
    not_lease_ids: filter.notLeaseIds,
    request_id: filter.requestId,
    visible: filter.visible?.map(beginningWith) ?? null,
    ...wordValues(filter.words),
  };
}

function addressValues(only: readonly string[] | null, not: readonly string[] | null) {
  const one = single(only);
  return {
    address_raw: one === null ? null : containing(`"remote_address":${JSON.stringify(one)}`),
    address_doc: one === null ? null : containing(one.toLowerCase()),
    addresses: only,
    not_addresses: not,
  };
}

function wordValues([a, b, c, d]: readonly string[]) {
  return {
    ...{ raw_a: rawOf(a), word_a: wordOf(a), raw_b: rawOf(b), word_b: wordOf(b) },
    ...{ raw_c: rawOf(c), word_c: wordOf(c), raw_d: rawOf(d), word_d: wordOf(d) },
  };
}

/** A word as the text of an entry spells it. */
function rawOf(word: string | undefined): string | null {
  return word === undefined ? null : containing(JSON.stringify(word).slice(1, -1));
}

function wordOf(word: string | undefined): string | null {
  return word === undefined ? null : containing(word);
}

/** One value alone: only for it does an index give the order too. */
function single(list: readonly string[] | null | undefined): string | null {
  return list?.length === 1 ? (list[0] ?? null) : null;
}

function several(list: readonly string[] | null | undefined): readonly string[] | null {
  return list !== null && list !== undefined && list.length > 1 ? list : null;
}

function pageValues({ limit, after }: PageAsk) {
  const [writer, seq] = after?.id.split(" ") ?? [];
  return {
    limit: limit + 1,
    after_key: after?.key ?? null,
    after_writer: writer ?? null,
    after_seq: seq ?? null,
  };
}

/** An entry as it is read. */
export type EntryRow = {
  at: Date;
  writer: string;
  seq: number;
  kind: FoundEntry["kind"];
  request_id: string | null;
  operation: string;
  path: string;
  status: number | null;
  outcome: Outcome;
  accessor: string | null;
  lease_id: string | null;
  entry: string;
  key: string;
};

export function foundOf(row: EntryRow): FoundEntry {
  return {
    position: { key: row.key, id: `${row.writer} ${row.seq}` },
    at: row.at,
    writer: row.writer,
    seq: row.seq,
    kind: row.kind,
    requestId: row.request_id,
    operation: row.operation,
    path: row.path,
    status: row.status,
    outcome: row.outcome,
    accessor: row.accessor,
    leaseId: row.lease_id,
    entry: row.entry,
  };
}
