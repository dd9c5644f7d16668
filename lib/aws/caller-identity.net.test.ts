import { createServer, type Server } from "node:http";
import { createServer as createRawServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CallerIdentityClient } from "@/lib/aws/caller-identity";
import { endpointGuard } from "@/lib/aws/endpoint-guard";
import { startAwsSimulator } from "@/lib/aws-simulator/server";
import { readCallerIdentity } from "@/lib/engine/aws-auth/caller-identity";
import type { ForwardedRequest, StsAnswer } from "@/lib/engine/aws-auth/ports";
import { readSignedRequest, type IamLoginInput } from "@/lib/engine/aws-auth/signed-request";

/** Self-signed for localhost, trusted by nobody; made for these tests. */
const TLS_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOMfiBophW6Xi1PX5
8L6E8fPH2J9jnFKthxJzHkoIHEqhRANCAASvohCBmCl2fPlPoEH0Oyqi08+cJnAB
EyQ7S30pS3JdhSOA5rxQ1hfQ7kNln12jnlrA9Pcj2p7vW9OSTbf1SQoa
-----END PRIVATE KEY-----`;
const TLS_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUezBbY0zZUJruw7Y+pyxzCq1SyHkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDExNDUzMFoYDzIxMjYxMDMx
MTE0NTMwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASvohCBmCl2fPlPoEH0Oyqi08+cJnABEyQ7S30pS3JdhSOA5rxQ1hfQ
7kNln12jnlrA9Pcj2p7vW9OSTbf1SQoao2kwZzAdBgNVHQ4EFgQUU9hxqoKiT/6r
vkBB/4xTGLW4FGYwHwYDVR0jBBgwFoAUU9hxqoKiT/6rvkBB/4xTGLW4FGYwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SAAwRQIgO5Er0U4ujq5qjPlDZ6hHtrpyJ/Q7NhG/Y59+nlo+hecCIQCoawudnmO3
yhqQpBGuksViK/MoCHicT4BFnsim1TzZhg==
-----END CERTIFICATE-----`;

const SIGNED_AT = Date.UTC(2015, 7, 30, 12, 36, 0);
const EXAMPLE_KEY = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const BODY = "Action=GetCallerIdentity&Version=2011-06-15";
const REQUEST: ForwardedRequest = {
  method: "POST",
  target: "/",
  host: "sts.amazonaws.com",
  headers: [
    ["Content-Type", "application/x-www-form-urlencoded; charset=utf-8"],
    ["Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/x, SignedHeaders=host, Signature=00"],
  ],
  body: Buffer.from(BODY),
};
const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn><UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

const closers: (() => Promise<void> | void)[] = [];
let client: CallerIdentityClient;

function newClient(localAws = true): CallerIdentityClient {
  const rules = { localAws };
  const made = new CallerIdentityClient({
    rules,
    guard: endpointGuard(rules),
    attemptTimeoutMs: 1_500,
    retryDelayMsMin: 1,
  });
  closers.push(() => made.close());
  return made;
}

beforeEach(() => {
  client = newClient();
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function listen(server: Server | ReturnType<typeof createRawServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined));
  });
  closers.push(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  return new Promise((resolve, reject) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
      else reject(new Error("the server has no port"));
    });
  });
}

type Reply = { status?: number; headers?: Record<string, string>; body?: string | Buffer };

/** Answers in turn, the last reply for ever; counts what it was asked. */
async function scripted(...replies: Reply[]): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    const reply = replies[Math.min(asked, replies.length - 1)] ?? {};
    asked += 1;
    response.writeHead(reply.status ?? 200, { "content-type": "text/xml", ...reply.headers });
    response.end(reply.body ?? IDENTITY);
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, asked: () => asked };
}

/** Keeps the bytes of one request; answers a sound identity. */
async function recording(): Promise<{ url: string; bytes: () => string }> {
  let bytes = "";
  const server = createRawServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      bytes += chunk.toString("latin1");
      socket.end(
        `HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: ${IDENTITY.length}\r\n\r\n${IDENTITY}`,
      );
    });
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, bytes: () => bytes };
}

test("T12 the request on the wire is the one that was judged, and nothing more", async () => {
  const server = await recording();

  await client.ask(REQUEST, server.url, 0);

  const [head = "", body] = server.bytes().split("\r\n\r\n");
  const [line, ...headers] = head.split("\r\n");
  expect(line).toBe("POST / HTTP/1.1");
  expect(headers.map((header) => header.toLowerCase()).sort()).toEqual(
    [
      "authorization: aws4-hmac-sha256 credential=akia/x, signedheaders=host, signature=00",
      "connection: keep-alive",
      "content-length: 43",
      "content-type: application/x-www-form-urlencoded; charset=utf-8",
      "host: sts.amazonaws.com",
    ].sort(),
  );
  expect(body).toBe(BODY);
});

