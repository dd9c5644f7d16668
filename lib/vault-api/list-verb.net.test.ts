import { afterEach, describe, expect, test } from "vitest";
import { type ApiServer, echo, startApi } from "@/lib/testing/api-server";
import type { RawClient } from "@/lib/testing/raw-http";
import type { ApiResponse } from "@/lib/vault-api/exchange";

const opened: ApiServer[] = [];

async function start(...setup: Parameters<typeof startApi>): Promise<ApiServer> {
  const started = await startApi(...setup);
  opened.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.stop()));
});

function head(method: string, path: string, ...headers: string[]): string {
  return [`${method} /v1/${path} HTTP/1.1`, "host: vault", ...headers, "", ""].join("\r\n");
}

function withBody(method: string, path: string, body: string): string {
  return `${head(method, path, `content-length: ${body.length}`)}${body}`;
}

/** What the API was asked, as `VERB path body`. */
async function asked(client: RawClient): Promise<string> {
  const response = await client.response();
  if (response === null) return "closed";
  if (response.status !== 200) return String(response.status);
  const { method, target, body } = JSON.parse(response.body) as Record<string, string>;
  return `${method} ${target?.replace("/v1/", "")} ${body}`.trim();
}

async function askedTimes(client: RawClient, times: number): Promise<string[]> {
  const all: string[] = [];
  for (let n = 0; n < times; n += 1) all.push(await asked(client));
  return all;
}

describe.each([
  ["plain", false],
  ["TLS", true],
])("over %s", (_name, secure) => {
  test("LIST and other verbs share a kept-alive connection", async () => {
    const { connect, sendApart } = await start({ secure });
    const client = await connect();

    const answers: string[] = [];
    for (const message of [
      head("LIST", "a"),
      head("GET", "b"),
      head("LIST", "c"),
      head("LIST", "d?after=x"),
      withBody("PUT", "e", "LIST /v1/x"),
      head("LIST", "f"),
      head("LINK", "g"),
      head("DELETE", "h"),
    ]) {
      await sendApart(client, [message]);
      answers.push(await asked(client));
    }

    expect(answers).toEqual([
      "LIST a",
      "GET b",
      "LIST c",
      "LIST d?after=x",
      "PUT e LIST /v1/x",
      "LIST f",
      "LINK g",
      "DELETE h",
    ]);
  });

  test("LIST arrives whole wherever packets cut it, as first request and as a later one", async () => {
    const { connect, sendApart } = await start({ secure });
    const line = head("LIST", "a");

    for (let cut = 1; cut < 12; cut += 1) {
      const client = await connect();
      const parts = [line.slice(0, cut), line.slice(cut)];

      await sendApart(client, parts);
      const first = await asked(client);
      await sendApart(client, parts);
      const second = await asked(client);
      await sendApart(client, [head("GET", "b")]);
      const third = await asked(client);

      expect([cut, first, second, third]).toEqual([cut, "LIST a", "LIST a", "GET b"]);
      client.close();
    }
  });

  test("LIST arrives whole letter by letter", async () => {
    const { connect, sendApart } = await start({ secure });
    const client = await connect();

    await sendApart(
      client,
      (head("LIST", "a") + head("LIST", "b") + head("GET", "c")).match(/./gs) ?? [],
    );

    expect(await askedTimes(client, 3)).toEqual(["LIST a", "LIST b", "GET c"]);
  });

  test("pipelined requests are all served, in their order, whoever is slow", async () => {
    let slow: (answer: ApiResponse) => void = () => undefined;
    const { connect, sendApart, requests } = await start({
      secure,
      dispatch: (request) =>
        request.target === "/v1/slow"
          ? new Promise((resolve) => {
              slow = resolve;
            })
          : Promise.resolve(echo(request)),
    });
    const client = await connect();

    await sendApart(client, [
      head("GET", "slow") +
        head("LIST", "a") +
        head("LIST", "b") +
        withBody("POST", "c", "xx") +
        head("LINK", "d") +
        head("LIST", "e"),
    ]);
    await expect.poll(() => requests.length).toBe(1);
    slow({ status: 200, headers: {}, body: '{"method":"SLOW","target":"slow","body":""}' });

    expect(await askedTimes(client, 6)).toEqual([
      "SLOW slow",
      "LIST a",
      "LIST b",
      "POST c xx",
      "LINK d",
      "LIST e",
    ]);
  });

  test.each([
    ["on a fresh connection", false],
    ["on one that has seen LIST", true],
  ])("a body is never touched, %s", async (_where, before) => {
    const { connect, sendApart } = await start({ secure });
    const client = await connect();
    if (before) {
      await sendApart(client, [head("LIST", "a")]);
      expect(await asked(client)).toBe("LIST a");
    }

    const body = "LIST /v1/x HTTP/1.1\r\nhost: x\r\n\r\n";
    await sendApart(client, [head("POST", "b", `content-length: ${body.length}`), body]);
    expect(await asked(client)).toBe(`POST b ${body}`.trim());

    const chunk = `${body.length.toString(16)}\r\n${body}\r\n`;
    await sendApart(client, [
      head("POST", "c", "transfer-encoding: chunked"),
      `${body.length.toString(16)}\r\n`,
      body,
      "\r\n",
      chunk,
      "0\r\n\r\n",
    ]);
    expect(await asked(client)).toBe(`POST c ${body}${body}`.trim());

    await sendApart(client, [`${withBody("POST", "d", "LIST ")}${head("LIST", "e")}`]);
    expect(await askedTimes(client, 2)).toEqual(["POST d LIST", "LIST e"]);
  });

  test("LIST may have a body, with what follows behind it", async () => {
    const { connect, sendApart } = await start({ secure });
    const client = await connect();

    await sendApart(client, [
      withBody("LIST", "a", "LIST /v1/x HTTP/1.1\r\n\r\n") +
        head("GET", "b") +
        `${head("LIST", "c", "transfer-encoding: chunked")}5\r\nLIST \r\n0\r\n\r\n` +
        head("GET", "d"),
    ]);

    expect(await askedTimes(client, 4)).toEqual([
      "LIST a LIST /v1/x HTTP/1.1",
      "GET b",
      "LIST c LIST",
      "GET d",
    ]);
  });
});

