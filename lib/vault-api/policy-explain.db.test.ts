import { afterAll, beforeAll, expect, test } from "vitest";
import { dataOf, errorOf, newWorld, ROOT_TOKEN, type World } from "@/lib/testing/world";

let world: World;

beforeAll(async () => {
  world = await newWorld();
  const policies = {
    wide: `path "aws/creds/*" { capabilities = ["read", "update"] }`,
    narrow: `# one role less\npath "aws/creds/admin" { capabilities = ["deny"] }`,
    reader: `path "sys/leasehold/*" { capabilities = ["read", "update"] }
path "sys/policies/acl/wide" { capabilities = ["read"] }
path "auth/aws/role/ci" { capabilities = ["read"] }`,
  };
  for (const [name, policy] of Object.entries(policies)) {
    await world.ask(`PUT sys/policies/acl/${name}`, { policy });
  }
  await world.ask("POST sys/auth/aws", { type: "aws" });
  for (const role of ["ci", "deploy"]) {
    await world.ask(`POST auth/aws/role/${role}`, {
      bound_iam_principal_arn: `arn:aws:iam::111111111111:role/${role}`,
      resolve_aws_unique_ids: false,
      token_policies: `wide,${role}`,
    });
  }
});

afterAll(() => world.close());

const ask = (body: Record<string, unknown>, token = ROOT_TOKEN) =>
  world.ask("POST sys/leasehold/policies/explain", body, token);

test("tells the rule that decides, its line, and the one it won over", async () => {
  const said = await ask({
    path: "/v1/aws/creds/admin",
    operation: "read",
    policies: "wide,narrow",
  });

  expect(dataOf(said)).toMatchObject({
    path: "aws/creds/admin",
    allowed: false,
    refusal: { because: "denied" },
    rule: { path: "aws/creds/admin", origins: [{ policy: "narrow", line: 2 }] },
    candidates: [{ path: "aws/creds/admin" }, { path: "aws/creds/*" }],
  });
});

test("judges a draft as if it were stored, and stores nothing", async () => {
  const draft = `path "aws/creds/admin" { capabilities = ["read"] }`;

  const said = await ask({
    path: "aws/creds/admin",
    operation: "read",
    policies: "wide",
    draft_name: "narrow",
    draft,
  });

  expect(dataOf(said)).toMatchObject({ allowed: true, granting_policies: ["narrow"] });
  const stored = await world.ask("GET sys/policies/acl/narrow");
  expect(dataOf(stored)["policy"]).toContain("deny");
});

test("says what is missing: a policy that is not there, a capability, sudo", async () => {
  const gone = await ask({ path: "aws/creds/x", operation: "delete", policies: "wide,nobody" });
  const sudo = await ask({
    path: "sys/audit/file",
    operation: "update",
    draft: `path "sys/audit/*" { capabilities = ["update"] }`,
  });

  expect(dataOf(gone)).toMatchObject({
    missing_policies: ["nobody"],
    refusal: { because: "missing_capability", capability: "delete" },
  });
  expect(dataOf(sudo)).toMatchObject({
    root_protected: true,
    refusal: { because: "missing_capability", capability: "sudo" },
  });
});

test("explains the caller's own token, and of others only policies it may read", async () => {
  const { token } = await world.newToken({ policies: ["reader"] });

  const own = await ask({ path: "sys/leasehold/leases", operation: "list" }, token);
  const readable = await ask({ path: "aws/creds/x", operation: "read", policies: "wide" }, token);
  const hidden = await ask({ path: "aws/creds/x", operation: "read", policies: "narrow" }, token);

  expect(dataOf(own)).toMatchObject({
    path: "sys/leasehold/leases/",
    policies: ["default", "reader"],
    refusal: { because: "missing_capability", capability: "list" },
  });
  expect(dataOf(readable)["allowed"]).toBe(true);
  expect(hidden.status).toBe(403);
});

test.each([
  ["an operation that is none", { path: "aws/creds/x", operation: "write" }, "operation must be"],
  ["no path", { path: "", operation: "read" }, "path must be supplied"],
  [
    "a draft that is no policy",
    { path: "a", operation: "read", draft: 'path "a" {' },
    "failed to parse policy: At 1:",
  ],
])("refuses %s", async (_what, body, text) => {
  const said = await ask(body);

  expect(said.status).toBe(400);
  expect(errorOf(said)).toContain(text);
});

test("lists who hands out a policy, and counts those that the caller may not read", async () => {
  const { token } = await world.newToken({ policies: ["reader"] });

  const all = await world.ask("GET sys/leasehold/policies?name=wide");
  const some = await world.ask("GET sys/leasehold/policies?name=wide", undefined, token);

  expect(dataOf(all)["policies"]).toMatchObject([{ name: "wide", count: 2, hidden: 0 }]);
  expect(dataOf(some)["policies"]).toMatchObject([
    { name: "wide", count: 2, hidden: 1, used_by: [{ path: "auth/aws/role/ci" }] },
  ]);
});

test("finds auth roles by text and policy, a page at a time, as far as they may be read", async () => {
  const { token } = await world.newToken({ policies: ["reader"] });
  const find = (query: string, as = ROOT_TOKEN) =>
    world.ask(`GET sys/leasehold/auth-roles?${query}`, undefined, as);

  const first = await find("mount=auth/aws/&limit=1");
  const second = await find(`limit=1&cursor=${String(dataOf(first)["next_cursor"])}`);
  const byText = await find("q=ROLE/Dep");
  const byPolicy = await find("policy=wide", token);
  const nowhere = await find("mount=nowhere");

  expect(dataOf(first)).toMatchObject({ roles: [{ name: "ci" }], total: 2, matching: 2 });
  expect(dataOf(second)).toMatchObject({ roles: [{ name: "deploy" }], next_cursor: null });
  expect(dataOf(byText)).toMatchObject({ roles: [{ name: "deploy" }], total: 2, matching: 1 });
  expect(dataOf(byPolicy)).toMatchObject({ roles: [{ name: "ci" }], total: 1, hidden: 1 });
  expect(nowhere.status).toBe(404);
});
