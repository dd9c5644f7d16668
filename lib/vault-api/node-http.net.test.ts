import { afterEach, describe, expect, test } from "vitest";
import { type ApiServer, echo, startApi } from "@/lib/testing/api-server";
import type { ApiRequest, ApiResponse, Dispatch } from "@/lib/vault-api/exchange";

const opened: ApiServer[] = [];

async function start(...setup: Parameters<typeof startApi>): Promise<ApiServer> {
  const started = await startApi(...setup);
  opened.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.stop()));
});

function message(line: string, headers: readonly string[] = [], body = ""): string {
  return [`${line} HTTP/1.1`, "host: vault", ...headers, "", body].join("\r\n");
}

function put(path: string, body: string): string {
  return message(`PUT /v1/${path}`, [`content-length: ${body.length}`], body);
}

/** A dispatch whose answers the test gives. */
function held(): { dispatch: Dispatch; answer: (answer: ApiResponse) => void } {
  const waiting: ((answer: ApiResponse) => void)[] = [];
  return {
    dispatch: () => new Promise((resolve) => waiting.push(resolve)),
    answer: (answer) => waiting.shift()?.(answer),
  };
}

const DONE: ApiResponse = { status: 200, headers: {}, body: "{}" };
const API_HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
};

describe("answers", () => {
  test.each([200, 400, 404, 503])(
    "C038 %d may not be cached, and is plain JSON",
    async (status) => {
      const { connect } = await start({
        dispatch: () => Promise.resolve({ status, headers: {}, body: '{"é":1}\n' }),
      });
      const client = await connect();

      client.send(message("GET /v1/sys/health"));

      const response = await client.response();
      expect(response).toMatchObject({ status, headers: API_HEADERS, body: '{"é":1}\n' });
    },
  );

  test("C038b 204 has a type and no body", async () => {
    const { connect } = await start({
      dispatch: () => Promise.resolve({ status: 204, headers: {}, body: null }),
    });
    const client = await connect();

    client.send(message("GET /v1/a") + message("GET /v1/b"));

    for (let n = 0; n < 2; n += 1) {
      const response = await client.response();
      expect(response).toMatchObject({ status: 204, headers: API_HEADERS, body: "" });
      expect(response?.headers["content-length"]).toBeUndefined();
    }
  });

  test("dispatch may choose its own type and headers; those of all answers are added", async () => {
    const { connect } = await start({
      headers: { "x-leasehold-version": "1.2.3" },
      dispatch: () =>
        Promise.resolve({
          status: 429,
          headers: { "content-type": "text/plain", "retry-after": "2" },
          body: Buffer.from("slow"),
        }),
    });
    const client = await connect();

    client.send(message("GET /v1/a"));

    expect(await client.response()).toMatchObject({
      status: 429,
      headers: {
        ...API_HEADERS,
        "content-type": "text/plain",
        "retry-after": "2",
        "x-leasehold-version": "1.2.3",
      },
      body: "slow",
    });
  });

  test("C037 HEAD has the status and headers, no body", async () => {
    const { connect, requests } = await start();
    const client = await connect();

    client.send(message("HEAD /v1/sys/health") + message("GET /v1/a"));

    const response = await client.response("HEAD");
    expect(response).toMatchObject({ status: 200, headers: API_HEADERS, body: "" });
    expect(requests[0]?.method).toBe("HEAD");
    expect((await client.response())?.body).toContain('"target":"/v1/a"');
  });

  test("T78 whatever dispatch throws is an error without details", async () => {
    const { connect } = await start({
      dispatch: () => Promise.reject(new Error("select * from token at /srv/db.ts")),
    });
    const client = await connect();

    client.send(message("GET /v1/a"));

    expect(await client.response()).toMatchObject({
      status: 500,
      headers: API_HEADERS,
      body: '{"errors":["internal error"]}\n',
    });
  });

  test("a request that runs too long is given up", async () => {
    const { connect } = await start({ ...held(), requestTimeoutMs: 1 });
    const client = await connect();

    client.send(message("GET /v1/a"));

    expect(await client.response()).toMatchObject({
      status: 503,
      body: '{"errors":["the request took too long"]}\n',
    });
  });
});

