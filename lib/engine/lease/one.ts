import { answered, type Decision } from "@/lib/engine/answer";
import { entryData } from "@/lib/engine/audit/found";
import { leaseLimits } from "@/lib/engine/lease/limits";
import { leaseData } from "@/lib/engine/lease/search";
import { isVisible } from "@/lib/engine/mount/visible";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { denialData } from "@/lib/engine/session-denial/read";

/** Entries of the log that a timeline shows, newest kept. */
const TIMELINE_MAX = 200;
const SIBLINGS_MAX = 50;

/**
 * One lease, live or ended: its limits, its siblings under the same token, how far AWS has come with
 * denying its session, and what happened to it.
 */
export async function readLease(
  ports: Ports,
  scope: RequestScope,
  leaseId: string,
): Promise<Decision> {
  const { leases, audit } = ports.operator;
  const lease = await leases.find(leaseId);
  if (lease === null || !isVisible(scope, lease.mountId)) return answered(null);
  const [siblings, timeline, limits, denial] = await Promise.all([
    lease.tokenHmac === null ? [] : leases.ofToken(lease.tokenHmac, SIBLINGS_MAX + 2),
    audit.ofLease(leaseId, TIMELINE_MAX),
    leaseLimits(ports, scope, lease),
    ports.denials.ofLease(leaseId),
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
        denial: denial === null ? null : denialData(denial),
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
