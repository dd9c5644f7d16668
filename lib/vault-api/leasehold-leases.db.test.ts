import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ACCOUNT, draw, enableAwsMounts, tokenWith } from "@/lib/testing/aws-secrets-mounts";
import { cursorOf, dataOf, errorOf, newWorld, type Said, type World } from "@/lib/testing/world";

let world: World;
/** Sees leases, and the mount `aws/` only. */
let limited: string;
let blind: string;
let session: string;
let user: string;
let foreign: string;

beforeAll(async () => {
  world = await newWorld();
  await enableAwsMounts(world, ["aws", "team/aws"]);
  limited = await tokenWith(
    world,
    "limited",
    `path "sys/leasehold/leases*" { capabilities = ["read"] }
     path "aws/creds/app" { capabilities = ["read"] }`,
  );
  blind = await tokenWith(world, "blind", `path "aws/*" { capabilities = ["read"] }`);
  session = await draw(world, "aws/creds/app");
  user = await draw(world, "aws/creds/build");
  foreign = await draw(world, "team/aws/creds/app");
});

afterAll(() => world.close());

const search = (query: string, token?: string): Promise<Said> =>
  world.ask(`GET sys/leasehold/leases${query}`, undefined, token);

function leasesOf(said: Said): Record<string, unknown>[] {
  expect(said.status).toBe(200);
  const leases = dataOf(said)["leases"];
  return Array.isArray(leases) ? (leases as Record<string, unknown>[]) : [];
}

const idsOf = (said: Said): unknown[] => leasesOf(said).map((lease) => lease["lease_id"]);

describe("the list of leases", () => {
  test("tells all that operators see, newest first, and nothing that was issued", async () => {
    const said = await search("?count=true");
    expect(idsOf(said)).toEqual([foreign, user, session]);
    expect(dataOf(said)).toMatchObject({ count: 3, count_is_more: false, next_cursor: null });
    expect(leasesOf(said)[2]).toMatchObject({
      lease_id: session,
      state: "active",
      mount_path: "aws/",
      role: "app",
      credential_type: "assumed_role",
      holder: "root",
      accessor: "root-accessor",
      account: ACCOUNT,
      role_arn: `arn:aws:iam::${ACCOUNT}:role/app`,
      stops_at_aws: false,
      renewable: false,
      ends_by: "aws_session",
    });
    expect(leasesOf(said)[1]).toMatchObject({ stops_at_aws: true, ends_by: "ttl" });
    expect(JSON.stringify(said.body)).not.toMatch(/secret_key|session_token|token_hmac/);
  });

  test.each([
    ["kind", "?kind=iam_user", () => [user]],
    ["kinds", "?kind=iam_user,assumed_role&mount=aws", () => [user, session]],
    ["mount", "?mount=team/aws/", () => [foreign]],
    ["role", "?role=build", () => [user]],
    ["account", `?account=${ACCOUNT}&kind=iam_user`, () => [user]],
    ["all but a role", "?not_role=build", () => [foreign, session]],
    ["all but a kind and a mount", "?not_kind=iam_user&not_mount=team/aws", () => [session]],
    ["all but an account", `?not_account=${ACCOUNT}`, () => []],
    ["accessor", "?accessor=root-accessor", () => [foreign, user, session]],
    ["nobody's accessor", "?accessor=nobody", () => []],
    ["holder and text", "?holder=root&q=creds/build", () => [user]],
    ["order", "?sort=issued", () => [session, user, foreign]],
    ["state", "?state=revoking", () => []],
    ["past", "?issued_before=2020-01-01T00:00:00Z", () => []],
  ])("by %s", async (_name, query, expected) => {
    expect(idsOf(await search(query))).toEqual(expected());
  });

  test("by the access key id, in any state, live and ended", async () => {
    const gone = await draw(world, "aws/creds/app");
    const found = await search(`?q=${gone.split("/").at(-1) ?? ""}`);
    const key = String(leasesOf(found)[0]?.["access_key_id"]);
    expect(idsOf(await search(`?access_key_id=${key}`))).toEqual([gone]);
    await world.ask("PUT sys/leases/revoke", { lease_id: gone });
    expect(idsOf(await search(`?access_key_id=${key}`))).toEqual([]);
    expect(leasesOf(await search(`?access_key_id=${key}&state=any`))).toMatchObject([
      { lease_id: gone, state: "ended", outcome: "revoked" },
    ]);
    expect(idsOf(await search(`?q=${key}&state=ended`))).toEqual([gone]);
  });

  test("is walked by cursor, over the live ones to the ended ones", async () => {
    const ids: unknown[] = [];
    let cursor = "";
    do {
      const said = await search(`?state=any&limit=1&cursor=${cursor}`);
      ids.push(...idsOf(said));
      cursor = cursorOf(said);
    } while (cursor !== "");
    expect(ids.slice(0, 3)).toEqual([foreign, user, session]);
    expect(ids).toHaveLength(4);
  });

  test("refuses a cursor of another filter, and one that is none", async () => {
    const cursor = String(dataOf(await search("?limit=1"))["next_cursor"]);
    const other = await search(`?limit=1&kind=iam_user&cursor=${cursor}`);
    expect([other.status, errorOf(other)]).toEqual([
      400,
      "the cursor does not belong to this list and filter",
    ]);
    const broken = await search("?cursor=bm90aGluZw");
    expect([broken.status, errorOf(broken)]).toEqual([400, "malformed cursor"]);
  });

  test.each([
    ["?state=dead", 400],
    ["?sort=role", 400],
    ["?limit=0", 400],
    ["?limit=501", 400],
    ["?q=ab", 400],
    ["?q=one+two+three+four+five", 400],
    ["?issued_after=yesterday", 400],
    ["?mount=nowhere", 404],
    ["?not_mount=nowhere", 404],
  ])("refuses %s", async (query, status) => {
    expect((await search(query)).status).toBe(status);
  });

  test("shows the mounts that the caller's policies reach, and no other", async () => {
    expect(idsOf(await search("", limited))).toEqual([user, session]);
    expect((await search("?mount=team/aws", limited)).status).toBe(404);
    expect(idsOf(await search("?q=team/aws", limited))).toEqual([]);
  });

  test("is for those whose policies say so", async () => {
    expect((await search("", blind)).status).toBe(403);
    expect((await search("", "")).status).toBe(403);
  });

  test("is told in the log by what it found, not by the leases", async () => {
    const before = await world.countRows("audit_entry", "path = 'sys/leasehold/leases'");
    await search("?kind=iam_user");
    const rows = await world.pool.query<{ entry: { response: unknown } }>(
      `select entry from audit_entry where path = 'sys/leasehold/leases' order by seq desc limit 1`,
    );
    expect(await world.countRows("audit_entry", "path = 'sys/leasehold/leases'")).toBe(before + 1);
    expect(rows.rows[0]?.entry.response).toMatchObject({ data: { leases: 1, more: false } });
  });
});

