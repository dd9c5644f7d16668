import { expect, test } from "vitest";
import { ttlBucket } from "@/lib/engine/system/ttl-bucket";

test.each([
  [0, "+Inf"],
  [1, "1m"],
  [60, "1m"],
  [61, "10m"],
  [86_400, "1d"],
  [2_592_000, "30d"],
  [2_592_001, "+Inf"],
])("a time to live of %i s belongs to %s", (seconds, label) => {
  expect(ttlBucket(seconds)).toBe(label);
});
