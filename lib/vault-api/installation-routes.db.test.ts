import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isJsonObject } from "@/lib/engine/json";
import { dataOf, errorOf, newWorld, type World } from "@/lib/testing/world";

let world: World;

beforeAll(async () => {
  world = await newWorld();
});
afterAll(() => world.close());

describe("what the installation tells of itself", () => {
  test("C234a needs a token", async () => {
    const paths = ["sys/ha-status", "sys/host-info", "sys/key-status", "sys/version-history/"];

    const answers = await Promise.all(paths.map((path) => world.ask(`GET ${path}`, undefined, "")));

    expect(answers.map((said) => [said.status, errorOf(said)])).toEqual(
      paths.map(() => [403, "permission denied"]),
    );
  });

  test("names the versions that ran on this database, and which came before", async () => {
    await world.pool.query(
      `insert into version_history (version, installed_at) values ('next', now() + interval '1 s')`,
    );

    const said = await world.ask("LIST sys/version-history");

    expect(dataOf(said)).toMatchObject({
      keys: ["test", "next"],
      key_info: { test: { previous_version: null }, next: { previous_version: "test" } },
    });
  });

  test("shows every instance that gave a sign of life, itself without an echo", async () => {
    await world.secondInstance();
    await world.pool.query(
      `insert into instance (id, seen_at) values (gen_random_uuid(), now() - interval '1 hour')`,
    );

    const nodes = dataOf(await world.ask("GET sys/ha-status"))["nodes"];

    expect(nodes).toHaveLength(2);
    expect(nodes).toMatchObject([
      { active_node: true, last_echo: null },
      { active_node: true, last_echo: expect.any(String) as string },
    ]);
  });

  test("does nothing when told to step down", async () => {
    expect((await world.ask("PUT sys/step-down")).status).toBe(204);
    expect((await world.ask("GET sys/mounts")).status).toBe(200);
  });

  test("tells of the machine and of the settings, without secrets", async () => {
    const host = dataOf(await world.ask("GET sys/host-info"));
    const state = dataOf(await world.ask("GET sys/config/state/sanitized"));

    expect(isJsonObject(host["memory"])).toBe(true);
    expect(state).toMatchObject({ storage: { type: "postgresql" } });
    expect(JSON.stringify(state)).not.toContain("postgresql://");
  });
});

describe("what is not offered", () => {
  test("C253 is told in the words that clients know", async () => {
    const answers = await Promise.all(
      ["GET sys/license/status", "LIST sys/namespaces", "GET sys/internal/counters/requests"].map(
        (request) => world.ask(request),
      ),
    );

    expect(answers.map((said) => [said.status, errorOf(said)])).toEqual([
      [404, "enterprise-only feature"],
      [404, "enterprise-only feature"],
      [404, "The functionality has been removed on this path"],
    ]);
  });

  test("replication is off, for all to see", async () => {
    const said = await world.ask("GET sys/replication/status", undefined, "");

    expect(said).toMatchObject({ status: 200, body: { data: { mode: "disabled" } } });
  });

  test("the catalog of plugins is what can be enabled, and cannot be changed", async () => {
    const catalog = dataOf(await world.ask("GET sys/plugins/catalog"));
    const one = await world.ask("GET sys/plugins/catalog/auth/aws");
    const none = await world.ask("GET sys/plugins/catalog/auth/nothing");
    const write = await world.ask("PUT sys/plugins/catalog/auth/aws", { sha256: "" });

    expect(catalog["auth"]).toEqual(expect.arrayContaining(["approle", "aws", "userpass"]));
    expect(dataOf(one)).toMatchObject({ name: "aws", builtin: true });
    expect(none.status).toBe(404);
    expect(write.status).toBe(405);
  });
});

describe("the OpenAPI document", () => {
  test("shows the mounts that the caller's policies reach, and no others", async () => {
    await world.ask("POST sys/mounts/of-others", { type: "aws" });
    await world.ask("PUT sys/policies/acl/reader", {
      policy: 'path "sys/internal/specs/openapi" { capabilities = ["read"] }',
    });
    const { token } = await world.newToken({ policies: ["reader"] });

    const all = await world.ask("GET sys/internal/specs/openapi");
    const some = await world.ask("GET sys/internal/specs/openapi", undefined, token);

    expect(all.body?.["paths"]).toHaveProperty(["/of-others/creds/{name}"]);
    expect(JSON.stringify(some.body)).not.toContain("of-others");
    expect(some.body?.["paths"]).toHaveProperty(["/sys/mounts"]);
  });

  test("gives each operation an id of its own", async () => {
    const said = await world.ask("GET sys/internal/specs/openapi");

    const items = Object.values(said.body?.["paths"] ?? {}) as Record<string, unknown>[];
    const ids = items
      .flatMap((item) => Object.values(item))
      .map((operation) => (isJsonObject(operation) ? operation["operationId"] : undefined))
      .filter((id) => id !== undefined);
    expect(ids.length).toBeGreaterThan(100);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
