import { expect, test } from "vitest";
import { awsFailureOf, isThrottlingCode } from "@/lib/aws/error-text";

const SENT_AT = new Date(0);

function sdkError(fields: Record<string, unknown>, status?: number): unknown {
  const metadata = { httpStatusCode: status, requestId: "r-1" };
  return Object.assign(new Error("text of the SDK"), fields, { $metadata: metadata });
}

test("S171 an answer of AWS is told as the SDK's first version told it", () => {
  const error = sdkError(
    { Code: "AccessDenied", Error: { Code: "AccessDenied", Message: "no" } },
    403,
  );

  const failure = awsFailureOf(error, SENT_AT);

  expect(failure.message).toBe("AccessDenied: no\n\tstatus code: 403, request id: r-1");
  expect(failure.facts).toMatchObject({ throttled: false, outcomeUnknown: false });
});

test("S048 AWS's code counts, not the SDK's name for it", () => {
  const error = sdkError({ name: "LimitExceededException", Code: "LimitExceeded" }, 409);

  const failure = awsFailureOf(error, SENT_AT);

  expect(failure.facts).toMatchObject({ code: "LimitExceeded", throttled: false });
});

test("S365 a broken connection leaves the outcome open", () => {
  const failure = awsFailureOf(new Error("other side closed"), SENT_AT);

  expect(failure.message).toBe("RequestError: send request failed\ncaused by: other side closed");
  expect(failure.facts).toMatchObject({ code: "RequestError", status: null, outcomeUnknown: true });
});

test("S366 an answer that is not AWS's XML is named so", () => {
  const failure = awsFailureOf(sdkError({ Error: { Message: "Unknown" } }, 403), SENT_AT);

  expect(failure.message).toBe(
    "SerializationError: failed to unmarshal error message\n\tstatus code: 403, request id: r-1\ncaused by: Unknown",
  );
});

test("a server fault leaves the outcome open", () => {
  const failure = awsFailureOf(sdkError({ Code: "ServiceFailure" }, 500), SENT_AT);

  expect(failure.facts.outcomeUnknown).toBe(true);
});

test.each([
  "Throttling",
  "ThrottlingException",
  "RequestLimitExceeded",
  "TooManyRequestsException",
  "PriorRequestNotComplete",
  "SlowDown",
])("S367 %s asks to slow down", (code) => {
  expect(isThrottlingCode(code)).toBe(true);
});

test.each(["LimitExceeded", "ServiceUnavailable", "AccessDenied"])("S367 %s does not", (code) => {
  expect(isThrottlingCode(code)).toBe(false);
});
