import type { JsonObject } from "@/lib/engine/json";
import type { Ports } from "@/lib/engine/ports";
import { BATCH_PREFIX, mintBatchToken } from "@/lib/engine/token/mint";
import type { Token, TokenGrant } from "@/lib/engine/token/token";

type BatchProperties = Omit<
  TokenGrant,
  "clientToken" | "hmac" | "accessor" | "kind" | "numUses" | "periodSeconds" | "renewable"
>;

/** A batch token with these properties: sealed into its own value, stored nowhere. */
export function batchTokenOf(
  ports: Pick<Ports, "random" | "keys" | "clock">,
  properties: BatchProperties,
): TokenGrant {
  const issuedAt = Math.floor(ports.clock.now().getTime() / 1000);
  const sealed: JsonObject = {
    parentHmac: properties.parentHmac,
    policies: [...properties.policies],
    path: properties.path,
    displayName: properties.displayName,
    meta: properties.meta,
    issuedAt,
    ttlSeconds: properties.ttlSeconds,
    role: properties.role,
    entityId: properties.entityId,
    boundCidrs: [...properties.boundCidrs],
    mountId: properties.mountId,
    nonce: ports.random.base62(8),
  };
  return {
    ...properties,
    clientToken: mintBatchToken(ports, sealed),
    hmac: "",
    accessor: "",
    kind: "batch",
    numUses: 0,
    periodSeconds: 0,
    renewable: false,
  };
}

type SealedProperties = {
  parentHmac: string | null;
  policies: string[];
  path: string;
  displayName: string;
  meta: Record<string, string> | null;
  issuedAt: number;
  ttlSeconds: number;
  role: string | null;
  entityId: string | null;
  boundCidrs: string[];
  mountId: string | null;
};

/**
 * Opens a batch token; null when it was not sealed by this installation or has run out. Whether its
 * parent still lives is the caller's to ask.
 */
export function openBatchToken(ports: Pick<Ports, "keys" | "clock">, value: string): Token | null {
  if (!value.startsWith(BATCH_PREFIX)) return null;
  let sealed: SealedProperties;
  try {
    const bytes = Buffer.from(value.slice(BATCH_PREFIX.length), "base64url");
    // Only mintBatchToken seals for this purpose, so the shape is known once it opens.
    sealed = JSON.parse(ports.keys.open("batch_token", "", bytes).reveal()) as SealedProperties;
  } catch {
    return null;
  }
  const now = ports.clock.now().getTime();
  const expiresAt = new Date((sealed.issuedAt + sealed.ttlSeconds) * 1000);
  if (expiresAt.getTime() <= now) return null;
  return {
    hmac: "",
    accessor: "",
    kind: "batch",
    parentHmac: sealed.parentHmac,
    policies: sealed.policies,
    path: sealed.path,
    displayName: sealed.displayName,
    meta: sealed.meta,
    numUses: 0,
    issuedAt: new Date(sealed.issuedAt * 1000),
    creationTtlSeconds: sealed.ttlSeconds,
    grantedTtlSeconds: sealed.ttlSeconds,
    explicitMaxTtlSeconds: 0,
    periodSeconds: 0,
    renewable: false,
    expiresAt,
    lastRenewedAt: null,
    remainingSeconds: (expiresAt.getTime() - now) / 1000,
    ageSeconds: now / 1000 - sealed.issuedAt,
    role: sealed.role,
    entityId: sealed.entityId,
    entityMissing: false,
    boundCidrs: sealed.boundCidrs,
    mountId: sealed.mountId,
    renewal: null,
    leased: true,
  };
}
