import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dataOf, errorOf, newWorld, type World } from "@/lib/testing/world";

const ORIGIN = { origin: "https://a.example" };

let world: World;

beforeAll(async () => {
  world = await newWorld();
});
afterAll(() => world.close());
beforeEach(() => world.ask("DELETE sys/config/cors"));

function allow(origins: unknown, headers?: unknown) {
  return world.ask("PUT sys/config/cors", { allowed_origins: origins, allowed_headers: headers });
}

describe("CORS", () => {
  test("C253a is off until an origin is allowed", async () => {
    const before = await world.send("GET sys/mounts", { headers: ORIGIN });
    const written = await allow("https://a.example", "X-Custom");
    const read = await world.ask("GET sys/config/cors");
    await world.ask("DELETE sys/config/cors");
    const after = await world.ask("GET sys/config/cors");

    expect(before.status).toBe(200);
    expect(before.headers).not.toHaveProperty("access-control-allow-origin");
    expect(written.status).toBe(204);
    expect(dataOf(read)).toMatchObject({ enabled: true, allowed_origins: ["https://a.example"] });
    expect(dataOf(read)["allowed_headers"]).toEqual(expect.arrayContaining(["X-Custom"]));
    expect(dataOf(after)).toEqual({ enabled: false });
  });

  test("C041b its settings stand at the top of the answer too", async () => {
    const said = await world.ask("GET sys/config/cors");

    expect(said.body).toMatchObject({ enabled: false, data: { enabled: false } });
  });

  test("lets an allowed origin read any answer, refusals too", async () => {
    await allow(["https://a.example"]);

    const answers = [
      await world.send("GET sys/mounts", { headers: ORIGIN }),
      await world.send("GET sys/mounts", { headers: ORIGIN, token: "wrong" }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 403]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        "access-control-allow-origin": "https://a.example",
        vary: "Origin",
      });
    }
  });

  test("keeps any other origin out, whatever its token", async () => {
    await allow(["https://a.example"]);

    const other = await world.send("PUT sys/policies/acl/of-b", {
      headers: { origin: "https://b.example" },
      body: { policy: 'path "x" { capabilities = ["read"] }' },
    });

    expect([other.status, errorOf(other)]).toEqual([403, "origin not allowed"]);
    expect(await world.countRows("policy", "name = 'of-b'")).toBe(0);
  });

  test("does not concern requests without an origin", async () => {
    await allow(["https://a.example"]);

    const plain = await world.send("GET sys/mounts");

    expect(plain.status).toBe(200);
    expect(plain.headers).not.toHaveProperty("access-control-allow-origin");
  });

  test("answers a pre-flight request without a token", async () => {
    await allow(["*"], ["X-Custom"]);

    const preflight = await world.send("OPTIONS sys/mounts", {
      token: "",
      headers: { ...ORIGIN, "access-control-request-method": "PUT" },
    });
    const unknown = await world.send("OPTIONS sys/mounts", {
      token: "",
      headers: { ...ORIGIN, "access-control-request-method": "TRACE" },
    });

    expect(preflight).toMatchObject({
      status: 200,
      body: null,
      headers: {
        "access-control-allow-origin": "https://a.example",
        "access-control-allow-methods": "DELETE,GET,OPTIONS,POST,PUT,PATCH,LIST",
        "access-control-max-age": "300",
      },
    });
    expect(preflight.headers["access-control-allow-headers"]).toContain("X-Vault-Token,X-Custom");
    expect([unknown.status, unknown.body]).toEqual([405, null]);
  });

  test.each([
    ["no origin", []],
    ["the wildcard beside others", ["*", "https://a.example"]],
  ])("is not configured with %s", async (_what, origins) => {
    expect((await allow(origins)).status).toBe(400);
  });

  test("a name that is no header's would break the answers' own headers", async () => {
    expect((await allow(["*"], ["a\r\nset-cookie: b"])).status).toBe(400);
  });

  test("takes sudo to change", async () => {
    await world.ask("PUT sys/policies/acl/plain", {
      policy: 'path "sys/config/cors" { capabilities = ["read", "update"] }',
    });
    const { token } = await world.newToken({ policies: ["plain"] });

    const said = await world.ask("PUT sys/config/cors", { allowed_origins: "*" }, token);

    expect(said.status).toBe(403);
  });
});
