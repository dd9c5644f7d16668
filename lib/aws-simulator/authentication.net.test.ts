import { request } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { presignedUrl, signedGetHeaders } from "@/lib/aws-simulator/sign";
import { type AwsSimulator, startAwsSimulator } from "@/lib/aws-simulator/server";

/** The published example credentials of AWS's signing documentation. */
const EXAMPLE = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const SIGNED_AT = Date.parse("2015-08-30T12:36:00Z");
const MINUTE = 60_000;
const BODY = "Action=GetCallerIdentity&Version=2011-06-15";
const SCOPE = "AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request";
const SIGNATURE = "ce09df5789ee77754fa3b56c2c79d6e2a99fa8b01df29dc910c3abf6fb73eb98";
const SIGNED_HEADERS = "content-length;content-type;host;x-amz-date;x-vault-aws-iam-server-id";
const POST_HEADERS = {
  Host: "sts.amazonaws.com",
  "Content-Length": "43",
  "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
  "X-Amz-Date": "20150830T123600Z",
  "X-Vault-AWS-IAM-Server-ID": "vault.example.com",
  Authorization: `AWS4-HMAC-SHA256 Credential=${SCOPE}, SignedHeaders=${SIGNED_HEADERS}, Signature=${SIGNATURE}`,
};
const GET_PATH =
  "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host%3Bx-vault-aws-iam-server-id&X-Amz-Signature=fcc546046f263bee7cd58200efb476c66a7fe543e548aadfa467f3109e6a8192";
const GET_HEADERS = { Host: "sts.amazonaws.com", "X-Vault-AWS-IAM-Server-ID": "vault.example.com" };

const running: AwsSimulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

async function start(now = SIGNED_AT): Promise<AwsSimulator> {
  const simulator = await startAwsSimulator({
    clock: () => now,
    seed: {
      accounts: [
        {
          id: "123456789012",
          rootKeys: [{ accessKeyId: "AKIAROOT", secretAccessKey: "root-secret" }],
          buckets: ["orders"],
          users: [{ name: "ada", path: "/team/", accessKeys: [EXAMPLE] }],
        },
      ],
    },
  });
  running.push(simulator);
  return simulator;
}

type Sent = {
  readonly method?: string;
  readonly path?: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
};

/** By node:http, since fetch would set the Host header itself. */
function send(simulator: AwsSimulator, sent: Sent): Promise<{ status: number; text: string }> {
  const { method = "GET", path = "/", headers, body = "" } = sent;
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === "string" ? [name, value] : value.flatMap((entry) => [name, entry]),
  );
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, simulator.url),
      { method, headers: lines },
      (incoming) => {
        let text = "";
        incoming.setEncoding("utf8");
        incoming.on("data", (chunk: string) => (text += chunk));
        incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, text }));
      },
    );
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

const post = (simulator: AwsSimulator, headers: Sent["headers"], body = BODY) =>
  send(simulator, { method: "POST", headers, body });

describe("a signed request", () => {
  test("with signed headers is answered with who signed it, in XML", async () => {
    const answer = await post(await start(), POST_HEADERS);

    expect(answer.status).toBe(200);
    expect(answer.text).toContain("<Arn>arn:aws:iam::123456789012:user/team/ada</Arn>");
    expect(answer.text).toContain("<Account>123456789012</Account>");
    expect(answer.text).toMatch(/<UserId>AIDA[A-Z2-7]{17}<\/UserId>/);
  });

  test("is answered in JSON when it asks for that", async () => {
    const answer = await post(await start(), { ...POST_HEADERS, Accept: "application/json" });

    expect(JSON.parse(answer.text)).toMatchObject({
      GetCallerIdentityResponse: {
        GetCallerIdentityResult: {
          Account: "123456789012",
          Arn: "arn:aws:iam::123456789012:user/team/ada",
        },
      },
    });
  });

  test("that is presigned is accepted, its signed header included", async () => {
    const simulator = await start();

    const good = await send(simulator, { path: GET_PATH, headers: GET_HEADERS });
    const other = { ...GET_HEADERS, "X-Vault-AWS-IAM-Server-ID": "other.example.com" };
    const bad = await send(simulator, { path: GET_PATH, headers: other });

    expect(good.status).toBe(200);
    expect(good.text).toContain("user/team/ada");
    expect(bad.status).toBe(403);
    expect(bad.text).toContain("SignatureDoesNotMatch");
  });

  test("may bring its Authorization header in two lines", async () => {
    const [first = "", second = "", third = ""] = POST_HEADERS.Authorization.split(", ");

    const answer = await post(await start(), {
      ...POST_HEADERS,
      Authorization: [`${first}, ${second}`, third],
    });

    expect(answer.status).toBe(200);
  });

  test("of the root user names the root user", async () => {
    const simulator = await start();
    const url = new URL("/?Action=GetCallerIdentity&Version=2011-06-15", simulator.url);
    const credentials = { accessKeyId: "AKIAROOT", secretAccessKey: "root-secret" };

    const answer = await fetch(url, {
      headers: signedGetHeaders(url, credentials, { service: "sts", now: SIGNED_AT }),
    });

    const text = await answer.text();
    expect(text).toContain("<Arn>arn:aws:iam::123456789012:root</Arn>");
    expect(text).toContain("<UserId>123456789012</UserId>");
  });
});

