import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { draw, enableAwsMounts, tokenWith } from "@/lib/testing/aws-secrets-mounts";
import { cursorOf, dataOf, errorOf, newWorld, type Said, type World } from "@/lib/testing/world";

let world: World;
let parent: { token: string; accessor: string };
let child: { token: string; accessor: string };
let person: { accessor: string };

beforeAll(async () => {
  world = await newWorld();
  await enableAwsMounts(world, ["aws"]);
  await world.ask("PUT sys/policies/acl/draws", {
    policy: `path "aws/creds/*" { capabilities = ["read"] }
      path "auth/token/create" { capabilities = ["update"] }`,
  });
  await world.ask("POST sys/auth/userpass", { type: "userpass" });
  await world.ask("POST auth/userpass/users/ann", { password: "pw", token_policies: "draws" });
  parent = await world.newToken({ policies: ["draws"], display_name: "parent" });
  const made = await world.ask("POST auth/token/create", { display_name: "child" }, parent.token);
  const auth = made.body?.["auth"] as { client_token: string; accessor: string };
  child = { token: auth.client_token, accessor: auth.accessor };
  await draw(world, "aws/creds/app", child.token);
  await draw(world, "aws/creds/app", parent.token);
  const login = await world.ask("POST auth/userpass/login/ann", { password: "pw" }, "");
  person = { accessor: (login.body?.["auth"] as { accessor: string }).accessor };
});

afterAll(() => world.close());

const search = (query: string, token?: string): Promise<Said> =>
  world.ask(`GET sys/leasehold/tokens${query}`, undefined, token);

const read = (accessor: string, token?: string): Promise<Said> =>
  world.ask(`GET sys/leasehold/tokens/${accessor}`, undefined, token);

function accessorsOf(said: Said): unknown[] {
  expect(said.status).toBe(200);
  const tokens = dataOf(said)["tokens"] as Record<string, unknown>[];
  return tokens.map((token) => token["accessor"]);
}

describe("the list of tokens", () => {
  test("tells all of them by accessor, newest first, and none of the tokens themselves", async () => {
    const said = await search("?count=true");
    expect(accessorsOf(said)).toEqual([
      person.accessor,
      child.accessor,
      parent.accessor,
      "root-accessor",
    ]);
    expect(dataOf(said)).toMatchObject({ count: 4, count_is_more: false });
    expect(dataOf(said)["tokens"]).toMatchObject([
      { mount_path: "auth/userpass/", display_name: "userpass-ann", meta: { username: "ann" } },
      { display_name: "token-child", parent_accessor: parent.accessor, leases: 1, children: 0 },
      { display_name: "token-parent", leases: 1, children: 1, mount_path: "auth/token/" },
      { expires_at: null, policies: ["root"], orphan: true },
    ]);
    const text = JSON.stringify(said.body);
    for (const secret of [parent.token, child.token, "hmac"]) expect(text).not.toContain(secret);
  });

  test.each([
    ["mount", "?mount=auth/userpass", () => [person.accessor]],
    [
      "the token store",
      "?mount=auth/token/&sort=issued",
      () => ["root-accessor", parent.accessor, child.accessor],
    ],
    ["text", "?q=token-par", () => [parent.accessor]],
    ["policy", "?policy=draws,none", () => [person.accessor, child.accessor, parent.accessor]],
    ["part of an accessor", "?q=oot-acc", () => ["root-accessor"]],
    ["past", "?issued_before=2020-01-01T00:00:00Z", () => []],
  ])("by %s", async (_name, query, expected) => {
    expect(accessorsOf(await search(query))).toEqual(expected());
  });

  test("tells where each was used last, if asked", async () => {
    const used = dataOf(await search("?q=token-par&last_used=true"))["tokens"];
    expect(used).toMatchObject([{ last_used: { remote_address: "127.0.0.1" } }]);
    const [token] = dataOf(await search("?q=token-par"))["tokens"] as Record<string, unknown>[];
    expect(token).not.toHaveProperty("last_used");
  });

  test("is walked by cursor", async () => {
    const seen: unknown[] = [];
    let cursor = "";
    do {
      const said = await search(`?limit=1&cursor=${cursor}`);
      seen.push(...accessorsOf(said));
      cursor = cursorOf(said);
    } while (cursor !== "");
    expect(seen).toHaveLength(new Set(seen).size);
    expect(seen.at(-1)).toBe("root-accessor");
  });

  test("keeps what has ended, and why", async () => {
    const { accessor } = await world.newToken({ display_name: "short" });
    await world.ask("POST auth/token/revoke-accessor", { accessor });
    expect(accessorsOf(await search("?q=token-short"))).toEqual([]);
    const ended = await search("?q=token-short&state=ended");
    expect(dataOf(ended)["tokens"]).toMatchObject([
      { accessor, state: "ended", end_reason: "revoked" },
    ]);
    expect(dataOf(await read(accessor))).toMatchObject({ state: "ended", end_reason: "revoked" });
  });

  test.each([
    ["?state=dead", 400, "state must be one of live, ended"],
    ["?sort=ends", 400, "sort must be one of -issued, issued"],
    ["?limit=1000", 400, "limit must be from 1 to 500"],
    ["?cursor=%25", 400, "malformed cursor"],
    ["?mount=auth/none", 404, "there is no mount auth/none/"],
  ])("refuses %s", async (query, status, text) => {
    const said = await search(query);
    expect([said.status, errorOf(said)]).toEqual([status, text]);
  });

  test("shows tokens of the mounts that the caller's policies reach", async () => {
    const limited = await tokenWith(
      world,
      "limited",
      `path "sys/leasehold/tokens*" { capabilities = ["read"] }
       path "auth/userpass/users/*" { capabilities = ["read"] }`,
    );
    expect(accessorsOf(await search("", limited))).toEqual([person.accessor]);
    expect((await read(parent.accessor, limited)).status).toBe(404);
    expect((await read(person.accessor, limited)).status).toBe(200);
    const blind = await tokenWith(world, "blind", `path "auth/*" { capabilities = ["read"] }`);
    expect((await search("", blind)).status).toBe(403);
    expect((await read(parent.accessor, blind)).status).toBe(403);
  });
});

