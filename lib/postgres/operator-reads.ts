import type pg from "pg";
import type { OperatorReads } from "@/lib/engine/operator-ports";
import { integrityReads } from "@/lib/postgres/audit-integrity";
import { auditSearch } from "@/lib/postgres/audit-search";
import { historyReads } from "@/lib/postgres/config-changes";
import { healthReads } from "@/lib/postgres/health-reads";
import { jobReads } from "@/lib/postgres/jobs";
import { leaseSearch } from "@/lib/postgres/lease-search";
import { attemptReads } from "@/lib/postgres/login-attempts";
import { overviewReads } from "@/lib/postgres/overview-reads";
import { viewReads } from "@/lib/postgres/saved-views";
import { tokenSearch } from "@/lib/postgres/token-search";

/** What operators search. */
export function operatorReads(pool: pg.Pool): OperatorReads {
  return {
    attempts: attemptReads(pool),
    leases: leaseSearch(pool),
    tokens: tokenSearch(pool),
    audit: auditSearch(pool),
    integrity: integrityReads(pool),
    jobs: jobReads(pool),
    history: historyReads(pool),
    views: viewReads(pool),
    health: healthReads(pool),
    overview: overviewReads(pool),
  };
}
