import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorOf, newWorld, type World } from "@/lib/testing/world";

let world: World;

beforeAll(async () => {
  world = await newWorld();
});
afterAll(() => world.close());

describe("help", () => {
  test("C042b is for every token, whatever its policies, and for nobody else", async () => {
    const { token } = await world.newToken({ policies: ["default"] });

    const helped = await world.ask("GET sys/mounts?help=1", undefined, token);
    const denied = await world.ask("GET sys/mounts", undefined, token);
    const nobody = await world.ask("GET cubbyhole/x?help=1", undefined, "");
    const nowhere = await world.ask("GET nothing/x?help=1");

    expect(helped).toMatchObject({ status: 200, body: { see_also: null } });
    expect(denied.status).toBe(403);
    expect([nobody.status, errorOf(nobody)]).toEqual([403, "permission denied"]);
    expect([nowhere.status, errorOf(nowhere)]).toEqual([
      404,
      'no handler for route "nothing/x". route entry not found.',
    ]);
  });

  test("asking for help with a login needs a token too", async () => {
    const nobody = await world.ask("GET sys/internal/ui/mounts?help=1", undefined, "");

    expect(nobody.status).toBe(403);
  });

  test("names the fields of a path, in words and as OpenAPI", async () => {
    const said = await world.ask("GET auth/token/roles/x?help=1");

    expect(said.body?.["help"]).toContain("    token_num_uses (integer)\n");
    expect(said.body?.["openapi"]).toMatchObject({
      openapi: "3.0.2",
      paths: {
        "/auth/token/roles/{role_name}": {
          parameters: [{ name: "role_name", in: "path", required: true }],
          get: { tags: ["auth"] },
          delete: { responses: { "204": {} } },
        },
      },
    });
  });

  test("of a mount names its paths", async () => {
    const said = await world.ask("GET sys?help=1");

    expect(said.body?.["help"]).toContain("    leases/lookup\n");
  });

  test("of a path that the mount does not have is refused", async () => {
    const said = await world.ask("GET sys/nothing?help=1");

    expect([said.status, errorOf(said)]).toEqual([
      404,
      "1 error occurred:\n\t* unsupported path\n\n",
    ]);
  });

  test("reads nothing of the object it is asked about", async () => {
    await world.ask("PUT cubbyhole/kept", { value: "a secret of this test" });

    const said = await world.ask("GET cubbyhole/kept?help=1");

    expect(JSON.stringify(said.body)).not.toContain("a secret of this test");
  });
});
