import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorld, type World } from "@/lib/testing/world";

const NO_TOKEN = "";
const WRONG = { status: 400, body: { errors: ["invalid username or password"] } };
const LOCKED = { status: 403, body: { errors: ["permission denied"] } };

let world: World;

beforeAll(async () => {
  world = await newWorld();
  await world.ask("POST sys/auth/userpass", { type: "userpass" });
});

afterAll(() => world.close());

const write = (name: string, input: unknown) =>
  world.ask(`POST auth/userpass/users/${name}`, input);

const login = (name: string, password: string) =>
  world.ask(`POST auth/userpass/login/${name}`, { password }, NO_TOKEN);

test("C282 a user logs in, and renews as long as it stands with the same policies", async () => {
  await write("ann", { password: "pw", token_policies: "p" });
  const { body } = await login("Ann", "pw");
  expect(body).toMatchObject({
    auth: { policies: ["default", "p"], metadata: { username: "ann" }, orphan: true },
  });
  const token = (body?.["auth"] as { client_token: string }).client_token;
  const renew = () => world.ask("POST auth/token/renew-self", {}, token);
  expect(await renew()).toMatchObject({ status: 200 });

  await world.ask("POST auth/userpass/users/ann/policies", { token_policies: "q" });
  expect(await renew()).toMatchObject({
    status: 400,
    body: { errors: ["failed to renew entry: policies have changed, not renewing"] },
  });

  await world.ask("DELETE auth/userpass/users/ann");
  expect(await renew()).toMatchObject({ status: 400 });
});

test("C283 a wrong password and an unknown user are told alike", async () => {
  await write("bob", { password: "pw" });

  expect(await login("bob", "wrong")).toEqual(WRONG);
  expect(await login("nobody", "pw")).toEqual(WRONG);
  expect(await login("bob", "")).toEqual({
    status: 400,
    body: { errors: ["invalid credentials"] },
  });
});

test("C284 a user has exactly one password, and its hash is never read back", async () => {
  const hash = "$2a$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga";

  expect(await write("cid", { password: "pw", password_hash: hash })).toMatchObject({
    body: { errors: ['"password" and "password_hash" cannot be supplied together'] },
  });
  expect(await write("cid", {})).toMatchObject({
    body: { errors: ['"password" or "password_hash" must be supplied'] },
  });
  expect(await write("cid", { password_hash: "x" })).toMatchObject({
    status: 400,
    body: { errors: ["password hash has incorrect length"] },
  });

  expect(await write("cid", { password_hash: hash })).toMatchObject({ status: 204 });
  expect(await login("cid", "allmine")).toMatchObject({ status: 200 });
  const read = await world.ask("GET auth/userpass/users/cid");
  expect(JSON.stringify(read.body)).not.toContain(hash.slice(7));
});

test.each([
  ["a cost that would block the server", `$2b$31$${"a".repeat(53)}`],
  ["another scheme", `$6$${"a".repeat(57)}`],
])("a password hash of %s is refused", async (_title, hash) => {
  expect(await write("dan", { password_hash: hash })).toMatchObject({ status: 400 });
});

test("spellings of one name share one count, and an operator lifts the lock", async () => {
  await write("eve", { password: "pw" });

  for (const spelling of ["eve", "EVE", "Eve", "eVe", "evE"]) {
    expect(await login(spelling, "wrong")).toEqual(WRONG);
  }
  expect(await login("eve", "pw")).toEqual(LOCKED);

  const mounts = await world.ask("GET sys/auth/userpass");
  const accessor = String(mounts.body?.["accessor"]);
  expect(await world.ask("GET sys/locked-users")).toMatchObject({
    body: {
      data: {
        total: 1,
        by_namespace: [
          {
            namespace_id: "root",
            mount_accessors: [{ mount_accessor: accessor, counts: 1, alias_identifiers: ["eve"] }],
          },
        ],
      },
    },
  });
  expect(await world.ask(`POST sys/locked-users/${accessor}/unlock/eve`, {})).toMatchObject({
    status: 204,
  });
  expect(await login("eve", "pw")).toMatchObject({ status: 200 });
});

test("a good login in time starts the count anew", async () => {
  await write("fay", { password: "pw" });

  for (let round = 0; round < 2; round += 1) {
    for (let time = 0; time < 4; time += 1) expect(await login("fay", "wrong")).toEqual(WRONG);
    expect(await login("fay", "pw")).toMatchObject({ status: 200 });
  }
});

test("guesses made at once are no more guesses than those made in turn", async () => {
  await write("gus", { password: "pw" });

  const said = await Promise.all(Array.from({ length: 10 }, () => login("gus", "wrong")));

  // Which of them are judged first is open; how many are judged is not.
  expect(said.filter(({ status }) => status === 400)).toHaveLength(5);
  expect(said.filter(({ status }) => status === 403)).toHaveLength(5);
  expect(await login("gus", "pw")).toEqual(LOCKED);
});
