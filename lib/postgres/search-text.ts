/**
 * An instant as a page's position: whole microseconds, as Postgres keeps them; a JavaScript date would
 * lose three digits, and the list its place.
 */
export function microsOf(column: string): string {
  return `(extract(epoch from ${column}) * 1000000)::bigint::text`;
}

/** The instant of such a position. */
export function instantOf(parameter: string): string {
  return `(timestamptz 'epoch' + ${parameter}::bigint * interval '1 microsecond')`;
}

/** Text that stands anywhere in another, as a pattern of `like`. */
export function containing(text: string): string {
  return `%${likeLiteral(text)}%`;
}

/** Text that another begins with, as a pattern of `like`. */
export function beginningWith(text: string): string {
  return `${likeLiteral(text)}%`;
}

function likeLiteral(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
