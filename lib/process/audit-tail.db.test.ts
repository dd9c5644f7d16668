import { afterAll, beforeAll, expect, test } from "vitest";
import { openStream, type OpenStream, type StreamEvent } from "@/lib/testing/event-stream";
import { startTestLeasehold, type TestLeasehold } from "@/lib/testing/leasehold";

const LOGINS = 20;
/** Ten times what is aimed at: the machine may be busy. */
const SEEN_MS_MAX = 10_000;

let first: TestLeasehold;
let second: Awaited<ReturnType<TestLeasehold["another"]>>;
const streams: OpenStream[] = [];

beforeAll(async () => {
  first = await startTestLeasehold();
  second = await first.another();
  await call("POST sys/auth/userpass", { type: "userpass" });
  await call("POST auth/userpass/users/ann", { password: "correct horse", policies: "default" });
});

afterAll(async () => {
  for (const stream of streams) stream.close();
  await second.stop();
  await first.stop();
});

async function call(
  request: string,
  body: unknown,
  { url = first.url, token = first.rootToken } = {},
): Promise<Record<string, unknown>> {
  const [method = "", path = ""] = request.split(" ");
  const response = await fetch(`${url}/v1/${path}`, {
    method,
    headers: { "x-vault-token": token },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  expect(response.status, text).toBeLessThan(300);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

async function tail(query = "", { url = first.url, token = first.rootToken, id = "" } = {}) {
  const stream = await openStream(`${url}/v1/sys/leasehold/audit/tail${query}`, {
    "x-vault-token": token,
    ...(id !== "" && { "last-event-id": id }),
  });
  streams.push(stream);
  if (stream.status === 200) await stream.until(({ name }) => name === "open");
  return stream;
}

async function tokenWith(policy: string): Promise<{ token: string; accessor: string }> {
  await call("PUT sys/policies/acl/watcher", { policy });
  const { auth } = await call("POST auth/token/create", { policies: ["watcher"] });
  const { client_token, accessor } = auth as Record<string, string>;
  return { token: client_token ?? "", accessor: accessor ?? "" };
}

const entriesOf = (stream: OpenStream): StreamEvent[] =>
  stream.events.filter(({ name }) => name === "entry");

const isOf = (path: string) => (event: StreamEvent) => event.data["path"] === path;

test("a login is seen where it is watched, whichever instance let it in", async () => {
  const stream = await tail("?path=auth/userpass/login/");
  expect(stream.headers.get("content-type")).toContain("text/event-stream");
  expect(stream.headers.get("cache-control")).toBe("no-store, no-transform");

  const delays: number[] = [];
  for (let turn = 0; turn < LOGINS; turn += 1) {
    const url = turn % 2 === 0 ? first.url : second.url;
    await call("POST auth/userpass/login/ann", { password: "correct horse" }, { url });
    const answeredAt = performance.now();
    const seen = await stream.until(({ data, name }) => name === "entry" && data["n"] === turn + 1);
    delays.push(seen.at - answeredAt);
  }

  const sorted = delays.toSorted((one, other) => one - other);
  const [p50 = 0, p95 = 0] = [sorted[LOGINS / 2], sorted[Math.ceil(LOGINS * 0.95) - 1]];
  console.info(`login answered → event read: p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`);
  expect(p95).toBeLessThan(SEEN_MS_MAX);
  expect(entriesOf(stream).map(({ data }) => data["path"])).toEqual(
    Array.from({ length: LOGINS }, () => "auth/userpass/login/ann"),
  );
  expect(new Set(entriesOf(stream).map(({ data }) => data["writer"])).size).toBeGreaterThan(1);
});

test("opening a tail is one entry of the log, and what it shows is none", async () => {
  const stream = await tail("?path=sys/leasehold/audit/tail");
  const seen = await tail("?path=sys/leasehold/audit/tail&recent=50");
  await call("GET sys/leasehold/health", undefined);
  await seen.until(({ name }) => name === "beat");

  const opened = entriesOf(seen).map(({ data }) => data["outcome"]);
  const { data } = await call("GET sys/leasehold/audit?path=sys/leasehold/audit/tail", undefined);
  expect((data as { entries: unknown[] }).entries).toHaveLength(opened.length);
  expect(entriesOf(stream).length).toBeLessThanOrEqual(2);
  expect(opened.length).toBeGreaterThanOrEqual(2);
});

test("a reader who comes back goes on behind what it saw, on any instance", async () => {
  const stream = await tail("?path=auth/userpass/login/");
  await call("POST auth/userpass/login/ann", { password: "correct horse" });
  const seen = await stream.until(isOf("auth/userpass/login/ann"));
  stream.close();
  await call("POST auth/userpass/login/ann", { password: "correct horse" });
  await call("POST auth/userpass/login/ann", { password: "correct horse" });

  const resumed = await tail("?path=auth/userpass/login/", { url: second.url, id: seen.id });

  const seqs = (events: StreamEvent[]) =>
    events.map(({ data }) => `${String(data["writer"])} ${String(data["seq"])}`);
  const missed = seqs(entriesOf(resumed)).filter((one) => one !== seqs([seen])[0]);
  expect(missed.length).toBeGreaterThanOrEqual(2);
  expect(resumed.events.filter(({ name }) => name === "gap")).toEqual([]);
});

test("only whom a policy lets read it may follow, and only as long as it does", async () => {
  const stranger = await tokenWith('path "sys/leasehold/audit" { capabilities = ["read"] }');
  expect((await tail("", stranger)).status).toBe(403);

  const watcher = await tokenWith('path "sys/leasehold/audit/tail" { capabilities = ["read"] }');
  const stream = await tail("", watcher);
  await call("POST auth/token/revoke-accessor", { accessor: watcher.accessor });

  const end = await stream.until(({ name }) => name === "end");
  expect(end.data).toEqual({ reason: "refused" });
  await stream.ended;
});

test("a token opens only so many", async () => {
  const watcher = await tokenWith('path "sys/leasehold/audit/tail" { capabilities = ["read"] }');
  const open = await Promise.all(Array.from({ length: 8 }, () => tail("?path=nothing/", watcher)));
  expect(open.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));

  expect((await tail("", watcher)).status).toBe(429);

  for (const stream of open) stream.close();
});

test("a server that stops ends its tails first", async () => {
  const third = await first.another();
  const stream = await tail("", { url: third.url });
  const began = performance.now();

  await third.stop();

  expect(performance.now() - began).toBeLessThan(5_000);
  expect(stream.events.at(-1)).toMatchObject({ name: "end", data: { reason: "stopping" } });
});
