import type { Decision } from "@/lib/engine/answer";
import { invalidRequest } from "@/lib/engine/errors";
import type { Json, JsonObject } from "@/lib/engine/json";
import { mountIdsOf } from "@/lib/engine/mount/visible";
import { cutPage, pageAsk, type PageAsk, type Position } from "@/lib/engine/page";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { choice, value, values, words } from "@/lib/engine/search-input";

/** How leases stand; `live` is every one that has not ended. */
const STATES = ["live", "active", "revoking", "irrevocable", "ended", "any"] as const;
const SORTS = ["-issued", "issued", "ends", "-ends"] as const;
const ENDED_SORTS = ["-ended", "ended"] as const;
const PAGE = { default: 50, max: 500 };
/** Counting stops here: "10,000+". */
export const COUNT_MAX = 10_000;

export type LeaseState = "active" | "revoking" | "irrevocable" | "ended";
export type LiveState = Exclude<(typeof STATES)[number], "ended" | "any">;
export type LeaseSort = (typeof SORTS)[number];

/** What is left out; null: nothing. */
export type LeaseExclusions = {
  mountIds: readonly string[] | null;
  roles: readonly string[] | null;
  kinds: readonly string[] | null;
  accounts: readonly string[] | null;
};

/** Null, or an empty list of words: not limited by it. */
export type LeaseFilter = {
  mountIds: readonly string[] | null;
  roles: readonly string[] | null;
  kinds: readonly string[] | null;
  accounts: readonly string[] | null;
  without: LeaseExclusions;
  accessKeyId: string | null;
  accessor: string | null;
  words: readonly string[];
  issuedAfter: Date | null;
  issuedBefore: Date | null;
  endsAfter: Date | null;
  endsBefore: Date | null;
};

/** A lease as searches find it, live or ended. */
export type FoundLease = {
  position: Position;
  id: string;
  state: LeaseState;
  mountId: string;
  role: string;
  kind: string;
  holder: JsonObject;
  account: string | null;
  accessKeyId: string | null;
  handle: JsonObject;
  needsUndo: boolean;
  /** How far AWS has come with denying its session; null: nobody asked for that. */
  denialState: string | null;
  renewable: boolean;
  issuedAt: Date;
  expiresAt: Date;
  lastRenewedAt: Date | null;
  awsEndsAt: Date | null;
  /** When the token that holds it ends: of a batch token, or of the service token as it is now. */
  tokenEndsAt: Date | null;
  tokenHmac: string | null;
  attempts: number;
  nextAttemptAt: Date | null;
  lastError: string | null;
  irrevocableAt: Date | null;
  endedAt: Date | null;
  outcome: string | null;
};

/** Leases by filter. A page is read with one row more than asked for, which tells of a next page. */
export type LeaseSearch = {
  live(
    filter: LeaseFilter,
    ask: PageAsk & { state: LiveState; sort: LeaseSort },
  ): Promise<FoundLease[]>;
  ended(filter: LeaseFilter, ask: PageAsk & { oldestFirst: boolean }): Promise<FoundLease[]>;
  /** Of what is live in this state, or of what has ended; stops counting one above `max`. */
  count(filter: LeaseFilter, state: LiveState | "ended", max: number): Promise<number>;
  /** Live or ended. */
  find(id: string): Promise<FoundLease | null>;
  /** Live leases of one token, newest first. */
  ofToken(tokenHmac: string, limit: number): Promise<FoundLease[]>;
  /** Up to when leases are found by free text: null, all are. */
  indexedUntil(): Promise<Date | null>;
};

export type LeaseFilterInput = {
  mount: readonly string[] | undefined;
  role: readonly string[] | undefined;
  kind: readonly string[] | undefined;
  account: readonly string[] | undefined;
  notMount: readonly string[] | undefined;
  notRole: readonly string[] | undefined;
  notKind: readonly string[] | undefined;
  notAccount: readonly string[] | undefined;
  accessKeyId: string | undefined;
  accessor: string | undefined;
  holder: string | undefined;
  q: string | undefined;
  issuedAfter: Date | undefined;
  issuedBefore: Date | undefined;
  endsAfter: Date | undefined;
  endsBefore: Date | undefined;
};

