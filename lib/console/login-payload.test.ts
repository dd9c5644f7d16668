import { expect, test } from "vitest";
import { parseLoginPayload } from "@/lib/console/login-payload";

const FIELDS = {
  role: "ci",
  iam_http_request_method: "POST",
  iam_request_url: "aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8=",
  iam_request_body: "QWN0aW9uPUdldENhbGxlcklkZW50aXR5",
  iam_request_headers: '{"Authorization":"AWS4-HMAC-SHA256 Credential=x, Signature=y"}',
};

test("a JSON body is read, its headers as text or as an object", () => {
  expect(parseLoginPayload(JSON.stringify(FIELDS))).toEqual(FIELDS);
  const headers: unknown = JSON.parse(FIELDS.iam_request_headers);
  const pasted = JSON.stringify({ ...FIELDS, iam_request_headers: headers, nonce: "" });
  expect(parseLoginPayload(pasted)).toEqual(FIELDS);
});

test("fields are read one a line, as arguments of vault write have them", () => {
  const { iam_http_request_method: _, role: __, ...rest } = FIELDS;
  const lines = Object.entries(rest).map(([name, value]) => `  ${name}='${value}' \\`);

  expect(parseLoginPayload(lines.join("\n"))).toEqual({ ...FIELDS, role: "" });
});

test.each(["", "hello", "{", '{"iam_request_url": 1}', "role=ci", "[]"])(
  "%j is neither",
  (pasted) => {
    expect(parseLoginPayload(pasted)).toMatch(/^Paste the JSON body/);
  },
);

test("a login without its URL is told so", () => {
  expect(parseLoginPayload('{"role": "ci"}')).toMatch(/no iam_request_url/);
});
