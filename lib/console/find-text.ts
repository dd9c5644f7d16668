/** What must not leave the browser, by what it is called. */
export type SecretKind = "client token" | "secret access key" | "session token" | "private key";

/**
 * Vault's tokens by their prefixes, older ones by their length.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes
 */
const CLIENT_TOKEN = /\bhv[sbr]\.[\w-]{4,}|(?<![\w.-])[sbr]\.[A-Za-z0-9]{24,}/;
/** Long texts without a gap: session tokens of STS, web tokens. */
const LONG_SECRET = /[\w+/=-]{100,}|\beyJ[\w-]{8,}\.[\w-]+\./;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY/;
/** Forty characters of base64 that stand alone, which a secret access key has. */
const SECRET_ACCESS_KEY = /(?<![\w+/=.:-])[A-Za-z0-9+/]{40}(?![\w+/=.:-])/;
/** What a path of the API looks like: lower-case words between slashes. */
const API_PATH = /(?:^|\s)[a-z][a-z0-9]*\/(?:[a-z0-9]+\/)*(?:creds|sts|role|roles|static-creds)\//;

/** The secret that a text holds, as far as its looks tell; null: none. */
export function secretIn(text: string): SecretKind | null {
  if (CLIENT_TOKEN.test(text)) return "client token";
  if (PRIVATE_KEY.test(text)) return "private key";
  // A lease id can be as long as a secret access key.
  if (API_PATH.test(text)) return null;
  if (SECRET_ACCESS_KEY.test(text)) return "secret access key";
  return LONG_SECRET.test(text) ? "session token" : null;
}

/** What kind of identifier a text is by its shape; `words` is none in particular. */
export type TextShape = "request_id" | "access_key_id" | "arn" | "lease_id" | "accessor" | "words";

const SHAPES: readonly [TextShape, RegExp][] = [
  ["request_id", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i],
  ["access_key_id", /^(AKIA|ASIA)[A-Z2-7]{12,}$/],
  ["arn", /^arn:[\w-]*:/],
  ["lease_id", /^[^\s]+\/(creds|sts|static-creds)\/[^\s/]+\/[A-Za-z0-9]{24}$/],
  ["accessor", /^[A-Za-z0-9]{24}$/],
];

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
export function shapeOf(text: string): TextShape {
  return SHAPES.find(([, pattern]) => pattern.test(text))?.[0] ?? "words";
}
