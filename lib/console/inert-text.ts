/**
 * Characters that change how the text around them looks, or that are not seen at all: controls, marks of
 * writing direction, spaces without width.
 *
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text that a caller chose, with what would not be seen spelt out: `\u{202e}`. */
export function inertText(text: string): string {
  return text.replace(UNSEEN, spelt);
}

/** As `inertText`, in a text that has lines of its own. */
export function inertLines(text: string): string {
  return text.split("\n").map(inertText).join("\n");
}

function spelt(character: string): string {
  if (character === "\n") return String.raw`\n`;
  if (character === "\t") return String.raw`\t`;
  if (character === "\r") return String.raw`\r`;
  return String.raw`\u{${character.codePointAt(0)?.toString(16) ?? ""}}`;
}
