import type { AuditFilter, Outcome } from "@/lib/engine/audit/search";
import { invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";

const BARS_MAX = 120;
/** Widths that a reader can name, in seconds. */
const WIDTHS_SECONDS = [
  1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800,
];
/** What a histogram without a range shows: the last day. */
const DEFAULT_RANGE_MS = 86_400_000;

export type HistogramAsk = { from: Date; to: Date; widthSeconds: number };
export type HistogramBar = { bar: number; outcome: Outcome; count: number };

/**
 * Counts by outcome over the filter's range, in at most so many bars; bars without entries are left
 * out. Without a range it is the last day's.
 *
 * @throws EngineError `invalid_request`.
 */
export async function histogramOf(
  ports: Ports,
  filter: AuditFilter,
  bars: number,
): Promise<Record<string, unknown>> {
  if (bars > BARS_MAX) throw invalidRequest(`a histogram has at most ${BARS_MAX} bars`);
  const to = filter.to ?? ports.clock.now();
  const from = filter.from ?? new Date(to.getTime() - DEFAULT_RANGE_MS);
  const ask = aligned(from, to, bars);
  const counted = await ports.operator.audit.histogram(
    { ...filter, from: filter.from ?? from, to: filter.to },
    ask,
  );
  const byBar = new Map<number, Record<string, number>>();
  for (const { bar, outcome, count } of counted) {
    const counts = byBar.get(bar) ?? {};
    counts[outcome] = (counts[outcome] ?? 0) + count;
    byBar.set(bar, counts);
  }
  const widthMs = ask.widthSeconds * 1000;
  return {
    histogram: {
      from: ask.from.toISOString(),
      to: to.toISOString(),
      width_seconds: ask.widthSeconds,
      bars: [...byBar]
        .sort(([a], [b]) => a - b)
        .map(([bar, counts]) => ({
          at: new Date(ask.from.getTime() + bar * widthMs).toISOString(),
          ...counts,
        })),
    },
  };
}

/** Bars begin at whole multiples of their width. */
function aligned(from: Date, to: Date, bars: number): HistogramAsk {
  const seconds = Math.max(1, (to.getTime() - from.getTime()) / 1000);
  // One bar more than the range is wide, where it begins within one.
  const widthSeconds =
    WIDTHS_SECONDS.find((width) => Math.ceil(seconds / width) + 1 <= bars) ??
    Math.ceil(seconds / Math.max(1, bars - 1));
  const widthMs = widthSeconds * 1000;
  return { from: new Date(Math.floor(from.getTime() / widthMs) * widthMs), to, widthSeconds };
}
