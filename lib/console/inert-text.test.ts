import { expect, test } from "vitest";
import { inertLines, inertText } from "@/lib/console/inert-text";

test.each([
  ["aws/creds/app", "aws/creds/app"],
  ["Grüße, 世界 👋", "Grüße, 世界 👋"],
  ["a\nb\tc\r", String.raw`a\nb\tc\r`],
  ["safe\u202etxt.exe", String.raw`safe\u{202e}txt.exe`],
  ["a\u200bb\ufeff", String.raw`a\u{200b}b\u{feff}`],
  ["\u001b[31mred", String.raw`\u{1b}[31mred`],
])("spells out what would not be seen in %j", (text, shown) => {
  expect(inertText(text)).toBe(shown);
});

test("keeps the lines of a text that is made of lines", () => {
  expect(inertLines("{\n  \u2066x\n}")).toBe("{\n  \\u{2066}x\n}");
});
