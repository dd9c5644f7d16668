import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  combinePolicyDocuments,
  compactPolicyDocument,
} from "@/lib/engine/aws-secrets/policy-document";

const EC2 =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}';
const S3 =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"*"}]}';
const EC2_SORTED = '{"Action":"ec2:*","Effect":"Allow","Resource":"*"}';
const S3_SORTED = '{"Action":["s3:Get*","s3:List*"],"Effect":"Allow","Resource":"*"}';

describe("a stored document", () => {
  test("S084 loses white space outside strings and nothing else", () => {
    const compact = compactPolicyDocument(
      ' {\n\t"Z" : "a  b" ,\r\n "A":1.0, "10": true, "2": [ 1 , 2e5 ], "u": "\\u0041 <&> \\" x", "A" : null } ',
    );

    expect(compact).toBe(
      '{"Z":"a  b","A":1.0,"10":true,"2":[1,2e5],"u":"\\u0041 <&> \\" x","A":null}',
    );
  });

  test.each(["{not json", "   ", "{} {}", "'a'"])(
    "S085 T109 is refused when it is no JSON: %j",
    (text) => {
      expect(() => compactPolicyDocument(text)).toThrow(
        `cannot parse policy document: ${JSON.stringify(text)}`,
      );
    },
  );

  test("S087 may be any JSON value", () => {
    expect(compactPolicyDocument("123")).toBe("123");
  });

  test("S088 may be empty", () => {
    expect(compactPolicyDocument("")).toBe("");
  });

  test("means the same as before", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(4), (json, indent) => {
        const written = JSON.stringify(JSON.parse(json), null, indent);

        expect(JSON.parse(compactPolicyDocument(written))).toEqual(JSON.parse(json));
      }),
    );
  });
});

describe("combined documents", () => {
  test("S191 have sorted keys in their statements", () => {
    expect(combinePolicyDocuments([EC2])).toBe(
      `{"Version":"2012-10-17","Statement":[${EC2_SORTED}]}`,
    );
  });

  test("S192 keep the order of statements", () => {
    expect(combinePolicyDocuments([EC2, S3])).toBe(
      `{"Version":"2012-10-17","Statement":[${EC2_SORTED},${S3_SORTED}]}`,
    );
  });

  test("S193 take nothing from an empty list", () => {
    expect(combinePolicyDocuments([EC2, '{"Statement":[]}'])).toBe(
      `{"Version":"2012-10-17","Statement":[${EC2_SORTED}]}`,
    );
  });

  test.each(['{"Statement":[{', '{"Statement":{true}}', "7"])(
    "S194 S198 T109 are refused when one is malformed: %s",
    (document) => {
      expect(() => combinePolicyDocuments([EC2, document])).toThrow();
    },
  );

  test("S195 keep NotAction", () => {
    const document =
      '{"Statement":[{"Effect":"Allow","NotAction":"ec2:DescribeAvailabilityZones","Resource":"*"}]}';

    expect(combinePolicyDocuments([document])).toBe(
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"ec2:DescribeAvailabilityZones","Resource":"*"}]}',
    );
  });

  test("S196 skip blank documents", () => {
    expect(combinePolicyDocuments(["", '{"Statement":[]}'])).toBe(
      '{"Version":"2012-10-17","Statement":[]}',
    );
  });

  test("S197 wrap a single statement", () => {
    const document = '{"Id":"x","Statement":{"Effect":"Allow","Action":"ec2:*","Resource":"*"}}';

    expect(combinePolicyDocuments([document])).toBe(
      `{"Version":"2012-10-17","Statement":[${EC2_SORTED}]}`,
    );
  });

  test("S201 escape angle brackets and ampersands", () => {
    expect(combinePolicyDocuments(['{"Statement":[{"Sid":"<a&b>"}]}'])).toBe(
      String.raw`{"Version":"2012-10-17","Statement":[{"Sid":"\u003ca\u0026b\u003e"}]}`,
    );
  });

  test("keep a key named __proto__", () => {
    expect(combinePolicyDocuments(['{"Statement":[{"__proto__":{"a":1}}]}'])).toBe(
      '{"Version":"2012-10-17","Statement":[{"__proto__":{"a":1}}]}',
    );
  });
});
