/** What an answer holds; a list becomes `member` elements, a missing field no element. */
export type AnswerValue =
  | string
  | number
  | boolean
  | Date
  | readonly AnswerValue[]
  | { readonly [name: string]: AnswerValue | undefined };

export type AnswerFields = Readonly<Record<string, AnswerValue | undefined>>;

const ENTITIES: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&quot;",
  "\r": "&#xD;",
};

export function escapeXml(text: string): string {
  return text.replace(/[<>&"\r]/g, (character) => ENTITIES[character] ?? character);
}

export function toXml(value: AnswerValue): string {
  if (value instanceof Date) return awsTime(value);
  if (typeof value === "string") return escapeXml(value);
  if (typeof value !== "object") return String(value);
  if (isList(value)) return value.map((entry) => `<member>${toXml(entry)}</member>`).join("");
  return Object.entries(value)
    .map(([name, entry]) => (entry === undefined ? "" : `<${name}>${toXml(entry)}</${name}>`))
    .join("");
}

/** The JSON form of the same answer: instants are seconds since 1970. */
export function toJsonValue(value: AnswerValue): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (typeof value !== "object") return value;
  if (isList(value)) return value.map(toJsonValue);
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      entry === undefined ? undefined : toJsonValue(entry),
    ]),
  );
}

/** ISO 8601 in whole seconds, as STS and IAM write it. */
function awsTime(instant: Date): string {
  return instant.toISOString().replace(/\.\d+/, "");
}

function isList(value: AnswerValue): value is readonly AnswerValue[] {
  return Array.isArray(value);
}
