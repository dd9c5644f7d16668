/** A base that no address can name, to read relative ones by. */
const NOWHERE = "http://console.invalid";
const CHARACTERS_MAX = 2048;

/**
 * Where to go after a sign-in: a page of this console, or the start page for whatever else is asked.
 * Browsers read `//host`, `/\host` and addresses with tabs in them as other hosts.
 */
export function safeNext(next: string | null | undefined): string {
  if (next === null || next === undefined || next.length > CHARACTERS_MAX) return "/";
  if (!/^\/(?![/\\])[^\\\p{C}]*$/u.test(next) || !URL.canParse(next, NOWHERE)) return "/";
  const url = new URL(next, NOWHERE);
  if (url.origin !== NOWHERE || url.pathname.startsWith("//")) return "/";
  if (/^\/(?:api|v1|login|setup|_next)(?:\/|$)/.test(url.pathname)) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}
