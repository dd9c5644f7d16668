import { aggregateText, EngineError, isEngineError, type ErrorKind } from "@/lib/engine/errors";
import { jsonResponse } from "@/lib/vault-api/envelope";
import type { ApiResponse } from "@/lib/vault-api/exchange";

const STATUS = {
  invalid_request: 400,
  permission_denied: 403,
  invalid_token: 403,
  not_found: 404,
  unsupported_path: 404,
  unsupported_operation: 405,
  unsupported_media_type: 415,
  too_large: 413,
  rate_limited: 429,
  conflict: 503,
  aws_failed: 400,
  aws_throttled: 502,
  unavailable: 503,
  sealed: 503,
  internal: 500,
} as const satisfies Record<ErrorKind, number>;

/** What was thrown, as an `EngineError`: whatever nobody expected is `internal error`. */
export function asEngineError(thrown: unknown): EngineError {
  if (isEngineError(thrown)) return thrown;
  return new EngineError("internal", "internal error", { cause: thrown });
}

/** The text that the caller is shown; empty: no text. */
export function errorText(error: EngineError): string {
  return error.aggregated ? aggregateText([error.message]) : error.message;
}

export function statusOf(error: EngineError): number {
  return STATUS[error.kind];
}

/** `{"errors":["…"]}`; without a text an empty list, which clients take for "nothing there". */
export function errorResponse(error: EngineError): ApiResponse {
  const text = errorText(error);
  return errorsResponse(statusOf(error), text === "" ? [] : [text]);
}

export function errorsResponse(status: number, errors: readonly string[]): ApiResponse {
  return jsonResponse(status, `${JSON.stringify({ errors })}\n`);
}