describe("a request is refused", () => {
  test.each([
    [
      "when a signed header was changed",
      { ...POST_HEADERS, "X-Vault-AWS-IAM-Server-ID": "x" },
      403,
      "SignatureDoesNotMatch",
    ],
    [
      "when its signature is another",
      replaced(/Signature=c/, "Signature=d"),
      403,
      "SignatureDoesNotMatch",
    ],
    [
      "when its region is not the endpoint's",
      replaced("us-east-1", "eu-west-1"),
      403,
      "Credential should be scoped to a valid region, not 'eu-west-1'.",
    ],
    [
      "when it is signed for another service",
      replaced("/sts/", "/iam/"),
      403,
      "Credential should be scoped to correct service: 'sts'.",
    ],
    [
      "when its host is not signed",
      replaced("host;", ""),
      403,
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    ],
    ["when its key is unknown", replaced("AKIDEXAMPLE", "AKIDNOBODY"), 403, "InvalidClientTokenId"],
    [
      "when a long-term key brings a session token",
      { ...POST_HEADERS, "X-Amz-Security-Token": "t" },
      403,
      "InvalidClientTokenId",
    ],
    [
      "when a part of the signature is missing",
      replaced(/, Signature=.*/, ""),
      400,
      "Authorization header requires 'Signature' parameter.",
    ],
    [
      "when a part of the signature comes twice",
      replaced("Signature=", "Signature=x, Signature="),
      400,
      "IncompleteSignature",
    ],
    [
      "when the credential is short",
      replaced("/aws4_request", ""),
      400,
      "Credential must have exactly 5 slash-delimited elements",
    ],
    ["when the algorithm is another", replaced("SHA256", "SHA512"), 400, "IncompleteSignature"],
    [
      "when nothing is signed",
      { Host: "sts.amazonaws.com", "Content-Length": "43" },
      403,
      "Request is missing Authentication Token",
    ],
  ])("%s", async (_name, headers, status, text) => {
    const answer = await post(await start(), headers);

    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
  });

  test("when its body was changed", async () => {
    const answer = await post(await start(), POST_HEADERS, `${BODY.slice(0, -1)}6`);

    expect(answer.status).toBe(403);
    expect(answer.text).toContain("SignatureDoesNotMatch");
  });

  test.each([
    [
      16 * MINUTE,
      "Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z (20150830T125200Z - 15 min.)",
    ],
    [
      -16 * MINUTE,
      "Signature not yet current: 20150830T123600Z is still later than 20150830T123500Z (20150830T122000Z + 15 min.)",
    ],
  ])("when it is %i ms old", async (age, message) => {
    const answer = await post(await start(SIGNED_AT + age), POST_HEADERS);

    expect(answer.status).toBe(403);
    expect(answer.text).toContain(`<Message>${message}</Message>`);
    expect(answer.text).toContain("<Code>SignatureDoesNotMatch</Code>");
  });

  test("once its presigned form is older than 15 minutes", async () => {
    const answer = await send(await start(SIGNED_AT + 16 * MINUTE), {
      path: GET_PATH,
      headers: GET_HEADERS,
    });

    expect(answer.status).toBe(403);
    expect(answer.text).toContain("Signature expired");
  });

  test("as S3 words it, when signed for S3", async () => {
    const simulator = await start();
    const url = new URL("/", simulator.url);
    const list = async (credentials: typeof EXAMPLE) => {
      const headers = signedGetHeaders(url, credentials, { service: "s3", now: SIGNED_AT });
      const answer = await fetch(url, { headers });
      return { status: answer.status, text: await answer.text() };
    };

    const denied = await list(EXAMPLE);
    const unknown = await list({ ...EXAMPLE, accessKeyId: "AKIDNOBODY" });
    const root = await list({ accessKeyId: "AKIAROOT", secretAccessKey: "root-secret" });
    const presigned = await fetch(
      presignedUrl(
        url,
        { accessKeyId: "AKIAROOT", secretAccessKey: "root-secret" },
        { service: "s3", now: SIGNED_AT },
      ),
    );

    expect(denied.status).toBe(403);
    expect(denied.text).toContain("is not authorized to perform: s3:ListAllMyBuckets");
    expect(unknown.status).toBe(403);
    expect(unknown.text).toContain("<Code>InvalidAccessKeyId</Code>");
    expect(root.status).toBe(200);
    expect(root.text).toContain("<Name>orders</Name>");
    expect(presigned.status).toBe(200);
  });
});

function replaced(what: string | RegExp, by: string): Readonly<Record<string, string>> {
  return { ...POST_HEADERS, Authorization: POST_HEADERS.Authorization.replace(what, by) };
}
