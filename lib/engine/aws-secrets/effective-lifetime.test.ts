import { expect, test } from "vitest";
import {
  effectiveLifetime,
  type LifetimeTerms,
  stsDuration,
} from "@/lib/engine/aws-secrets/effective-lifetime";

const HOUR = 3600;
const TERMS: LifetimeTerms = {
  type: "assumed_role",
  requestedSeconds: null,
  defaultStsTtlSeconds: 0,
  maxStsTtlSeconds: 0,
  leaseSeconds: 0,
  leaseMaxSeconds: 0,
  mountDefaultSeconds: 768 * HOUR,
  mountMaxSeconds: 768 * HOUR,
  rootMayBeRole: false,
  maxSessionDurationSeconds: null,
};

test.each([
  ["nothing set: an hour", {}, { seconds: HOUR, term: "sts_default" }],
  ["the role's default", { defaultStsTtlSeconds: 900 }, { seconds: 900, term: "role_default" }],
  ["what was asked for", { requestedSeconds: 1800 }, { seconds: 1800, term: "requested" }],
  [
    "the role's maximum",
    { requestedSeconds: 2 * HOUR, maxStsTtlSeconds: HOUR },
    { seconds: HOUR, term: "role_max" },
  ],
  ["the mount's maximum", { mountMaxSeconds: 1200 }, { seconds: 1200, term: "mount_max" }],
] as const)("a session lives as long as the nearest term says: %s", (_, change, expected) => {
  const { lease, awsSeconds } = effectiveLifetime({ ...TERMS, ...change });

  expect(lease).toEqual(expected);
  expect(awsSeconds).toBe(expected.seconds);
});

test("a role's maximum above the mount's lets the session outlive its lease", () => {
  const lifetime = effectiveLifetime({
    ...TERMS,
    requestedSeconds: 3 * HOUR,
    maxStsTtlSeconds: 4 * HOUR,
    mountMaxSeconds: 2 * HOUR,
  });

  expect(lifetime.awsSeconds).toBe(3 * HOUR);
  expect(lifetime.lease).toEqual({ seconds: 2 * HOUR, term: "mount_max" });
});

test("what AWS refuses is told, not shortened", () => {
  const short = effectiveLifetime({ ...TERMS, defaultStsTtlSeconds: 300 });
  const long = effectiveLifetime({ ...TERMS, defaultStsTtlSeconds: 13 * HOUR });
  const target = effectiveLifetime({
    ...TERMS,
    defaultStsTtlSeconds: 2 * HOUR,
    maxSessionDurationSeconds: HOUR,
  });

  expect(short.refusals).toEqual([{ seconds: 900, term: "sts_minimum", certain: true }]);
  expect(long.refusals).toEqual([{ seconds: 12 * HOUR, term: "sts_maximum", certain: true }]);
  expect(target.refusals).toEqual([{ seconds: HOUR, term: "max_session_duration", certain: true }]);
});

test("role chaining is feared only where the mount's credentials may be a role's", () => {
  const asked = { ...TERMS, defaultStsTtlSeconds: 2 * HOUR };
  const chained = effectiveLifetime({ ...asked, rootMayBeRole: true });

  expect(chained.refusals).toEqual([{ seconds: HOUR, term: "role_chaining", certain: false }]);
  expect(effectiveLifetime(asked).refusals).toEqual([]);
  expect(effectiveLifetime({ ...TERMS, rootMayBeRole: true }).refusals).toEqual([]);
});

test("the longest session is the least of the role's, the mount's and AWS's maximum", () => {
  const longest = (change: Partial<LifetimeTerms>) =>
    effectiveLifetime({ ...TERMS, ...change }).longest;

  expect(longest({})).toEqual({ seconds: 12 * HOUR, term: "sts_maximum" });
  expect(longest({ maxStsTtlSeconds: HOUR })).toEqual({ seconds: HOUR, term: "role_max" });
  expect(longest({ mountMaxSeconds: HOUR })).toEqual({ seconds: HOUR, term: "mount_max" });
  expect(longest({ type: "session_token" })).toEqual({ seconds: 36 * HOUR, term: "sts_maximum" });
  expect(longest({ mountMaxSeconds: null })).toBeNull();
});

test("an IAM user lives by the lease configuration, then by the mount", () => {
  const user = { ...TERMS, type: "iam_user" as const, requestedSeconds: 60 };
  const configured = effectiveLifetime({ ...user, leaseSeconds: 120, leaseMaxSeconds: 1800 });
  const cut = effectiveLifetime({ ...user, leaseSeconds: 7200, leaseMaxSeconds: 1800 });
  const plain = effectiveLifetime({ ...user, mountDefaultSeconds: HOUR });

  expect(configured).toEqual({
    awsSeconds: null,
    lease: { seconds: 120, term: "lease_default" },
    longest: { seconds: 1800, term: "lease_max" },
    refusals: [],
  });
  expect(cut.lease).toEqual({ seconds: 1800, term: "lease_max" });
  expect(plain.lease).toEqual({ seconds: HOUR, term: "mount_default" });
});

test("terms of the mount that are not known are not guessed", () => {
  const unknown = { ...TERMS, mountDefaultSeconds: null, mountMaxSeconds: null };

  expect(effectiveLifetime({ ...unknown, type: "iam_user" }).lease).toBeNull();
  expect(effectiveLifetime(unknown).lease).toEqual({ seconds: HOUR, term: "sts_default" });
});

test("what STS is asked for never exceeds the role's maximum, whatever the mount says", () => {
  const asked = stsDuration({
    requestedSeconds: 5 * HOUR,
    defaultStsTtlSeconds: HOUR,
    maxStsTtlSeconds: 4 * HOUR,
    mountMaxSeconds: HOUR,
  });

  expect(asked).toEqual({ seconds: 4 * HOUR, term: "role_max" });
});
