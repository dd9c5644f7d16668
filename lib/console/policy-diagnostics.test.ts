import fc from "fast-check";
import { expect, test } from "vitest";
import { diagnosePolicy, policyLength } from "@/lib/console/policy-diagnostics";

const SOUND = `{
  "Version": "2012-10-17",
  "Statement": [{ "Effect": "Allow", "Action": "s3:Get*", "Resource": "*" }]
}`;

test("a sound policy document has no diagnosis, and neither has an empty text", () => {
  expect(diagnosePolicy(SOUND)).toBeNull();
  expect(diagnosePolicy(" \n")).toBeNull();
});

test.each([
  ['{\n  "Version" "x"\n}', { line: 2, column: 13, message: '":" is expected after a name' }],
  ['{"a": 1,\n}', { line: 2, column: 1, message: "a name in double quotes is expected" }],
  ['{"a": [1 2]}', { line: 1, column: 10, message: '"," or "]" is expected' }],
  ['{"a": "b', { line: 1, column: 7, message: "this text has no end, or holds what JSON forbids" }],
  ["{} x", { line: 1, column: 4, message: "nothing may follow the document" }],
  ["[]", { line: 1, column: 1, message: "A policy document is an object: { … }" }],
])("tells where a text stops being a policy: %s", (text, expected) => {
  expect(diagnosePolicy(text)).toEqual(expected);
});

test("tells which statement is no statement", () => {
  const text = SOUND.replace('"Allow"', '"allow"');

  expect(diagnosePolicy(text)?.message).toBe('Statement 1: "Effect" is neither "Allow" nor "Deny"');
});

test("calls exactly those texts no JSON that JSON.parse refuses", () => {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const nearlyJson = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", "[", '"', "\\", "0", "\n"))
    .map(([json, at, character]) => {
      const place = at % (json.length + 1);
      return json.slice(0, place) + character + json.slice(place + (at % 2));
    });
  fc.assert(
    fc.property(nearlyJson, (text) => {
      if (text.trim() === "") return;
      const message = diagnosePolicy(text)?.message ?? "";
      const isSyntax = /expected|no end|follow|deeply/.test(message);
      expect(isSyntax).toBe(!isJson(text));
    }),
    { numRuns: 500 },
  );
});

test("white space does not count against AWS's limit", () => {
  expect(policyLength('{ "a" :  1 }')).toBe('{"a":1}'.length);
});
