import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Credentials } from "@/lib/aws-simulator/sign";
import { signedGetHeaders } from "@/lib/aws-simulator/sign";

const REGION = "us-east-1";
const SESSION_SECONDS = 3600;
const SERVER_ID_HEADER = "X-Vault-AWS-IAM-Server-ID";
const S3_TIMEOUT_MS = 10_000;

/** The form of a login: a signed `GetCallerIdentity` that has not been sent. */
export type LoginForm = {
  iam_http_request_method: string;
  iam_request_url: string;
  iam_request_headers: string;
  iam_request_body: string;
};

/** What a machine runs as: a session of its workload role, as an instance profile would give it. */
export async function launch(
  simulatorUrl: string,
  launcher: Credentials,
  { roleArn, sessionName }: { roleArn: string; sessionName: string },
): Promise<Credentials> {
  const sts = new STSClient({ endpoint: simulatorUrl, region: REGION, credentials: launcher });
  try {
    const { Credentials: session } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        DurationSeconds: SESSION_SECONDS,
      }),
    );
    if (!session?.AccessKeyId || !session.SecretAccessKey) throw new Error("STS gave no session");
    return {
      accessKeyId: session.AccessKeyId,
      secretAccessKey: session.SecretAccessKey,
      ...(session.SessionToken === undefined ? {} : { sessionToken: session.SessionToken }),
    };
  } finally {
    sts.destroy();
  }
}

/**
 * Signs a login with the AWS SDK as it is: the SDK builds and signs the request for AWS's own
 * endpoint, and it is taken from it in place of being sent.
 *
 * @see https://developer.hashicorp.com/vault/docs/auth/aws#iam-auth-method
 */
export async function signLogin(credentials: Credentials, serverId: string): Promise<LoginForm> {
  const taken: LoginForm[] = [];
  const sts = new STSClient({
    region: REGION,
    credentials,
    maxAttempts: 1,
    requestHandler: {
      handle: (request: SdkRequest) => {
        taken.push(loginForm(request));
        return Promise.reject(new Error("taken, not sent"));
      },
    },
  });
  sts.middlewareStack.add(
    (next) => (args) => {
      addHeader(args.request, SERVER_ID_HEADER, serverId);
      return next(args);
    },
    { step: "build" },
  );
  await sts.send(new GetCallerIdentityCommand({})).catch(() => undefined);
  sts.destroy();
  const [form] = taken;
  if (form === undefined) throw new Error("the SDK made no request");
  return form;
}

type SdkRequest = {
  method: string;
  protocol: string;
  hostname: string;
  path: string;
  headers: Record<string, string>;
  body?: unknown;
};

function loginForm(request: SdkRequest): LoginForm {
  const { method, protocol, hostname, path, headers, body } = request;
  return {
    iam_http_request_method: method,
    iam_request_url: base64(`${protocol}//${hostname}${path}`),
    iam_request_headers: base64(JSON.stringify(headers)),
    iam_request_body: base64(typeof body === "string" ? body : ""),
  };
}

function addHeader(request: unknown, name: string, value: string): void {
  if (typeof request !== "object" || request === null || !("headers" in request)) return;
  Object.assign(request.headers as object, { [name]: value });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** Calls S3 (`s3:ListAllMyBuckets`) with drawn credentials: true when AWS let it pass. */
export async function canListBuckets(
  simulatorUrl: string,
  credentials: Credentials,
): Promise<boolean> {
  const url = new URL("/", simulatorUrl);
  const headers = signedGetHeaders(url, credentials, { service: "s3", now: Date.now() });
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(S3_TIMEOUT_MS) });
  await response.arrayBuffer();
  return response.ok;
}
