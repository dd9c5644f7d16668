import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { logRefusals } from "@/lib/process/rate-limits";
import { dataOf, errorOf, newWorld, ROOT_TOKEN, type World } from "@/lib/testing/world";
import { createDispatch } from "@/lib/vault-api/dispatch";
import { RateLimiter, type RequestHead } from "@/lib/vault-api/rate-limiter";

let world: World;
let limiter: RateLimiter;
let nowMs = 0;

beforeAll(async () => {
  world = await newWorld();
  await world.ask("POST sys/mounts/aws", { type: "aws" });
  await world.ask("POST sys/auth/approle", { type: "approle" });
});
afterAll(() => world.close());
beforeEach(() => {
  nowMs = 0;
  limiter = new RateLimiter({
    metrics: world.ports.metrics,
    clientAddress: ({ peer }) => peer.address,
    now: () => nowMs,
  });
});
afterEach(async () => {
  const { keys } = dataOf(await world.ask("LIST sys/quotas/rate-limit"));
  for (const name of Array.isArray(keys) ? keys : []) {
    await world.ask(`DELETE sys/quotas/rate-limit/${String(name)}`);
  }
});

function writeRule(name: string, rule: Record<string, unknown>) {
  return world.ask(`POST sys/quotas/rate-limit/${name}`, rule);
}

function head(request: string, address = "192.0.2.1"): RequestHead {
  const [method = "", path = ""] = request.split(" ");
  return { method, target: `/v1/${path}`, headers: {}, peer: { address, port: 1 } };
}

async function follow(): Promise<void> {
  await limiter.follow(await world.ports.extras.snapshot());
}

describe("rules", () => {
  test("C249 are read back with their defaults", async () => {
    expect((await writeRule("q", { rate: 1, path: "aws/" })).status).toBe(204);

    expect(dataOf(await world.ask("GET sys/quotas/rate-limit/q"))).toEqual({
      block_interval: 0,
      group_by: "ip",
      inheritable: false,
      interval: 1,
      name: "q",
      path: "aws/",
      rate: 1,
      role: "",
      secondary_rate: 0,
      type: "rate-limit",
    });
  });

  test.each([
    ["no rate", {}, "'rate' is invalid"],
    ["a rate of zero", { rate: 0 }, "'rate' is invalid"],
    ["a negative rate", { rate: -1 }, "'rate' is invalid"],
    ["no such mount", { rate: 5, path: "none" }, 'invalid mount path "none/"'],
    [
      "a role without a mount that has some",
      { rate: 5, path: "aws/", role: "r" },
      'Mount path "aws/" is not a valid auth method and therefore unsuitable for use with role-based quotas',
    ],
    [
      "a role and a path",
      { rate: 5, path: "auth/approle/login", role: "r" },
      "Quotas cannot contain both a path suffix and a role. If a role is provided, path must be a valid mount with a concept of roles",
    ],
  ])("C250 with %s are refused", async (_what, rule, text) => {
    const said = await writeRule("bad", rule);

    expect([said.status, errorOf(said)]).toEqual([400, text]);
  });

  test("C250 that are not there read as nothing, and are deleted all the same", async () => {
    const read = await world.ask("GET sys/quotas/rate-limit/none");
    const list = await world.ask("LIST sys/quotas/rate-limit");
    const deleted = await world.ask("DELETE sys/quotas/rate-limit/none");

    expect([read.status, list.status, deleted.status]).toEqual([404, 404, 204]);
  });

  test("of one kind for one place are one", async () => {
    await writeRule("first", { rate: 1, path: "aws/creds/app" });

    const second = await writeRule("second", { rate: 2, path: "aws/creds/app" });
    const again = await writeRule("first", { rate: 2, path: "aws/creds/app" });

    expect(errorOf(second)).toBe(
      'quota rule with similar properties exists under the name "first"',
    );
    expect(again.status).toBe(204);
  });

  test("go with their mount", async () => {
    await world.ask("POST sys/mounts/passing", { type: "aws" });
    await writeRule("passing", { rate: 1, path: "passing/" });
    await world.ask("DELETE sys/mounts/passing");

    expect((await world.ask("GET sys/quotas/rate-limit/passing")).status).toBe(404);
  });
});

describe("what holds for all rules", () => {
  test("C250 has the defaults of the reference", async () => {
    expect(dataOf(await world.ask("GET sys/quotas/config"))).toMatchObject({
      absolute_rate_limit_exempt_paths: null,
      enable_rate_limit_audit_logging: false,
      enable_rate_limit_response_headers: false,
    });
  });

  test("changes by what is given", async () => {
    await world.ask("POST sys/quotas/config", { rate_limit_exempt_paths: "sys/health,aws/" });
    await world.ask("POST sys/quotas/config", { enable_rate_limit_response_headers: true });

    expect(dataOf(await world.ask("GET sys/quotas/config"))).toMatchObject({
      enable_rate_limit_response_headers: true,
      rate_limit_exempt_paths: ["sys/health", "aws/"],
    });
    await world.ask("POST sys/quotas/config", {
      rate_limit_exempt_paths: ["sys/health"],
      enable_rate_limit_response_headers: false,
    });
  });
});

