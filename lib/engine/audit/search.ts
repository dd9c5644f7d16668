import type { Decision } from "@/lib/engine/answer";
import { invalidRequest } from "@/lib/engine/errors";
import { visibleMounts } from "@/lib/engine/mount/visible";
import { cutPageBothWays, pageAskBothWays, type PageAsk, type Position } from "@/lib/engine/page";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { choice, value, values, words } from "@/lib/engine/search-input";
import { entryData } from "@/lib/engine/audit/found";
import { histogramOf, type HistogramAsk, type HistogramBar } from "@/lib/engine/audit/histogram";
import { COUNT_MAX } from "@/lib/engine/lease/search";

const PAGE = { default: 100, max: 500 };
const SORTS = ["-time", "time"] as const;
const KINDS = ["request", "response", "both", "event"] as const;
/** How an entry ended; `open` is a request whose answer has a row of its own, or none yet. */
export const OUTCOMES = ["success", "denied", "refused", "failed", "event", "open"] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** Values to have and values not to have; null: whatever. */
export type Wanted = { only: readonly string[] | null; not: readonly string[] | null };

export type AuditFilter = {
  from: Date | null;
  to: Date | null;
  kinds: Wanted;
  outcomes: Wanted;
  statuses: { only: readonly number[] | null; not: readonly number[] | null };
  operations: Wanted;
  /** Prefixes. */
  paths: Wanted;
  roles: Wanted;
  accessors: Wanted;
  displayNames: Wanted;
  addresses: Wanted;
  /** Parts of their text. */
  errors: Wanted;
  leaseId: string | null;
  notLeaseIds: readonly string[] | null;
  requestId: string | null;
  words: readonly string[];
  /** How the built-in log shows a value that is somewhere in the entry. */
  hash: string | null;
  /** Entries of these paths, or of leases below them; null: all. */
  visible: readonly string[] | null;
};

/** An entry as searches find it. */
export type FoundEntry = {
  position: Position;
  at: Date;
  writer: string;
  seq: number;
  kind: (typeof KINDS)[number];
  requestId: string | null;
  operation: string;
  path: string;
  status: number | null;
  outcome: Outcome;
  accessor: string | null;
  leaseId: string | null;
  /** JSON text, as the chain's hash covers it. */
  entry: string;
};

/** The batch that chains an entry. */
export type ChainLink = { batch: number; hash: string; firstSeq: number; count: number };

/** The built-in log by filter. A page is read with one row more than asked for. */
export type AuditSearch = {
  page(filter: AuditFilter, ask: PageAsk & { oldestFirst: boolean }): Promise<FoundEntry[]>;
  count(filter: AuditFilter, max: number): Promise<number>;
  histogram(filter: AuditFilter, ask: HistogramAsk): Promise<HistogramBar[]>;
  /** The row at a place of the list. */
  entryAt(position: Position): Promise<FoundEntry | null>;
  /** All rows of one request, oldest first. */
  ofRequest(requestId: string): Promise<FoundEntry[]>;
  /** Rows that name a lease, oldest first. */
  ofLease(leaseId: string, limit: number): Promise<FoundEntry[]>;
  /** The newest row of a token's requests. */
  lastOf(accessor: string): Promise<FoundEntry | null>;
  /** The same of several tokens. */
  lastOfEach(accessors: readonly string[]): Promise<FoundEntry[]>;
  chainLink(writer: string, seq: number): Promise<ChainLink | null>;
  /** Recomputes the chains of what was written in a range. */
  verify(from: Date, to: Date): Promise<ChainReport>;
};

export type ChainReport = {
  writers: number;
  batches: number;
  rows: number;
  /** Batches whose entries were removed when their days of keeping were over. */
  retired: number;
  defects: { writer: string; batch: number | null; what: string; seq: number | null }[];
};

export type AuditFilterInput = {
  from: Date | undefined;
  to: Date | undefined;
  kind: readonly string[] | undefined;
  notKind: readonly string[] | undefined;
  outcome: readonly string[] | undefined;
  notOutcome: readonly string[] | undefined;
  status: readonly string[] | undefined;
  notStatus: readonly string[] | undefined;
  operation: readonly string[] | undefined;
  notOperation: readonly string[] | undefined;
  path: readonly string[] | undefined;
  notPath: readonly string[] | undefined;
  role: readonly string[] | undefined;
  notRole: readonly string[] | undefined;
  accessor: readonly string[] | undefined;
  notAccessor: readonly string[] | undefined;
  displayName: readonly string[] | undefined;
  notDisplayName: readonly string[] | undefined;
  remoteAddress: readonly string[] | undefined;
  notRemoteAddress: readonly string[] | undefined;
  error: readonly string[] | undefined;
  notError: readonly string[] | undefined;
  leaseId: string | undefined;
  notLeaseId: readonly string[] | undefined;
  requestId: string | undefined;
  q: string | undefined;
  hash: string | undefined;
};

