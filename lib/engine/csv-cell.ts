import { withoutHidden } from "@/lib/engine/hidden-characters";

/**
 * A cell of RFC 4180 on one line; what a spreadsheet would take for a formula is marked as text, since
 * names and paths are chosen by callers.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return String(cell);
  const text = withoutHidden(typeof cell === "string" ? cell : JSON.stringify(cell));
  // Full-width signs are taken for the plain ones by some.
  const safe = /^\s*[=+\-@＝＋－＠]/u.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
