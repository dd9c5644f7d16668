import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { draw, enableAwsMounts, tokenWith } from "@/lib/testing/aws-secrets-mounts";
import { cursorOf, dataOf, errorOf, newWorld, type Said, type World } from "@/lib/testing/world";

let world: World;
let auditor: string;

beforeAll(async () => {
  world = await newWorld();
  await enableAwsMounts(world, ["aws", "team"]);
  auditor = await tokenWith(
    world,
    "auditor",
    `path "sys/leasehold/history" { capabilities = ["read"] }
     path "+/roles/*" { capabilities = ["read"] }`,
  );
});

afterAll(() => world.close());

type Row = Record<string, unknown>;

const history = (query: string, token = auditor): Promise<Said> =>
  world.ask(`GET sys/leasehold/history${query}`, undefined, token);

function changesOf(said: Said): Row[] {
  expect(said.status).toBe(200);
  return dataOf(said)["changes"] as Row[];
}

describe("the history of the configuration", () => {
  test("tells who changed a role, with before and after", async () => {
    const { token, accessor } = await world.newToken({ policies: ["root"], display_name: "ann" });
    await world.ask("PUT aws/roles/app", { max_sts_ttl: "30m" }, token);
    const [last, first] = changesOf(await history("?mount=aws&kind=role&key=app"));
    expect(last).toMatchObject({
      change: "updated",
      changed_by: "token-ann",
      accessor,
      path: "aws/roles/app",
      mount_path: "aws/",
      before: { maxStsTtlSeconds: 3600 },
      after: { maxStsTtlSeconds: 1800 },
      secret_changed: false,
    });
    expect(first).toMatchObject({ change: "created", before: null, changed_by: "root" });
    await world.ask("DELETE aws/roles/app");
    expect(changesOf(await history("?mount=aws&kind=role&key=app&limit=1"))).toMatchObject([
      { change: "deleted", before: { maxStsTtlSeconds: 1800 }, after: null },
    ]);
  });

  test("tells that a secret was changed, and never the secret", async () => {
    await world.ask("PUT team/config/root", { access_key: "AKIAOTHER", secret_key: "canary" });
    const said = await history("?mount=team&kind=root");
    expect(changesOf(said)[0]).toMatchObject({
      change: "updated",
      secret_changed: true,
      after: { accessKey: "AKIAOTHER" },
    });
    expect(JSON.stringify(said.body)).not.toContain("canary");
    expect(await world.countRows("config_change", "config_change::text like '%canary%'")).toBe(0);
  });

  test("tells of policies, mounts and audit devices", async () => {
    await world.ask("PUT sys/policies/acl/p", { policy: `path "a" { capabilities = ["read"] }` });
    await world.ask("PUT sys/policies/acl/p", { policy: `path "b" { capabilities = ["read"] }` });
    await world.ask("DELETE sys/policies/acl/p");
    expect(changesOf(await history("?kind=policy&key=p"))).toMatchObject([
      { change: "deleted" },
      { change: "updated", after: { policy: `path "b" { capabilities = ["read"] }` } },
      { change: "created" },
    ]);
    await world.ask("POST sys/mounts/aws/tune", { description: "ours" });
    await world.ask("POST sys/mounts/gone", { type: "aws" });
    await world.ask("DELETE sys/mounts/gone");
    const mounts = changesOf(await history("?kind=mount"));
    expect(mounts.slice(0, 3)).toMatchObject([
      { key: "gone/", change: "deleted", before: { type: "aws" } },
      { key: "gone/", change: "created" },
      {
        key: "aws/",
        change: "updated",
        before: { description: "" },
        after: { description: "ours" },
      },
    ]);
  });

  test("keeps nothing of a write that changes nothing, or that was refused", async () => {
    const policy = `path "same" { capabilities = ["read"] }`;
    for (let time = 0; time < 3; time += 1)
      await world.ask("PUT sys/policies/acl/same", { policy });
    await world.ask("PUT sys/policies/acl/same", { policy: "no policy" });
    expect(changesOf(await history("?kind=policy&key=same"))).toHaveLength(1);
    await draw(world, "aws/creds/build");
    expect(await world.countRows("config_change", "path like '%/creds/%'")).toBe(0);
  });

  test("is walked by cursor, within a range", async () => {
    const seen: unknown[] = [];
    let cursor = "";
    do {
      const said = await history(`?limit=2&cursor=${cursor}`);
      seen.push(...changesOf(said).map((change) => change["id"]));
      cursor = cursorOf(said);
    } while (cursor !== "");
    expect(seen).toHaveLength(await world.countRows("config_change"));
    expect(new Set(seen).size).toBe(seen.length);
    expect(changesOf(await history("?to=2020-01-01T00:00:00Z"))).toEqual([]);
    expect(errorOf(await history("?limit=0"))).toBe("limit must be from 1 to 500");
    expect(errorOf(await history("?cursor=x"))).toBe("malformed cursor");
  });

  test("shows the mounts that the caller's policies reach", async () => {
    const limited = await tokenWith(
      world,
      "limited",
      `path "sys/leasehold/history" { capabilities = ["read"] }
       path "team/roles/*" { capabilities = ["read"] }`,
    );
    const paths = new Set(
      changesOf(await history("?limit=500", limited)).map((c) => c["mount_path"]),
    );
    expect([...paths]).toEqual(["team/"]);
    expect((await history("?mount=aws", limited)).status).toBe(404);
    const blind = await tokenWith(world, "blind", `path "team/*" { capabilities = ["read"] }`);
    expect((await history("", blind)).status).toBe(403);
  });
});

