import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { getJson } from "@/lib/console/get-json";

export const INTEGRITY_PATH = "sys/leasehold/audit/integrity";
/** Ranges that are verified at once, in hours. */
export const RANGES = { "1": "the last hour", "6": "the last 6 hours", "24": "the last 24 hours" };
export type RangeHours = keyof typeof RANGES;
export const RangeQuery = z.strictObject({ hours: z.enum(["1", "6", "24"]).default("1") });

const Defect = z.object({
  what: z.string(),
  checkpoint: z.number().nullable().default(null),
  writer: z.string().nullable(),
  batch: z.number().nullable(),
  seq: z.number().nullable().default(null),
});
export type Defect = z.infer<typeof Defect>;

const LastCheckpoint = z.object({
  number: z.number(),
  at: z.string(),
  entries: z.number(),
  writers: z.number(),
  root: z.string(),
  key_id: z.string(),
  public_key: z.string(),
});
export type LastCheckpoint = z.infer<typeof LastCheckpoint>;

/** What a verification found, and what is known besides. */
export const Integrity = z.object({
  from: z.string(),
  to: z.string(),
  intact: z.boolean(),
  writers: z.number(),
  batches: z.number(),
  rows: z.number(),
  retired: z.number(),
  checkpoints: z.number(),
  defects: z.array(Defect),
  verified_at: z.string(),
  last_checkpoint: LastCheckpoint.nullable(),
  verified_by_server: z
    .object({ at: z.string(), verified_to: z.string().nullable(), defects: z.number() })
    .nullable(),
});
export type Integrity = z.infer<typeof Integrity>;

/** What a checkpoint's file holds; it is handed on as it is. */
export const CheckpointFile = z.object({
  format: z.string(),
  statement: z.string(),
  signature: z.string(),
  heads: z.array(z.unknown()),
  public_key: z.string(),
});

export function rangeOf(hours: RangeHours, now: number): { from: string; to: string } {
  const from = new Date(now - Number(hours) * 3_600_000).toISOString();
  return { from, to: new Date(now).toISOString() };
}

/** Verifies when it is asked to, and never by itself: each verification stands in the log. */
export function integrityQuery(hours: RangeHours) {
  return queryOptions({
    queryKey: ["admin", "integrity", hours],
    queryFn: async ({ signal }) =>
      Integrity.parse(await getJson(`/api/console/admin/integrity?hours=${hours}`, signal)),
    retry: false,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** Where a defect is, in words. */
export function placeOf({ checkpoint, writer, batch, seq }: Defect): string {
  const parts = [
    ...(checkpoint === null ? [] : [`checkpoint ${checkpoint}`]),
    ...(writer === null ? [] : [`writer ${writer}`]),
    ...(batch === null ? [] : [`batch ${batch}`]),
    ...(seq === null ? [] : [`entry ${seq}`]),
  ];
  return parts.join(", ");
}
