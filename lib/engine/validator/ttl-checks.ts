import {
  effectiveLifetime,
  type LifetimeTerms,
  stsDuration,
} from "@/lib/engine/aws-secrets/effective-lifetime";
import { configured, type Evidence, type Finding } from "@/lib/engine/validator/finding";
import { limitFix, type Named, roleFix } from "@/lib/engine/validator/fixes";

const AWS_MIN_SECONDS = 900;

/** What decides how long a session of a role is asked for. */
export type TtlTerms = {
  named: Named;
  type: LifetimeTerms["type"];
  defaultStsTtlSeconds: number;
  maxStsTtlSeconds: number;
  mountMaxSeconds: number;
  isTemporary: boolean;
};

/** What is asked for when a client names no TTL. */
export function defaultSeconds(terms: TtlTerms): number {
  return stsDuration({ ...terms, requestedSeconds: null }).seconds;
}

/** The longest that a client can have asked for. */
export function capSeconds(terms: TtlTerms): number {
  return stsDuration({ ...terms, requestedSeconds: Infinity }).seconds;
}

/** What is wrong whatever the target says. */
export function roleTtlFindings(terms: TtlTerms): Finding[] {
  const findings: Finding[] = [];
  const { named, maxStsTtlSeconds, mountMaxSeconds } = terms;
  const [wanted, cap] = [defaultSeconds(terms), capSeconds(terms)];
  if (maxStsTtlSeconds === 0 && mountMaxSeconds < AWS_MIN_SECONDS) {
    findings.push({
      code: "ttl.mount_max_below_aws_min",
      status: "error",
      text: `The mount's maximum TTL is ${mountMaxSeconds} s; AWS does not issue sessions under 15 minutes, so every request fails.`,
      fix: roleFix(named, "Set max_sts_ttl, or raise the mount's maximum TTL.", {
        max_sts_ttl: AWS_MIN_SECONDS,
      }),
      evidence: configured(`${mountMaxSeconds} s`),
    });
  } else if (wanted < AWS_MIN_SECONDS || cap < AWS_MIN_SECONDS) {
    const field =
      wanted < AWS_MIN_SECONDS && cap >= AWS_MIN_SECONDS ? "default_sts_ttl" : "max_sts_ttl";
    findings.push({
      code: "ttl.below_minimum",
      status: "error",
      text: `Requests without ttl ask for ${wanted} s; AWS does not issue sessions under 15 minutes.`,
      fix: roleFix(named, `Raise ${field} to at least ${AWS_MIN_SECONDS} s.`, {
        [field]: AWS_MIN_SECONDS,
      }),
      evidence: configured(`${wanted} s`),
    });
  }
  if (cap > mountMaxSeconds) {
    findings.push({
      code: "ttl.lease_shorter_than_session",
      status: "warning",
      text: `The lease ends at ${mountMaxSeconds} s; the AWS session lives up to ${cap} s.`,
      fix: roleFix(named, "Lower max_sts_ttl to the mount's maximum TTL.", {
        max_sts_ttl: mountMaxSeconds,
      }),
      evidence: configured(`${cap} s`),
    });
  }
  return [...findings, ...chainingFindings(terms)];
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
function chainingFindings(terms: TtlTerms): Finding[] {
  const [wanted, cap] = [defaultSeconds(terms), capSeconds(terms)];
  const chained = (seconds: number): { seconds: number } | undefined =>
    refusalsAt(terms, seconds, null).find(({ term }) => term === "role_chaining");
  const [byDefault, atMost] = [chained(wanted), chained(cap)];
  const limit = byDefault ?? atMost;
  if (limit === undefined) return [];
  const field = byDefault === undefined ? "max_sts_ttl" : "default_sts_ttl";
  const outcome =
    byDefault === undefined
      ? `requests with ttl above ${limit.seconds} s will fail`
      : "every request without ttl will fail";
  return [
    {
      code: "ttl.role_chaining",
      status: byDefault === undefined ? "warning" : "error",
      text: `The root credentials are themselves temporary (role chaining): AWS limits sessions to 1 hour whatever MaxSessionDuration says. The role asks for ${byDefault === undefined ? `up to ${cap}` : wanted} s: ${outcome}.`,
      fix: roleFix(
        terms.named,
        `Lower ${field} to ${limit.seconds} s, or give the mount keys of an IAM user.`,
        {
          [field]: limit.seconds,
        },
      ),
      evidence: configured(`${wanted} s`),
    },
  ];
}

/**
 * How what the role asks for stands to the limit of one target; null: not known, so only what AWS grants
 * nobody is found.
 */
export function limitFindings(
  terms: TtlTerms,
  target: { arn: string; limitSeconds: number | null; evidence: Evidence },
): Finding[] {
  const [wanted, cap] = [defaultSeconds(terms), capSeconds(terms)];
  const over = (seconds: number): number | null =>
    refusalsAt(terms, seconds, target.limitSeconds).find(
      ({ term }) => term === "max_session_duration" || term === "sts_maximum",
    )?.seconds ?? null;
  const { named, maxStsTtlSeconds } = terms;
  const fixOf = (field: string, limitSeconds: number, wantedSeconds: number) =>
    limitFix(named, { field, targetArn: target.arn, limitSeconds, wantedSeconds });
  const limit = over(wanted);
  if (limit !== null) {
    return [
      {
        code: "ttl.default_over_limit",
        status: "error",
        text: `Requests without ttl ask for ${wanted} s; AWS grants ${limit} s. Every request without ttl will fail.`,
        fix: fixOf("default_sts_ttl", limit, wanted),
        evidence: target.evidence,
      },
    ];
  }
  const most = over(cap);
  if (most === null) return [];
  const isSet = maxStsTtlSeconds > 0;
  return [
    {
      code: isSet ? "ttl.max_over_limit" : "ttl.max_unset",
      status: "warning",
      text: isSet
        ? `Requests with ttl above ${most} s will fail: max_sts_ttl is ${cap} s.`
        : `max_sts_ttl is not set: clients can ask for up to ${cap} s; AWS grants ${most} s.`,
      fix: fixOf("max_sts_ttl", most, cap),
      evidence: target.evidence,
    },
  ];
}

function refusalsAt(terms: TtlTerms, seconds: number, limitSeconds: number | null) {
  return effectiveLifetime({
    ...terms,
    requestedSeconds: seconds,
    leaseSeconds: 0,
    leaseMaxSeconds: 0,
    mountDefaultSeconds: null,
    rootMayBeRole: terms.isTemporary,
    maxSessionDurationSeconds: limitSeconds,
  }).refusals;
}