export type AuditSearchInput = AuditFilterInput & {
  sort: string | undefined;
  limit: number | undefined;
  cursor: string | undefined;
  /** The cursor of the page before. */
  before: string | undefined;
  count: boolean | undefined;
  /** Bars to make of the range, at most 120; 0: none. */
  histogram: number | undefined;
};

/**
 * Entries of the built-in log by filter, a page at a time, with a histogram where it is asked for.
 * Unless kinds are named, a request that was answered is shown once, by its answer.
 *
 * @throws EngineError `invalid_request`.
 */
export async function searchAudit(
  ports: Ports,
  scope: RequestScope,
  input: AuditSearchInput,
): Promise<Decision> {
  const filter = auditFilter(scope, input);
  const oldestFirst = choice("sort", input.sort, SORTS) === "time";
  // A place in the list stays one when the range moves on with the present.
  const list = ["audit", { ...filter, from: null, to: null }, oldestFirst];
  const ask = pageAskBothWays(input, list, PAGE);
  const { audit } = ports.operator;
  const [rows, histogram, counted] = await Promise.all([
    audit.page(filter, { ...ask, oldestFirst: oldestFirst !== ask.isBackward }),
    (input.histogram ?? 0) > 0 ? histogramOf(ports, filter, input.histogram ?? 0) : {},
    input.count === true ? countOf(audit, filter) : {},
  ]);
  const { shown, next, previous } = cutPageBothWays(rows, ask, list);
  return {
    answer: {
      data: {
        entries: shown.map((found) => entryData(found)),
        next_cursor: next,
        previous_cursor: previous,
        as_of: ports.clock.now().toISOString(),
        ...counted,
        ...histogram,
      },
      audited: { entries: shown.length, more: next !== null },
    },
    effects: [],
  };
}

async function countOf(
  audit: AuditSearch,
  filter: AuditFilter,
): Promise<{ count: number; count_is_more: boolean }> {
  const count = await audit.count(filter, COUNT_MAX);
  return { count: Math.min(count, COUNT_MAX), count_is_more: count > COUNT_MAX };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** @throws EngineError `invalid_request`. */
export function auditFilter(scope: RequestScope, input: AuditFilterInput): AuditFilter {
  const { from = null, to = null } = input;
  if (from !== null && to !== null && from > to) throw invalidRequest("from is later than to");
  const requestId = value("request_id", input.requestId);
  if (requestId !== null && !isUuid(requestId)) throw invalidRequest("request_id is no UUID");
  const kinds = wanted("kind", input.kind, input.notKind, KINDS);
  const outcomes = wanted("outcome", input.outcome, input.notOutcome, OUTCOMES);
  const named = kinds.only !== null || outcomes.only !== null;
  return {
    from,
    to,
    kinds: named ? kinds : { only: null, not: [...(kinds.not ?? []), "request"] },
    outcomes,
    statuses: {
      only: statusesOf("status", input.status),
      not: statusesOf("not_status", input.notStatus),
    },
    operations: wanted("operation", input.operation, input.notOperation),
    paths: wanted("path", input.path, input.notPath),
    roles: wanted("role", input.role, input.notRole),
    accessors: wanted("accessor", input.accessor, input.notAccessor),
    displayNames: wanted("display_name", input.displayName, input.notDisplayName),
    addresses: wanted("remote_address", input.remoteAddress, input.notRemoteAddress),
    errors: wanted("error", input.error, input.notError),
    leaseId: value("lease_id", input.leaseId),
    notLeaseIds: values("not_lease_id", input.notLeaseId),
    requestId,
    words: words("q", input.q),
    hash: hashOf(input.hash),
    visible: visiblePaths(scope),
  };
}

/** The server's own paths tell of every mount, so they are for those who see every mount. */
function visiblePaths(scope: RequestScope): readonly string[] | null {
  const mounts = visibleMounts(scope);
  if (mounts === null) return null;
  return mounts.filter((mount) => mount.type !== "system").map((mount) => mount.fullPath);
}

function wanted(
  name: string,
  only: readonly string[] | undefined,
  not: readonly string[] | undefined,
  allowed?: readonly string[],
): Wanted {
  const both = { only: values(name, only), not: values(`not_${name}`, not) };
  const strange = [...(both.only ?? []), ...(both.not ?? [])].find(
    (one) => allowed?.includes(one) === false,
  );
  if (strange === undefined) return both;
  throw invalidRequest(`${name} must be among ${allowed?.join(", ") ?? ""}`);
}

const HASH = /^hmac-sha256:[0-9a-f]{64}$/;

function hashOf(given: string | undefined): string | null {
  const hash = value("hash", given);
  if (hash !== null && !HASH.test(hash)) {
    throw invalidRequest("hash must be what sys/audit-hash answers");
  }
  return hash;
}

function statusesOf(name: string, given: readonly string[] | undefined): readonly number[] | null {
  const set = values(name, given);
  if (set === null) return null;
  if (!set.every((one) => /^[1-5]\d\d$/.test(one))) throw invalidRequest(`${name} must be numbers`);
  return set.map(Number);
}
