"use client";

import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { STATUS_WORDS } from "@/app/(console)/validator/verdict-words";
import type { Status } from "@/lib/console/validator";

/** A verdict in a word and a sign; what is unknown never looks like ok. */
export function VerdictStatus({ status }: { status: Status }) {
  const { type, text, means } = STATUS_WORDS[status];
  return (
    <span title={means}>
      <StatusIndicator type={type}>{text}</StatusIndicator>
    </span>
  );
}
