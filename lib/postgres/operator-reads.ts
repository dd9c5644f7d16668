import type pg from "pg";
import type { OperatorReads } from "@/lib/engine/operator-ports";
import { auditSearch } from "@/lib/postgres/audit-search";
import { leaseSearch } from "@/lib/postgres/lease-search";

/** What operators search. */
export function operatorReads(pool: pg.Pool): OperatorReads {
  return { leases: leaseSearch(pool), audit: auditSearch(pool) };
}
