import {
  ALGORITHM,
  amzDateOf,
  percentEncode,
  sha256,
  signatureOf,
  type WireRequest,
} from "@/lib/aws-simulator/signature";

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

type SigningScope = {
  readonly service: "sts" | "iam" | "s3";
  readonly region?: string;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/** Headers, authorisation included, for a request without body; for tests and the demo fleet. */
export function signedGetHeaders(
  url: URL,
  credentials: Credentials,
  { service, region = "us-east-1", now }: SigningScope,
): Readonly<Record<string, string>> {
  const amzDate = amzDateOf(now);
  const payloadHash = sha256("");
  const headers: Record<string, string> = {
    host: url.host,
    "x-amz-content-sha256": payloadHash,
    "x-amz-date": amzDate,
    ...(credentials.sessionToken === undefined
      ? {}
      : { "x-amz-security-token": credentials.sessionToken }),
  };
  const scope = { date: amzDate.slice(0, 8), region, service };
  const signedHeaders = Object.keys(headers).sort();
  const request = getRequest(url, Object.entries(headers));
  const signature = signatureOf(
    { request, scope, amzDate, signedHeaders, payloadHash },
    credentials.secretAccessKey,
  );
  const credential = `${credentials.accessKeyId}/${scope.date}/${region}/${service}/aws4_request`;
  return {
    ...headers,
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`,
  };
}

/** The same request with its signature in the query; `headers` are signed beside `host`. */
export function presignedUrl(
  url: URL,
  credentials: Credentials,
  { service, region = "us-east-1", now }: SigningScope,
  headers: Readonly<Record<string, string>> = {},
): URL {
  const amzDate = amzDateOf(now);
  const scope = { date: amzDate.slice(0, 8), region, service };
  const all = Object.entries({ host: url.host, ...headers });
  const signedHeaders = all.map(([name]) => name.toLowerCase()).sort();
  const presigned = new URL(url);
  const parameters = {
    "X-Amz-Algorithm": ALGORITHM,
    "X-Amz-Credential": `${credentials.accessKeyId}/${scope.date}/${region}/${service}/aws4_request`,
    "X-Amz-Date": amzDate,
    "X-Amz-Expires": "900",
    ...(credentials.sessionToken === undefined
      ? {}
      : { "X-Amz-Security-Token": credentials.sessionToken }),
    "X-Amz-SignedHeaders": signedHeaders.join(";"),
  };
  const added = Object.entries(parameters).map(
    ([name, value]) => `${name}=${percentEncode(value)}`,
  );
  presigned.search = [url.search.slice(1), ...added].filter((part) => part !== "").join("&");
  const signature = signatureOf(
    {
      request: getRequest(presigned, all),
      scope,
      amzDate,
      signedHeaders,
      payloadHash: service === "s3" ? "UNSIGNED-PAYLOAD" : sha256(""),
    },
    credentials.secretAccessKey,
  );
  presigned.search += `&X-Amz-Signature=${signature}`;
  return presigned;
}

function getRequest(url: URL, headers: readonly (readonly [string, string])[]): WireRequest {
  return {
    method: "GET",
    path: url.pathname,
    query: url.search.slice(1),
    headers,
    body: Buffer.alloc(0),
  };
}
