import { amzDateOf, percentEncode, sha256, signatureOf } from "@/lib/aws-simulator/signature";

export const IDENTITY_CALL = "Action=GetCallerIdentity&Version=2011-06-15";

export type SigningKeys = {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
};

/** What a client signed, before it is wrapped into the fields of a login. */
export type SignedCall = {
  method: string;
  url: string;
  body: string;
  headers: Record<string, string>;
};

export type Signing = {
  at?: Date;
  url?: string;
  region?: string;
  service?: string;
  body?: string;
  /** Signed beside the usual ones. */
  headers?: Readonly<Record<string, string>>;
  /** Sent, and not signed. */
  unsigned?: Readonly<Record<string, string>>;
  /** Usual headers that are neither sent nor signed. */
  without?: readonly string[];
  /** Written into `Authorization` instead of what is right. */
  signedHeaders?: readonly string[];
};

/** A GetCallerIdentity as AWS's own libraries sign it: a POST with its signature in a header. */
export function signedPost(keys: SigningKeys, signing: Signing = {}): SignedCall {
  const { url = "https://sts.amazonaws.com/", region = "us-east-1", service = "sts" } = signing;
  const amzDate = amzDateOf((signing.at ?? new Date()).getTime());
  const body = signing.body ?? IDENTITY_CALL;
  const usual: Record<string, string> = {
    "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
    Host: new URL(url).host,
    "X-Amz-Date": amzDate,
    ...(keys.sessionToken !== undefined && { "X-Amz-Security-Token": keys.sessionToken }),
    ...signing.headers,
  };
  const headers = Object.fromEntries(
    Object.entries(usual).filter(([name]) => !(signing.without ?? []).includes(name)),
  );
  const signedHeaders = (
    signing.signedHeaders ?? Object.keys(headers).map((name) => name.toLowerCase())
  ).toSorted();
  const scope = { date: amzDate.slice(0, 8), region, service };
  const request = {
    method: "POST",
    path: "/",
    query: "",
    headers: Object.entries(headers),
    body: Buffer.from(body),
  };
  const signature = signatureOf(
    { request, scope, amzDate, signedHeaders, payloadHash: sha256(body) },
    keys.secretAccessKey,
  );
  const credential = `${keys.accessKeyId}/${scope.date}/${region}/${service}/aws4_request`;
  return {
    method: "POST",
    url,
    body,
    headers: {
      ...headers,
      ...signing.unsigned,
      Authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`,
    },
  };
}

/** A GetCallerIdentity with its signature in the query; `headers` are signed beside `host`. */
export function signedGet(
  keys: SigningKeys,
  headers: Readonly<Record<string, string>> = {},
  at = new Date(),
): SignedCall {
  const amzDate = amzDateOf(at.getTime());
  const scope = { date: amzDate.slice(0, 8), region: "us-east-1", service: "sts" };
  const all = { Host: "sts.amazonaws.com", ...headers };
  const signedHeaders = Object.keys(all)
    .map((name) => name.toLowerCase())
    .toSorted();
  const parameters = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${keys.accessKeyId}/${scope.date}/us-east-1/sts/aws4_request`,
    "X-Amz-Date": amzDate,
    ...(keys.sessionToken !== undefined && { "X-Amz-Security-Token": keys.sessionToken }),
    "X-Amz-SignedHeaders": signedHeaders.join(";"),
  };
  const query = [
    IDENTITY_CALL,
    ...Object.entries(parameters).map(([name, value]) => `${name}=${percentEncode(value)}`),
  ].join("&");
  const request = {
    method: "GET",
    path: "/",
    query,
    headers: Object.entries(all),
    body: Buffer.alloc(0),
  };
  const signature = signatureOf(
    { request, scope, amzDate, signedHeaders, payloadHash: sha256("") },
    keys.secretAccessKey,
  );
  const url = `https://sts.amazonaws.com/?${query}&X-Amz-Signature=${signature}`;
  return { method: "GET", url, body: "", headers: all };
}

/** The fields of a login with this call. */
export function loginFields(call: SignedCall): Record<string, unknown> {
  return {
    iam_http_request_method: call.method,
    iam_request_url: base64(call.url),
    ...(call.body !== "" && { iam_request_body: base64(call.body) }),
    iam_request_headers: call.headers,
  };
}

/** A login of today, signed by `keys`. */
export function signedLogin(keys: SigningKeys, signing: Signing = {}): Record<string, unknown> {
  return loginFields(signedPost(keys, signing));
}

/** Text as latin-1, so that bytes beyond ASCII stay one byte each. */
export function base64(text: string): string {
  return Buffer.from(text, "latin1").toString("base64");
}
