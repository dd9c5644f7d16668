const BUCKETS: readonly (readonly [number, string])[] = [
  [60, "1m"],
  [600, "10m"],
  [1200, "20m"],
  [3600, "1h"],
  [7200, "2h"],
  [86_400, "1d"],
  [172_800, "2d"],
  [604_800, "7d"],
  [2_592_000, "30d"],
];

/** The label of a time to live in metrics: the least of these bounds that it does not exceed; 0 = endless. */
export function ttlBucket(seconds: number): string {
  if (seconds <= 0) return "+Inf";
  return BUCKETS.find(([bound]) => seconds <= bound)?.[1] ?? "+Inf";
}

/** The bounds in seconds, ascending. */
export const TTL_BOUNDS: readonly number[] = BUCKETS.map(([bound]) => bound);
