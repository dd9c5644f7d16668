import type { Credentials } from "@/lib/aws-simulator/sign";
import { ALGORITHM, amzDateOf, sha256, signatureOf } from "@/lib/aws-simulator/signature";

const BODY = "Action=GetCallerIdentity&Version=2011-06-15";
const REGION = "us-east-1";
const URL_FIELD = base64("https://sts.amazonaws.com/");
const BODY_FIELD = base64(BODY);
const PAYLOAD_HASH = sha256(BODY);

/** What a client sends to `auth/<mount>/login`: a `GetCallerIdentity` request that it signed and did not send. */
export function loginForm(
  role: string,
  credentials: Credentials,
  { serverId, now }: { serverId?: string; now: number },
): Record<string, string> {
  const amzDate = amzDateOf(now);
  const scope = { date: amzDate.slice(0, 8), region: REGION, service: "sts" };
  const { sessionToken } = credentials;
  const headers: Record<string, string> = {
    "Content-Length": String(BODY.length),
    "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
    Host: "sts.amazonaws.com",
    "X-Amz-Date": amzDate,
    ...(sessionToken !== undefined && { "X-Amz-Security-Token": sessionToken }),
    ...(serverId !== undefined && { "X-Vault-AWS-IAM-Server-ID": serverId }),
  };
  const signedHeaders = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .sort();
  const request = {
    method: "POST",
    path: "/",
    query: "",
    headers: Object.entries(headers),
    body: Buffer.from(BODY),
  };
  const signature = signatureOf(
    { request, scope, amzDate, signedHeaders, payloadHash: PAYLOAD_HASH },
    credentials.secretAccessKey,
  );
  const credential = `${credentials.accessKeyId}/${scope.date}/${REGION}/sts/aws4_request`;
  headers["Authorization"] =
    `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`;
  return {
    role,
    iam_http_request_method: "POST",
    iam_request_url: URL_FIELD,
    iam_request_body: BODY_FIELD,
    iam_request_headers: base64(JSON.stringify(headers)),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
