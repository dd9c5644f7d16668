/**
 * A cell of RFC 4180; what a spreadsheet would take for a formula is marked as text, since names and
 * paths are chosen by callers.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return String(cell);
  const text = typeof cell === "string" ? cell : JSON.stringify(cell);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