describe("one token", () => {
  test("tells what falls with it, and where it was used last", async () => {
    const data = dataOf(await read(parent.accessor));
    expect(data).toMatchObject({
      accessor: parent.accessor,
      falls_with_it: {
        tokens: 2,
        leases: 2,
        is_more: false,
        groups: [{ mount_path: "aws/", count: 2 }],
      },
      child_tokens: [{ accessor: child.accessor }],
      own_leases: [{ role: "app", accessor: parent.accessor }],
      last_used: { path: "aws/creds/app", remote_address: "127.0.0.1", outcome: "success" },
    });
    const text = JSON.stringify(data);
    for (const secret of [parent.token, child.token]) expect(text).not.toContain(secret);
  });

  test("is absent where there is none", async () => {
    expect((await read("nobody")).status).toBe(404);
  });

  test("tells what bounds it", async () => {
    await world.ask("POST auth/userpass/users/bob", { password: "pw", token_max_ttl: "2h" });
    const login = await world.ask("POST auth/userpass/login/bob", { password: "pw" }, "");
    const { accessor } = login.body?.["auth"] as { accessor: string };

    const data = dataOf(await read(accessor));

    const limits = data["limits"] as { term: string; at: string }[];
    expect(limits.map(({ term }) => term)).toEqual(["token", "role_max", "mount_max"]);
    const issued = Date.parse(String(data["issued_at"]));
    expect(Date.parse(limits[1]?.at ?? "") - issued).toBe(2 * 3600 * 1000);
    expect(dataOf(await read("root-accessor"))["limits"]).toEqual([]);
  });

  test("is ended for a reason that the built-in log keeps", async () => {
    const { accessor } = await world.newToken({ display_name: "leaked" });
    const reason = "leaked in a build log";
    await world.ask("POST auth/token/revoke-accessor", { accessor, reason });

    const log = await world.ask("GET sys/leasehold/audit?path=auth/token/revoke-accessor&limit=1");
    const [entry] = dataOf(log)["entries"] as { request_id: string }[];
    const one = await world.ask(`GET sys/leasehold/audit/${entry?.request_id ?? ""}`);
    expect(dataOf(one)["request"]).toMatchObject({ data: { reason } });
  });
});
