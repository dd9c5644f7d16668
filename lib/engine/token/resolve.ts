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
  const hmac = value === "" ? null : ports.keys.hmac("token", value);
  const { token, configVersion } = await ports.tokens.current(hmac);
  return { token, config: await ports.configuration.at(configVersion) };
}

/** A batch token lives as long as it says, and no longer than its parent. */
async function resolveBatchToken(ports: Ports, value: string): Promise<Resolved> {
  const token = openBatchToken(ports, value);
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
