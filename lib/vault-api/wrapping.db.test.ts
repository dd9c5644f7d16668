import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorld, type World } from "@/lib/testing/world";
import { createDispatch } from "@/lib/vault-api/dispatch";
import type { ApiResponse, Dispatch } from "@/lib/vault-api/exchange";

const INVALID = "wrapping token is not valid or does not exist";

let world: World;
let dispatch: Dispatch;

beforeAll(async () => {
  world = await newWorld();
  dispatch = createDispatch({
    ports: world.ports,
    bare: () => Promise.resolve(null),
    clientAddress: ({ peer }) => peer.address,
  });
});

afterAll(() => world.close());

function put(path: string, body: unknown, headers: Record<string, string>): Promise<ApiResponse> {
  return dispatch({
    method: "PUT",
    target: `/v1/${path}`,
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(JSON.stringify(body)),
    peer: { address: "127.0.0.1", port: 40_000 },
  });
}

async function wrap(body: unknown): Promise<string> {
  const response = await put("sys/wrapping/wrap", body, {
    "x-vault-token": "root",
    "x-vault-wrap-ttl": "60",
  });
  const { wrap_info } = JSON.parse(String(response.body)) as { wrap_info: { token: string } };
  return wrap_info.token;
}

const unwrapAs = (token: string) => put("sys/wrapping/unwrap", null, { "x-vault-token": token });
const unwrapAsRoot = (token: string) =>
  put("sys/wrapping/unwrap", { token }, { "x-vault-token": "root" });

async function countOf(table: "cubbyhole"): Promise<number> {
  const { rows } = await world.pool.query<{ count: number }>(
    `select count(*)::int as count from ${table}`,
  );
  return rows[0]?.count ?? -1;
}

test("C240 a wrapped answer opens once, and nothing of it is left", async () => {
  const token = await wrap({ a: 1 });

  const first = await unwrapAs(token);
  const second = await unwrapAs(token);

  expect(JSON.parse(String(first.body))).toMatchObject({ data: { a: 1 }, warnings: null });
  expect(second).toMatchObject({ status: 400 });
  expect(String(second.body)).toContain(INVALID);
  expect(await countOf("cubbyhole")).toBe(0);
});

test.each([
  ["as the request's own token", unwrapAs],
  ["as a field of another's request", unwrapAsRoot],
])("of ten who open it at once, %s, one gets the answer", async (_title, open) => {
  const token = await wrap({ a: 1 });

  const responses = await Promise.all(Array.from({ length: 10 }, () => open(token)));

  expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(await countOf("cubbyhole")).toBe(0);
});

test("C244 a rewrapped answer opens with the new token alone", async () => {
  const token = await wrap({ a: 1 });

  const response = await put("sys/wrapping/rewrap", { token }, { "x-vault-token": "root" });

  const { wrap_info } = JSON.parse(String(response.body)) as {
    wrap_info: { token: string; creation_path: string; ttl: number };
  };
  expect(wrap_info).toMatchObject({ creation_path: "sys/wrapping/wrap", ttl: 60 });
  expect(await unwrapAs(token)).toMatchObject({ status: 400 });
  expect(await unwrapAs(wrap_info.token)).toMatchObject({ status: 200 });
});

test("C247 an expired wrapping token does not open, before anybody cleaned up", async () => {
  const token = await wrap({ a: 1 });

  await world.pool.query(`update token set expires_at = now() where num_uses = 1`);

  expect(String((await unwrapAs(token)).body)).toContain(INVALID);
  expect(String((await unwrapAsRoot(token)).body)).toContain(INVALID);
});

test("C016 no token, an unknown token and one that wraps nothing", async () => {
  const none = await put("sys/wrapping/unwrap", null, {});
  expect(none).toMatchObject({ status: 403 });
  expect(String(none.body)).toContain("error validating wrapping token: token is empty");

  for (const token of ["hvs.doesnotexist000000000000", "root"]) {
    const response = await unwrapAs(token);
    expect(response).toMatchObject({ status: 400 });
    expect(String(response.body)).toContain(INVALID);
  }
});

test("a copy of the database with all its keys does not open a wrapped answer", async () => {
  await wrap({ secret: "very-secret-value" });

  const { rows } = await world.pool.query<{ hmac: string; path: string; sealed: Buffer }>(
    `select encode(token_hmac, 'hex') as hmac, path, sealed from cubbyhole`,
  );
  const opened = rows.map(({ hmac, path, sealed }) =>
    world.ports.keys.open("cubbyhole", `${hmac}/${path}`, sealed).reveal(),
  );

  expect(opened.length).toBeGreaterThan(0);
  for (const text of opened) {
    expect(Buffer.from(text, "base64").toString("latin1")).not.toContain("very-secret-value");
  }
});
