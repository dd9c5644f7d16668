import { expect, test } from "vitest";
import { readCallerIdentity } from "@/lib/engine/aws-auth/caller-identity";
import type { StsAnswer } from "@/lib/engine/aws-auth/ports";

const NAMESPACE = `xmlns="https://sts.amazonaws.com/doc/2011-06-15/"`;
const ARN = "arn:aws:iam::123456789012:user/valid-role";
const FIELDS = `<Arn>${ARN}</Arn><UserId>ASOME</UserId><Account>123456789012</Account>`;
const RESULT = `<GetCallerIdentityResult>${FIELDS}</GetCallerIdentityResult>`;
const METADATA = "<ResponseMetadata><RequestId>7f4fc40c</RequestId></ResponseMetadata>";

function root(content: string): string {
  return `<GetCallerIdentityResponse ${NAMESPACE}>${content}</GetCallerIdentityResponse>`;
}

function answer(body: string | null, more: Partial<StsAnswer> = {}): StsAnswer {
  return { status: 200, contentType: "text/xml", body, ...more };
}

const GOOD = root(RESULT + METADATA);
const UNREADABLE = "error making upstream request: error parsing STS response";

test.each([
  ["A243", "as AWS sends it", GOOD],
  ["A244", "behind an XML declaration", `<?xml version="1.0" encoding="UTF-8"?>\n${GOOD}\n`],
  [
    "A243",
    "indented",
    root(`\n  <GetCallerIdentityResult>\n  ${FIELDS}\n </GetCallerIdentityResult>\n${METADATA}\n`),
  ],
])("%s an identity %s", (_case, _what, body) => {
  expect(readCallerIdentity(answer(body))).toEqual({
    arn: ARN,
    userId: "ASOME",
    account: "123456789012",
  });
});

test("the five entities of XML are read", () => {
  const body = root(RESULT.replace("user/valid-role", "user/a&amp;b/c"));

  expect(readCallerIdentity(answer(body)).arn).toBe("arn:aws:iam::123456789012:user/a&b/c");
});

test.each<[string, string, string | null]>([
  ["A245", "gibberish", "SomeRandomGibberish"],
  ["A182", "the stub's plain text", "missing auth parts"],
  ["A254", "no result", root(METADATA)],
  ["A255", "two results", root(RESULT + RESULT)],
  ["T26", "two ARNs", root(RESULT.replace("<UserId>", `<Arn>${ARN}</Arn><UserId>`))],
  ["T26", "an empty field", root(RESULT.replace("ASOME", ""))],
  ["T26", "a self-closed field", root(RESULT.replace("<UserId>ASOME</UserId>", "<UserId/>"))],
  ["T26", "a missing field", root(RESULT.replace("<UserId>ASOME</UserId>", ""))],
  ["T26", "CDATA", root(RESULT.replace(ARN, `<![CDATA[${ARN}]]>`))],
  ["T26", "a comment in a value", root(RESULT.replace("ASOME", "AS<!-- -->OME"))],
  ["T26", "a numeric entity", root(RESULT.replace("ASOME", "AS&#79;ME"))],
  ["T26", "an unknown entity", root(RESULT.replace("ASOME", "&e;"))],
  ["T26", "spaces in a value", root(RESULT.replace("ASOME", " ASOME"))],
  ["T25", "text before the root", `junk${GOOD}`],
  ["T25", "text behind the declaration", `<?xml version="1.0"?>junk${GOOD}`],
  ["T25", "text after the root", `${GOOD}junk`],
  ["T25", "two roots", GOOD + GOOD],
  ["T25", "another root", `<Other>${GOOD}</Other>`],
  ["T25", "no namespace", GOOD.replace(` ${NAMESPACE}`, "")],
  ["T25", "a foreign namespace", GOOD.replace(NAMESPACE, `xmlns="urn:other"`)],
  ["T25", "a namespace inside", root(RESULT.replace("<Arn>", `<Arn xmlns="urn:other">`))],
  ["T25", "a prefix", GOOD.replaceAll("<Arn>", "<s:Arn>").replaceAll("</Arn>", "</s:Arn>")],
  ["T25", "a byte order mark", `\ufeff${GOOD}`],
  [
    "T23",
    "the answer to another action",
    GOOD.replaceAll("GetCallerIdentityResponse", "AssumeRoleResponse"),
  ],
  ["T23", "an identity deeper inside", root(`<Other>${RESULT}</Other>`)],
  ["T23", "a nested result", root(`<GetCallerIdentityResult>${RESULT}</GetCallerIdentityResult>`)],
  ["T23", "text beside elements", root(`x${RESULT}`)],
  ["T27", "a DOCTYPE", `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "x">]>${GOOD}`],
  ["T27", "a processing instruction", `<?xml version="1.0"?><?x y?>${GOOD}`],
  ["T27", "deep nesting", root("<a>".repeat(10_000))],
  ["T27", "many elements", root("<a></a>".repeat(5_000))],
  ["A254", "an unclosed root", GOOD.slice(0, -5)],
  ["T27", "more than fits", null],
])("%s %s is no identity", (_case, _what, body) => {
  expect(() => readCallerIdentity(answer(body))).toThrow(UNREADABLE);
});

test.each([
  ["A246", "application/json", 200],
  ["A249", "application/json", 403],
  ["T24", "text/html", 200],
  ["T24", null, 200],
  ["T24", "text/xmlx", 200],
])("%s media type %s is refused, whatever the status", (_case, contentType, status) => {
  expect(() => readCallerIdentity(answer(GOOD, { contentType, status }))).toThrow(
    "error making upstream request: body of GetCallerIdentity is invalid",
  );
});

test.each(["text/xml; charset=utf-8", "TEXT/XML", "text/xml;charset=UTF-8"])(
  "T24 media type %s passes",
  (contentType) => expect(readCallerIdentity(answer(GOOD, { contentType })).arn).toBe(ARN),
);

test.each([201, 204, 206, 301, 307, 400, 403, 501])(
  "T28 a sound identity under status %d is refused",
  (status) => {
    expect(() => readCallerIdentity(answer(GOOD, { status }))).toThrow(
      `error making upstream request: received error code ${status} from STS: <GetCallerIdentityResponse`,
    );
  },
);

test("A247 T35 an error document is repeated, cut and without control characters", () => {
  const body = `<ErrorResponse>\u0000\u001b[31m${"x".repeat(10_000)}</ErrorResponse>`;

  const refused = (): unknown => readCallerIdentity(answer(body, { status: 403 }));

  expect(refused).toThrow(/received error code 403 from STS: <ErrorResponse>\[31mx+$/);
  expect(refused).toThrow(expect.objectContaining({ kind: "aws_failed" }));
  try {
    refused();
  } catch (error) {
    expect(String(error).length).toBeLessThan(4_200);
  }
});

test("throttling by STS is told apart", () => {
  const body = "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>";

  expect(() => readCallerIdentity(answer(body, { status: 400 }))).toThrow(
    expect.objectContaining({ kind: "aws_throttled" }),
  );
});
