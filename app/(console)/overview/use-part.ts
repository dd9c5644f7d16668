"use client";

import { useQuery } from "@tanstack/react-query";
import type { Read } from "@/lib/console/operator";
import type { OverviewData, OverviewPart } from "@/lib/console/overview";
import { overviewQuery } from "@/lib/console/overview-queries";

/** A part that is read by the browser; the last answer stays. Null: there was none yet, and nobody answers. */
export function usePart<P extends OverviewPart>(part: P): Read<OverviewData[P]> | undefined | null {
  const { data, isError } = useQuery(overviewQuery(part));
  return data ?? (isError ? null : undefined);
}
