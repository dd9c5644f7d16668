import { Health } from "@/lib/console/admin-health";
import type { Operator, Read } from "@/lib/console/operator";
import {
  Changes,
  FoundLeases,
  Integrity,
  Jobs,
  Overview,
  type OverviewData,
  type OverviewPart,
  RefusedAnswers,
  type Stuck,
} from "@/lib/console/overview";
import { refusedLogins } from "@/lib/console/overview-refused";

const DAY_MS = 86_400_000;
/** Recomputing chains costs; what is older was checked when it was new. */
const VERIFIED_MS = 10 * 60_000;
const REFUSED_MAX = 500;
/** Revocations that fail are the oldest of those that are due. */
const DUE_LOOKED_AT = 100;
const SHOWN_MAX = 3;

type Reads = { [P in OverviewPart]: (operator: Operator) => Promise<Read<OverviewData[P]>> };

const READS: Reads = {
  overview: (operator) => operator.read(Overview, "sys/leasehold/overview"),
  stuck: readStuck,
  refused: async (operator) => {
    const read = await operator.read(RefusedAnswers, "sys/leasehold/audit", {
      path: "auth/",
      operation: "update",
      outcome: "denied,refused,failed",
      from: new Date(Date.now() - DAY_MS).toISOString(),
      limit: String(REFUSED_MAX),
    });
    return read.ok ? { ok: true, data: refusedLogins(read.data) } : read;
  },
  jobs: (operator) => operator.read(Jobs, "sys/leasehold/jobs", { limit: "20" }),
  changes: (operator) => operator.read(Changes, "sys/leasehold/history", { limit: "8" }),
  integrity: (operator) =>
    operator.read(Integrity, "sys/leasehold/audit/integrity", {
      from: new Date(Date.now() - VERIFIED_MS).toISOString(),
    }),
  health: (operator) => operator.read(Health, "sys/leasehold/health"),
};

/** One part of the overview, as far as the operator may read its path. */
export function readOverviewPart<P extends OverviewPart>(
  operator: Operator,
  part: P,
): Promise<Read<OverviewData[P]>> {
  return READS[part](operator);
}

async function readStuck(operator: Operator): Promise<Read<Stuck>> {
  const [irrevocable, due] = await Promise.all([
    operator.read(FoundLeases, "sys/leasehold/leases", {
      state: "irrevocable",
      sort: "ends",
      limit: String(SHOWN_MAX),
      count: "true",
    }),
    operator.read(FoundLeases, "sys/leasehold/leases", {
      state: "revoking",
      sort: "ends",
      limit: String(DUE_LOOKED_AT),
    }),
  ]);
  if (!irrevocable.ok) return irrevocable;
  if (!due.ok) return due;
  const failing = due.data.leases.filter(({ attempts }) => attempts > 0);
  return {
    ok: true,
    data: {
      leases: [...irrevocable.data.leases, ...failing].slice(0, SHOWN_MAX),
      irrevocable: irrevocable.data.count,
      irrevocable_is_more: irrevocable.data.count_is_more,
      failing: failing.length,
    },
  };
}
