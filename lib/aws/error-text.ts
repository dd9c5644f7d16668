import { AwsFailure, isAwsFailure } from "@/lib/engine/aws-failure";
import { isEngineError } from "@/lib/engine/errors";

/** Codes that ask the caller to slow down; decided by the code alone, never by the status. */
const THROTTLING_CODES: ReadonlySet<string> = new Set([
  "Throttling",
  "ThrottlingException",
  "ThrottledException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "TooManyRequestsException",
  "ProvisionedThroughputExceededException",
  "PriorRequestNotComplete",
  "TransactionInProgressException",
  "EC2ThrottledException",
  "SlowDown",
  "BandwidthLimitExceeded",
  "LimitExceededException",
]);

export function isThrottlingCode(code: string): boolean {
  return THROTTLING_CODES.has(code);
}

/** Text of an AWS error as the SDK's first version printed it, which clients of Vault match on. */
function awsErrorText(code: string, message: string, status: number, requestId: string): string {
  return `${code}: ${message}\n\tstatus code: ${status}, request id: ${requestId}`;
}

/**
 * Reads what the SDK threw. A 4xx answer with AWS's code is a refusal; anything else (no answer, an
 * answer that cannot be read, 5xx) leaves open whether the call took effect.
 */
export function awsFailureOf(error: unknown, firstAttemptAt: Date): AwsFailure {
  if (isAwsFailure(error)) return error;
  if (isEngineError(error)) throw error;
  const { code, message, status, requestId } = sdkErrorParts(error);
  if (code !== null && status !== null) {
    return new AwsFailure(
      awsErrorText(code, message, status, requestId),
      {
        code,
        status,
        throttled: isThrottlingCode(code),
        outcomeUnknown: status >= 500,
        firstAttemptAt,
      },
      error,
    );
  }
  if (isCredentialError(error)) {
    return new AwsFailure(
      `NoCredentialProviders: no valid providers in chain\ncaused by: ${message}`,
      {
        code: "NoCredentialProviders",
        status: null,
        throttled: false,
        outcomeUnknown: false,
        firstAttemptAt: null,
      },
      error,
    );
  }
  return new AwsFailure(
    status === null
      ? `RequestError: send request failed\ncaused by: ${message}`
      : unreadableText(status, requestId, message),
    {
      code: status === null ? "RequestError" : "SerializationError",
      status,
      throttled: false,
      outcomeUnknown: true,
      firstAttemptAt,
    },
    error,
  );
}

function unreadableText(status: number, requestId: string, message: string): string {
  const what =
    status >= 300 ? "failed to unmarshal error message" : "failed decoding Query response";
  return `SerializationError: ${what}\n\tstatus code: ${status}, request id: ${requestId}\ncaused by: ${message}`;
}

type SdkErrorParts = {
  code: string | null;
  message: string;
  status: number | null;
  requestId: string;
};

/** The SDK names modelled errors differently (`LimitExceededException`); `Code` is what AWS sent. */
function sdkErrorParts(error: unknown): SdkErrorParts {
  const fields = recordOf(error);
  const inner = recordOf(fields["Error"]);
  const metadata = recordOf(fields["$metadata"]);
  const status = metadata["httpStatusCode"];
  return {
    code: textOf(fields["Code"]) ?? textOf(inner["Code"]),
    message: oneParagraph(textOf(inner["Message"]) ?? textOf(fields["message"]) ?? "unknown error"),
    status: typeof status === "number" ? status : null,
    requestId: textOf(metadata["requestId"]) ?? textOf(fields["RequestId"]) ?? "",
  };
}

function isCredentialError(error: unknown): boolean {
  return error instanceof Error && /Credentials?(Provider)?Error$/.test(error.name);
}

/** The SDK adds advice for debuggers behind its own texts; clients are spared it. */
function oneParagraph(message: string): string {
  const end = message.indexOf("\n  Deserialization error:");
  return end < 0 ? message : message.slice(0, end);
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
