import { AwsError } from "@/lib/aws-simulator/errors";
import { amzDateOf } from "@/lib/aws-simulator/signature";

type Problem = "unknownKey" | "wrongToken" | "expiredToken" | "wrongSignature";

type Wording = readonly [status: number, code: string, message: string];

const QUERY_WORDING: Readonly<Record<Problem, Wording>> = {
  unknownKey: [
    403,
    "InvalidClientTokenId",
    "The security token included in the request is invalid.",
  ],
  wrongToken: [
    403,
    "InvalidClientTokenId",
    "The security token included in the request is invalid",
  ],
  expiredToken: [403, "ExpiredToken", "The security token included in the request is expired"],
  wrongSignature: [
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  ],
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const S3_WORDING: Readonly<Record<Problem, Wording>> = {
  unknownKey: [
    403,
    "InvalidAccessKeyId",
    "The AWS Access Key Id you provided does not exist in our records.",
  ],
  wrongToken: [400, "InvalidToken", "The provided token is malformed or otherwise invalid."],
  expiredToken: [400, "ExpiredToken", "The provided token has expired."],
  wrongSignature: [
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  ],
};

/** The same problem in the words of the service asked, or with a message of its own. */
export function authenticationError(service: string, problem: Problem, message?: string): AwsError {
  const [status, code, text] = (service === "s3" ? S3_WORDING : QUERY_WORDING)[problem];
  return new AwsError(status, code, message ?? text);
}

/** The signature's date is too far from the clock; instants in milliseconds. */
export function expiredSignature(
  service: string,
  times: {
    readonly amzDate: string;
    readonly signedAt: number;
    readonly now: number;
    readonly skewSeconds: number;
  },
): AwsError {
  if (service === "s3") {
    return new AwsError(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
    );
  }
  const { amzDate, signedAt, now, skewSeconds } = times;
  const early = signedAt > now;
  const limit = amzDateOf(now + (early ? 1 : -1) * skewSeconds * 1000);
  const verdict = early
    ? `Signature not yet current: ${amzDate} is still later than ${limit}`
    : `Signature expired: ${amzDate} is now earlier than ${limit}`;
  const minutes = skewSeconds / 60;
  return new AwsError(
    403,
    "SignatureDoesNotMatch",
    `${verdict} (${amzDateOf(now)} ${early ? "+" : "-"} ${minutes} min.)`,
  );
}
