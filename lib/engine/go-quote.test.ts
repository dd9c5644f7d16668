import { expect, test } from "vitest";
import { goQuote } from "@/lib/engine/go-quote";

test.each([
  ["plain", '"plain"'],
  ['a "b" \\c', String.raw`"a \"b\" \\c"`],
  ["line\nbreak\ttab\rreturn", String.raw`"line\nbreak\ttab\rreturn"`],
  ["šiauliai 😀", '"šiauliai 😀"'],
  ["\u0000\u007f", String.raw`"\x00\x7f"`],
  ["\u00a0\u2028", String.raw`"\u00a0\u2028"`],
])("%j is quoted as Go quotes it", (text, quoted) => {
  const actual = goQuote(text);

  expect(actual).toBe(quoted);
});
