import { EngineError, isEngineError } from "@/lib/engine/errors";

const BRAND = Symbol.for("leasehold.AwsFailure");

/** What is known of a call that failed: whether AWS may have done it all the same. */
export type AwsFailureFacts = {
  /** AWS's word (`AccessDenied`), or ours for what has none: `RequestError`, `SerializationError`. */
  code: string;
  /** HTTP status of the last answer; null when there was none. */
  status: number | null;
  /** AWS asked us to slow down, told by its code. */
  throttled: boolean;
  /** One of the attempts ended without a sound answer, so its effect may exist. */
  outcomeUnknown: boolean;
  /** When the first attempt was sent; null when nothing was sent. */
  firstAttemptAt: Date | null;
};

/**
 * A call to AWS that failed, after all its attempts. `message` is the text that Vault's clients know:
 * `Code: Message\n\tstatus code: N, request id: …`.
 */
export class AwsFailure extends Error {
  override readonly name = "AwsFailure";
  readonly facts: AwsFailureFacts;
  readonly [BRAND] = true;

  constructor(message: string, facts: AwsFailureFacts, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.facts = facts;
  }
}

/** True for an `AwsFailure` of any copy of this module. */
export function isAwsFailure(error: unknown): error is AwsFailure {
  return typeof error === "object" && error !== null && BRAND in error;
}

/** True when AWS said that what was asked about does not exist. */
export function isMissingEntity(error: unknown): boolean {
  return isAwsFailure(error) && error.facts.code === "NoSuchEntity";
}

/**
 * What the caller is told of a failed call: AWS's own text behind `prefix`, `aws_throttled` when AWS
 * asked to slow down, else `aws_failed`. Errors of the engine pass unchanged.
 */
export function awsError(prefix: string, error: unknown): Error {
  if (isAwsFailure(error)) {
    const kind = error.facts.throttled ? "aws_throttled" : "aws_failed";
    const text = prefix + error.message;
    // A refusal is complete in itself; what broke on the way is of interest to the server's operator.
    if (!error.facts.outcomeUnknown) return new EngineError(kind, text);
    return new EngineError(kind, text, { cause: error });
  }
  if (isEngineError(error)) return error;
  return error instanceof Error ? error : new Error(`${prefix}${String(error)}`);
}
