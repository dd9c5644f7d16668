import { expect, test } from "vitest";
import { JsonNumber } from "@/lib/engine/json-text";
import { judgeBody, LOGIN_JSON_LIMITS, parseBody } from "@/lib/vault-api/json-body";

const FORM = "application/x-www-form-urlencoded";

test.each([undefined, "application/json", "text/plain", FORM, `${FORM}; charset=utf-8`])(
  "C012 C013 an object is read under content type %s",
  (contentType) => {
    expect(parseBody(Buffer.from('  {"a":"b","n":1.0}'), contentType)).toEqual({
      a: "b",
      n: new JsonNumber("1.0"),
    });
  },
);

test.each(["", "  \r\n", "null", " null "])("C015b %j says nothing", (body) => {
  expect(parseBody(Buffer.from(body), "application/json")).toBeNull();
});

test.each([
  ["a=b&a=c&d=e%20f", { a: "b,c", d: "e f" }],
  ["a=b+c&flag", { a: "b c", flag: "" }],
  ["null", { null: "" }],
  ["a=%7B%22x%22%3A1%7D", { a: '{"x":1}' }],
])("C014 the form %s", (body, fields) => {
  expect(parseBody(Buffer.from(body), `${FORM}; charset=utf-8`)).toEqual(fields);
});

test.each(["a=%zz", "a=1;b=2", "a=%ff"])("refuses the form %s", (body) => {
  expect(() => parseBody(Buffer.from(body), FORM)).toThrow("error parsing form data");
});

test.each([
  ["{bad", /^invalid character 'b' /],
  ['{"a":1} trailing', /^invalid character 't' after top-level value$/],
  ['{"a":1,"a":2}', /^duplicate key 'a' in object$/],
  ['{"a":', /^malformed JSON, unclosed containers$/],
  ['\ufeff{"a":', /^malformed JSON, unclosed containers$/],
  ["[1", /^malformed JSON, unclosed containers$/],
])("C015 %j is refused with the bare text, whatever reads it", (body, text) => {
  expect(() => parseBody(Buffer.from(body), undefined)).toThrow(text);
  expect(() => judgeBody(Buffer.from(body))).toThrow(text);
});

test.each(["[1]", '"text"', "17", "true", "abc", '\ufeff{"a":1}', "nul", "\ufeff1"])(
  "C015 %j is no object: refused where it would be read, else ignored",
  (body) => {
    expect(() => parseBody(Buffer.from(body), undefined)).toThrow(
      /^error parsing JSON: failed to parse JSON input: /,
    );
    expect(() => judgeBody(Buffer.from(body))).not.toThrow();
  },
);

test("T239 a login may be eight deep and 256 wide, no more", () => {
  const deep = (depth: number) => Buffer.from(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);
  const wide = (width: number) =>
    Buffer.from(
      JSON.stringify(Object.fromEntries(Array.from({ length: width }, (_, n) => [n, n]))),
    );

  expect(() => parseBody(deep(8), undefined, LOGIN_JSON_LIMITS)).not.toThrow();
  expect(() => parseBody(deep(9), undefined, LOGIN_JSON_LIMITS)).toThrow("nesting depth");
  expect(() => parseBody(wide(256), undefined, LOGIN_JSON_LIMITS)).not.toThrow();
  expect(() => parseBody(wide(257), undefined, LOGIN_JSON_LIMITS)).toThrow("entry count");
});

test("C017b JSON at the limits of depth and width passes, one more does not", () => {
  const nested = (depth: number) => Buffer.from(`{"a":${"[".repeat(depth)}1${"]".repeat(depth)}}`);
  const list = (length: number) => Buffer.from(`{"a":[${"1,".repeat(length - 1)}1]}`);

  expect(() => parseBody(nested(299), undefined)).not.toThrow();
  expect(() => parseBody(nested(300), undefined)).toThrow(
    "JSON input exceeds allowed nesting depth",
  );
  expect(() => parseBody(list(10_000), undefined)).not.toThrow();
  expect(() => parseBody(list(10_001), undefined)).toThrow(
    "JSON array exceeds allowed element count",
  );
});
