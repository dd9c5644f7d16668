import { z } from "zod";
import { FoundLease } from "@/lib/console/found-lease";
import type { Operator, Read } from "@/lib/console/operator";
import { type TokenAddress, tokenQuery } from "@/lib/console/tokens-filter";

const Text = z.string().nullable();
const Instant = z.string();

const LastUse = z.object({ at: Instant, remote_address: Text });

/** A token as lists show it, live or ended; never the token itself. */
export const Token = z.object({
  accessor: z.string(),
  state: z.enum(["live", "ended"]),
  display_name: z.string(),
  principal: Text,
  auth_role: Text,
  token_role: Text,
  /** Null: the mount is gone. */
  mount_path: Text,
  mount_accessor: Text,
  created_by: z.string(),
  policies: z.array(z.string()),
  entity_id: Text,
  meta: z.record(z.string(), z.string()).nullable(),
  issued_at: Instant,
  /** Null: it never ends by itself. */
  expires_at: Instant.nullable(),
  last_renewed_at: Instant.nullable(),
  ended_at: Instant.nullable(),
  end_reason: Text,
  /** 0: as often as one likes. */
  num_uses: z.number(),
  renewable: z.boolean(),
  period_seconds: z.number(),
  explicit_max_ttl_seconds: z.number(),
  bound_cidrs: z.array(z.string()),
  orphan: z.boolean(),
  parent_accessor: Text,
  leases: z.number(),
  leases_are_more: z.boolean(),
  children: z.number(),
  children_are_more: z.boolean(),
});
export type Token = z.infer<typeof Token>;

const ListedToken = Token.extend({ last_used: LastUse.nullable() });
export type ListedToken = z.infer<typeof ListedToken>;

/** A page of tokens; `count` stops at 10,000. */
export const TokenPage = z.object({
  tokens: z.array(ListedToken),
  next_cursor: z.string().nullable(),
  as_of: Instant,
  count: z.number(),
  count_is_more: z.boolean(),
});
export type TokenPage = z.infer<typeof TokenPage>;

/** Leases that end alike when the token ends. */
const FallingLeases = z.object({
  credential_type: z.string(),
  mount_path: Text,
  count: z.number(),
  /** False: AWS honours what was handed out until its end. */
  stops_at_aws: z.boolean(),
  aws_honours_until: Instant.nullable(),
});
export type FallingLeases = z.infer<typeof FallingLeases>;

export const TokenDetail = Token.extend({
  as_of: Instant,
  limits: z.array(z.object({ term: z.string(), at: Instant })),
  last_used: LastUse.extend({ operation: z.string(), path: z.string() }).nullable(),
  /** The token itself is counted too. Absent of one that has ended. */
  falls_with_it: z
    .object({
      tokens: z.number(),
      leases: z.number(),
      is_more: z.boolean(),
      groups: z.array(FallingLeases),
    })
    .optional(),
  child_tokens: z.array(Token).default([]),
  own_leases: z.array(FoundLease).default([]),
});
export type TokenDetail = z.infer<typeof TokenDetail>;

const Act = z.object({
  at: Instant,
  outcome: z.string(),
  status: z.number().nullable(),
  request_id: Text,
  operation: z.string(),
  path: z.string(),
  remote_address: Text,
  error: Text,
});
/** Something that was done with a token, as the audit log has it. */
export type Act = z.infer<typeof Act>;

const Acts = z.object({ entries: z.array(Act), next_cursor: z.string().nullable() });
export type Acts = z.infer<typeof Acts>;

export const TOKENS_PATH = "sys/leasehold/tokens";
const AUDIT_PATH = "sys/leasehold/audit";
const ACTS_SHOWN = 50;

export function tokenPath(accessor: string): string {
  return `${TOKENS_PATH}/${accessor}`;
}

/** The page of a token. */
export function tokenHref(accessor: string): string {
  return `/tokens/${encodeURIComponent(accessor)}`;
}

/** One page of the tokens that an address names. */
export function readTokens(operator: Operator, address: TokenAddress): Promise<Read<TokenPage>> {
  return operator.read(TokenPage, TOKENS_PATH, tokenQuery(address));
}

export function readToken(operator: Operator, accessor: string): Promise<Read<TokenDetail>> {
  return operator.read(TokenDetail, tokenPath(accessor));
}

/** What was done with a token last, newest first. */
export function readActs(operator: Operator, accessor: string): Promise<Read<Acts>> {
  return operator.read(Acts, AUDIT_PATH, { accessor, limit: String(ACTS_SHOWN) });
}