describe("health", () => {
  const health = async (): Promise<Row> => dataOf(await world.ask("GET sys/leasehold/health"));

  test("tells of database, queues, instances and devices", async () => {
    const id = await draw(world, "aws/creds/build");
    await world.pool.query(
      `update lease set next_attempt_at = now() - interval '90 s' where id = $1`,
      [id],
    );
    const data = await health();
    expect(data).toMatchObject({
      database: {
        latency_ms: expect.any(Number) as number,
        pool: { max: expect.any(Number) as number, waiting: 0 },
      },
      leases: { due: 1, due_is_more: false, irrevocable: 0 },
      intents: { open: 0, oldest_at: null },
      jobs: { waiting_leases: 0 },
      audit: { devices: [], stray_entries: false },
      instances: [{ is_self: true, clock_offset_ms: expect.any(Number) as number }],
    });
    const { oldest_due_seconds: seconds } = data["leases"] as { oldest_due_seconds: number };
    expect(seconds).toBeGreaterThanOrEqual(90);
  });

  test("counts the lines that a device lost", async () => {
    await world.ask("POST sys/audit/lost", { type: "file", options: { file_path: "discard" } });
    expect((await health())["audit"]).toMatchObject({
      devices: [{ path: "lost/", type: "file", failures: 0, failing_since: null }],
    });
    await world.ask("DELETE sys/audit/lost");
  });

  test("says since when a device takes nothing, and a test entry says why", async () => {
    const [folder = ""] = world.ports.limits.auditDirs;
    const place = mkdtempSync(join(folder, "tested-"));
    const file = join(place, "audit.log");
    await world.ask("POST sys/audit/tested", { type: "file", options: { file_path: file } });
    const tested = await world.ask("PUT sys/leasehold/audit-devices/tested/test", {});
    const id = String(dataOf(tested)["entry_id"]);
    expect(readFileSync(file, "utf8")).toContain(id);

    rmSync(file);
    mkdirSync(file);
    const refused = await world.ask("PUT sys/leasehold/audit-devices/tested/test", {});

    expect(refused.status).toBe(400);
    expect(errorOf(refused)).toContain("audit backend failed test message");
    const { devices } = (await health())["audit"] as { devices: Row[] };
    expect(devices).toMatchObject([
      { path: "tested/", failing_since: expect.any(String) as string },
    ]);
    expect(devices[0]?.["failures"]).toBeGreaterThan(0);
    await world.ask("DELETE sys/audit/tested");
    rmSync(place, { recursive: true });
  });

  test("a device is tested by those alone whose policies say so", async () => {
    const said = await world.ask("PUT sys/leasehold/audit-devices/x/test", {}, auditor);
    expect(said.status).toBe(403);
    const unknown = await world.ask("PUT sys/leasehold/audit-devices/x/test", {});
    expect(errorOf(unknown)).toBe('unknown audit backend "x/"');
  });

  test("is for those whose policies say so", async () => {
    const said = await world.ask("GET sys/leasehold/health", undefined, auditor);
    expect(said.status).toBe(403);
  });
});

