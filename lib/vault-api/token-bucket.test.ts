import { describe, expect, test } from "vitest";
import { TokenBucket } from "@/lib/vault-api/token-bucket";

const RULE = { rate: 3, intervalSeconds: 1, blockSeconds: 0 };

function takeAll(bucket: TokenBucket, atMs: number, times: number): boolean[] {
  return Array.from({ length: times }, () => bucket.take(atMs).allowed);
}

describe("a client's bucket", () => {
  test("lets so many requests through at once, and no more", () => {
    expect(takeAll(new TokenBucket(RULE, 0), 0, 5)).toEqual([true, true, true, false, false]);
  });

  test("is refilled evenly, never beyond its size", () => {
    const bucket = new TokenBucket(RULE, 0);
    takeAll(bucket, 0, 3);

    const soon = takeAll(bucket, 400, 2);
    const late = takeAll(bucket, 100_000, 5);

    expect(soon).toEqual([true, false]);
    expect(late).toEqual([true, true, true, false, false]);
  });

  test("tells what is left and how long to wait", () => {
    const bucket = new TokenBucket({ ...RULE, rate: 1, intervalSeconds: 60 }, 0);

    expect(bucket.take(0)).toEqual({ allowed: true, remaining: 0, waitSeconds: 60 });
    expect(bucket.take(10_000)).toEqual({ allowed: false, remaining: 0, waitSeconds: 50 });
  });

  test("a rate below one lets one request through, then waits for the next", () => {
    const bucket = new TokenBucket({ ...RULE, rate: 0.5 }, 0);

    expect(takeAll(bucket, 0, 2)).toEqual([true, false]);
    expect(takeAll(bucket, 2_000, 2)).toEqual([true, false]);
  });

  test("a client that went too far stays out for the block, though its bucket is full again", () => {
    const bucket = new TokenBucket({ ...RULE, blockSeconds: 10 }, 0);
    takeAll(bucket, 0, 4);

    expect(bucket.take(9_999)).toMatchObject({ allowed: false, waitSeconds: 1 });
    expect(bucket.take(10_000).allowed).toBe(true);
  });
});
