import { answered, type Decision } from "@/lib/engine/answer";
import { entryData } from "@/lib/engine/audit/found";
import { groupData } from "@/lib/engine/job/create";
import { COUNT_MAX, leaseData } from "@/lib/engine/lease/search";
import { isVisible } from "@/lib/engine/mount/visible";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { tokenLimits } from "@/lib/engine/token/limits";
import { isTokenVisible, tokenData, type FoundToken } from "@/lib/engine/token/search";

/** Children and leases that are shown by themselves. */
const SHOWN_MAX = 50;

/** One token by its accessor, live or ended, with what falls with it and where it was used last. */
export async function readToken(
  ports: Ports,
  scope: RequestScope,
  accessor: string,
): Promise<Decision> {
  const { tokens, audit } = ports.operator;
  const token = await tokens.find(accessor);
  if (token === null || !isTokenVisible(scope, token)) return answered(null);
  const [falls, last, limits] = await Promise.all([
    token.hmac === null ? {} : whatFalls(ports, scope, token.hmac),
    audit.lastOf(accessor),
    tokenLimits(ports, scope, token),
  ]);
  return {
    answer: {
      data: {
        ...tokenData(scope, token),
        as_of: ports.clock.now().toISOString(),
        limits,
        last_used: last === null ? null : entryData(last),
        ...falls,
      },
      audited: { accessor },
    },
    effects: [],
  };
}

async function whatFalls(
  ports: Ports,
  scope: RequestScope,
  hmac: string,
): Promise<Record<string, unknown>> {
  const { tokens } = ports.operator;
  const [tree, children, leases] = await Promise.all([
    tokens.tree(hmac, COUNT_MAX),
    tokens.children(hmac, SHOWN_MAX),
    tokens.leases(hmac, SHOWN_MAX),
  ]);
  const visible = (child: FoundToken): boolean => isTokenVisible(scope, child);
  return {
    // Revoking a token ends all below it, whoever may see it.
    falls_with_it: {
      tokens: Math.min(tree.tokens, COUNT_MAX),
      leases: Math.min(tree.leases, COUNT_MAX),
      is_more: tree.tokens > COUNT_MAX || tree.leases > COUNT_MAX,
      groups: tree.groups.map((group) => groupData(scope, group)),
    },
    child_tokens: children.filter(visible).map((child) => tokenData(scope, child)),
    own_leases: leases
      .filter((lease) => isVisible(scope, lease.mountId))
      .map((lease) => leaseData(scope, lease)),
  };
}
