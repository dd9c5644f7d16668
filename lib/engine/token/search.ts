import type { Decision } from "@/lib/engine/answer";
import { entryData } from "@/lib/engine/audit/found";
import type { SelectionGroup } from "@/lib/engine/job/job";
import type { JsonObject } from "@/lib/engine/json";
import { COUNT_MAX, isoOf, textOf, type FoundLease } from "@/lib/engine/lease/search";
import { isVisible, mountIdsOf } from "@/lib/engine/mount/visible";
import { cutPage, pageAsk, type PageAsk, type Position } from "@/lib/engine/page";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { choice, value, values, words } from "@/lib/engine/search-input";

const STATES = ["live", "ended"] as const;
const SORTS = { live: ["-issued", "issued"], ended: ["-ended", "ended"] } as const;
const PAGE = { default: 50, max: 500 };
const TOKEN_STORE = "auth/token/";

export type TokenFilter = {
  mountIds: readonly string[] | null;
  /** Tokens that no auth method issued belong to the token store. */
  tokenStore: boolean;
  /** Tokens that carry one of them; null: whatever they carry. */
  policies: readonly string[] | null;
  words: readonly string[];
  issuedAfter: Date | null;
  issuedBefore: Date | null;
};

/** A token as searches find it; never the token itself. */
export type FoundToken = {
  position: Position;
  accessor: string;
  state: (typeof STATES)[number];
  displayName: string;
  path: string;
  policies: readonly string[];
  /** Null: made by the token store. */
  mountId: string | null;
  entityId: string | null;
  meta: Record<string, string> | null;
  /** What the auth method keeps of a login: role, principal. */
  renewal: JsonObject | null;
  tokenRole: string | null;
  numUses: number;
  renewable: boolean;
  periodSeconds: number;
  /** 0 = none, and of tokens that have ended. */
  explicitMaxTtlSeconds: number;
  boundCidrs: readonly string[];
  issuedAt: Date;
  expiresAt: Date | null;
  lastRenewedAt: Date | null;
  endedAt: Date | null;
  endReason: string | null;
  parentAccessor: string | null;
  isOrphan: boolean;
  hmac: string | null;
  /** Its own, not those of its children; both stop at `DIRECT_MAX`. */
  leases: number;
  children: number;
};

/** Leases and children of one token that are counted. */
export const DIRECT_MAX = 1_000;

/** What falls with a token, itself included, its leases by what their end means; counting stops at `max`. */
export type TokenTree = { tokens: number; leases: number; groups: readonly SelectionGroup[] };

export type TokenSearch = {
  live(filter: TokenFilter, ask: PageAsk & { oldestFirst: boolean }): Promise<FoundToken[]>;
  ended(filter: TokenFilter, ask: PageAsk & { oldestFirst: boolean }): Promise<FoundToken[]>;
  count(filter: TokenFilter, state: (typeof STATES)[number], max: number): Promise<number>;
  find(accessor: string): Promise<FoundToken | null>;
  children(hmac: string, limit: number): Promise<FoundToken[]>;
  tree(hmac: string, max: number): Promise<TokenTree>;
  leases(hmac: string, limit: number): Promise<FoundLease[]>;
  indexedUntil(): Promise<Date | null>;
};

export type TokenSearchInput = {
  state: string | undefined;
  mount: readonly string[] | undefined;
  policy: readonly string[] | undefined;
  entityId: string | undefined;
  q: string | undefined;
  issuedAfter: Date | undefined;
  issuedBefore: Date | undefined;
  sort: string | undefined;
  limit: number | undefined;
  cursor: string | undefined;
  count: boolean | undefined;
  /** With when and from where each was used last. */
  lastUsed: boolean | undefined;
};

/**
 * Tokens by filter, a page at a time, of the auth mounts that the caller's policies reach.
 *
 * @throws EngineError `invalid_request`, `not_found` for a mount that is not there.
 */
