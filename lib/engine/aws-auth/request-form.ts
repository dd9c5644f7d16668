import { invalidRequest } from "@/lib/engine/errors";

export type FormPair = readonly [name: string, value: string];

/**
 * Reads `application/x-www-form-urlencoded` text, byte by byte as latin-1, in order, repeated names
 * included. What another parser might read differently is refused.
 *
 * @throws EngineError `invalid_request` for a `;` and for a bad escape.
 */
export function parseForm(text: string): FormPair[] {
  return text
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      if (pair.includes(";")) throw invalidRequest("invalid semicolon separator in query");
      const equals = pair.indexOf("=");
      return equals < 0
        ? ([unescapeForm(pair), ""] as const)
        : ([unescapeForm(pair.slice(0, equals)), unescapeForm(pair.slice(equals + 1))] as const);
    });
}

function unescapeForm(text: string): string {
  return text.replaceAll("+", " ").replace(/%(.{0,2})/gs, (_escape, digits: string) => {
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw invalidRequest(`invalid URL escape "%${digits}"`);
    return String.fromCharCode(Number.parseInt(digits, 16));
  });
}
