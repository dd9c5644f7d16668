import { parseDuration } from "@/lib/engine/duration";
import { invalidRequest } from "@/lib/engine/errors";
import type { MountClass, MountConfig } from "@/lib/engine/mount/mount";
import { hasUserLockout } from "@/lib/engine/mount/types";
import type { JsonObject } from "@/lib/engine/json";

/** Wire names of what an operator may set on a mount; undefined: not supplied. */
export type MountConfigInput = {
  default_lease_ttl?: string | undefined;
  max_lease_ttl?: string | undefined;
  force_no_cache?: boolean | undefined;
  listing_visibility?: string | undefined;
  token_type?: string | undefined;
  audit_non_hmac_request_keys?: string[] | undefined;
  audit_non_hmac_response_keys?: string[] | undefined;
  passthrough_request_headers?: string[] | undefined;
  allowed_response_headers?: string[] | undefined;
  user_lockout_config?: Record<string, unknown> | undefined;
};

export const UNTUNED: MountConfig = {
  defaultLeaseTtlSeconds: 0,
  maxLeaseTtlSeconds: 0,
  forceNoCache: false,
};

const TOKEN_TYPES = ["default-service", "default-batch", "service", "batch"];

/** `""` and `system` mean: as the system has it. */
export function leaseTtlOf(text: string): number {
  return text === "" || text === "system" ? 0 : Math.floor(parseDuration(text));
}

/**
 * Lays the supplied settings over `config`; the two TTLs are judged by the caller, who knows
 * whether a mount is being enabled or tuned.
 *
 * @throws EngineError `invalid_request` with Vault's text.
 */
export function changeConfig(
  config: MountConfig,
  input: MountConfigInput,
  mount: { class: MountClass; type: string },
): MountConfig {
  const changed: MountConfig = { ...config };
  if (input.force_no_cache !== undefined) changed.forceNoCache = input.force_no_cache;
  if (input.listing_visibility !== undefined) {
    setText(changed, "listingVisibility", visibilityOf(input.listing_visibility));
  }
  if (input.token_type !== undefined && mount.class === "auth") {
    changed.tokenType = tokenTypeOf(input.token_type);
  }
  setList(changed, "auditNonHmacRequestKeys", input.audit_non_hmac_request_keys);
  setList(changed, "auditNonHmacResponseKeys", input.audit_non_hmac_response_keys);
  setList(changed, "passthroughRequestHeaders", input.passthrough_request_headers);
  setList(changed, "allowedResponseHeaders", input.allowed_response_headers);
  if (input.user_lockout_config !== undefined) {
    changed.userLockout = lockoutOf(input.user_lockout_config, mount.type);
  }
  return changed;
}

function setText(config: MountConfig, key: "listingVisibility", value: string): void {
  if (value === "") Reflect.deleteProperty(config, key);
  else config[key] = value;
}

type ListKey =
  | "auditNonHmacRequestKeys"
  | "auditNonHmacResponseKeys"
  | "passthroughRequestHeaders"
  | "allowedResponseHeaders";

/** A single empty text clears a list. */
function setList(config: MountConfig, key: ListKey, values: string[] | undefined): void {
  if (values === undefined) return;
  const kept = values.filter((value) => value !== "");
  if (kept.length === 0) Reflect.deleteProperty(config, key);
  else config[key] = kept;
}

function visibilityOf(text: string): string {
  if (["", "hidden", "unauth"].includes(text)) return text;
  throw invalidRequest(`invalid listing_visibility ${text}`);
}

function tokenTypeOf(text: string): string {
  if (text === "") return "default-service";
  if (TOKEN_TYPES.includes(text)) return text;
  throw invalidRequest("invalid value for 'token_type'");
}

function lockoutOf(input: Record<string, unknown>, type: string): JsonObject {
  if (!hasUserLockout(type)) {
    throw invalidRequest(
      `tuning of user lockout configuration for auth type "${type}" not allowed`,
    );
  }
  const seconds = (name: string, fallback: number): number => {
    const value = input[name];
    return value === undefined || value === null ? fallback : leaseTtlOf(textOf(value));
  };
  const threshold = input["lockout_threshold"];
  return {
    threshold: threshold === undefined || threshold === null ? 5 : Number(textOf(threshold)),
    durationSeconds: seconds("lockout_duration", 900),
    resetSeconds: seconds("lockout_counter_reset_duration", 900),
    disable: ["true", "1"].includes(textOf(input["lockout_disable"] ?? false)),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
