import { z } from "zod";
import type { AnyMount } from "@/lib/console/admin-mounts";
import { hasLockout } from "@/lib/console/admin-mounts";
import { parseTtl, ttlText } from "@/lib/console/lifetime";

/** As mounts are listed: without `auth/`, with its last slash. */
export const MountPath = z
  .string()
  .transform((path) => `${path.trim().replace(/^\/+|\/+$/g, "")}/`)
  .pipe(z.string().min(2, "A path is needed.").max(500));

export const Duration = z
  .string()
  .max(40)
  .refine((text) => parseTtl(text) !== null, "This is no duration: 900, 15m, 1h30m, 2d.");

export const MountClass = z.enum(["secret", "auth"]);

export const EnableForm = z.object({
  class: MountClass,
  type: z.string().min(1, "Choose what to enable.").max(100),
  path: MountPath,
  description: z.string().max(2000),
  defaultTtl: Duration,
  maxTtl: Duration,
  local: z.boolean(),
});

const Names = z.array(z.string().trim().min(1).max(200)).max(100);
const Threshold = z
  .string()
  .trim()
  .regex(/^[1-9]\d{0,5}$/, "A whole number from 1.");

/** What can be tuned on a mount, as it is typed. */
export const TuneValues = z.object({
  description: z.string().max(2000),
  defaultTtl: Duration,
  maxTtl: Duration,
  forceNoCache: z.boolean(),
  listingVisibility: z.enum(["", "hidden", "unauth"]),
  tokenType: z.enum(["", "default-service", "default-batch", "service", "batch"]),
  requestKeys: Names,
  responseKeys: Names,
  requestHeaders: Names,
  responseHeaders: Names,
  lockoutDisabled: z.boolean(),
  lockoutThreshold: Threshold,
  lockoutDuration: Duration,
  lockoutReset: Duration,
});
export type TuneValues = z.infer<typeof TuneValues>;

const ChangedValues = TuneValues.partial().strict();
/** What of them was changed. */
export type ChangedValues = z.infer<typeof ChangedValues>;

export const TuneForm = z.object({
  class: MountClass,
  path: MountPath,
  /** What was changed, and nothing else: what somebody else changed meanwhile stays. */
  changed: ChangedValues,
});

/** Vault's own, where a mount is not tuned. */
const LOCKOUT = { threshold: 5, seconds: 900 } as const;

export function tuneValuesOf({ description, config }: AnyMount): TuneValues {
  const lockout = config.user_lockout_config;
  const visibility = TuneValues.shape.listingVisibility.safeParse(config.listing_visibility);
  const tokenType = TuneValues.shape.tokenType.safeParse(config.token_type);
  return {
    description,
    defaultTtl: ttlText(config.default_lease_ttl),
    maxTtl: ttlText(config.max_lease_ttl),
    forceNoCache: config.force_no_cache,
    listingVisibility: visibility.success ? visibility.data : "",
    tokenType: tokenType.success ? tokenType.data : "",
    requestKeys: config.audit_non_hmac_request_keys,
    responseKeys: config.audit_non_hmac_response_keys,
    requestHeaders: config.passthrough_request_headers,
    responseHeaders: config.allowed_response_headers,
    lockoutDisabled: lockout?.user_lockout_disable ?? false,
    lockoutThreshold: String(lockout?.user_lockout_threshold ?? LOCKOUT.threshold),
    lockoutDuration: ttlText(lockout?.user_lockout_duration ?? LOCKOUT.seconds),
    lockoutReset: ttlText(lockout?.user_lockout_counter_reset_duration ?? LOCKOUT.seconds),
  };
}

/** The fields that are not as they were. Of a lockout, all or none: the API takes it whole. */
export function changedValues(mount: AnyMount, now: TuneValues): ChangedValues {
  const before = tuneValuesOf(mount);
  const names = Object.keys(now).filter(
    (name) => JSON.stringify(Reflect.get(before, name)) !== JSON.stringify(Reflect.get(now, name)),
  );
  if (hasLockout(mount) && names.some((name) => name.startsWith("lockout"))) {
    names.push(...Object.keys(now).filter((name) => name.startsWith("lockout")));
  }
  return ChangedValues.parse(
    Object.fromEntries(names.map((name) => [name, Reflect.get(now, name)])),
  );
}

/** The body of `sys/mounts/…/tune` that makes the change. */
export function tuneBody(changed: ChangedValues): Record<string, unknown> {
  const body = {
    description: changed.description,
    default_lease_ttl: systemOr(changed.defaultTtl),
    max_lease_ttl: systemOr(changed.maxTtl),
    force_no_cache: changed.forceNoCache,
    listing_visibility: changed.listingVisibility,
    token_type: changed.tokenType,
    audit_non_hmac_request_keys: changed.requestKeys,
    audit_non_hmac_response_keys: changed.responseKeys,
    passthrough_request_headers: changed.requestHeaders,
    allowed_response_headers: changed.responseHeaders,
    user_lockout_config:
      changed.lockoutThreshold === undefined
        ? undefined
        : {
            lockout_threshold: changed.lockoutThreshold,
            lockout_duration: secondsText(changed.lockoutDuration),
            lockout_counter_reset_duration: secondsText(changed.lockoutReset),
            lockout_disable: changed.lockoutDisabled,
          },
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

function systemOr(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const seconds = parseTtl(text) ?? 0;
  return seconds === 0 ? "system" : `${seconds}s`;
}

function secondsText(text: string | undefined): string {
  return `${parseTtl(text ?? "") ?? 0}s`;
}
