import { expect, test } from "vitest";
import { parseMetadata } from "@/lib/engine/approle/metadata";

test.each([
  ["nothing", "", {}],
  ["JSON", '{"k":"v","empty key":"x"}', { k: "v", "empty key": "x" }],
  ["JSON in base64", Buffer.from('{"k":"v"}').toString("base64"), { k: "v" }],
  ["pairs", "k=v, k2 = v2", { k: "v", k2: "v2" }],
  ["a value with =", "k=a=b", { k: "a=b" }],
])("%s is read", (_title, text, metadata) => {
  expect(parseMetadata(text)).toEqual(metadata);
});

test.each([
  ["no pair", "x!", "failed to parse the input: invalid <key,value> format"],
  ["no key", "=v", "failed to parse the input: invalid <key,value> format"],
  ["an empty value", "k=", 'invalid value for key "k"'],
])("%s is refused", (_title, text, reason) => {
  expect(() => parseMetadata(text)).toThrow(`failed to parse metadata: ${reason}`);
});
