import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataOf, errorOf, newWorld, type World } from "@/lib/testing/world";

let world: World;

beforeAll(async () => {
  world = await newWorld();
  await world.ask("POST sys/auth/userpass", { type: "userpass" });
  for (const name of ["a", "ab", "admin"]) {
    await world.ask(`POST auth/userpass/users/${name}`, { password: "p4ssw0rd", token_ttl: "7m" });
  }
});

afterAll(() => world.close());

async function tokenWith(policy: string): Promise<string> {
  const name = `p${Math.random().toString(36).slice(2)}`;
  await world.ask(`PUT sys/policies/acl/${name}`, { policy });
  const { token } = await world.newToken({ policies: [name], no_default_policy: true });
  return token;
}

describe("a token that may read one user", () => {
  let token: string;

  beforeAll(async () => {
    token = await tokenWith(`path "auth/userpass/users/a" { capabilities = ["read"] }`);
  });

  test("reads that one", async () => {
    expect((await world.ask("GET auth/userpass/users/a", undefined, token)).status).toBe(200);
  });

  test.each([
    "auth/userpass/users/a/../ab",
    "auth/userpass/users/a/..%2fab",
    "auth/userpass/users/a%2f..%2fab",
    "auth/userpass/users/a/%2e%2e/ab",
    "auth/userpass/users/a%252f%252e%252e%252fab",
    "auth/userpass/users/./ab",
    "auth/userpass/users//ab",
    "auth/userpass/users/a/..\\ab",
    "auth/userpass/users/a%5c..%5cab",
    "auth/userpass/users/ab;a",
    "auth/userpass/users/ab%3ba",
    "auth/userpass/users/ab%00",
    "auth/userpass/users/a%00b",
    "auth/userpass/users/ab.",
    "auth/userpass/users/ab%20",
    "auth/userpass/users/ab%09",
    "auth/userpass/users/a%e2%80%8bb",
    "auth/userpass/users/%ef%bd%81%ef%bd%82",
    "auth//userpass/users/ab",
    "AUTH/userpass/users/ab",
    "auth/userpass/users/ab/",
    "auth/userpass/users/ab#a",
    "auth/userpass/users/ab?/a",
    "auth/userpass/users/a/ab",
  ])("T63 reaches no other through %s", async (path) => {
    const said = await world.send(`GET ${path}`, { token });

    expect(said.status).not.toBe(200);
    expect(dataOf(said)).toEqual({});
    // A clean path may be pointed to, for a reading client to ask for by itself.
    if (said.status >= 300 && said.status < 400) {
      expect(said.headers["location"]).toBe("/v1/auth/userpass/users/ab");
    } else {
      expect(said.status).toBeGreaterThanOrEqual(400);
    }
  });
});

test.each(["admin", "ADMIN", "Admin", "aDMIN", "%41dmin", "admİn", "ａdmin", "admi%6e"])(
  "T64 a user that is denied is denied as %s, where names count without regard to case",
  async (spelt) => {
    const token = await tokenWith(`
      path "auth/userpass/users/*" { capabilities = ["read", "update", "delete"] }
      path "auth/userpass/users/admin" { capabilities = ["deny"] }`);

    const said = [
      await world.send(`GET auth/userpass/users/${spelt}`, { token }),
      await world.send(`PUT auth/userpass/users/${spelt}`, { token, body: { token_ttl: "1m" } }),
      await world.send(`DELETE auth/userpass/users/${spelt}`, { token }),
    ];

    expect(dataOf(said[0] ?? { status: 0, body: null })).toEqual({});
    expect(dataOf(await world.ask("GET auth/userpass/users/admin"))["token_ttl"]).toBe(420);
  },
);

