import { invalidRequest } from "@/lib/engine/errors";

/** A header as the client gave it: canonical name, values in order. */
export type SignedHeader = { name: string; values: readonly string[] };
export type SignedHeaders = readonly SignedHeader[];

/** Values by name as the client spelled it. */
export type RawHeaders = Readonly<Record<string, readonly string[]>>;

const LOGIN_HEADERS_MAX = 64;
const LOGIN_HEADER_BYTES_MAX = 16 * 1024;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Printable ASCII and TAB: no line breaks, nothing that two parsers might decode differently. */
const VALUE = /^[\t\x20-\x7e]*$/;

/**
 * Puts header names into their canonical form. Two spellings of one name are refused: the server that
 * judges and the one that verifies might each read another of them.
 *
 * @throws EngineError `invalid_request` naming the header.
 */
export function canonicalHeaders(raw: RawHeaders): SignedHeaders {
  const spellings = new Map<string, string>();
  const headers = new Map<string, string[]>();
  let bytes = 0;
  for (const [name, values] of Object.entries(raw)) {
    bytes += name.length + values.reduce((sum, value) => sum + value.length, 0);
    if (!TOKEN.test(name) || values.some((value) => !VALUE.test(value))) throw invalidHeader(name);
    const lower = name.toLowerCase();
    const seen = spellings.get(lower);
    if (seen !== undefined && seen !== name) {
      throw invalidRequest(`duplicate header in iam_request_headers: "${name}"`);
    }
    spellings.set(lower, name);
    if (spellings.size > LOGIN_HEADERS_MAX || bytes > LOGIN_HEADER_BYTES_MAX) {
      throw invalidHeader(name);
    }
    headers.set(lower, [...(headers.get(lower) ?? []), ...values]);
  }
  return [...headers].map(([lower, values]) => ({ name: canonicalHeaderName(lower), values }));
}

/** `x-amz-date` → `X-Amz-Date`, as HTTP libraries write it; what is no header name stays as it is. */
export function canonicalHeaderName(name: string): string {
  if (!TOKEN.test(name)) return name;
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** All values of a header, or null when it was not sent. */
export function headerValues(headers: SignedHeaders, name: string): readonly string[] | null {
  const wanted = name.toLowerCase();
  return headers.find((header) => header.name.toLowerCase() === wanted)?.values ?? null;
}

export function invalidHeader(name: string): Error {
  return invalidRequest(`invalid request header: ${name.slice(0, NAME_LENGTH_MAX)}`);
}

/** How much of a bad name is repeated to the caller. */
const NAME_LENGTH_MAX = 128;