export type LeaseSearchInput = LeaseFilterInput & {
  state: string | undefined;
  sort: string | undefined;
  limit: number | undefined;
  cursor: string | undefined;
  count: boolean | undefined;
};

/**
 * Leases by filter, a page at a time, of the mounts that the caller's policies reach. `any` tells
 * what is live first, then what has ended.
 *
 * @throws EngineError `invalid_request`, `not_found` for a mount that is not there.
 */
export async function searchLeases(
  ports: Ports,
  scope: RequestScope,
  input: LeaseSearchInput,
): Promise<Decision> {
  const state = choice("state", input.state, STATES);
  const filter = leaseFilter(scope, input);
  const ordered = { state, sort: sortOf(state, input.sort) };
  const list = ["leases", filter, ordered];
  const ask = pageAsk(input, list, PAGE);
  const rows = await pageRows(ports.operator.leases, filter, { ...ask, ...ordered });
  const { shown, next } = cutPage(rows, ask.limit, list);
  const [counted, until] = await Promise.all([
    input.count === true ? countOf(ports, filter, state) : {},
    filter.words.length > 0 ? ports.operator.leases.indexedUntil() : null,
  ]);
  return {
    answer: {
      data: {
        leases: shown.map((lease) => leaseData(scope, lease)),
        next_cursor: next,
        as_of: ports.clock.now().toISOString(),
        ...counted,
      },
      ...(until !== null && {
        warnings: [`free text finds no leases issued after ${until.toISOString()} yet`],
      }),
      audited: { leases: shown.length, more: next !== null },
    },
    effects: [],
  };
}

/** @throws EngineError `invalid_request`, `not_found` for a mount that is not there. */
export function leaseFilter(scope: RequestScope, input: LeaseFilterInput): LeaseFilter {
  return {
    mountIds: mountIdsOf(scope, input.mount),
    roles: values("role", input.role),
    kinds: values("kind", input.kind),
    accounts: values("account", input.account),
    without: {
      mountIds: setMountIds(scope, input.notMount),
      roles: values("not_role", input.notRole),
      kinds: values("not_kind", input.notKind),
      accounts: values("not_account", input.notAccount),
    },
    accessKeyId: value("access_key_id", input.accessKeyId),
    accessor: value("accessor", input.accessor),
    words: words("q", [input.q ?? "", input.holder ?? ""].join(" ")),
    issuedAfter: input.issuedAfter ?? null,
    issuedBefore: input.issuedBefore ?? null,
    endsAfter: input.endsAfter ?? null,
    endsBefore: input.endsBefore ?? null,
  };
}

/** Unlike those that are searched, nobody's mounts are left out without being named. */
function setMountIds(
  scope: RequestScope,
  named: readonly string[] | undefined,
): readonly string[] | null {
  const set = named?.filter((name) => name !== "") ?? [];
  return set.length === 0 ? null : mountIdsOf(scope, set);
}

type Sort = LeaseSort | (typeof ENDED_SORTS)[number];

function sortOf(state: (typeof STATES)[number], given: string | undefined): Sort {
  if (state === "ended") return choice("sort", given, ENDED_SORTS);
  if (state === "any" && given !== undefined && given !== "" && given !== "-issued") {
    throw invalidRequest("leases in any state have one order");
  }
  return choice("sort", given, SORTS);
}

type Asked = PageAsk & { state: (typeof STATES)[number]; sort: Sort };

