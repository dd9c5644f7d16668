import { isJsonObject, type Json } from "@/lib/engine/json";
import { isoOf, textOf } from "@/lib/engine/lease/search";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import type { FoundToken } from "@/lib/engine/token/search";

export type TokenLimit = { term: string; at: string };

/**
 * What bounds the life of a token, by what is configured now: `token` is its end as it stands, the
 * others are how far renewals can move it. A period has no end but that of an explicit maximum.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/tokens#token-time-to-live-periodic-tokens-and-explicit-max-ttls
 */
export async function tokenLimits(
  ports: Ports,
  scope: RequestScope,
  token: FoundToken,
): Promise<TokenLimit[]> {
  if (token.expiresAt === null || token.state === "ended") return [];
  const since = (seconds: number | null): Date | null =>
    seconds === null ? null : new Date(token.issuedAt.getTime() + seconds * 1000);
  const mount = token.mountId === null ? null : scope.config.mounts.byId(token.mountId);
  const isPeriodic = token.periodSeconds > 0;
  const mountMax = mount === null ? null : mountTtls(mount, ports.limits).mountMaxSeconds;
  const limits: [term: string, at: Date | null][] = [
    ["token", token.expiresAt],
    ["explicit_max", since(positive(token.explicitMaxTtlSeconds))],
    ["role_max", isPeriodic ? null : since(await roleMaxSeconds(scope, token))],
    ["mount_max", isPeriodic ? null : since(mountMax)],
  ];
  return limits.flatMap(([term, at]) => {
    const shown = isoOf(at);
    return shown === null ? [] : [{ term, at: shown }];
  });
}

/** Where auth methods keep what they issue tokens by, and under which name a login remembers it. */
const ISSUERS = [
  ["role", "role"],
  ["user", "username"],
] as const;

async function roleMaxSeconds(scope: RequestScope, token: FoundToken): Promise<number | null> {
  const { mountId, renewal } = token;
  if (mountId === null) return null;
  for (const [setting, name] of ISSUERS) {
    const key = textOf(renewal?.[name]);
    if (key === null) continue;
    const stored = await scope.config.setting(mountId, setting, key.toLowerCase());
    const parameters: Json | undefined = stored?.body["token"] ?? stored?.body["parameters"];
    const seconds = isJsonObject(parameters) ? parameters["maxTtlSeconds"] : undefined;
    return typeof seconds === "number" ? positive(seconds) : null;
  }
  return null;
}

function positive(seconds: number): number | null {
  return seconds > 0 ? seconds : null;
}
