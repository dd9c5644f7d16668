import { answered, type Decision } from "@/lib/engine/answer";
import { entryData } from "@/lib/engine/audit/found";
import type { Json, JsonObject } from "@/lib/engine/json";
import { isoOf, leaseData, type FoundLease } from "@/lib/engine/lease/search";
import { mountTtls } from "@/lib/engine/mount/ttl";
import { isVisible } from "@/lib/engine/mount/visible";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

/** Entries of the log that a timeline shows, newest kept. */
const TIMELINE_MAX = 200;
const SIBLINGS_MAX = 50;
const SECRETS_ROLE = "role";

/** One lease, live or ended: its limits, its siblings under the same token, and what happened to it. */
export async function readLease(
  ports: Ports,
  scope: RequestScope,
  leaseId: string,
): Promise<Decision> {
  const { leases, audit } = ports.operator;
  const lease = await leases.find(leaseId);
  if (lease === null || !isVisible(scope, lease.mountId)) return answered(null);
  const [siblings, timeline, limits] = await Promise.all([
    lease.tokenHmac === null ? [] : leases.ofToken(lease.tokenHmac, SIBLINGS_MAX + 2),
    audit.ofLease(leaseId, TIMELINE_MAX),
    limitsOf(ports, scope, lease),
  ]);
  const others = siblings.filter(
    (sibling) => sibling.id !== lease.id && isVisible(scope, sibling.mountId),
  );
  return {
    answer: {
      data: {
        ...leaseData(scope, lease),
        as_of: ports.clock.now().toISOString(),
        limits,
        siblings: others.slice(0, SIBLINGS_MAX).map((sibling) => leaseData(scope, sibling)),
        siblings_are_more: others.length > SIBLINGS_MAX,
        timeline: timeline.map((row) => entryData(row)),
        timeline_is_cut: timeline.length === TIMELINE_MAX,
      },
      audited: { lease_id: lease.id, timeline: timeline.length },
    },
    effects: [],
  };
}

type Limit = { term: string; at: string };

/** What bounds the life of a lease, by what is configured now; the earliest binds. */
async function limitsOf(ports: Ports, scope: RequestScope, lease: FoundLease): Promise<Limit[]> {
  const mount = scope.config.mounts.byId(lease.mountId);
  const role = await scope.config.setting(lease.mountId, SECRETS_ROLE, lease.role);
  const since = (seconds: number | null): Date | null =>
    seconds === null ? null : new Date(lease.issuedAt.getTime() + seconds * 1000);
  const limits: [term: string, at: Date | null][] = [
    ["lease", lease.expiresAt],
    ["aws_session", lease.awsEndsAt],
    ["token", lease.tokenEndsAt],
    ["role_max", since(roleMaxSeconds(role?.body, lease))],
    ["mount_max", mount === null ? null : since(mountTtls(mount, ports.limits).mountMaxSeconds)],
  ];
  return limits.flatMap(([term, at]) => {
    const shown = isoOf(at);
    return shown === null ? [] : [{ term, at: shown }];
  });
}

/** Only STS credentials have a longest time of their role's. */
function roleMaxSeconds(role: JsonObject | undefined, lease: FoundLease): number | null {
  const seconds: Json | undefined = lease.needsUndo ? undefined : role?.["maxStsTtlSeconds"];
  return typeof seconds === "number" && seconds > 0 ? seconds : null;
}
