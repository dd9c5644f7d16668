import type { JsonObject } from "@/lib/engine/json";
import type { Secret } from "@/lib/engine/secret";

export type TokenKind = "service" | "batch";

/** What is stored of a client token; the token itself never is. */
export type Token = {
  /** Hex of the HMAC-SHA256 of the client token under the token key; a batch token has none. */
  hmac: string;
  /** Empty for batch tokens. */
  accessor: string;
  kind: TokenKind;
  parentHmac: string | null;
  policies: readonly string[];
  path: string;
  displayName: string;
  meta: Record<string, string> | null;
  /** 0 = unlimited. */
  numUses: number;
  issuedAt: Date;
  creationTtlSeconds: number;
  /** What its creation or its last renewal granted. */
  grantedTtlSeconds: number;
  explicitMaxTtlSeconds: number;
  periodSeconds: number;
  renewable: boolean;
  /** Null only for root tokens that never expire. */
  expiresAt: Date | null;
  lastRenewedAt: Date | null;
  /** By the database's clock, at the time of reading. */
  remainingSeconds: number | null;
  ageSeconds: number;
  /** The token role it was created through. */
  role: string | null;
  entityId: string | null;
  /** Its entity was deleted: the token opens nothing. */
  entityMissing: boolean;
  boundCidrs: readonly string[];
  /** The auth mount that issued it. */
  mountId: string | null;
  /** What the issuing method needs to renew it. */
  renewal: JsonObject | null;
  /** False for the root token of the first start, which has no lease of its own. */
  leased: boolean;
};

/** A client token about to exist. */
export type TokenGrant = {
  clientToken: Secret;
  hmac: string;
  accessor: string;
  kind: TokenKind;
  parentHmac: string | null;
  policies: readonly string[];
  identityPolicies: readonly string[];
  path: string;
  displayName: string;
  meta: Record<string, string> | null;
  numUses: number;
  /** 0 = never expires (root only). */
  ttlSeconds: number;
  explicitMaxTtlSeconds: number;
  periodSeconds: number;
  renewable: boolean;
  role: string | null;
  entityId: string | null;
  entityCreated: boolean;
  boundCidrs: readonly string[];
  mountId: string | null;
  renewal: JsonObject | null;
  leased: boolean;
};

/** The `auth` block of an answer. */
export type AuthBlock = {
  /** Null where the caller holds only an accessor. */
  clientToken: Secret | null;
  accessor: string;
  kind: TokenKind;
  policies: readonly string[];
  identityPolicies: readonly string[];
  metadata: Record<string, string> | null;
  ttlSeconds: number;
  renewable: boolean;
  entityId: string;
  entityCreated: boolean;
  orphan: boolean;
  numUses: number;
  displayName: string;
};

/** The `auth` block that hands a new token out. */
export function authBlockOf(grant: TokenGrant): AuthBlock {
  return {
    clientToken: grant.clientToken,
    accessor: grant.accessor,
    kind: grant.kind,
    policies: grant.policies,
    identityPolicies: grant.identityPolicies,
    metadata: grant.meta,
    ttlSeconds: grant.ttlSeconds,
    renewable: grant.renewable,
    entityId: grant.entityId ?? "",
    entityCreated: grant.entityCreated,
    orphan: grant.parentHmac === null,
    numUses: grant.numUses,
    displayName: grant.displayName,
  };
}