describe("one lease", () => {
  const read = (id: string, token?: string): Promise<Said> =>
    world.ask(`GET sys/leasehold/leases/${id}`, undefined, token);

  test("tells its limits, its siblings and its story", async () => {
    const data = dataOf(await read(session));
    expect(data).toMatchObject({ lease_id: session, state: "active" });
    expect(data["limits"]).toMatchObject(
      ["lease", "aws_session", "role_max", "mount_max"].map((term) => ({ term })),
    );
    expect(data["siblings"]).toMatchObject([{ lease_id: foreign }, { lease_id: user }]);
    expect(data["timeline"]).toMatchObject([
      { operation: "read", path: "aws/creds/app", display_name: "root", outcome: "success" },
    ]);
  });

  test("keeps telling when it has ended: who ended it, and until when AWS honours it", async () => {
    const id = await draw(world, "aws/creds/app");
    await world.ask("PUT sys/leases/revoke", { lease_id: id });
    const data = dataOf(await read(id));
    expect(data).toMatchObject({ state: "ended", outcome: "revoked", stops_at_aws: false });
    expect(Date.parse(String(data["aws_ends_at"]))).toBeGreaterThan(Date.now());
    expect(data["timeline"]).toMatchObject([
      { path: "aws/creds/app" },
      { path: "sys/leases/revoke", outcome: "success" },
    ]);
  });

  test("shows the failed attempts at its end, with their cause", async () => {
    const id = await draw(world, "aws/creds/build");
    world.simulator.faults.set([
      { effect: "error", service: "iam", status: 403, code: "AccessDenied", message: "no" },
    ]);
    await world.ask("PUT sys/leases/revoke", { lease_id: id });
    world.simulator.faults.set([]);
    const data = dataOf(await read(id));
    expect(data["last_error"]).toMatch(/AccessDenied/);
    expect(data["timeline"]).toMatchObject([
      { outcome: "success" },
      { kind: "request" },
      { event: "lease.revoke_failed" },
      { outcome: "refused" },
    ]);
    await world.ask("PUT sys/leases/revoke", { lease_id: id });
  });

  test("is absent where there is none, and for those who may not see its mount", async () => {
    expect((await read("aws/creds/app/none")).status).toBe(404);
    expect((await read(foreign, limited)).status).toBe(404);
    expect((await read(session, limited)).status).toBe(200);
    expect((await read(session, blind)).status).toBe(403);
  });

  test("tells siblings of mounts that the caller sees only", async () => {
    expect(dataOf(await read(session, limited))["siblings"]).toMatchObject([{ lease_id: user }]);
  });
});
