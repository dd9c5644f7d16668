import fc from "fast-check";
import { expect, test } from "vitest";
import { lifetimeOf } from "@/lib/console/lifetime";
import { stsDuration } from "@/lib/engine/aws-secrets/effective-lifetime";
import { limitFindings, roleTtlFindings } from "@/lib/engine/validator/ttl-checks";
import { configured } from "@/lib/engine/validator/finding";

const RUNS = 10_000;

type Configuration = {
  type: "assumed_role" | "federation_token" | "session_token";
  requested: number | null;
  roleDefault: number;
  roleMax: number;
  mountMax: number;
  isRole: boolean;
  limit: number | null;
};

const seconds = fc.oneof(
  fc.integer({ min: 1, max: 200_000 }),
  fc.constantFrom(899, 900, 901, 3599, 3600, 3601, 43_200, 43_201, 129_600, 129_601),
);
const unsetOr = (one: fc.Arbitrary<number>): fc.Arbitrary<number> => fc.oneof(fc.constant(0), one);

const configurations: fc.Arbitrary<Configuration> = fc.record({
  type: fc.constantFrom("assumed_role", "federation_token", "session_token"),
  requested: fc.option(seconds),
  roleDefault: unsetOr(seconds),
  roleMax: unsetOr(seconds),
  mountMax: seconds,
  isRole: fc.boolean(),
  limit: fc.option(fc.integer({ min: 3600, max: 43_200 })),
});

/** The rules as AWS and Vault document them, told apart from the code that follows them. */
function oracle(config: Configuration, requested: number | null) {
  let asked = 3600;
  if (config.roleDefault !== 0) asked = config.roleDefault;
  if (requested !== null) asked = requested;
  const cap = config.roleMax === 0 ? config.mountMax : config.roleMax;
  if (asked > cap) asked = cap;
  const isAssumed = config.type === "assumed_role";
  let granted = isAssumed ? 43_200 : 129_600;
  if (isAssumed && config.limit !== null) granted = config.limit;
  const isChained = isAssumed && config.isRole && asked > 3600;
  return {
    asked,
    cap,
    granted,
    lease: asked > config.mountMax ? config.mountMax : asked,
    isRefused: asked < 900 || asked > granted || isChained,
  };
}

/** What the box beside a role's form says. */
function boxOf(config: Configuration) {
  return lifetimeOf(
    {
      ttls: {
        defaultSeconds: config.mountMax,
        maxSeconds: config.mountMax,
        isDefaultTuned: true,
        isMaxTuned: true,
      },
      leaseSeconds: 0,
      leaseMaxSeconds: 0,
      rootMayBeRole: config.isRole,
    },
    {
      type: config.type,
      defaultStsTtlSeconds: config.roleDefault,
      maxStsTtlSeconds: config.roleMax,
      requestedSeconds: config.requested,
      maxSessionDurationSeconds: config.limit,
    },
  );
}

test("the lifetime box, what AWS is asked for and the rules agree on any configuration", () => {
  fc.assert(
    fc.property(configurations, (config) => {
      const expected = oracle(config, config.requested);

      const box = boxOf(config);

      const answered = stsDuration({
        requestedSeconds: config.requested,
        defaultStsTtlSeconds: config.roleDefault,
        maxStsTtlSeconds: config.roleMax,
        mountMaxSeconds: config.mountMax,
      });
      expect([box.awsSeconds, answered.seconds]).toEqual([expected.asked, expected.asked]);
      expect(box.lease?.seconds).toBe(expected.lease);
      expect(box.longest?.seconds).toBe(Math.min(expected.cap, expected.granted));
      expect(box.refusals.length > 0).toBe(expected.isRefused);
    }),
    { numRuns: RUNS },
  );
});

test("the validator calls wrong exactly what AWS would refuse, on any configuration", () => {
  fc.assert(
    fc.property(configurations, (config) => {
      const byDefault = oracle(config, null);
      const atMost = oracle(config, Infinity);

      const terms = {
        named: { mountPath: "aws/", role: "app" },
        type: config.type,
        defaultStsTtlSeconds: config.roleDefault,
        maxStsTtlSeconds: config.roleMax,
        mountMaxSeconds: config.mountMax,
        isTemporary: config.isRole,
      };
      const target = { arn: "", limitSeconds: config.limit, evidence: configured("") };
      const findings = [...roleTtlFindings(terms), ...limitFindings(terms, target)];
      const isError = findings.some(({ status }) => status === "error");
      expect(isError).toBe(byDefault.isRefused || atMost.asked < 900);
      const isCapped = atMost.asked > atMost.granted && !(byDefault.asked > byDefault.granted);
      const codes = findings.map(({ code }) => code);
      expect(codes.some((code) => code === "ttl.max_over_limit" || code === "ttl.max_unset")).toBe(
        isCapped,
      );
      expect(codes.includes("ttl.lease_shorter_than_session")).toBe(atMost.asked > config.mountMax);
    }),
    { numRuns: RUNS },
  );
});
