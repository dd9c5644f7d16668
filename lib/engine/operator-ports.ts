import type { AuditSearch } from "@/lib/engine/audit/search";
import type { JobReads } from "@/lib/engine/job/job";
import type { LeaseSearch } from "@/lib/engine/lease/search";
import type { TokenSearch } from "@/lib/engine/token/search";

/** Reads that operators make of what is stored: by filter, in pages, each bounded in time and size. */
export type OperatorReads = {
  leases: LeaseSearch;
  tokens: TokenSearch;
  audit: AuditSearch;
  jobs: JobReads;
};
