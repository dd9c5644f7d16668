import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newWorld, type Said, type World } from "@/lib/testing/world";

const NO_TOKEN = "";

let world: World;
let mount: string;
let mounts = 0;

beforeAll(async () => {
  world = await newWorld();
});

afterAll(() => world.close());

beforeEach(async () => {
  mounts += 1;
  mount = `auth/approle-${mounts}`;
  await world.ask(`POST sys/${mount}`, { type: "approle" });
});

async function ask(request: string, body?: unknown): Promise<Said> {
  const [method = "", path = ""] = request.split(" ");
  return world.ask(`${method} ${mount}/${path}`, body);
}

async function dataOf(request: string, body?: unknown): Promise<Record<string, unknown>> {
  return (await ask(request, body)).body?.["data"] as Record<string, unknown>;
}

async function roleWith(input: unknown): Promise<{ role_id: unknown; secret_id: unknown }> {
  await ask("POST role/r", input);
  const { role_id } = await dataOf("GET role/r/role-id");
  const { secret_id } = await dataOf("POST role/r/secret-id", {});
  return { role_id, secret_id };
}

const login = (ids: unknown) => world.ask(`POST ${mount}/login`, ids, NO_TOKEN);

const WRONG = { status: 400, body: { errors: ["invalid role or secret ID"] } };

test("C257 a login gives an orphan token that carries the role's name and the secret id's metadata", async () => {
  const { role_id } = await roleWith({ token_policies: "p" });
  const { secret_id } = await dataOf("POST role/r/secret-id", { metadata: '{"k":"v"}' });

  const said = await login({ role_id, secret_id: ` ${String(secret_id)} ` });

  expect(said).toMatchObject({
    status: 200,
    body: {
      auth: {
        policies: ["default", "p"],
        metadata: { role_name: "r", k: "v" },
        orphan: true,
        token_type: "service",
      },
    },
  });
});

test("C258 a wrong secret id and a wrong role id are told alike", async () => {
  const ids = await roleWith({});

  expect(await login({ ...ids, secret_id: "wrong" })).toEqual(WRONG);
  expect(await login({ ...ids, role_id: "wrong" })).toEqual(WRONG);
});

test("C260 a secret id with three uses logs in three times, however many try at once", async () => {
  const ids = await roleWith({ secret_id_num_uses: 3 });

  const said = await Promise.all(Array.from({ length: 7 }, () => login(ids)));

  expect(said.filter(({ status }) => status === 200)).toHaveLength(3);
});

test("C261 an expired secret id does not log in, before anybody cleaned up", async () => {
  const ids = await roleWith({ secret_id_ttl: "1h" });

  await world.pool.query(`update approle_secret_id set expires_at = now()`);

  expect(await login(ids)).toEqual(WRONG);
});

test("a login from a wrong address is refused and spends no use", async () => {
  const { role_id } = await roleWith({ secret_id_num_uses: 1 });
  const { secret_id, secret_id_accessor } = await dataOf("POST role/r/secret-id", {
    cidr_list: "10.0.0.0/8",
  });

  const said = await login({ role_id, secret_id });

  expect(said.body).toEqual({
    errors: ['source address "127.0.0.1" unauthorized through CIDR restrictions on the secret ID'],
  });
  expect(
    await dataOf("POST role/r/secret-id-accessor/lookup", { secret_id_accessor }),
  ).toMatchObject({ secret_id_num_uses: 1 });
});

test("C272 a deleted role does not log in, nor do its secret ids under a new role of its name", async () => {
  const ids = await roleWith({ role_id: "fixed" });

  await ask("DELETE role/r");
  expect(await login(ids)).toEqual(WRONG);
  await ask("POST role/r", { role_id: "fixed" });

  expect(await login(ids)).toEqual(WRONG);
});

test("C279 five wrong secret ids lock a role id, known or not; a new mount is not concerned", async () => {
  const ids = await roleWith({});
  const locked = { status: 403, body: { errors: ["permission denied"] } };

  for (const role_id of [ids.role_id, "nobody"]) {
    for (let time = 0; time < 5; time += 1) {
      expect(await login({ role_id, secret_id: "wrong" })).toEqual(WRONG);
    }
    expect(await login({ ...ids, role_id })).toEqual(locked);
  }

  await world.pool.query(
    `update lockout set first_failure_at = first_failure_at - interval '1 hour', locked_until = now()`,
  );
  expect(await login(ids)).toMatchObject({ status: 200 });
});

test("C280 a token does not renew after its role was deleted", async () => {
  const { body } = await login(await roleWith({}));
  const token = (body?.["auth"] as { client_token: string }).client_token;
  expect(await world.ask("POST auth/token/renew-self", {}, token)).toMatchObject({ status: 200 });

  await ask("DELETE role/r");

  expect(await world.ask("POST auth/token/renew-self", {}, token)).toMatchObject({
    status: 400,
    body: { errors: ['failed to renew entry: role "r" does not exist during renewal'] },
  });
});

test("a secret id is stored nowhere in clear", async () => {
  const { secret_id } = await roleWith({});

  const { rows } = await world.pool.query<{ text: string }>(
    `select row_to_json(s)::text as text from approle_secret_id s
     union all select row_to_json(a)::text from audit_entry a`,
  );

  expect(rows.length).toBeGreaterThan(1);
  expect(rows.some(({ text }) => text.includes(String(secret_id)))).toBe(false);
});
