/**
 * What went wrong, in the engine's words. The HTTP status of each kind stands in one table,
 * `vault-api/error-envelope.ts`.
 */
export type ErrorKind =
  | "invalid_request"
  | "permission_denied"
  | "invalid_token"
  | "not_found"
  | "unsupported_path"
  | "unsupported_operation"
  | "unsupported_media_type"
  | "too_large"
  | "rate_limited"
  | "conflict"
  | "aws_failed"
  | "aws_throttled"
  | "unavailable"
  | "sealed"
  | "internal";

type EngineErrorOptions = {
  cause?: unknown;
  /** Vault aggregates errors that its handlers raise instead of answering: `1 error occurred:\n\t* …\n\n`. */
  aggregated?: boolean;
  /** Told in the audit log in clear instead of the caller's text; the entry then names no caller. */
  audited?: string;
};

/** Next.js bundles its own copy of this module, so identity is by this brand, not by `instanceof`. */
const BRAND = Symbol.for("leasehold.EngineError");

/**
 * The only error the engine throws on purpose. `message` is for the caller, `cause` is for the log.
 */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly kind: ErrorKind;
  readonly aggregated: boolean;
  readonly audited: string | null;
  readonly [BRAND] = true;

  constructor(kind: ErrorKind, message: string, options: EngineErrorOptions = {}) {
    // Where a refusal was made says nothing that its text does not; taking the stack would be the
    // dearest part of many requests. What went wrong with us is in `cause`, which has its own.
    const { stackTraceLimit } = Error;
    if (kind !== "internal") Error.stackTraceLimit = 0;
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.kind = kind;
    this.aggregated = options.aggregated ?? false;
    this.audited = options.audited ?? null;
  }
}

/** True for an `EngineError` of any copy of this module. */
export function isEngineError(error: unknown): error is EngineError {
  return typeof error === "object" && error !== null && BRAND in error;
}

/** The caller's own mistake, told in plain words (400). */
export function invalidRequest(message: string): EngineError {
  return new EngineError("invalid_request", message);
}

/** The caller's own mistake in Vault's aggregated form: `1 error occurred:\n\t* …\n\n` (400). */
export function aggregatedRequest(message: string): EngineError {
  return new EngineError("invalid_request", message, { aggregated: true });
}

/** Vault's text for one or several aggregated errors. */
export function aggregateText(messages: readonly string[]): string {
  const head = messages.length === 1 ? "1 error occurred:" : `${messages.length} errors occurred:`;
  return `${head}\n${messages.map((message) => `\t* ${message}\n`).join("")}\n`;
}
