"use client";

import { usePreferences } from "@/components/preferences";

/** How a chart writes instants: by the operator's zone. */
export function useChartTimes(): { tick: (at: Date) => string; row: (at: Date) => string } {
  const { zone } = usePreferences().preferences;
  const timeZone = zone === "utc" ? "UTC" : undefined;
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(timeZone !== undefined && { timeZone }),
  });
  const day = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    ...(timeZone !== undefined && { timeZone }),
  });
  return {
    tick: (at) => time.format(at),
    row: (at) => `${day.format(at)}${zone === "utc" ? " UTC" : ""}`,
  };
}

/** Whole numbers: half a lease is none. */
export function countTick(count: number): string {
  return Number.isInteger(count) ? count.toLocaleString("en") : "";
}

export function hoursOf({ from, to }: { from: string; to: string }): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 3_600_000);
}

/** `last 2 h`, `last 24 h` */
export function rangeText(range: { from: string; to: string }): string {
  return `last ${hoursOf(range)} h`;
}

export const CHART_STRINGS = {
  filterLabel: "Shown",
  filterPlaceholder: "Choose what is shown",
  filterSelectedAriaLabel: "shown",
  detailPopoverDismissAriaLabel: "Close",
  legendAriaLabel: "Legend",
  chartAriaRoleDescription: "chart",
  xAxisAriaRoleDescription: "time axis",
  yAxisAriaRoleDescription: "count axis",
} as const;
