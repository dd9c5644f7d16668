import type { JsonObject } from "@/lib/engine/json";
import type { Ports } from "@/lib/engine/ports";
import { Secret } from "@/lib/engine/secret";

/** 24 characters of `[A-Za-z0-9]`: 142 bits. */
const TOKEN_LENGTH = 24;
const SERVICE_PREFIX = "hvs.";
export const BATCH_PREFIX = "hvb.";

type MintPorts = Pick<Ports, "random" | "keys">;

/** A fresh service token: its value, the HMAC it is stored under, and its accessor. */
export function mintServiceToken(ports: MintPorts): {
  clientToken: Secret;
  hmac: string;
  accessor: string;
} {
  const value = SERVICE_PREFIX + ports.random.base62(TOKEN_LENGTH);
  return {
    clientToken: new Secret(value),
    hmac: ports.keys.hmac("token", value),
    accessor: ports.random.base62(TOKEN_LENGTH),
  };
}

/**
 * A batch token: its own properties, sealed. Nothing is stored, so nothing but its end, or that of
 * its parent, ends it.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/tokens#batch-tokens
 */
export function mintBatchToken(ports: MintPorts, properties: JsonObject): Secret {
  const sealed = ports.keys.seal("batch_token", "", JSON.stringify(properties));
  return new Secret(BATCH_PREFIX + sealed.toString("base64url"));
}