export async function searchTokens(
  ports: Ports,
  scope: RequestScope,
  input: TokenSearchInput,
): Promise<Decision> {
  const state = choice("state", input.state, STATES);
  const sort = choice<string>("sort", input.sort, [...SORTS[state]]);
  const filter = tokenFilter(scope, input);
  const list = ["tokens", filter, state, sort];
  const ask = pageAsk(input, list, PAGE);
  const { tokens } = ports.operator;
  const rows = await tokens[state](filter, { ...ask, oldestFirst: !sort.startsWith("-") });
  const { shown, next } = cutPage(rows, ask.limit, list);
  const [counted, until, used] = await Promise.all([
    input.count === true ? tokens.count(filter, state, COUNT_MAX) : null,
    filter.words.length > 0 ? tokens.indexedUntil() : null,
    input.lastUsed === true ? lastUses(ports, shown) : null,
  ]);
  return {
    answer: {
      data: {
        tokens: shown.map((token) => ({
          ...tokenData(scope, token),
          ...(used !== null && { last_used: used.get(token.accessor) ?? null }),
        })),
        next_cursor: next,
        as_of: ports.clock.now().toISOString(),
        ...(counted !== null && {
          count: Math.min(counted, COUNT_MAX),
          count_is_more: counted > COUNT_MAX,
        }),
      },
      ...(until !== null && {
        warnings: [`free text finds no tokens issued after ${until.toISOString()} yet`],
      }),
      audited: { tokens: shown.length, more: next !== null },
    },
    effects: [],
  };
}

type LastUse = { at: string; remote_address: unknown };

async function lastUses(
  ports: Ports,
  tokens: readonly FoundToken[],
): Promise<Map<string | null, LastUse>> {
  const entries = await ports.operator.audit.lastOfEach(tokens.map(({ accessor }) => accessor));
  return new Map(
    entries.map((entry) => {
      const { remote_address: address } = entryData(entry);
      return [entry.accessor, { at: entry.at.toISOString(), remote_address: address }];
    }),
  );
}

function tokenFilter(scope: RequestScope, input: TokenSearchInput): TokenFilter {
  const mountIds = mountIdsOf(scope, input.mount);
  const store = scope.config.mounts.byFullPath(TOKEN_STORE);
  const entity = value("entity_id", input.entityId) ?? "";
  return {
    mountIds,
    tokenStore: mountIds === null || (store !== null && mountIds.includes(store.id)),
    policies: values("policy", input.policy),
    words: words("q", [input.q ?? "", entity].join(" ")),
    issuedAfter: input.issuedAfter ?? null,
    issuedBefore: input.issuedBefore ?? null,
  };
}

/** Whether a caller may see a token: as far as it sees the mount that issued it. */
export function isTokenVisible(scope: RequestScope, { mountId }: FoundToken): boolean {
  const owner = mountId ?? scope.config.mounts.byFullPath(TOKEN_STORE)?.id;
  return owner !== undefined && isVisible(scope, owner);
}

/** A token as operators see it. */
export function tokenData(scope: RequestScope, token: FoundToken): Record<string, unknown> {
  const { mounts } = scope.config;
  const mount =
    token.mountId === null ? mounts.byFullPath(TOKEN_STORE) : mounts.byId(token.mountId);
  return {
    accessor: token.accessor,
    state: token.state,
    display_name: token.displayName,
    principal: textOf(token.renewal?.["clientArn"]),
    auth_role: textOf(token.renewal?.["role"]) ?? token.meta?.["role"] ?? null,
    token_role: token.tokenRole,
    mount_path: mount?.fullPath ?? null,
    mount_accessor: mount?.accessor ?? null,
    created_by: token.path,
    policies: token.policies,
    entity_id: token.entityId,
    meta: token.meta,
    issued_at: token.issuedAt.toISOString(),
    expires_at: isoOf(token.expiresAt),
    last_renewed_at: isoOf(token.lastRenewedAt),
    ended_at: isoOf(token.endedAt),
    end_reason: token.endReason,
    num_uses: token.numUses,
    renewable: token.renewable,
    period_seconds: token.periodSeconds,
    explicit_max_ttl_seconds: token.explicitMaxTtlSeconds,
    bound_cidrs: token.boundCidrs,
    orphan: token.isOrphan,
    parent_accessor: token.parentAccessor,
    leases: Math.min(token.leases, DIRECT_MAX),
    leases_are_more: token.leases > DIRECT_MAX,
    children: Math.min(token.children, DIRECT_MAX),
    children_are_more: token.children > DIRECT_MAX,
  };
}