describe("saved views", () => {
  const save = (body: Row, token?: string): Promise<Said> =>
    world.ask("POST sys/leasehold/views", body, token);
  const list = async (query = "", token?: string): Promise<Row[]> =>
    dataOf(await world.ask(`GET sys/leasehold/views${query}`, undefined, token))["views"] as Row[];

  test("are the caller's own, and those that others share", async () => {
    const ann = await operator("ann");
    const bob = await operator("bob");
    const view = { page: "leases", query: "state=irrevocable" };
    const own = String(dataOf(await save({ ...view, name: "stuck" }, ann))["id"]);
    const shared = String(dataOf(await save({ ...view, name: "ours", shared: true }, ann))["id"]);
    expect(await list("", ann)).toMatchObject([
      { id: shared, name: "ours", own: true, shared: true },
      { id: own, name: "stuck", own: true, query: "state=irrevocable" },
    ]);
    expect(await list("?page=leases", bob)).toMatchObject([{ id: shared, own: false }]);
    expect(await list("?page=audit", bob)).toEqual([]);
    const read = (id: string, token: string) =>
      world.ask(`GET sys/leasehold/views/${id}`, undefined, token);
    expect((await read(own, bob)).status).toBe(404);
    expect((await read(shared, bob)).status).toBe(200);
    const drop = (id: string, token: string) =>
      world.ask(`DELETE sys/leasehold/views/${id}`, undefined, token);
    expect((await drop(shared, bob)).status).toBe(403);
    expect((await drop(shared, ann)).status).toBe(204);
    expect(await list("", bob)).toEqual([]);
    const keys = dataOf(await world.ask("LIST sys/leasehold/views", undefined, ann))["keys"];
    expect(keys).toEqual([own]);
  });

  test("outlive the token, and have one name each", async () => {
    await save({ page: "audit", name: "denied", query: "outcome=denied" }, await operator("cid"));
    const again = await operator("cid");
    expect(await list("", again)).toMatchObject([{ name: "denied" }]);
    const twice = await save({ page: "audit", name: "denied", query: "" }, again);
    expect([twice.status, errorOf(twice)]).toEqual([
      400,
      "there is a view of this name already, or there are 200",
    ]);
  });

  test.each([
    [{ name: "x" }, "page must name a page of the console"],
    [{ page: "leases", name: " " }, "name must have from 1 to 100 characters"],
    [
      { page: "leases", name: "x", query: "q".repeat(4001) },
      "query is longer than 4000 characters",
    ],
  ])("are refused: %j", async (body, text) => {
    expect(errorOf(await save(body))).toBe(text);
  });

  test("need the capability to create", async () => {
    expect((await save({ page: "leases", name: "x" }, auditor)).status).toBe(403);
  });
});

/** A token of a userpass login, as operators hold. */
async function operator(name: string): Promise<string> {
  await world.ask("PUT sys/policies/acl/views", {
    policy: `path "sys/leasehold/views*" { capabilities = ["create", "read", "list", "delete"] }`,
  });
  await world.ask("POST sys/auth/userpass", { type: "userpass" });
  await world.ask(`POST auth/userpass/users/${name}`, { password: "pw", token_policies: "views" });
  const login = await world.ask(`POST auth/userpass/login/${name}`, { password: "pw" }, "");
  return (login.body?.["auth"] as { client_token: string }).client_token;
}
