import { createServer } from "node:http";
import { createServer as createRawServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { CallerIdentityClient } from "@/lib/aws/caller-identity";
import { endpointGuard } from "@/lib/aws/endpoint-guard";
import type { ForwardedRequest } from "@/lib/engine/aws-auth/ports";
import { TLS_SECRET_OF_SERVER } from "@/lib/testing/raw-http";
import { identityXml } from "@/lib/testing/scripted-sts";

const REQUEST: ForwardedRequest = {
  method: "POST",
  target: "/",
  host: "sts.amazonaws.com",
  headers: [["Authorization", "AWS4-HMAC-SHA256 Credential=CANARY, SignedHeaders=host"]],
  body: Buffer.from("Action=GetCallerIdentity&Version=2011-06-15"),
};
const IDENTITY = identityXml("arn:aws:iam::111111111111:user/ci");
const LOGINS = 100 * Number(process.env["SCALE"] ?? 1);

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function newClient(times: { attemptTimeoutMs?: number; bodyTimeoutMs?: number }) {
  const rules = { localAws: true };
  const client = new CallerIdentityClient({
    ...{ rules, guard: endpointGuard(rules), retryDelayMsMin: 1 },
    ...times,
  });
  closers.push(() => client.close());
  return client;
}

/** A listening server, with the sockets that are open at it. */
async function listening(server: Server): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
  });
  closers.push(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { port: typeof address === "object" && address !== null ? address.port : 0, sockets };
}

async function emptied(sockets: Set<Socket>): Promise<number> {
  const until = performance.now() + 20_000;
  // A connection that was never made ends with the time to connect.
  while (sockets.size > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return sockets.size;
}

test("T27 an answer that drips ends with the time for its body, not with that of the attempt", async () => {
  const client = newClient({ attemptTimeoutMs: 60_000, bodyTimeoutMs: 200 });
  const { port } = await listening(
    createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/xml" });
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    }),
  );
  const began = performance.now();

  await expect(client.ask(REQUEST, `http://127.0.0.1:${port}`, 0)).rejects.toThrow(
    "giving up after 1 attempt(s): timed out",
  );

  expect(performance.now() - began).toBeLessThan(5_000);
});

test.each<[string, string, () => Server]>([
  // The connection is there, TLS never answers.
  ["at connect", "https", () => createRawServer((socket) => socket.resume())],
  ["before the headers", "http", () => createServer(() => undefined)],
  [
    "in the body",
    "http",
    () =>
      createServer((_request, response) => {
        response.writeHead(200, { "content-type": "text/xml", "content-length": 500 });
        response.write(IDENTITY.slice(0, 40));
      }),
  ],
])("T33 %s: hanging logins end in time, and leave no place or socket taken", async (...given) => {
  const [, scheme, start] = given;
  const client = newClient({ attemptTimeoutMs: 300 });
  const { port, sockets } = await listening(start());
  const sound = await listening(
    createServer((_request, response) =>
      response.writeHead(200, { "content-type": "text/xml" }).end(IDENTITY),
    ),
  );
  const began = performance.now();

  const outcomes = await Promise.allSettled(
    Array.from({ length: LOGINS }, () => client.ask(REQUEST, `${scheme}://127.0.0.1:${port}`, 0)),
  );

  const tookMs = performance.now() - began;
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["rejected"]));
  // In turns of 64; a connection that is not made takes longer than these attempts, at most 5 s.
  expect(tookMs).toBeLessThan(Math.ceil(LOGINS / 64) * 10_000);
  expect(await emptied(sockets)).toBe(0);
  expect((await client.ask(REQUEST, `http://127.0.0.1:${sound.port}`, 0)).status).toBe(200);
});

test("T30 TLS older than 1.2 is refused, and told nothing", async () => {
  const client = newClient({});
  let bytes = "";
  const server = createTlsServer(
    {
      ...TLS_SECRET_OF_SERVER,
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT:@SECLEVEL=0",
    },
    (socket) => socket.on("data", (chunk: Buffer) => (bytes += chunk.toString())),
  );
  server.on("tlsClientError", () => undefined);
  const { port } = await listening(server);

  await expect(client.ask(REQUEST, `https://127.0.0.1:${port}`, 0)).rejects.toThrow("giving up");

  expect(bytes).toBe("");
});

test("T37 who asks an endpoint that only fails is told at once, and it is left alone", async () => {
  const client = newClient({});
  let asked = 0;
  const { port } = await listening(
    createServer((_request, response) => {
      asked += 1;
      response.writeHead(500).end();
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  const ask = () => client.ask(REQUEST, url, 0);

  for (let i = 0; i < 20; i += 1) await expect(ask()).rejects.toThrow("unexpected HTTP status 500");
  const began = performance.now();
  await expect(ask()).rejects.toMatchObject({ kind: "rate_limited" });
  const tookMs = performance.now() - began;

  expect(asked).toBe(20);
  expect(tookMs).toBeLessThan(50);
});
