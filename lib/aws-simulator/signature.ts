import { createHash, createHmac } from "node:crypto";

export const ALGORITHM = "AWS4-HMAC-SHA256";
export const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

/** A request as it came over the wire: nothing decoded, repeated headers kept apart. */
export type WireRequest = {
  readonly method: string;
  /** Undecoded. */
  readonly path: string;
  /** Undecoded, without the question mark. */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
};

export type CredentialScope = {
  /** YYYYMMDD. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
};

export type SigningInput = {
  readonly request: WireRequest;
  readonly scope: CredentialScope;
  /** YYYYMMDDTHHMMSSZ. */
  readonly amzDate: string;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
};

/**
 * The Signature Version 4 of a request in hexadecimal.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureOf(input: SigningInput, secretAccessKey: string): string {
  const { date, region, service } = input.scope;
  const stringToSign = [
    ALGORITHM,
    input.amzDate,
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonicalRequest(input)),
  ].join("\n");
  const key = [date, region, service, "aws4_request"].reduce<Buffer | string>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  return createHmac("sha256", key).update(stringToSign).digest("hex");
}

export function sha256(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** All values of a header in the order they came; names in any case. */
export function headerValues(request: WireRequest, name: string): readonly string[] {
  return request.headers
    .filter(([given]) => given.toLowerCase() === name)
    .map(([, value]) => value);
}

/** Query parameters as name and value, decoded; `+` is a plus sign, as in signing. */
export function queryPairs(query: string): readonly (readonly [name: string, value: string])[] {
  if (query === "") return [];
  return query.split("&").map((pair) => {
    const [name = "", ...rest] = pair.split("=");
    return [percentDecode(name), percentDecode(rest.join("="))];
  });
}

/** RFC 3986: everything but letters, digits and `-._~`. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Now, or any instant, as signing writes it: YYYYMMDDTHHMMSSZ. */
export function amzDateOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d+/g, "");
}

function canonicalRequest({ request, scope, signedHeaders, payloadHash }: SigningInput): string {
  const headers = signedHeaders.map((name) => {
    const values = headerValues(request, name).map((value) => value.trim().replace(/ +/g, " "));
    return `${name}:${values.join(",")}\n`;
  });
  return [
    request.method,
    canonicalPath(request.path, scope.service),
    canonicalQuery(request.query),
    headers.join(""),
    signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
}

/** S3 signs the path as sent; every other service encodes what is already encoded once more. */
function canonicalPath(path: string, service: string): string {
  if (path === "" || path === "/") return "/";
  return service === "s3" ? path : path.split("/").map(percentEncode).join("/");
}

function canonicalQuery(query: string): string {
  return queryPairs(query)
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