test("a client's own LINK stays LINK, next to LIST or not", async () => {
  const { connect, sendApart } = await start();
  const client = await connect();

  await sendApart(client, [head("LINK", "a") + head("LIST", "b") + head("LINK", "c")]);

  expect(await askedTimes(client, 3)).toEqual(["LINK a", "LIST b", "LINK c"]);
});

test("a LIST that is refused for its expectation does not rename the request behind it", async () => {
  const { connect, sendApart } = await start();
  const client = await connect();

  await sendApart(client, [head("LIST", "a", "expect: miracles")]);

  expect(await asked(client)).toBe("417");
  expect(await asked(client)).toBe("closed");
});

test.each(["LISTEN", "LIS", "LISP", "UNLIST", "LLIST", "list", "XLIST", "FOO"])(
  "C039 %s is no verb: 405, and closed",
  async (verb) => {
    const { connect, requests } = await start();
    for (const cut of [verb.length + 10, 3]) {
      const client = await connect();
      const line = head(verb, "a");

      client.send(line.slice(0, cut));
      client.send(line.slice(cut));
      const response = await client.response();
      await client.closed;

      expect([verb, response?.status, response?.body]).toEqual([
        verb,
        verb === "list" ? 400 : 405,
        verb === "list" ? '{"errors":["malformed HTTP request"]}\n' : '{"errors":[]}\n',
      ]);
    }
    expect(requests).toEqual([]);
  },
);

test("behind a body that ends in UN a pipelined LIST is refused, never misread", async () => {
  const { connect, requests } = await start();
  const client = await connect();

  client.send(withBody("POST", "a", "abUN") + head("LIST", "b"));
  await client.closed;

  expect(requests.map(({ method }) => method)).not.toContain("LIST");
});

test("time limits of the parser that met LIST do not end the connection", async () => {
  let answer: (answer: ApiResponse) => void = () => undefined;
  const { server, connect, sendApart, requests } = await start({
    dispatch: (request) =>
      request.target === "/v1/slow"
        ? new Promise((resolve) => {
            answer = resolve;
          })
        : Promise.resolve(echo(request)),
  });
  server.headersTimeout = 60;
  const [list, queued, slowloris] = await Promise.all([connect(), connect(), connect()]);

  await sendApart(list, [head("LIST", "slow")]);
  await expect.poll(() => requests.length).toBe(1);
  const first = answer;
  await sendApart(queued, [head("GET", "slow") + head("LIST", "b")]);
  await expect.poll(() => requests.length).toBe(2);
  slowloris.send("GET /v1/x HTTP/1.1\r\n");
  // Its limit is over, so that of the others is too, which began before.
  expect((await slowloris.response())?.status).toBe(408);

  const done: ApiResponse = {
    status: 200,
    headers: {},
    body: '{"method":"X","target":"x","body":""}',
  };
  first(done);
  answer(done);
  expect(await asked(list)).toBe("X x");
  expect(await askedTimes(queued, 2)).toEqual(["X x", "LIST b"]);
  await sendApart(list, [head("LIST", "c")]);
  expect(await asked(list)).toBe("LIST c");
});

test("a LIST whose headers never end is timed out like any other", async () => {
  const { server, connect } = await start();
  server.headersTimeout = 60;
  const client = await connect();

  client.send("LIST /v1/a HTTP/1.1\r\nhost: x\r\n");

  expect((await client.response())?.status).toBe(408);
  await client.closed;
});

test("a connection that dies while LIST is taken over harms nobody", async () => {
  const { connect, sendApart, requests } = await start({
    dispatch: () => new Promise(() => undefined),
  });
  const client = await connect();
  await sendApart(client, [head("GET", "slow") + head("LIST", "a")]);
  await expect.poll(() => requests.length).toBe(1);

  client.socket.resetAndDestroy();
  const other = await connect();
  await sendApart(other, [head("LIST", "b")]);

  await expect.poll(() => requests.length).toBe(2);
  expect(requests[1]?.method).toBe("LIST");
});

test("a peer that ends its half after LIST gets its answer", async () => {
  const { connect } = await start();
  const client = await connect();

  client.socket.end(head("LIST", "a", "connection: close"));

  expect(await asked(client)).toBe("LIST a");
  await client.closed;
});

test("close ends connections that were taken over, after what runs on them", async () => {
  let answer: (answer: ApiResponse) => void = () => undefined;
  const { api, connect, sendApart, requests } = await start({
    dispatch: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  const client = await connect();
  await sendApart(client, [head("LIST", "a")]);
  await expect.poll(() => requests.length).toBe(1);

  const closed = api.close(10_000);
  answer({ status: 204, headers: {}, body: null });

  expect((await client.response())?.headers).toMatchObject({ connection: "close" });
  await closed;
  await client.closed;
});