/** A page over both tables goes on from the live ones to the ended ones; the key tells where it is. */
async function pageRows(
  search: LeaseSearch,
  filter: LeaseFilter,
  { state, sort, ...ask }: Asked,
): Promise<FoundLease[]> {
  if (state === "ended") return search.ended(filter, { ...ask, oldestFirst: sort === "ended" });
  if (state !== "any") {
    const order = SORTS.find((one) => one === sort) ?? SORTS[0];
    return search.live(filter, { ...ask, state, sort: order });
  }
  const inEnded = ask.after?.key.startsWith(ENDED_MARK) === true;
  const live = inEnded ? [] : await search.live(filter, { ...ask, state: "live", sort: "-issued" });
  if (live.length > ask.limit) return live;
  const after = inEnded && ask.after !== null ? withoutMark(ask.after) : null;
  const ended = await search.ended(filter, {
    limit: ask.limit - live.length,
    after,
    oldestFirst: false,
  });
  return [...live, ...ended.map((lease) => ({ ...lease, position: withMark(lease.position) }))];
}

/** Keys are positive numbers otherwise. */
const ENDED_MARK = "-";

function withMark({ key, id }: Position): Position {
  return { key: `${ENDED_MARK}${key}`, id };
}

function withoutMark({ key, id }: Position): Position {
  return { key: key.slice(ENDED_MARK.length), id };
}

async function countOf(
  ports: Ports,
  filter: LeaseFilter,
  state: (typeof STATES)[number],
): Promise<{ count: number; count_is_more: boolean }> {
  const { leases } = ports.operator;
  const counts = await Promise.all(
    state === "any"
      ? [leases.count(filter, "live", COUNT_MAX), leases.count(filter, "ended", COUNT_MAX)]
      : [leases.count(filter, state, COUNT_MAX)],
  );
  const count = counts.reduce((sum, one) => sum + one, 0);
  return { count: Math.min(count, COUNT_MAX), count_is_more: count > COUNT_MAX };
}

/** A lease as operators see it; never what was issued. */
export function leaseData(scope: RequestScope, lease: FoundLease): Record<string, unknown> {
  const mount = scope.config.mounts.byId(lease.mountId);
  return {
    lease_id: lease.id,
    state: lease.state,
    mount_path: mount?.fullPath ?? null,
    mount_accessor: mount?.accessor ?? null,
    role: lease.role,
    credential_type: lease.kind,
    ...holderData(lease),
    account: lease.account,
    access_key_id: lease.accessKeyId,
    user_name: textOf(lease.handle["userName"]),
    role_arn: textOf(lease.handle["roleArn"]),
    session_name: textOf(lease.handle["sessionName"]),
    aws_user_id: textOf(lease.handle["awsUserId"]),
    stops_at_aws: lease.needsUndo,
    denial_state: lease.denialState,
    renewable: lease.renewable,
    issued_at: lease.issuedAt.toISOString(),
    expires_at: lease.expiresAt.toISOString(),
    ends_by: endTermOf(lease),
    last_renewed_at: isoOf(lease.lastRenewedAt),
    aws_ends_at: isoOf(lease.awsEndsAt),
    token_ends_at: isoOf(lease.tokenEndsAt),
    attempts: lease.attempts,
    next_attempt_at: lease.attempts > 0 ? isoOf(lease.nextAttemptAt) : null,
    last_error: lease.lastError,
    irrevocable_at: isoOf(lease.irrevocableAt),
    ended_at: isoOf(lease.endedAt),
    outcome: lease.outcome,
  };
}

function holderData({ holder }: FoundLease): Record<string, unknown> {
  return {
    holder: textOf(holder["displayName"]),
    principal: textOf(holder["principal"]),
    accessor: textOf(holder["accessor"]),
    entity_id: textOf(holder["entityId"]),
  };
}

/** AWS and we read the end off two clocks. */
const SAME_END_MS = 2_000;

/** What ends a lease first: its token, the session at AWS, or the time it was given. */
function endTermOf(lease: FoundLease): "token" | "aws_session" | "ttl" {
  const end = lease.expiresAt.getTime();
  if (lease.tokenEndsAt !== null && lease.tokenEndsAt.getTime() <= end) return "token";
  const awsEnd = lease.awsEndsAt?.getTime() ?? Infinity;
  return awsEnd <= end + SAME_END_MS ? "aws_session" : "ttl";
}

export function textOf(stored: Json | undefined): string | null {
  return typeof stored === "string" && stored !== "" ? stored : null;
}

export function isoOf(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