test("T65 a deny below a folder holds for lists of it, spelt with or without a slash", async () => {
  const token = await tokenWith(`
    path "auth/userpass/*" { capabilities = ["list", "read", "update"] }
    path "auth/userpass/users/*" { capabilities = ["deny"] }`);

  const said = await Promise.all(
    [
      "LIST auth/userpass/users",
      "LIST auth/userpass/users/",
      "GET auth/userpass/users?list=true",
      "GET auth/userpass/users/?list=true",
      "GET auth/userpass/users/?list=1",
    ].map((request) => world.send(request, { token })),
  );
  const written = await world.send("PUT auth/userpass/users/", { token, body: {} });

  expect(said.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  expect(written.status).toBe(400);
});

test("T66 what policies judge, what is done and what is logged is one path, whatever was sent", async () => {
  const segment = fc.string({
    unit: fc.constantFrom(
      "a",
      "B",
      ".",
      "..",
      "%2e",
      "%2F",
      "%25",
      "/",
      "-",
      "ü",
      "%20",
      "+",
      "~",
      "\\",
    ),
    minLength: 1,
    maxLength: 8,
  });

  await fc.assert(
    fc.asyncProperty(segment, async (sent) => {
      const token = await tokenWith(`path "cubbyhole/*" { capabilities = ["create", "update"] }`);
      await world.pool.query("truncate audit_entry, cubbyhole");
      const said = await world.send(`PUT cubbyhole/${encodeURI(sent).replaceAll("%25", "%")}`, {
        token,
        body: { a: 1 },
      });
      if (said.status !== 204) return;

      const { rows } = await world.pool.query<{ stored: string; logged: string; shown: string }>(
        `select 'cubbyhole/' || c.path as stored, e.path as logged, e.entry->'request'->>'path' as shown
         from cubbyhole c, audit_entry e`,
      );
      expect(rows).toHaveLength(1);
      expect(new Set(Object.values(rows[0] ?? {})).size).toBe(1);
      const exact = await tokenWith(
        `path ${JSON.stringify(rows[0]?.stored ?? "")} { capabilities = ["deny"] } path "cubbyhole/*" { capabilities = ["create"] }`,
      );
      const denied = await world.send(`PUT cubbyhole/${encodeURI(sent).replaceAll("%25", "%")}`, {
        token: exact,
        body: { a: 1 },
      });
      expect(denied.status).toBe(403);
    }),
    { numRuns: 60 },
  );
});

test("T67 verbs that are no operation reach nothing, and no header or field replaces the verb", async () => {
  const token = await tokenWith(
    `path "auth/userpass/*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }`,
  );

  const verbs = await Promise.all(
    ["HEAD", "OPTIONS", "TRACE", "CONNECT", "PURGE", "REVOKE", "RENEW", "ROLLBACK", "get"].map(
      (verb) => world.send(`${verb} auth/userpass/users/a`, { token }),
    ),
  );
  const overridden = await world.send("GET auth/userpass/users/a?_method=DELETE", {
    token,
    headers: { "x-http-method-override": "DELETE", "x-method-override": "DELETE" },
  });

  expect(verbs.filter(({ status }) => status < 400)).toEqual([]);
  expect(overridden.status).toBe(200);
  expect((await world.ask("GET auth/userpass/users/a")).status).toBe(200);
});

test("T68 the token header alone decides; tokens anywhere else open nothing and are not logged", async () => {
  const { token: weak } = await world.newToken();
  const { token: strong, accessor } = await world.newToken({ policies: ["root"] });
  await world.pool.query("truncate audit_entry");

  const said = [
    await world.send("GET sys/policies/acl/default", {
      token: weak,
      headers: { authorization: `Bearer ${strong}` },
    }),
    await world.send(`GET sys/policies/acl/default?token=${strong}&X-Vault-Token=${strong}`, {
      token: "",
    }),
    await world.send("PUT sys/policies/acl/z", {
      token: "",
      body: { policy: "", client_token: strong, "x-vault-token": strong },
    }),
  ];

  expect(said.map(({ status }) => status)).toEqual([403, 403, 403]);
  const { rows } = await world.pool.query<{ entry: string }>(
    "select entry::text as entry from audit_entry",
  );
  expect(rows).toHaveLength(3);
  expect(rows.filter(({ entry }) => entry.includes(strong) || entry.includes(accessor))).toEqual(
    [],
  );
});

test("T75 there are no namespaces: naming one is answered as not found", async () => {
  const status = async (namespace: string) =>
    (await world.send("GET sys/mounts", { headers: { "x-vault-namespace": namespace } })).status;

  expect(await status("team")).toBe(404);
  expect(await status("root/team")).toBe(404);
  expect(await status("ROOT")).toBe(404);
  expect(await status("root")).toBe(200);
  expect(await status("")).toBe(200);
});

test("T77 without a token existing and missing paths, mounts and roles are told alike", async () => {
  const said = await Promise.all(
    [
      "GET auth/userpass/users/a",
      "GET auth/userpass/users/missing",
      "GET auth/missing/users/a",
      "GET missing/creds/a",
      "LIST sys/policies/acl",
      "GET sys/policies/acl/missing",
      "PUT sys/missing",
      "DELETE sys/mounts/missing",
    ].map((request) => world.send(request, { token: "" })),
  );

  expect(said.map(({ status, body }) => ({ status, body }))).toEqual(
    said.map(() => ({ status: 403, body: { errors: ["permission denied"] } })),
  );
});

test("T82 a deny wins over every grant, in one policy or in several, and the capability query says so", async () => {
  await world.ask("PUT sys/policies/acl/wide", {
    policy: `path "auth/userpass/*" { capabilities = ["create", "read", "update", "delete", "list"] }`,
  });
  await world.ask("PUT sys/policies/acl/deny", {
    policy: `path "auth/userpass/users/a" { capabilities = ["deny"] }
             path "auth/userpass/users/+/password" { capabilities = ["deny"] }`,
  });
  const { token } = await world.newToken({ policies: ["wide", "deny"] });
  const paths = [
    "auth/userpass/users/a",
    "auth/userpass/users/ab",
    "auth/userpass/users/ab/password",
  ];
  const verbs = { read: "GET", update: "PUT", list: "LIST", delete: "DELETE" } as const;

  const asked = dataOf(await world.ask("POST sys/capabilities-self", { paths }, token));

  for (const path of paths) {
    const told = asked[path];
    for (const [capability, verb] of Object.entries(verbs)) {
      const said = await world.send(`${verb} ${path}`, {
        token,
        ...(verb === "PUT" && { body: {} }),
      });
      const may = Array.isArray(told) && told.includes(capability);
      expect({ path, verb, allowed: said.status !== 403 }).toEqual({
        path,
        verb,
        allowed: may,
      });
    }
  }
  expect(asked["auth/userpass/users/a"]).toEqual(["deny"]);
});

test.each([
  ["a/b", true],
  ["..", false],
  ["a%2fb", false],
  ["x".repeat(600), true],
  ["policy a", true],
  ["A-Name", true],
])("T84 reading the policy named %j never gives another one's text", async (name, mayExist) => {
  await world.ask("PUT sys/policies/acl/victim", {
    policy: `path "victim" { capabilities = ["read"] }`,
  });
  const encoded = encodeURIComponent(name);

  const written = await world.send(`PUT sys/policies/acl/${encoded}`, {
    body: { policy: `path "own" { capabilities = ["read"] }` },
  });
  const read = await world.send(`GET sys/policies/acl/${encoded}`);

  if (!mayExist || written.status >= 400) expect(errorOf(read)).not.toContain("victim");
  expect(JSON.stringify(read.body)).not.toContain("victim");
  if (written.status === 204) expect(dataOf(read)["policy"]).toContain("own");
  expect(dataOf(await world.ask("GET sys/policies/acl/victim"))["policy"]).toContain("victim");
});