describe("what dispatch is given", () => {
  test("method, target, headers, body and peer as sent", async () => {
    const { connect, requests } = await start();
    const client = await connect();
    const localPort = client.socket.localPort ?? 0;

    client.send(
      message("PATCH /v1/a%2fb?c=d", ["X-Vault-Token: t", "Content-Length: 4"], "\u0000{}\n"),
    );
    await client.response();

    expect(requests).toEqual([
      {
        method: "PATCH",
        target: "/v1/a%2fb?c=d",
        headers: { host: "vault", "x-vault-token": "t", "content-length": "4" },
        body: Buffer.from("\u0000{}\n"),
        peer: { address: "127.0.0.1", port: localPort },
      } satisfies ApiRequest,
    ]);
  });

  test("T68 the first of two tokens, all lines of a chain of proxies", async () => {
    const { connect, requests } = await start();
    const client = await connect();

    client.send(
      message("GET /v1/a", [
        "X-Vault-Token: first",
        "x-vault-token: second",
        "X-Forwarded-For: spoofed",
        "x-forwarded-for: 203.0.113.9, 10.0.0.1",
        "__proto__: x",
        "constructor: y",
      ]),
    );
    await client.response();

    expect(requests[0]?.headers).toMatchObject({
      "x-vault-token": "first",
      "x-forwarded-for": "spoofed, 203.0.113.9, 10.0.0.1",
      constructor: "y",
    });
  });

  test("T67 verbs as sent, overrides or not", async () => {
    const { connect, requests } = await start();
    const client = await connect();

    for (const verb of ["TRACE", "OPTIONS", "POST"]) {
      client.send(message(`${verb} /v1/a`, ["x-http-method-override: GET", "content-length: 0"]));
      await client.response();
    }

    expect(requests.map(({ method }) => method)).toEqual(["TRACE", "OPTIONS", "POST"]);
  });
});

describe("bodies", () => {
  const limits = { bodyBytesMax: 1000, loginBodyBytesMax: 100 };

  test.each([
    ["cubbyhole/a", 1000],
    ["auth/aws/login", 100],
    ["auth/a/b/login/ann?x=y", 100],
    ["auth/aws/%6cogin", 100],
    ["auth%2faws/login", 100],
    ["auth/aws/%zz/login", 100],
    ["auth/aws/role/login-less", 1000],
  ])("T238 %s takes %d bytes and not one more", async (path, bytesMax) => {
    const { connect, requests } = await start(limits);
    for (const [length, status] of [
      [bytesMax, 200],
      [bytesMax + 1, 413],
      [bytesMax * 100, 413],
    ] as const) {
      const counted = await connect();
      counted.send(put(path, "x".repeat(length)));
      expect([length, (await counted.response())?.status]).toEqual([length, status]);

      const chunked = await connect();
      chunked.send(message(`PUT /v1/${path}`, ["transfer-encoding: chunked"]));
      chunked.send(`${length.toString(16)}\r\n${"x".repeat(length)}\r\n0\r\n\r\n`);
      expect([length, (await chunked.response())?.status]).toEqual([length, status]);
    }
    expect(requests.map(({ body }) => body.length)).toEqual([bytesMax, bytesMax]);
  });

  test("C017 a body beyond the limit is refused, and its sender sees the answer", async () => {
    const { connect, requests } = await start();
    const client = await connect();

    client.send(put("cubbyhole/a", "x".repeat(34_603_008)));

    expect(await client.response()).toMatchObject({
      status: 413,
      headers: { ...API_HEADERS, connection: "close" },
      body: '{"errors":["http: request body too large"]}\n',
    });
    await client.closed;
    expect(requests).toEqual([]);
  });

  test("T238 a body without end is cut off", async () => {
    const { connect } = await start(limits);
    const client = await connect();
    const chunk = Buffer.from(`100000\r\n${"x".repeat(1024 ** 2)}\r\n`);

    client.send(message("PUT /v1/a", ["transfer-encoding: chunked"]));
    const feed = () => {
      while (!client.socket.destroyed && client.socket.write(chunk));
    };
    client.socket.on("drain", feed);
    feed();

    expect((await client.response())?.status).toBe(413);
    await client.closed;
  });

  test("a body that will be refused is not asked for, any other is", async () => {
    const { connect } = await start(limits);
    const [long, short] = await Promise.all([connect(), connect()]);

    long.send(message("PUT /v1/a", ["expect: 100-continue", "content-length: 1001"]));
    expect((await long.response())?.status).toBe(413);
    await long.closed;

    short.send(message("PUT /v1/a", ["expect: 100-continue", "content-length: 4"]));
    expect((await short.response())?.status).toBe(100);
    short.send("body");
    expect((await short.response())?.body).toContain('"body":"body"');
  });
});

