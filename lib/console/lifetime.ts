import { parseDuration } from "@/lib/engine/duration";
import {
  effectiveLifetime,
  type EffectiveLifetime,
  type LifetimeTerm,
} from "@/lib/engine/aws-secrets/effective-lifetime";
import type { LeaseConfig, MountTtls } from "@/lib/console/secrets-mounts";
import type { KnownLimit } from "@/lib/console/validator";
import type { CredentialType } from "@/lib/console/secrets-roles";

export type { EffectiveLifetime };

/** What the mount contributes to how long credentials live. */
export type LifetimeSurroundings = {
  ttls: MountTtls;
  /** `config/lease`, in seconds; 0: not set, null: not told to this operator. */
  leaseSeconds: number | null;
  leaseMaxSeconds: number | null;
  /** False with an access key of the mount's own, which only IAM users have. */
  rootMayBeRole: boolean;
  /** AWS's limits of targets, as the validator knows them. */
  limits?: readonly KnownLimit[];
};

/** Of a role's targets the one that grants least, as far as that is known. */
export function leastLimit(
  { limits = [] }: LifetimeSurroundings,
  roleArns: readonly string[],
): KnownLimit | null {
  const known = limits.filter(({ targetArn }) => roleArns.includes(targetArn));
  return known.sort((one, other) => one.seconds - other.seconds)[0] ?? null;
}

export function surroundingsOf(facts: {
  ttls: MountTtls;
  /** Null: never written; undefined: not told. */
  lease: LeaseConfig | null | undefined;
  accessKey: string | undefined;
}): LifetimeSurroundings {
  const { ttls, lease, accessKey } = facts;
  return {
    ttls,
    leaseSeconds: lease === undefined ? null : secondsOf(lease?.lease),
    leaseMaxSeconds: lease === undefined ? null : secondsOf(lease?.lease_max),
    rootMayBeRole: accessKey === "",
  };
}

function secondsOf(text: string | undefined): number {
  return Math.max(0, parseDuration(text ?? ""));
}

/** The lifetime of a role's credentials by the engine's own rule. */
export function lifetimeOf(
  surroundings: LifetimeSurroundings,
  asked: {
    type: CredentialType;
    defaultStsTtlSeconds: number;
    maxStsTtlSeconds: number;
    requestedSeconds?: number | null;
    /** Of the target with the least; null or absent: not known. */
    maxSessionDurationSeconds?: number | null;
  },
): EffectiveLifetime {
  return effectiveLifetime({
    ...asked,
    requestedSeconds: asked.requestedSeconds ?? null,
    leaseSeconds: surroundings.leaseSeconds ?? 0,
    leaseMaxSeconds: surroundings.leaseMaxSeconds ?? 0,
    mountDefaultSeconds: surroundings.ttls.defaultSeconds,
    mountMaxSeconds: surroundings.ttls.maxSeconds,
    rootMayBeRole: surroundings.rootMayBeRole,
    maxSessionDurationSeconds: asked.maxSessionDurationSeconds ?? null,
  });
}

/** A term as people know it; what is not tuned on the mount comes from the system. */
export function termText(term: LifetimeTerm, ttls: MountTtls): string {
  const TEXTS: Readonly<Record<LifetimeTerm, string>> = {
    requested: "the TTL that was asked for",
    role_default: "the role's default TTL",
    sts_default: "one hour, where neither role nor caller says otherwise",
    lease_default: "the mount's lease default",
    mount_default: ttls.isDefaultTuned ? "the mount's default TTL" : "the system's default TTL",
    role_max: "the role's maximum TTL",
    lease_max: "the mount's lease maximum",
    mount_max: ttls.isMaxTuned ? "the mount's maximum TTL" : "the system's maximum TTL",
    sts_minimum: "the shortest session that AWS makes",
    sts_maximum: "the longest session that AWS makes",
    max_session_duration: "MaxSessionDuration of the target role",
    role_chaining: "role chaining",
  };
  return TEXTS[term];
}

/**
 * Reads a duration as the API does (`900`, `15m`, `1h30m`, `2d`), in whole seconds; null where it is
 * none. Empty is 0.
 */
export function parseTtl(text: string): number | null {
  try {
    const seconds = parseDuration(text.trim());
    return seconds >= 0 && Number.isInteger(seconds) ? seconds : null;
  } catch {
    return null;
  }
}

/** Seconds as short as `parseTtl` reads them: `15m`, `1h30m`; 0 is empty. */
export function ttlText(seconds: number): string {
  if (seconds === 0) return "";
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = seconds % 60;
  return `${hours > 0 ? `${hours}h` : ""}${minutes > 0 ? `${minutes}m` : ""}${rest > 0 ? `${rest}s` : ""}`;
}
