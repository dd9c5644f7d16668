import type { Json, JsonObject } from "@/lib/engine/json";
import { isoOf, type FoundLease } from "@/lib/engine/lease/search";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

/** How the AWS engine stores what bounds its leases. */
const SECRETS_ROLE = "role";
const ROOT = { setting: "root", key: "current" } as const;
const LEASE_CONFIG = { setting: "lease", key: "default" } as const;

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const ROLE_CHAINING_SECONDS = 3600;
/** Two clocks, and whole seconds at AWS. */
const SAME_END_SECONDS = 2;

export type Limit = { term: string; at: string };
type Bound = [term: string, seconds: number | null];

/**
 * What bounds the life of a lease, by what is configured now; the earliest binds. `requested` stands
 * for what the caller asked for: no other term explains when the lease was first to end.
 */
export async function leaseLimits(
  ports: Ports,
  scope: RequestScope,
  lease: FoundLease,
): Promise<Limit[]> {
  const bounds = await boundsOf(ports, scope, lease);
  const since = (seconds: number | null): Date | null =>
    seconds === null ? null : new Date(lease.issuedAt.getTime() + seconds * 1000);
  const limits: [term: string, at: Date | null][] = [
    ["lease", lease.expiresAt],
    ["aws_session", lease.awsEndsAt],
    ["token", lease.tokenEndsAt],
    ...bounds.map(([term, seconds]): [string, Date | null] => [term, since(seconds)]),
    ["requested", since(requestedSeconds(lease, bounds))],
  ];
  return limits.flatMap(([term, at]) => {
    const shown = isoOf(at);
    return shown === null ? [] : [{ term, at: shown }];
  });
}

async function boundsOf(ports: Ports, scope: RequestScope, lease: FoundLease): Promise<Bound[]> {
  const { config } = scope;
  const mount = config.mounts.byId(lease.mountId);
  const ttls = mount === null ? null : mountTtls(mount, ports.limits);
  const mountMax: Bound = ["mount_max", ttls?.mountMaxSeconds ?? null];
  if (isUser(lease)) {
    const stored = await config.setting(lease.mountId, LEASE_CONFIG.setting, LEASE_CONFIG.key);
    const leaseSeconds = positive(stored?.body, "leaseSeconds");
    return [
      ["lease_default", leaseSeconds],
      ["mount_default", leaseSeconds === null ? (ttls?.mountDefaultSeconds ?? null) : null],
      ["lease_max", positive(stored?.body, "leaseMaxSeconds")],
      mountMax,
    ];
  }
  const [role, root] = await Promise.all([
    config.setting(lease.mountId, SECRETS_ROLE, lease.role),
    config.setting(lease.mountId, ROOT.setting, ROOT.key),
  ]);
  const accessKey = root?.body["accessKey"];
  const mayChain = accessKey === undefined || accessKey === "";
  return [
    ["role_default", defaultWhereItHeld(lease, positive(role?.body, "defaultStsTtlSeconds"))],
    ["role_max", positive(role?.body, "maxStsTtlSeconds")],
    ["role_chaining", lease.kind === "assumed_role" && mayChain ? ROLE_CHAINING_SECONDS : null],
    mountMax,
  ];
}

/** Its life is the lease's; a session's was asked of AWS. Both may have to be ended there. */
function isUser({ kind }: FoundLease): boolean {
  return kind === "iam_user";
}

function positive(body: JsonObject | undefined, name: string): number | null {
  const seconds: Json | undefined = body?.[name];
  return typeof seconds === "number" && seconds > 0 ? seconds : null;
}

/** A caller who asked for longer was given longer: then the role's default bounds nothing. */
function defaultWhereItHeld(lease: FoundLease, seconds: number | null): number | null {
  const lives = (lease.expiresAt.getTime() - lease.issuedAt.getTime()) / 1000;
  return seconds !== null && seconds + SAME_END_SECONDS < lives ? null : seconds;
}

/** Null where a configured term explains the end, or a renewal has moved it. */
function requestedSeconds(lease: FoundLease, bounds: readonly Bound[]): number | null {
  if (lease.lastRenewedAt !== null || isUser(lease)) return null;
  const seconds = Math.round((lease.expiresAt.getTime() - lease.issuedAt.getTime()) / 1000);
  const isExplained = bounds.some(
    ([, bound]) => bound !== null && Math.abs(bound - seconds) <= SAME_END_SECONDS,
  );
  return isExplained ? null : seconds;
}
