"use client";

import StatusIndicator, {
  type StatusIndicatorProps,
} from "@cloudscape-design/components/status-indicator";
import type { AuditOutcome } from "@/lib/console/audit";

/** How an entry ended, in the words that the page uses everywhere. */
export const OUTCOME_TEXTS: Readonly<Record<AuditOutcome, string>> = {
  success: "Success",
  denied: "Denied",
  refused: "Refused",
  failed: "Failed",
  event: "Event",
  open: "Request",
};

const TYPES: Readonly<Record<AuditOutcome, StatusIndicatorProps.Type>> = {
  success: "success",
  denied: "error",
  refused: "warning",
  failed: "error",
  event: "info",
  open: "pending",
};

export function Outcome({ outcome, status }: { outcome: AuditOutcome; status: number | null }) {
  return (
    <StatusIndicator type={TYPES[outcome]}>
      {OUTCOME_TEXTS[outcome]}
      {status !== null && outcome !== "success" && ` (${status})`}
    </StatusIndicator>
  );
}
