import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { Ports } from "@/lib/engine/ports";
import { openBatchToken } from "@/lib/engine/token/batch";
import { BATCH_PREFIX } from "@/lib/engine/token/mint";
import type { Token } from "@/lib/engine/token/token";

/** The token behind a value, or null, with the configuration of this very moment. */
export type Resolved = { token: Token | null; config: ConfigSnapshot };

/**
 * Looks a client token up, in one read together with the configuration version: what was revoked or
 * changed anywhere counts with this request.
 *
 * @throws EngineError `unavailable` when the database does not answer.
 */
export async function resolveToken(ports: Ports, value: string): Promise<Resolved> {
  if (value.startsWith(BATCH_PREFIX)) return resolveBatchToken(ports, value);
  return resolveTokenHmac(ports, value === "" ? null : ports.keys.hmac("token", value));
}

/** The same for a service token known by its HMAC alone; null: none. */
export async function resolveTokenHmac(ports: Ports, hmac: string | null): Promise<Resolved> {
  const { token, configVersion } = await ports.tokens.current(hmac);
  return { token, config: await ports.configuration.at(configVersion) };
}

/** The key that it was sealed under may have been made by another instance a moment ago. */
async function openAgain(ports: Ports, value: string): Promise<Token | null> {
  await ports.extras.snapshot();
  return openBatchToken(ports, value);
}

/** A batch token lives as long as it says, and no longer than its parent. */
async function resolveBatchToken(ports: Ports, value: string): Promise<Resolved> {
  const token = openBatchToken(ports, value) ?? (await openAgain(ports, value));
  const { token: parent, configVersion } = await ports.tokens.current(token?.parentHmac ?? null);
  const config = await ports.configuration.at(configVersion);
  if (token === null || (token.parentHmac !== null && parent === null)) {
    return { token: null, config };
  }
  const entity = token.entityId === null ? null : await config.entity(token.entityId);
  return {
    token: { ...token, entityMissing: token.entityId !== null && entity === null },
    config,
  };
}