describe("limits", () => {
  test("C249 answer 429 with the path of the request", async () => {
    await writeRule("q", { rate: 1, path: "aws/" });
    await follow();

    const first = limiter.admit(head("LIST aws/roles"));
    const second = limiter.admit(head("GET aws/roles?list=true"));

    expect(first.refused).toBeNull();
    expect(second.refused).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
    expect(String(second.refused?.body)).toBe(
      `${JSON.stringify({ errors: ['request path "aws/roles/": rate limit quota exceeded'] })}\n`,
    );
  });

  test("are for each client and each rule by itself", async () => {
    await writeRule("q", { rate: 1, path: "aws/" });
    await follow();
    limiter.admit(head("GET aws/roles/a"));

    expect(limiter.admit(head("GET aws/roles/a")).refused).not.toBeNull();
    expect(limiter.admit(head("GET aws/roles/a", "192.0.2.2")).refused).toBeNull();
    expect(limiter.admit(head("GET sys/mounts")).refused).toBeNull();
  });

  test("everywhere concern what is no path at all too, but never the server's health", async () => {
    await writeRule("all", { rate: 1 });
    await follow();
    limiter.admit(head("GET nothing/x"));

    expect(limiter.admit(head("GET a/../b")).refused).not.toBeNull();
    expect(limiter.admit(head("GET sys/health")).refused).toBeNull();
  });

  test("count anew when their rule is changed, and end when it is deleted", async () => {
    await writeRule("q", { rate: 1, path: "aws/" });
    await follow();
    limiter.admit(head("GET aws/roles/a"));

    await writeRule("q", { rate: 2, path: "aws/" });
    await follow();
    const changed = [1, 2, 3].map(() => limiter.admit(head("GET aws/roles/a")).refused === null);
    await world.ask("DELETE sys/quotas/rate-limit/q");
    await follow();

    expect(changed).toEqual([true, true, false]);
    expect(limiter.admit(head("GET aws/roles/a")).refused).toBeNull();
  });

  test("do not count anew because something else was configured", async () => {
    await writeRule("q", { rate: 1, path: "aws/" });
    await follow();
    limiter.admit(head("GET aws/roles/a"));

    await world.ask("PUT sys/policies/acl/other", {
      policy: 'path "x" { capabilities = ["read"] }',
    });
    await follow();

    expect(limiter.admit(head("GET aws/roles/a")).refused).not.toBeNull();
  });

  test("tell how much is left where that is configured", async () => {
    await writeRule("q", { rate: 2, interval: 60, path: "aws/" });
    await world.ask("POST sys/quotas/config", { enable_rate_limit_response_headers: true });
    await follow();

    const { headers } = limiter.admit(head("GET aws/roles/a"));

    expect(headers).toEqual({
      "x-ratelimit-limit": "2",
      "x-ratelimit-remaining": "1",
      "x-ratelimit-reset": "30",
    });
    await world.ask("POST sys/quotas/config", { enable_rate_limit_response_headers: false });
  });

  test("of a role hold for its logins alone", async () => {
    await world.ask("POST auth/approle/role/one", {});
    await world.ask("POST auth/approle/role/two", {});
    const roleId = async (role: string) =>
      dataOf(await world.ask(`GET auth/approle/role/${role}/role-id`))["role_id"];
    const [one, two] = [await roleId("one"), await roleId("two")];
    await writeRule("of-one", { rate: 1, path: "auth/approle", role: "one" });
    await follow();
    const login = async (role: unknown): Promise<number> => {
      expect(limiter.admit(head("POST auth/approle/login")).refused).toBeNull();
      const answer = await dispatchWithLimits()({
        ...head("POST auth/approle/login"),
        body: Buffer.from(JSON.stringify({ role_id: role, secret_id: "x" })),
      });
      return answer.status;
    };

    expect([await login(one), await login(one), await login(two)]).toEqual([400, 429, 400]);
  });

  test("are logged together, one entry for each client", async () => {
    await writeRule("q", { rate: 1, path: "aws/" });
    await follow();
    for (let times = 0; times < 4; times += 1) limiter.admit(head("GET aws/roles/a"));

    await logRefusals(world.ports, limiter);
    await logRefusals(world.ports, limiter);

    const { rows } = await world.pool.query<{ entry: { detail: unknown } }>(
      `select entry from audit_entry where operation = 'rate_limit.exceeded'`,
    );
    expect(rows.map(({ entry }) => entry.detail)).toEqual([
      { client_address: "192.0.2.1", count: 3 },
    ]);
  });
});

test("a request brings the rules of its configuration with it", async () => {
  await writeRule("q", { rate: 1, path: "aws/" });
  await dispatchWithLimits()({
    ...head("GET sys/mounts"),
    headers: { "x-vault-token": ROOT_TOKEN },
    body: Buffer.alloc(0),
  });

  limiter.admit(head("GET aws/roles/a"));

  expect(limiter.admit(head("GET aws/roles/a")).refused).not.toBeNull();
});

function dispatchWithLimits() {
  return createDispatch({
    ports: world.ports,
    bare: () => Promise.resolve(null),
    clientAddress: ({ peer }) => peer.address,
    limiter,
  });
}
