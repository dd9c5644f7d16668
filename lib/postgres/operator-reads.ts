import type pg from "pg";
import type { OperatorReads } from "@/lib/engine/operator-ports";
import { auditSearch } from "@/lib/postgres/audit-search";
import { jobReads } from "@/lib/postgres/jobs";
import { leaseSearch } from "@/lib/postgres/lease-search";
import { tokenSearch } from "@/lib/postgres/token-search";

/** What operators search. */
export function operatorReads(pool: pg.Pool): OperatorReads {
  return {
    leases: leaseSearch(pool),
    tokens: tokenSearch(pool),
    audit: auditSearch(pool),
    jobs: jobReads(pool),
  };
}
