import type { AttemptReads } from "@/lib/engine/attempt/attempt";
import type { IntegrityReads } from "@/lib/engine/audit/integrity";
import type { AuditSearch } from "@/lib/engine/audit/search";
import type { HistoryReads } from "@/lib/engine/history/search";
import type { JobReads } from "@/lib/engine/job/job";
import type { LeaseSearch } from "@/lib/engine/lease/search";
import type { HealthReads } from "@/lib/engine/system/health";
import type { OverviewReads } from "@/lib/engine/system/overview";
import type { TokenSearch } from "@/lib/engine/token/search";
import type { ViewReads } from "@/lib/engine/view/views";

/** Reads that operators make of what is stored: by filter, in pages, each bounded in time and size. */
export type OperatorReads = {
  integrity: IntegrityReads;
  leases: LeaseSearch;
  tokens: TokenSearch;
  audit: AuditSearch;
  attempts: AttemptReads;
  jobs: JobReads;
  history: HistoryReads;
  views: ViewReads;
  health: HealthReads;
  overview: OverviewReads;
};
