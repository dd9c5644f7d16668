import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorld, type World } from "@/lib/testing/world";
import { createDispatch } from "@/lib/vault-api/dispatch";

let world: World;

beforeAll(async () => {
  world = await newWorld();
});
afterAll(() => world.close());

/** The answer as text, since it is no envelope. */
async function get(target: string, headers: Record<string, string> = {}) {
  const dispatch = createDispatch({
    ports: world.ports,
    bare: () => Promise.resolve(null),
    clientAddress: ({ peer }) => peer.address,
  });
  const {
    status,
    body,
    headers: told,
  } = await dispatch({
    method: "GET",
    target: `/v1/${target}`,
    headers: { "x-vault-token": "root", ...headers },
    body: Buffer.alloc(0),
    peer: { address: "192.0.2.7", port: 40_001 },
  });
  return { status, type: told["content-type"], text: String(body) };
}

/** Lines of one metric. */
function linesOf(text: string, name: string): string[] {
  return text.split("\n").filter((line) => new RegExp(`^${name}[{ ]`).test(line));
}

describe("sys/metrics", () => {
  test("C248 speaks Prometheus when asked to, JSON when not, and nothing else", async () => {
    const prometheus = await get("sys/metrics?format=prometheus");
    const unknown = await get("sys/metrics?format=nope");
    const json = await get("sys/metrics");

    expect(prometheus).toMatchObject({
      status: 200,
      type: "text/plain; version=0.0.4; charset=utf-8",
    });
    expect(prometheus.text).toContain("vault_expire_num_leases");
    expect(unknown).toEqual({
      status: 400,
      type: "text/plain; charset=utf-8",
      text: 'metric response format "nope" unknown',
    });
    expect(Object.keys(JSON.parse(json.text) as object)).toEqual([
      "Timestamp",
      "Gauges",
      "Points",
      "Counters",
      "Samples",
    ]);
  });

  test("takes Prometheus at its Accept header, and its bearer token", async () => {
    const said = await get("sys/metrics", {
      "x-vault-token": "",
      authorization: "Bearer root",
      accept: "application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1",
    });

    expect(said).toMatchObject({ status: 200, type: expect.stringContaining("0.0.4") as string });
  });

  test("needs a token that may read it", async () => {
    const { token } = await world.newToken({ policies: ["default"] });

    expect((await get("sys/metrics", { "x-vault-token": "" })).status).toBe(403);
    expect((await get("sys/metrics", { "x-vault-token": token })).status).toBe(403);
  });

  test("counts tokens by policy, method and time to live", async () => {
    await world.newToken({ policies: ["counted"], ttl: "5m" });
    await world.newToken({ policies: ["counted"], ttl: "10m" });

    const { text } = await get("sys/metrics?format=prometheus");

    expect(linesOf(text, "vault_token_count_by_policy")).toContainEqual(
      expect.stringMatching(/policy="counted"} 2$/),
    );
    expect(linesOf(text, "vault_token_count_by_ttl")).toContainEqual(
      expect.stringMatching(/creation_ttl="10m"} 2$/),
    );
    expect(linesOf(text, "vault_token_creation")).toContainEqual(
      expect.stringMatching(/mount_point="auth\/token\/",creation_ttl="10m",.*} 2$/),
    );
  });

  test("tells no series twice, though what issued the tokens is gone", async () => {
    for (const path of ["first", "second"]) {
      await world.ask(`POST sys/auth/${path}`, { type: "userpass" });
      await world.ask(`POST auth/${path}/users/u`, { password: "correct horse" });
      await world.ask(`POST auth/${path}/login/u`, { password: "correct horse" }, "");
      await world.ask(`DELETE sys/auth/${path}`);
    }

    const { text } = await get("sys/metrics?format=prometheus");

    const series = text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.slice(0, line.lastIndexOf(" ")));
    expect(new Set(series).size).toBe(series.length);
  });

  test("measures requests by their operation and mount", async () => {
    await world.ask("LIST cubbyhole/");

    const { text } = await get("sys/metrics?format=prometheus");

    expect(linesOf(text, "vault_route_list_cubbyhole__count")).toHaveLength(1);
  });
});

test("a request in flight is listed with who sent it", async () => {
  const { status, text } = await get("sys/in-flight-req");

  expect(status).toBe(200);
  expect(Object.values(JSON.parse(text) as object)).toMatchObject([
    {
      client_remote_address: "192.0.2.7:40001",
      request_path: "/v1/sys/in-flight-req",
      request_method: "GET",
    },
  ]);
});
