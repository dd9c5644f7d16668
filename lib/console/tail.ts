import { z } from "zod";
import { AuditEntry } from "@/lib/console/audit";
import { type AuditAddress, filterQuery } from "@/lib/console/audit-address";
import type { Refusal } from "@/lib/console/refusal";

/** Entries that a tail begins with, so that there is something to see. */
const RECENT = "50";
export const TAIL_PATH = "sys/leasehold/audit/tail";

const Number_ = z.number();

/** What the server says on a tail; `n` counts the entries that pass the filter, shown or not. */
const TailEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("open"), n: Number_, at: z.string() }),
  z.object({ event: z.literal("entry"), n: Number_, entry: AuditEntry }),
  z.object({
    event: z.literal("gap"),
    n: Number_,
    count: Number_,
    is_more: z.boolean(),
    reason: z.enum(["slow", "away", "missing"]),
    from: z.string(),
    to: z.string(),
  }),
  z.object({ event: z.literal("beat"), n: Number_, behind_ms: Number_ }),
  z.object({ event: z.literal("end"), reason: z.enum(["refused", "stopping"]) }),
]);
export type TailEvent = z.infer<typeof TailEvent>;

/** What a page is told of the tail that it watches. */
export type TailSignal =
  | { kind: "events"; events: readonly TailEvent[] }
  | { kind: "reconnecting" }
  /** Nothing more will come. */
  | { kind: "refused"; refusal: Refusal };

/** An event of the stream as its reader found it; null: one that this page does not know. */
export function parseTailEvent(name: string, data: string): TailEvent | null {
  const told = jsonOf(data);
  const { n } = z.object({ n: z.number().default(0) }).parse(told);
  const event = name === "entry" ? { event: name, n, entry: told } : { ...told, event: name };
  const parsed = TailEvent.safeParse(event);
  return parsed.success ? parsed.data : null;
}

function jsonOf(data: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(data));
  } catch {
    return {};
  }
}

/** The stream of what an address filters for; its range means nothing to a tail. */
export function tailUrl(address: AuditAddress): string {
  const { from: _from, to: _to, ...filter } = filterQuery(address, 0);
  const pairs = Object.entries(filter).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value] as [string, string]),
  );
  const query = new URLSearchParams([...pairs, ["recent", RECENT]]);
  return `/api/console/audit/tail?${query.toString()}`;
}
