"use client";

import KeyValuePairs, {
  type KeyValuePairsProps,
} from "@cloudscape-design/components/key-value-pairs";
import type { ReactNode } from "react";

/** Facts about one thing, label over value; what is empty is shown as a dash. */
export function KeyValue({
  facts,
  columns = 4,
}: {
  facts: readonly { label: string; value: ReactNode; info?: ReactNode }[];
  columns?: KeyValuePairsProps["columns"];
}) {
  return (
    <KeyValuePairs
      columns={columns}
      items={facts.map(({ label, value, info }) => ({
        label,
        value: value === "" || value === null || value === undefined ? "–" : value,
        ...(info !== undefined && { info }),
      }))}
    />
  );
}
