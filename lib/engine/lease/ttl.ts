import { formatDurationShort } from "@/lib/engine/duration";
import { invalidRequest } from "@/lib/engine/errors";

/** What bounds the life of a token or a lease, all in seconds; 0 = not set. */
export type TtlTerms = {
  incrementSeconds: number;
  /** What the engine or the role says. */
  ttlSeconds: number;
  periodSeconds: number;
  maxTtlSeconds: number;
  explicitMaxTtlSeconds: number;
  /** Tuned values of the mount, or the system's. */
  mountDefaultSeconds: number;
  mountMaxSeconds: number;
  /** Time since issue, by the database's clock; 0 for a new one. */
  ageSeconds: number;
};

export type GrantedTtl = { ttlSeconds: number; warnings: string[] };

/**
 * How long a token or lease may live from now on, in whole seconds, with Vault's warnings where a
 * limit cut it short.
 *
 * @throws EngineError `invalid_request` when nothing is left of its maximum.
 * @see https://developer.hashicorp.com/vault/docs/concepts/tokens#token-time-to-live-periodic-tokens-and-explicit-max-ttls
 */
export function grantTtl(terms: TtlTerms): GrantedTtl {
  const warnings: string[] = [];
  const max = smallestSet(terms.mountMaxSeconds, terms.maxTtlSeconds, terms.explicitMaxTtlSeconds);
  let ttlSeconds: number;
  let limitSeconds: number | null;
  if (terms.periodSeconds > 0) {
    ttlSeconds = Math.min(terms.periodSeconds, max);
    if (ttlSeconds < terms.periodSeconds)
      warnings.push(cappedText("period", terms.periodSeconds, max));
    limitSeconds = terms.explicitMaxTtlSeconds > 0 ? terms.explicitMaxTtlSeconds : null;
  } else {
    ttlSeconds = terms.incrementSeconds || terms.ttlSeconds || terms.mountDefaultSeconds;
    limitSeconds = max;
  }
  if (limitSeconds !== null) {
    const left = limitSeconds - Math.floor(terms.ageSeconds);
    if (left <= 0) throw invalidRequest("past the max TTL, cannot renew");
    if (ttlSeconds > left) {
      warnings.push(cappedText("TTL", ttlSeconds, left));
      ttlSeconds = left;
    }
  }
  return { ttlSeconds: Math.floor(ttlSeconds), warnings };
}

function cappedText(what: "TTL" | "period", asked: number, max: number): string {
  const value = what === "TTL" ? "TTL value" : "period value";
  return `${what} of "${formatDurationShort(asked)}" exceeded the effective max_ttl of "${formatDurationShort(max)}"; ${value} is capped accordingly`;
}

function smallestSet(mountMax: number, ...others: number[]): number {
  return Math.min(mountMax, ...others.filter((seconds) => seconds > 0));
}