test("A222 a GET keeps its query byte for byte and has no body", async () => {
  const server = await recording();
  const target = "/?Action=GetCallerIdentity&X-Amz-Credential=AKID%2F2015%2f&x=%7e~'()*";

  await client.ask({ ...REQUEST, method: "GET", target, body: null }, server.url, 0);

  expect(server.bytes()).toMatch(
    /^GET \/\?Action=GetCallerIdentity&X-Amz-Credential=AKID%2F2015%2f&x=%7e~'\(\)\* HTTP\/1\.1\r\n/,
  );
  expect(server.bytes()).not.toMatch(/content-length|transfer-encoding/i);
});

const D2_HEADERS = {
  "Content-Length": ["43"],
  "Content-Type": ["application/x-www-form-urlencoded; charset=utf-8"],
  "X-Amz-Date": ["20150830T123600Z"],
  "X-Vault-AWS-IAM-Server-ID": ["vault.example.com"],
  Authorization: [
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-date;x-vault-aws-iam-server-id, Signature=ce09df5789ee77754fa3b56c2c79d6e2a99fa8b01df29dc910c3abf6fb73eb98",
  ],
};
const D1_HEADERS = {
  "Content-Length": ["43"],
  "Content-Type": ["application/x-www-form-urlencoded; charset=utf-8"],
  Host: ["sts.amazonaws.com"],
  "X-Amz-Date": ["20150830T123600Z"],
  Authorization: [
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-date, Signature=0268ea4a725deae1116f5228d6b177fb047f9f3a9e1c5fd4baa0dc1fbb0d1a99",
  ],
};
const D3_URL =
  "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host%3Bx-vault-aws-iam-server-id&X-Amz-Signature=fcc546046f263bee7cd58200efb476c66a7fe543e548aadfa467f3109e6a8192";

const POSTED = {
  method: "POST",
  url: Buffer.from("https://sts.amazonaws.com/").toString("base64"),
  body: Buffer.from(BODY).toString("base64"),
};

test.each<[string, string, IamLoginInput, string]>([
  ["A308", "of hvac", { ...POSTED, headers: D1_HEADERS }, ""],
  ["A370", "with a server id", { ...POSTED, headers: D2_HEADERS }, "vault.example.com"],
  [
    "A222",
    "presigned",
    {
      method: "GET",
      url: Buffer.from(D3_URL).toString("base64"),
      body: undefined,
      headers: { "X-Vault-AWS-IAM-Server-ID": ["vault.example.com"] },
    },
    "vault.example.com",
  ],
])(
  "%s the golden request %s verifies at who recomputes its signature",
  async (_case, _what, input, serverId) => {
    const simulator = await startAwsSimulator({
      clock: () => SIGNED_AT,
      seed: {
        accounts: [{ id: "123456789012", users: [{ name: "ellen", accessKeys: [EXAMPLE_KEY] }] }],
      },
    });
    closers.push(() => simulator.close());
    const rules = {
      serverId,
      allowedHeaders: [],
      stsEndpoint: simulator.url,
      useRegionOfClient: false,
    };

    const signed = readSignedRequest(input, rules);
    const identity = readCallerIdentity(await client.ask(signed.forwarded, signed.endpoint, 0));

    expect(identity.arn).toBe("arn:aws:iam::123456789012:user/ellen");
    expect(identity.account).toBe("123456789012");
  },
);

test("A250 T29 a redirect is the answer, and is not followed", async () => {
  const elsewhere = await scripted();
  const server = await scripted({
    status: 307,
    headers: { location: `${elsewhere.url}/` },
    body: "moved",
  });

  const answer = await client.ask(REQUEST, server.url, 3);

  expect(answer).toEqual({ status: 307, contentType: "text/xml", body: "moved" });
  expect([server.asked(), elsewhere.asked()]).toEqual([1, 0]);
});

test("A251 A252 T34 failures of the server are tried again, as often as configured", async () => {
  const down = await scripted({ status: 503 });
  const recovering = await scripted({ status: 500 }, { status: 429 }, {});

  await expect(client.ask(REQUEST, down.url, 0)).rejects.toThrow(
    "giving up after 1 attempt(s): unexpected HTTP status 503",
  );
  expect(down.asked()).toBe(1);
  await expect(client.ask(REQUEST, down.url, -1)).rejects.toThrow("giving up after 4 attempt(s)");
  expect(down.asked()).toBe(5);
  expect((await client.ask(REQUEST, recovering.url, 2)).status).toBe(200);
});

