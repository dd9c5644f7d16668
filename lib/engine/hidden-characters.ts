/** Controls of terminals, marks that turn the direction of text, and what is not seen at all. */
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text in which such characters are written out as `\u001b`: names are chosen by callers. */
export function withoutHidden(text: string): string {
  return text.replace(HIDDEN, escape);
}

/**
 * A value as JSON on one line that a terminal shows as it is; it reads back the same.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc8259#section-7
 */
export function jsonLine(value: unknown): string {
  // Outside texts JSON has none of them, and in texts it allows the escape.
  return withoutHidden(JSON.stringify(value));
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
