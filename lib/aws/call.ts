import { AwsFailure } from "@/lib/engine/aws-failure";
import { awsFailureOf, isThrottlingCode } from "@/lib/aws/error-text";

/** One attempt, from connecting to the last byte of the answer. */
const ATTEMPT_TIMEOUT_MS = 10_000;
/** Attempts after the first when the mount's `max_retries` is -1. */
const DEFAULT_RETRIES = 3;
/** No mount may ask for more, whatever its `max_retries`. */
const RETRIES_MAX = 20;
const RETRY_DELAY_MS_MAX = 300_000;
const RETRY_DELAY_BASE_MS = 30;
const THROTTLED_DELAY_BASE_MS = 500;
/** IAM is eventually consistent: a key made a moment ago may be unknown to one of its hosts. */
const FRESH_KEY_MS = 60_000;
const FRESH_KEY_PATIENCE_MS = 15_000;
const FRESH_KEY_DELAY_MS = 1_000;

const RETRIED_STATUSES: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
const RETRIED_CODES: ReadonlySet<string> = new Set([
  "RequestError",
  "RequestTimeout",
  "RequestTimeoutException",
  "ExpiredToken",
  "ExpiredTokenException",
  "RequestExpired",
  "RequestTimeTooSkewed",
]);
const UNKNOWN_KEY_CODES: ReadonlySet<string> = new Set(["InvalidClientTokenId", "AuthFailure"]);

/** Holds calls back when AWS asks for it. */
export type Pace = {
  /** @throws AwsFailure when the call may not start before `until`. */
  take(until: Date): Promise<void>;
  throttled(): void;
};

export type CallTerms = {
  /** As configured: -1 = the default, 0 = none. */
  maxRetries: number;
  /** No attempt starts after it, and none outlasts it. */
  deadline: Date;
  /** A call that fails is not tried again after it; undefined: up to the deadline. */
  retryUntil?: Date;
  /** How fast the account may be called; undefined: as fast as one likes. */
  pace?: Pace;
  /** When the signing key was made; null for an old one. */
  keyMadeAt: Date | null;
  /** Other times than the usual ones. */
  times?: CallTimes;
};

export type CallTimes = { attemptTimeoutMs?: number; throttledDelayBaseMs?: number };

/** Options of one attempt, as the SDK's `send` takes them. */
export type AttemptOptions = { requestTimeout: number };

export type CallOutcome<T> = {
  value: T;
  /** An attempt before the successful one ended without a sound answer: its effect may exist too. */
  repeatedBlindly: boolean;
};

/**
 * Sends one AWS call with Vault's retry rules: transport errors, 429 and 5xx, expired credentials and
 * throttling codes are tried again, others are final.
 *
 * @throws AwsFailure after the last attempt; its facts say whether any attempt may have taken effect.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export async function callAws<T>(
  send: (options: AttemptOptions) => Promise<T>,
  terms: CallTerms,
): Promise<CallOutcome<T>> {
  const firstAttemptAt = new Date();
  const retries = terms.maxRetries < 0 ? DEFAULT_RETRIES : Math.min(terms.maxRetries, RETRIES_MAX);
  const attemptMs = terms.times?.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS;
  let outcomeUnknown = false;
  for (let retry = 0; ;) {
    const left = terms.deadline.getTime() - Date.now();
    if (left <= 0) throw outOfTime(firstAttemptAt, outcomeUnknown);
    await terms.pace?.take(terms.retryUntil ?? terms.deadline);
    try {
      const value = await send({ requestTimeout: Math.min(attemptMs, left) });
      return { value, repeatedBlindly: outcomeUnknown };
    } catch (error) {
      const failure = awsFailureOf(error, firstAttemptAt);
      outcomeUnknown ||= failure.facts.outcomeUnknown;
      if (failure.facts.throttled) terms.pace?.throttled();
      const delayMs = delayBeforeRetry(failure, {
        retry,
        retries,
        terms,
        firstAttemptAt,
        askedMs: retryAfterMs(error),
      });
      const retryUntil = terms.retryUntil ?? terms.deadline;
      if (delayMs === null || Date.now() + delayMs >= retryUntil.getTime()) {
        throw new AwsFailure(failure.message, { ...failure.facts, outcomeUnknown }, error);
      }
      if (!isFreshKey(failure, terms, firstAttemptAt)) retry += 1;
      await pause(delayMs);
    }
  }
}

type RetryState = {
  retry: number;
  retries: number;
  terms: CallTerms;
  firstAttemptAt: Date;
  /** What AWS asked for in `Retry-After`. */
  askedMs: number;
};

/** Null: not tried again. */
function delayBeforeRetry(failure: AwsFailure, state: RetryState): number | null {
  if (isFreshKey(failure, state.terms, state.firstAttemptAt)) return FRESH_KEY_DELAY_MS;
  if (state.retry >= state.retries || !isRetried(failure)) return null;
  const throttledBase = state.terms.times?.throttledDelayBaseMs ?? THROTTLED_DELAY_BASE_MS;
  const base = failure.facts.throttled ? throttledBase : RETRY_DELAY_BASE_MS;
  const delay = base * 2 ** state.retry * (1 + Math.random());
  return Math.min(delay + state.askedMs, RETRY_DELAY_MS_MAX);
}

/** `Retry-After` of the answer, in whole seconds as AWS sends it; 0 without one. */
function retryAfterMs(error: unknown): number {
  const headers = property(property(error, "$response"), "headers");
  const seconds = Number(property(headers, "retry-after") ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Record<string, unknown>)[name];
}

function isRetried(failure: AwsFailure): boolean {
  const { code, status } = failure.facts;
  return RETRIED_CODES.has(code) || isThrottlingCode(code) || RETRIED_STATUSES.has(status ?? 0);
}

function isFreshKey(failure: AwsFailure, terms: CallTerms, firstAttemptAt: Date): boolean {
  if (terms.keyMadeAt === null || !UNKNOWN_KEY_CODES.has(failure.facts.code)) return false;
  const ageMs = firstAttemptAt.getTime() - terms.keyMadeAt.getTime();
  return ageMs < FRESH_KEY_MS && Date.now() - firstAttemptAt.getTime() < FRESH_KEY_PATIENCE_MS;
}

function outOfTime(firstAttemptAt: Date, outcomeUnknown: boolean): AwsFailure {
  return new AwsFailure(
    "RequestError: send request failed\ncaused by: the time for this request is over",
    {
      code: "RequestError",
      status: null,
      throttled: false,
      outcomeUnknown,
      firstAttemptAt,
    },
  );
}

/** Waits `ms` milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
