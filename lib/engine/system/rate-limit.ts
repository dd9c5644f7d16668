import { findRoleByRoleId } from "@/lib/engine/approle/role";
import type { ConfigSnapshot, Setting } from "@/lib/engine/config-snapshot";
import type { JsonObject } from "@/lib/engine/json";
import type { Mount } from "@/lib/engine/mount/mount";

/** How often each client address may call: everywhere, on a mount, at a path of it, as a role. */
export type RateLimit = {
  name: string;
  /** Null: it holds everywhere. */
  mountId: string | null;
  /** Of the mount, when the rule was written. */
  mountPath: string;
  /** Below the mount; empty: all of it. May end in `*`. */
  suffix: string;
  /** Logins as this role only; empty: everything. */
  role: string;
  /** Requests an interval. */
  rate: number;
  intervalSeconds: number;
  /** How long a client that exceeds the rate is kept out altogether; 0: not. */
  blockSeconds: number;
  inheritable: boolean;
};

export type RateLimitConfig = {
  /** Undefined: those of the reference. */
  exemptPaths?: readonly string[];
  absoluteExemptPaths?: readonly string[];
  auditLogging: boolean;
  responseHeaders: boolean;
};

/** Paths that no rule concerns, unless configured otherwise. */
export const DEFAULT_EXEMPT_PATHS: readonly string[] = [
  "sys/generate-recovery-token/attempt",
  "sys/generate-recovery-token/update",
  "sys/generate-root/attempt",
  "sys/generate-root/update",
  "sys/health",
  "sys/seal-status",
  "sys/unseal",
];

/** Kinds of settings of the mount `sys/`. */
export const RATE_LIMIT = "rate_limit";
export const RATE_LIMIT_CONFIG = "rate_limit_config";

/** All rules of one version of the configuration. */
export type RateLimits = { rules: readonly RateLimit[]; config: RateLimitConfig };

/** The rules whose mounts are still there. */
export async function rateLimitsOf(config: ConfigSnapshot): Promise<RateLimits> {
  const sys = config.mounts.byFullPath("sys/");
  if (sys === null) return { rules: [], config: configFromJson({}) };
  const [stored, settings] = await Promise.all([
    config.settings(sys.id, RATE_LIMIT),
    config.setting(sys.id, RATE_LIMIT_CONFIG, ""),
  ]);
  const rules = stored.map(rateLimitFromSetting);
  return {
    rules: rules.filter(({ mountId }) => mountId === null || config.mounts.byId(mountId) !== null),
    config: configFromJson(settings?.body ?? {}),
  };
}

function rateLimitFromSetting({ key, body }: Setting): RateLimit {
  return {
    name: key,
    mountId: typeof body["mountId"] === "string" ? body["mountId"] : null,
    mountPath: textOf(body["mountPath"]),
    suffix: textOf(body["suffix"]),
    role: textOf(body["role"]),
    rate: Number(body["rate"]),
    intervalSeconds: Number(body["intervalSeconds"]),
    blockSeconds: Number(body["blockSeconds"]),
    inheritable: body["inheritable"] === true,
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function rateLimitToJson({ name: _name, ...rest }: RateLimit): JsonObject {
  return rest;
}

function configFromJson(body: JsonObject): RateLimitConfig {
  const exempt = body["exemptPaths"];
  const absolute = body["absoluteExemptPaths"];
  return {
    ...(Array.isArray(exempt) && { exemptPaths: exempt.map(String) }),
    ...(Array.isArray(absolute) && { absoluteExemptPaths: absolute.map(String) }),
    auditLogging: body["auditLogging"] === true,
    responseHeaders: body["responseHeaders"] === true,
  };
}

export function configToJson(config: RateLimitConfig): JsonObject {
  return {
    auditLogging: config.auditLogging,
    responseHeaders: config.responseHeaders,
    ...(config.exemptPaths && { exemptPaths: [...config.exemptPaths] }),
    ...(config.absoluteExemptPaths && { absoluteExemptPaths: [...config.absoluteExemptPaths] }),
  };
}

/** True for a path that no rule concerns. An entry that ends in `/` or `*` stands for all below it. */
export function isExempt(config: RateLimitConfig, path: string): boolean {
  const entries = [
    ...(config.exemptPaths ?? DEFAULT_EXEMPT_PATHS),
    ...(config.absoluteExemptPaths ?? []),
  ];
  return entries.some((entry) => {
    const prefix = entry.endsWith("*") ? entry.slice(0, -1) : entry;
    return (
      path === entry || (prefix.endsWith("/") || prefix !== entry ? path.startsWith(prefix) : false)
    );
  });
}

/**
 * The one rule that a request falls under: that of its role, else of its path (the longest), else of
 * its mount, else the one that holds everywhere; null: none.
 */
export function ruleFor(
  rules: readonly RateLimit[],
  asked: { mount: Mount | null; path: string; role: string | null },
): RateLimit | null {
  const { mount, role } = asked;
  const below = asked.path.slice(mount?.fullPath.length ?? 0).replace(/\/$/, "");
  let best: RateLimit | null = null;
  let bestRank = -1;
  for (const rule of rules) {
    const rank = rankOf(rule, { mountId: mount?.id ?? null, below, role });
    if (rank > bestRank) [best, bestRank] = [rule, rank];
  }
  return best;
}

const EVERYWHERE_RANK = 0;
const MOUNT_RANK = 1;
const PATH_RANK = 2;

/** Negative: the rule does not concern the request. */
function rankOf(
  rule: RateLimit,
  asked: { mountId: string | null; below: string; role: string | null },
): number {
  if (rule.mountId === null) return EVERYWHERE_RANK;
  if (rule.mountId !== asked.mountId) return -1;
  if (rule.role !== "") return rule.role === asked.role ? Infinity : -1;
  if (rule.suffix === "") return MOUNT_RANK;
  const matches = rule.suffix.endsWith("*")
    ? asked.below.startsWith(rule.suffix.slice(0, -1))
    : asked.below === rule.suffix;
  return matches ? PATH_RANK + rule.suffix.length : -1;
}

/** Types of auth mounts whose logins name a role that rules can be made for. */
export function hasRoles(mount: Mount): boolean {
  return mount.class === "auth" && (mount.type === "aws" || mount.type === "approle");
}

/** The role that a login asks for, as far as its body says so. */
export async function roleOfLogin(
  config: ConfigSnapshot,
  mount: Mount,
  data: Readonly<Record<string, unknown>>,
): Promise<string | null> {
  if (mount.type === "aws") return typeof data["role"] === "string" ? data["role"] : null;
  const roleId = data["role_id"];
  if (mount.type !== "approle" || typeof roleId !== "string") return null;
  return (await findRoleByRoleId(config, mount.id, roleId.trim()))?.name ?? null;
}
