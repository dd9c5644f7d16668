import { EngineError } from "@/lib/engine/errors";
import type { StsAnswer } from "@/lib/engine/aws-auth/ports";
import { readStrictXml, type XmlElement } from "@/lib/engine/aws-auth/strict-xml";

/** Who STS says signed the request. */
export type CallerIdentity = { arn: string; userId: string; account: string };

export const STS_ANSWER_BYTES_MAX = 64 * 1024;
/** How much of an error document of STS is repeated to the caller. */
const ECHOED_ERROR_LENGTH_MAX = 4096;

const STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
/** ARNs and ids are printable ASCII without spaces. */
const PRINTABLE = /^[\x21-\x7e]{1,2048}$/;
const THROTTLED = /<Code>(?:Throttling|ThrottlingException|RequestLimitExceeded|SlowDown)<\/Code>/;

/**
 * Reads the answer to a forwarded GetCallerIdentity. Status and media type are judged before a byte
 * of the body, and the body is read by a reader that knows this one document only.
 *
 * @throws EngineError `aws_failed` (or `aws_throttled`) for everything but a sound identity.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function readCallerIdentity(answer: StsAnswer): CallerIdentity {
  if (mediaType(answer.contentType) !== "text/xml") {
    throw upstreamFailure("body of GetCallerIdentity is invalid");
  }
  if (answer.body === null) throw unreadableAnswer();
  if (answer.status !== 200) throw statusFailure(answer.status, answer.body);
  const body = answer.body.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  const root = readStrictXml(body, STS_NAMESPACE);
  if (root?.name !== "GetCallerIdentityResponse") throw unreadableAnswer();
  return identityOf(root);
}

function identityOf(root: XmlElement): CallerIdentity {
  const results = root.children.filter(({ name }) => name === "GetCallerIdentityResult");
  const others = root.children.filter(({ name }) => name !== "GetCallerIdentityResult");
  const [result] = results;
  if (result === undefined || results.length > 1) throw unreadableAnswer();
  if (others.length > 1 || others.some(({ name }) => name !== "ResponseMetadata")) {
    throw unreadableAnswer();
  }
  return {
    arn: onlyText(result, "Arn"),
    userId: onlyText(result, "UserId"),
    account: onlyText(result, "Account"),
  };
}

function onlyText(parent: XmlElement, name: string): string {
  const [child, ...more] = parent.children.filter((element) => element.name === name);
  if (child === undefined || more.length > 0 || child.children.length > 0) throw unreadableAnswer();
  if (!PRINTABLE.test(child.text)) throw unreadableAnswer();
  return child.text;
}

function statusFailure(status: number, body: string): EngineError {
  const shown = body.replace(/[\0-\x08\x0b-\x1f\x7f]/g, "").slice(0, ECHOED_ERROR_LENGTH_MAX);
  const kind = status === 429 || THROTTLED.test(body) ? "aws_throttled" : "aws_failed";
  return upstreamFailure(`received error code ${status} from STS: ${shown}`, kind);
}

/** 400 to the caller: no sound identity document came from STS. */
export function unreadableAnswer(): EngineError {
  return upstreamFailure("error parsing STS response");
}

function upstreamFailure(
  reason: string,
  kind: "aws_failed" | "aws_throttled" = "aws_failed",
): EngineError {
  return new EngineError(kind, `error making upstream request: ${reason}`);
}

function mediaType(contentType: string | null): string {
  return (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
