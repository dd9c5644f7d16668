"use client";

import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { GapRow } from "@/lib/console/tail-state";

const REASONS: Readonly<Record<GapRow["reason"], string>> = {
  slow: "more came than this browser took",
  away: "the stream was away for too long",
  lost: "they were lost on the way",
  missing: "the chain has them and the log has not: verify the log",
  paused: "too many to keep while the tail was paused",
};

/** Entries that are not shown, in their place, with the way to them. */
export function TailGap({ gap, load }: { gap: GapRow; load: (gap: GapRow) => void }) {
  const text = `gap: ${gap.count.toLocaleString("en")}${gap.isMore ? "+" : ""} ${gap.count === 1 ? "event" : "events"}`;
  return (
    <span className="audit-text" title={REASONS[gap.reason]}>
      <StatusIndicator type={gap.load === "loaded" ? "info" : "warning"}>{text}</StatusIndicator>
      {gap.load === "loaded" ? (
        <> — loaded, above</>
      ) : (
        <>
          {" — "}
          <Button
            variant="inline-link"
            loading={gap.load === "loading"}
            ariaLabel={`Load the ${text}`}
            onClick={() => load(gap)}
          >
            {gap.load === "failed" ? "not loaded, try again" : "load"}
          </Button>
        </>
      )}
    </span>
  );
}
