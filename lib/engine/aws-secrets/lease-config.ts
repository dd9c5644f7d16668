import { type Decision, effected, told } from "@/lib/engine/answer";
import { readSetting } from "@/lib/engine/aws-secrets/setting-reader";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { formatDuration, parseDuration } from "@/lib/engine/duration";
import { EngineError, invalidRequest, isEngineError } from "@/lib/engine/errors";
import type { RequestScope } from "@/lib/engine/scope";

const LEASE_SETTING = "lease";
const LEASE_KEY = "default";

/** How long the credentials of IAM users live, in seconds; 0 or less: as the mount says. */
export type LeaseConfig = { leaseSeconds: number; leaseMaxSeconds: number };

/**
 * Sets both durations; they are texts on the wire, read as durations.
 *
 * @throws EngineError `invalid_request` when one is missing or unreadable.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/aws#configure-lease
 */
export async function writeLeaseConfig(
  scope: RequestScope,
  input: { lease?: string | undefined; leaseMax?: string | undefined },
): Promise<Decision> {
  const stored = await scope.config.setting(scope.mount.id, LEASE_SETTING, LEASE_KEY);
  if (!input.lease) throw invalidRequest("'lease' is a required parameter");
  if (!input.leaseMax) throw invalidRequest("'lease_max' is a required parameter");
  return effected({
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: LEASE_SETTING,
    key: LEASE_KEY,
    body: {
      leaseSeconds: durationOf("Invalid lease: ", input.lease),
      leaseMaxSeconds: durationOf("Invalid lease_max: ", input.leaseMax),
    },
    revision: stored?.revision ?? 0,
  });
}

/**
 * Both durations as Go prints them, or nothing (404) when they were never set.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/aws#read-lease-configuration
 */
export async function readLeaseConfig(scope: RequestScope): Promise<Decision> {
  const stored = await leaseConfigOf(scope.config, scope.mount.id);
  if (stored === null) return { answer: null, effects: [] };
  return told({
    lease: formatDuration(stored.leaseSeconds),
    lease_max: formatDuration(stored.leaseMaxSeconds),
  });
}

/** The mount's lease configuration; null when it has none. */
async function leaseConfigOf(config: ConfigSnapshot, mountId: string): Promise<LeaseConfig | null> {
  const stored = await config.setting(mountId, LEASE_SETTING, LEASE_KEY);
  if (stored === null) return null;
  const body = readSetting(stored.body);
  return {
    leaseSeconds: body.number("leaseSeconds", 0),
    leaseMaxSeconds: body.number("leaseMaxSeconds", 0),
  };
}

/** What the lease of an IAM user's credential may last, in seconds; 0: as the mount says. */
export async function userLeaseTerms(
  config: ConfigSnapshot,
  mountId: string,
): Promise<{ ttlSeconds: number; maxTtlSeconds: number }> {
  const stored = await leaseConfigOf(config, mountId);
  return {
    ttlSeconds: Math.max(0, stored?.leaseSeconds ?? 0),
    maxTtlSeconds: Math.max(0, stored?.leaseMaxSeconds ?? 0),
  };
}

function durationOf(prefix: string, text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!isEngineError(error)) throw error;
    throw new EngineError("invalid_request", prefix + error.message, { cause: error });
  }
}
