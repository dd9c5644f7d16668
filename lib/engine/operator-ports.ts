import type { AuditSearch } from "@/lib/engine/audit/search";
import type { LeaseSearch } from "@/lib/engine/lease/search";

/** Reads that operators make of what is stored: by filter, in pages, each bounded in time and size. */
export type OperatorReads = {
  leases: LeaseSearch;
  audit: AuditSearch;
};