test.each([400, 403, 404, 501])("T34 status %d is final", async (status) => {
  const server = await scripted({ status, body: "no" });

  expect((await client.ask(REQUEST, server.url, 3)).status).toBe(status);
  expect(server.asked()).toBe(1);
});

test("throttling that does not end is told apart", async () => {
  const server = await scripted({ status: 429 });

  await expect(client.ask(REQUEST, server.url, 1)).rejects.toMatchObject({
    facts: { throttled: true },
  });
});

test("A253 nobody at the endpoint", async () => {
  await expect(client.ask(REQUEST, "http://127.0.0.1:1", 0)).rejects.toThrow(
    "giving up after 1 attempt(s): connection refused",
  );
});

test("T33 a server that says nothing, and one that drips, cost one attempt's time", async () => {
  const silent = createRawServer(() => undefined);
  const dripping = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/xml" });
    const timer = setInterval(() => response.write(" "), 20);
    response.on("close", () => clearInterval(timer));
  });
  for (const server of [silent, dripping]) {
    const url = `http://127.0.0.1:${await listen(server)}`;
    await expect(client.ask(REQUEST, url, 0)).rejects.toThrow(
      "giving up after 1 attempt(s): timed out",
    );
  }
});

test("B12 T27 an answer longer than any identity is not read", async () => {
  const server = await scripted({ body: `<!--${"x".repeat(70_000)}-->${IDENTITY}` });

  expect(await client.ask(REQUEST, server.url, 0)).toMatchObject({ status: 200, body: null });
});

test.each<[string, Buffer, string | null]>([
  ["gzip", gzipSync(IDENTITY), IDENTITY],
  ["gzip", gzipSync("x".repeat(10_000_000)), null],
  ["gzip", Buffer.from("no gzip"), null],
  ["zstd", Buffer.from(IDENTITY), null],
])("T27 an answer compressed by %s is read within the same limit", async (encoding, body, text) => {
  const server = await scripted({ headers: { "content-encoding": encoding }, body });

  expect((await client.ask(REQUEST, server.url, 0)).body).toBe(text);
});

test("T30 T12 TLS asks for the endpoint's name, and tells nothing to who cannot prove it", async () => {
  const names: string[] = [];
  let bytes = "";
  const identity = { key: TLS_KEY, cert: TLS_CERTIFICATE };
  const server = createTlsServer(
    {
      ...identity,
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    },
    (socket) => {
      socket.on("data", (chunk: Buffer) => {
        bytes += chunk.toString();
      });
    },
  );
  server.on("tlsClientError", () => undefined);
  const port = await listen(server);

  await expect(client.ask(REQUEST, `https://localhost:${port}`, 0)).rejects.toThrow(
    "the certificate is not accepted",
  );
  expect(names).toEqual(["localhost"]);
  expect(bytes).toBe("");
});

test.each([
  ["https://169.254.169.254/", "link-local or metadata"],
  ["https://[fd00:ec2::254]/", "link-local or metadata"],
  ["http://sts.example.com/", "must be reached by https"],
  ["endpointvalue/x", "must not have a path"],
])("T31 %s is never connected to", async (endpoint, text) => {
  await expect(client.ask(REQUEST, endpoint, 0)).rejects.toThrow(text);
});

test("T31 loopback is refused where local AWS is not allowed, also behind a name", async () => {
  const server = await scripted();
  const strict = newClient(false);
  const port = new URL(server.url).port;

  await expect(strict.ask(REQUEST, server.url, 0)).rejects.toThrow(/refused|https/);
  await expect(strict.ask(REQUEST, `https://localhost:${port}`, 0)).rejects.toThrow("no answer");
  expect(server.asked()).toBe(0);
});

test("T36 no more than 64 requests are under way at once", async () => {
  let open = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    request.resume();
    open += 1;
    most = Math.max(most, open);
    waiting.push(() => {
      open -= 1;
      response.writeHead(200, { "content-type": "text/xml" }).end(IDENTITY);
    });
    if (open === 64) setImmediate(() => waiting.splice(0).forEach((finish) => finish()));
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  const patient = new CallerIdentityClient({
    rules: { localAws: true },
    guard: endpointGuard({ localAws: true }),
  });
  closers.push(() => patient.close());

  const asked: Promise<StsAnswer>[] = Array.from({ length: 128 }, () =>
    patient.ask(REQUEST, url, 0),
  );
  const answers = await Promise.all(asked);

  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(most).toBe(64);
});
