import type { CredentialType } from "@/lib/engine/aws-secrets/credential-type";

/** Life of an STS credential when neither caller nor role names one. */
const STS_TTL_SECONDS_DEFAULT = 3600;
/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const STS_TTL_SECONDS_MIN = 900;
const ASSUMED_ROLE_SECONDS_MAX = 43_200;
/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const ROLE_CHAINING_SECONDS_MAX = 3600;
/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html */
const USER_SESSION_SECONDS_MAX = 129_600;

/** What may set how long a credential lives, or have AWS refuse it. */
export type LifetimeTerm =
  | "requested"
  | "role_default"
  | "sts_default"
  | "lease_default"
  | "mount_default"
  | "role_max"
  | "lease_max"
  | "mount_max"
  | "sts_minimum"
  | "sts_maximum"
  | "max_session_duration"
  | "role_chaining";

export type Bound = { seconds: number; term: LifetimeTerm };

type StsTerms = {
  /** Null: the caller names none. */
  requestedSeconds: number | null;
  /** 0: not set. */
  defaultStsTtlSeconds: number;
  maxStsTtlSeconds: number;
  mountMaxSeconds: number;
};

/** What STS is asked for, and which term set it: never shortened to what AWS would grant. */
export function stsDuration(terms: StsTerms): Bound {
  const asked = askedDuration(terms);
  const max: Bound =
    terms.maxStsTtlSeconds > 0
      ? { seconds: terms.maxStsTtlSeconds, term: "role_max" }
      : { seconds: terms.mountMaxSeconds, term: "mount_max" };
  return asked.seconds <= max.seconds ? asked : max;
}

function askedDuration({ requestedSeconds, defaultStsTtlSeconds }: StsTerms): Bound {
  if (requestedSeconds !== null) return { seconds: requestedSeconds, term: "requested" };
  if (defaultStsTtlSeconds > 0) return { seconds: defaultStsTtlSeconds, term: "role_default" };
  return { seconds: STS_TTL_SECONDS_DEFAULT, term: "sts_default" };
}

export type LifetimeTerms = {
  type: CredentialType;
  requestedSeconds: number | null;
  /** 0: not set. */
  defaultStsTtlSeconds: number;
  maxStsTtlSeconds: number;
  /** `config/lease`, for IAM users only; 0: not set. */
  leaseSeconds: number;
  leaseMaxSeconds: number;
  /** What holds on the mount, its own or the system's; null: not known. */
  mountDefaultSeconds: number | null;
  mountMaxSeconds: number | null;
  /** True when the mount may work with credentials that are a role's themselves. */
  rootMayBeRole: boolean;
  /** Of the target role; null: not known. */
  maxSessionDurationSeconds: number | null;
};

/** What AWS would say no to. Not `certain`: it depends on what is not known here. */
export type LifetimeRefusal = Bound & { certain: boolean };

export type EffectiveLifetime = {
  /** Of the credential at AWS; null: it works until it is deleted. */
  awsSeconds: number | null;
  /** Of the lease, with the term that sets it; null: a term of the mount is not known. */
  lease: Bound | null;
  /** The longest that can be asked for or reached by renewing; null: a term is not known. */
  longest: Bound | null;
  refusals: readonly LifetimeRefusal[];
};

/** How long a credential and its lease will live, and which term decides. */
export function effectiveLifetime(terms: LifetimeTerms): EffectiveLifetime {
  return terms.type === "iam_user" ? userLifetime(terms) : sessionLifetime(terms);
}

/** The lease ends the user; AWS has no say in it. */
function userLifetime(terms: LifetimeTerms): EffectiveLifetime {
  const longest = least(userMaxima(terms));
  const start: Bound | null =
    terms.leaseSeconds > 0
      ? { seconds: terms.leaseSeconds, term: "lease_default" }
      : bound(terms.mountDefaultSeconds, "mount_default");
  const lease = start === null ? null : least([start, ...userMaxima(terms)]);
  return {
    awsSeconds: null,
    lease,
    longest: terms.mountMaxSeconds === null ? null : longest,
    refusals: [],
  };
}

function userMaxima(terms: LifetimeTerms): Bound[] {
  return [
    bound(terms.leaseMaxSeconds || null, "lease_max"),
    bound(terms.mountMaxSeconds, "mount_max"),
  ].filter((max) => max !== null);
}

function sessionLifetime(terms: LifetimeTerms): EffectiveLifetime {
  const mountMaxSeconds = terms.mountMaxSeconds ?? Infinity;
  const asked = stsDuration({ ...terms, mountMaxSeconds });
  // The lease may end before the session does; the session never ends before what AWS was asked for.
  const lease =
    asked.seconds <= mountMaxSeconds
      ? asked
      : ({ seconds: mountMaxSeconds, term: "mount_max" } as const);
  return {
    awsSeconds: asked.seconds,
    lease,
    longest: longestSession(terms),
    refusals: refusalsOf(terms, asked.seconds),
  };
}

function longestSession(terms: LifetimeTerms): Bound | null {
  const max = bound(terms.maxStsTtlSeconds || null, "role_max");
  const ours = max ?? bound(terms.mountMaxSeconds, "mount_max");
  return ours === null ? null : least([ours, ...awsMaxima(terms)]);
}

function refusalsOf(terms: LifetimeTerms, seconds: number): LifetimeRefusal[] {
  const refusals: LifetimeRefusal[] = [];
  if (seconds < STS_TTL_SECONDS_MIN) {
    refusals.push({ seconds: STS_TTL_SECONDS_MIN, term: "sts_minimum", certain: true });
  }
  for (const max of awsMaxima(terms)) {
    if (seconds > max.seconds) refusals.push({ ...max, certain: true });
  }
  if (terms.type === "assumed_role" && terms.rootMayBeRole && seconds > ROLE_CHAINING_SECONDS_MAX) {
    refusals.push({ seconds: ROLE_CHAINING_SECONDS_MAX, term: "role_chaining", certain: false });
  }
  return refusals;
}

function awsMaxima(terms: LifetimeTerms): Bound[] {
  if (terms.type !== "assumed_role") {
    return [{ seconds: USER_SESSION_SECONDS_MAX, term: "sts_maximum" }];
  }
  return [
    bound(terms.maxSessionDurationSeconds, "max_session_duration") ?? {
      seconds: ASSUMED_ROLE_SECONDS_MAX,
      term: "sts_maximum",
    },
  ];
}

function bound(seconds: number | null, term: LifetimeTerm): Bound | null {
  return seconds === null ? null : { seconds, term };
}

/** The first of the shortest, so that a value given by two terms is told by the nearer one. */
function least(bounds: readonly Bound[]): Bound | null {
  return bounds.reduce<Bound | null>(
    (best, one) => (best === null || one.seconds < best.seconds ? one : best),
    null,
  );
}