describe("a request that is refused by its head", () => {
  const refused = {
    status: 429,
    headers: { "content-type": "application/json", "retry-after": "1" },
    body: '{"errors":["too often"]}\n',
  };
  const admit = ({ target }: { target: string }) =>
    target === "/v1/limited"
      ? { refused, headers: {} }
      : { refused: null, headers: { "x-ratelimit-remaining": "1" } };

  test("is answered without its body having been looked at, however long", async () => {
    const { connect, requests } = await start({ admit });
    const client = await connect();

    client.send(put("limited", "x".repeat(34_603_008)));

    expect(await client.response()).toMatchObject({
      status: 429,
      headers: { ...API_HEADERS, "retry-after": "1", connection: "close" },
      body: refused.body,
    });
    expect(requests).toEqual([]);
  });

  test("without a body leaves the connection to those that come after", async () => {
    const { connect, requests } = await start({ admit });
    const client = await connect();

    client.send(message("GET /v1/limited"));
    const first = await client.response();
    client.send(message("GET /v1/free"));
    const second = await client.response();

    expect(first?.status).toBe(429);
    expect(second).toMatchObject({ status: 200, headers: { "x-ratelimit-remaining": "1" } });
    expect(requests.map(({ target }) => target)).toEqual(["/v1/free"]);
  });

  test("is not asked for its body", async () => {
    const { connect } = await start({ admit });
    const client = await connect();

    client.send(message("PUT /v1/limited", ["expect: 100-continue", "content-length: 4"]));

    expect((await client.response())?.status).toBe(429);
  });
});

describe("what is no sound request", () => {
  test.each([
    ["length and encoding", "content-length: 3\r\ntransfer-encoding: chunked", "0\r\n\r\n"],
    ["two lengths", "content-length: 3\r\ncontent-length: 4", "abcd"],
    ["a signed length", "content-length: +3", "abc"],
    ["a list of lengths", "content-length: 3, 3", "abc"],
    ["a length in hex", "content-length: 0x3", "abc"],
    ["encoding identity", "transfer-encoding: identity", "abc"],
    ["an unknown encoding", "transfer-encoding: xchunked", "0\r\n\r\n"],
    ["chunked not last", "transfer-encoding: chunked, identity", "0\r\n\r\n"],
    ["a chunk size with a bare LF", "transfer-encoding: chunked", "3\nabc\r\n0\r\n\r\n"],
    ["a signed chunk size", "transfer-encoding: chunked", "+3\r\nabc\r\n0\r\n\r\n"],
    ["a folded header", "a: b\r\n c: d", ""],
    ["a space before the colon", "content-length : 3", "abc"],
    ["a bare CR", "a: b\rc: d", ""],
    ["a NUL in a value", "x-vault-token: a\0b", ""],
  ])("T71 %s: 400 and closed, one request at most", async (_what, headers, body) => {
    const { connect, requests } = await start();
    const client = await connect();

    client.send(message("POST /v1/a", [headers], body) + message("GET /v1/smuggled"));

    expect(await client.response()).toMatchObject({
      status: 400,
      headers: { ...API_HEADERS, connection: "close" },
    });
    await client.closed;
    expect(requests).toEqual([]);
  });

  test.each([
    ["bare LF", "GET /v1/a HTTP/1.1\nhost: x\n\n", 400],
    ["no host", "GET /v1/a HTTP/1.1\r\n\r\n", 400],
    ["T70 two hosts", message("GET /v1/a", ["Host: evil.example"]), 400],
    ["T70 an absolute target", message("GET http://evil.example/v1/sys/health"), 400],
    ["T74 an upgrade with an absolute target", upgrade("http://evil.example/v1/a"), 400],
    ["T67 CONNECT", message("CONNECT evil.example:443"), 405],
    ["an asterisk", message("OPTIONS *"), 400],
    ["T73 17 KiB of headers", message("GET /v1/a", [`x: ${"y".repeat(17 * 1024)}`]), 431],
    [
      "T73 200 headers",
      message(
        "GET /v1/a",
        Array.from({ length: 200 }, () => "x: y"),
      ),
      431,
    ],
    ["T73 a target of 9 KiB", message(`GET /v1/${"a".repeat(9 * 1024)}`), 414],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
    ["TLS", Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]), 400],
  ])("%s is refused and closed", async (_what, bytes, status) => {
    const { connect, requests } = await start();
    const client = await connect();

    client.send(bytes);

    expect((await client.response())?.status).toBe(status);
    await client.closed;
    expect(requests).toEqual([]);
  });

  test("T70 a foreign host changes nothing", async () => {
    const { connect } = await start();
    const client = await connect();

    client.send("GET /v1/a HTTP/1.1\r\nhost: evil.example\r\n\r\n");

    const response = await client.response();
    expect(response?.status).toBe(200);
    expect(JSON.stringify(response)).not.toContain("evil");
  });

  test("T74 an upgrade is a request like any other", async () => {
    const { connect } = await start();
    const client = await connect();

    client.send(upgrade("/v1/a"));

    expect((await client.response())?.body).toContain('"target":"/v1/a"');
  });

  test("behind a request that runs it closes the connection, and is not taken for its answer", async () => {
    const { dispatch, answer } = held();
    const { connect, requests } = await start({ dispatch });
    const client = await connect();

    client.send(`${message("GET /v1/a")}rubbish\r\n\r\n`);
    await client.closed;

    expect(await client.response()).toBeNull();
    await expect.poll(() => requests.length).toBe(1);
    answer(DONE);
  });
});

