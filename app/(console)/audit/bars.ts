import type { Preferences } from "@/components/preferences";
import type { AuditHistogram, AuditOutcome } from "@/lib/console/audit";

/** Counts of one stretch of time, from `at` up to `until` (ISO 8601). */
export type BarOfTime = { at: string; until: string } & Readonly<Record<AuditOutcome, number>>;

const NONE = { success: 0, denied: 0, refused: 0, failed: 0, event: 0, open: 0 };

/** All bars of the range, those without entries too: time that is left out would look like no time. */
export function barsOf({ histogram }: AuditHistogram): BarOfTime[] {
  const widthMs = histogram.width_seconds * 1000;
  const start = Date.parse(histogram.from);
  const end = Date.parse(histogram.to);
  const counted = new Map(histogram.bars.map((bar) => [Date.parse(bar.at), bar]));
  const length = Math.max(1, Math.ceil((end - start) / widthMs));
  return Array.from({ length }, (_, place) => {
    const at = start + place * widthMs;
    const until = new Date(at + widthMs).toISOString();
    return { ...NONE, ...counted.get(at), at: new Date(at).toISOString(), until };
  });
}

export function totalOf({ histogram }: AuditHistogram): number {
  return histogram.bars.reduce(
    (all, { success, denied, refused, failed, event, open }) =>
      all + success + denied + refused + failed + event + open,
    0,
  );
}

const DAY_SECONDS = 86_400;

/** When a bar begins, as short as the range allows. */
export function barText(
  at: string,
  { histogram }: AuditHistogram,
  zone: Preferences["zone"],
): string {
  const spanMs = Date.parse(histogram.to) - Date.parse(histogram.from);
  const local = new Date(Date.parse(at) - new Date(at).getTimezoneOffset() * 60_000);
  const text = (zone === "utc" ? new Date(at) : local).toISOString();
  if (histogram.width_seconds >= DAY_SECONDS) return text.slice(5, 10);
  if (spanMs > 2 * DAY_SECONDS * 1000) return `${text.slice(5, 10)} ${text.slice(11, 16)}`;
  return histogram.width_seconds < 60 ? text.slice(11, 19) : text.slice(11, 16);
}
