import { answered, told, type Decision } from "@/lib/engine/answer";
import { cutPage, pageAsk } from "@/lib/engine/page";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import type { StoredDenial } from "@/lib/engine/session-denial/denial";

const PAGE = { default: 100, max: 1_000 };

/** Sessions of a mount that are denied at AWS, the newest first, a page at a time. */
export async function listDenials(
  ports: Ports,
  scope: RequestScope,
  input: { limit: number | undefined; cursor: string | undefined },
): Promise<Decision> {
  const filter = { mountId: scope.mount.id };
  const list = ["session denials", filter];
  const ask = pageAsk(input, list, PAGE);
  const { shown, next } = cutPage(await ports.denials.page(filter, ask), ask.limit, list);
  if (shown.length === 0) return answered(null);
  return told({
    keys: shown.map(({ leaseId }) => leaseId),
    key_info: Object.fromEntries(shown.map((denial) => [denial.leaseId, denialData(denial)])),
    next_cursor: next,
  });
}

export async function readDenial(
  ports: Ports,
  scope: RequestScope,
  leaseId: string,
): Promise<Decision> {
  const denial = await ports.denials.ofLease(leaseId);
  if (denial?.mountId !== scope.mount.id) return answered(null);
  return told(denialData(denial));
}

/** A denial as it is told. */
export function denialData(denial: StoredDenial): Record<string, unknown> {
  return {
    lease_id: denial.leaseId,
    state: denial.state,
    container: denial.container,
    aws_userid: denial.awsUserId,
    by: denial.isCut ? "age" : denial.isUnique ? "name" : "name and age",
    asked_at: denial.askedAt.toISOString(),
    applied_at: denial.appliedAt?.toISOString() ?? null,
    verified_at: denial.verifiedAt?.toISOString() ?? null,
    session_ends_at: denial.expiresAt.toISOString(),
    error: denial.error,
  };
}