function upgrade(target: string): string {
  return message(`GET ${target}`, ["connection: upgrade", "upgrade: websocket"]);
}

describe("slow peers", () => {
  test("T72 are closed; others are served meanwhile", async () => {
    const { server, connect } = await start({
      dispatch: (request) =>
        Promise.resolve(
          request.target === "/v1/big"
            ? { status: 200, headers: {}, body: Buffer.alloc(32 * 1024 ** 2) }
            : echo(request),
        ),
    });
    server.headersTimeout = 60;
    server.requestTimeout = 120;
    server.timeout = 200;
    const [headers, body, reader, other] = await Promise.all([
      connect(),
      connect(),
      connect(),
      connect(),
    ]);

    headers.send("GET /v1/a HTTP/1.1\r\n");
    body.send(message("PUT /v1/a", ["content-length: 10"], "x"));
    reader.socket.pause();
    reader.send(message("GET /v1/big"));
    other.send(message("GET /v1/a"));

    expect((await other.response())?.status).toBe(200);
    other.close();
    expect((await headers.response())?.status).toBe(408);
    expect((await body.response())?.status).toBe(408);
    await Promise.all([headers.closed, body.closed]);
    await expect.poll(() => openConnections(server)).toBe(0);
  });

  test("a request that runs is not taken for one", async () => {
    const { dispatch, answer } = held();
    const { server, connect, requests } = await start({ dispatch });
    server.timeout = 30;
    const [running, idle] = await Promise.all([connect(), connect()]);

    running.send(message("GET /v1/a"));
    await expect.poll(() => requests.length).toBe(1);
    await idle.closed;
    answer(DONE);

    expect((await running.response())?.status).toBe(200);
  });
});

function openConnections(server: ApiServer["server"]): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

describe("what is not below /v1/", () => {
  test.each(["/", "/v1", "/v2/sys/health", "/ui2", "/v1x/a", "//v1/a"])(
    "C035 C036 %s is for the console",
    async (target) => {
      const { connect, requests } = await start();
      const client = await connect();

      client.send(message(`GET ${target}`, ["connection: close"]));

      expect((await client.response())?.status).toBe(200);
      expect(requests).toEqual([]);
    },
  );

  test.each(["/ui", "/ui/", "/ui/vault/secrets?x=//evil.example"])(
    "%s leads to the console",
    async (target) => {
      const { connect } = await start();
      const client = await connect();

      client.send(message(`GET ${target}`));

      expect(await client.response()).toMatchObject({ status: 307, headers: { location: "/" } });
    },
  );
});

describe("close", () => {
  test("lets what runs finish, refuses what comes, ends idle connections", async () => {
    const { dispatch, answer } = held();
    const { api, port, connect, requests } = await start({ dispatch });
    const [running, pipelined, idle] = await Promise.all([connect(), connect(), connect()]);
    running.send(message("GET /v1/a"));
    pipelined.send(message("GET /v1/b"));
    await expect.poll(() => requests.length).toBe(2);

    const closed = api.close(10_000);
    await idle.closed;
    pipelined.send(message("GET /v1/late"));
    await expect(fetch(`http://127.0.0.1:${port}/v1/new`)).rejects.toThrow();
    answer(DONE);
    answer(DONE);

    expect(await running.response()).toMatchObject({
      status: 200,
      headers: { connection: "close" },
    });
    expect((await pipelined.response())?.status).toBe(200);
    await Promise.all([running.closed, pipelined.closed, closed]);
    expect(requests.map(({ target }) => target)).not.toContain("/v1/late");
  });

  test("a request on an open connection is refused with 503", async () => {
    const { dispatch, answer } = held();
    const { api, connect, requests } = await start({ dispatch });
    const [running, open] = await Promise.all([connect(), connect()]);
    running.send(message("GET /v1/a"));
    open.send("GET /v1/b HTTP/1.1\r\n");
    await expect.poll(() => requests.length).toBe(1);

    const closed = api.close(10_000);
    open.send("host: vault\r\n\r\n");

    expect(await open.response()).toMatchObject({
      status: 503,
      headers: { ...API_HEADERS, connection: "close" },
      body: '{"errors":["the server is shutting down"]}\n',
    });
    answer(DONE);
    await closed;
  });

  test("ends everything when the time of grace is over", async () => {
    const { api, connect, requests } = await start(held());
    const client = await connect();
    client.send(message("GET /v1/a"));
    await expect.poll(() => requests.length).toBe(1);

    await api.close(20);

    expect(await client.response()).toBeNull();
  });
});
