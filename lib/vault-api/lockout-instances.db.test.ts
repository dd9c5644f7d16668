import { afterAll, beforeAll, expect, test } from "vitest";
import type { Instance } from "@/lib/testing/instance";
import { newWorld, type Said, type World } from "@/lib/testing/world";

const PASSWORD = "p4ssw0rd-of-ann";
/** One name, as it may be spelt. */
const SPELLINGS = [
  ...["ann", "Ann", "ANN", "aNn", "anN", "ANn", "aNN", "AnN", "%61nn", "a%6En", "an%6e", "%41nn"],
  ...["a%4En", "an%4E", "%61%6e%6e", "%41%4e%4e", "A%6en", "An%6E", "aN%6e", "%61Nn"],
];

let world: World;
let instances: readonly Instance[];

beforeAll(async () => {
  world = await newWorld();
  instances = [world, await world.secondInstance()];
  await world.ask("POST sys/auth/userpass", { type: "userpass" });
  for (const name of ["ann", "ben"]) {
    await world.ask(`POST auth/userpass/users/${name}`, { password: PASSWORD });
  }
});

afterAll(() => world.close());

function login(at: number, name: string, password: string): Promise<Said> {
  const instance = instances[at % instances.length];
  if (instance === undefined) throw new Error("no instance");
  return instance.ask(`POST auth/userpass/login/${name}`, { password }, "");
}

test("T231 wrong passwords in twenty spellings of one name, over two instances, are one count", async () => {
  expect(SPELLINGS).toHaveLength(20);
  for (const [index, name] of SPELLINGS.slice(0, 5).entries()) {
    expect((await login(index, name, "wrong")).status).toBe(400);
  }

  const said: Said[] = [];
  for (const [index, name] of SPELLINGS.entries()) {
    said.push(await login(index, name, PASSWORD));
  }

  expect(said.map(({ status }) => status)).toEqual(SPELLINGS.map(() => 403));
  expect((await login(0, "ben", PASSWORD)).status).toBe(200);
  const { rows } = await world.pool.query<{ minutes: number }>(
    `select round(extract(epoch from max(locked_until) - now()) / 60)::int as minutes from lockout`,
  );
  expect(rows).toEqual([{ minutes: 15 }]);
  const mounts = await world.ask("GET sys/auth");
  const data = mounts.body?.["data"] as Record<string, { accessor: string }>;
  const accessor = data["userpass/"]?.accessor ?? "";
  await instances[1]?.ask(`POST sys/locked-users/${accessor}/unlock/ann`, {});
  expect((await login(0, "ann", PASSWORD)).status).toBe(200);
});

test("T232 a name that nobody has is refused in the same words as a wrong password", async () => {
  const [known, unknown] = [await login(0, "ben", "wrong"), await login(1, "nobody", "wrong")];

  expect(unknown).toEqual(known);
});
