import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authOf, newWorld, type Said, type World } from "@/lib/testing/world";
import type { AnyRoute } from "@/lib/vault-api/route";
import { routeTable } from "@/lib/vault-api/routes";

/** A mount of each type, with the class and type that its routes are found under. */
const MOUNTS = [
  ["auth/token/", "auth", "token"],
  ["auth/aws/", "auth", "aws"],
  ["auth/approle/", "auth", "approle"],
  ["auth/userpass/", "auth", "userpass"],
  ["aws/", "secret", "aws"],
  ["cubbyhole/", "secret", "cubbyhole"],
  ["identity/", "secret", "identity"],
  ["sys/", "secret", "system"],
] as const;

const METHODS = {
  read: "GET",
  list: "LIST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
} as const satisfies Partial<Record<keyof AnyRoute, string>>;

/** It would end the test for all others. */
const NOT_WITH_ROOT: ReadonlySet<string> = new Set(["PUT sys/seal"]);

/** They judge the wrapping token that is sent before they ask who sends it, as in Vault. */
const OF_WRAPPING_TOKENS: ReadonlySet<string> = new Set([
  "PUT sys/wrapping/unwrap",
  "PUT sys/wrapping/rewrap",
]);

type Call = { request: string; path: string; route: AnyRoute };

const CALLS: readonly Call[] = MOUNTS.flatMap(([mount, mountClass, type]) =>
  (routeTable(mountClass, type)?.routes ?? []).flatMap((route) =>
    (["read", "list", "update", "patch", "delete"] as const)
      .filter((operation) => route[operation] !== undefined)
      .map((operation) => {
        const path = mount + route.path.replaceAll(/[:*]\w+/g, "x");
        // A list is a folder.
        const shown = operation === "list" && !path.endsWith("/") ? `${path}/` : path;
        return { request: `${METHODS[operation]} ${path}`, path: shown, route };
      }),
  ),
);

let world: World;

beforeAll(async () => {
  world = await newWorld();
  for (const type of ["aws", "approle", "userpass"]) {
    await world.ask(`POST sys/auth/${type}`, { type });
  }
  await world.ask("POST sys/mounts/aws", { type: "aws" });
});

afterAll(() => world.close());

function say(request: string, body: unknown, token: string): Promise<Said> {
  const headers = request.startsWith("PATCH ")
    ? { "content-type": "application/merge-patch+json" }
    : {};
  return world.send(request, { body, token, headers });
}

type Row = { kind: string; path: string; status: number | null };

/** The entries of what one token asked for, or of what nobody's token asked for at a path. */
async function entries(accessor: string | null, path: string): Promise<Row[]> {
  const { rows } = await world.pool.query<Row>(
    `select kind, path, status from audit_entry
     where (accessor = $1 or ($1 is null and accessor is null and path = $2)) and kind <> 'event' order by seq`,
    [accessor, path],
  );
  return rows;
}

/** One request with its answer, as one entry or as two. */
function expectLogged(rows: readonly Row[], call: Call, said: Said): void {
  const kinds = rows.map(({ kind }) => kind);
  expect([["both"], ["request", "response"]]).toContainEqual(kinds);
  expect(rows.at(-1)).toMatchObject({ path: call.path, status: said.status });
}

/** All that is stored, but the log and what tells that an instance lives. */
async function stored(): Promise<string> {
  const { rows: tables } = await world.pool.query<{ name: string }>(
    `select relname as name from pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace and not relispartition
       and relname not in ('instance', 'audit_batch', '_prisma_migrations') order by relname`,
  );
  const parts = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await world.pool.query<{ all: string | null }>(
        `select string_agg(t::text, E'\\n' order by t::text) as all from ${name} t`,
      );
      return `${name}: ${rows[0]?.all ?? ""}`;
    }),
  );
  return parts.join("\n");
}

test("the table of routes is read whole", () => {
  expect(CALLS.length).toBeGreaterThan(150);
});

describe("with a token that no rule lets in", () => {
  const guarded = CALLS.filter(({ route }) => route.public !== true);
  let token: string;
  let accessor: string;
  let before: string;

  beforeAll(async () => {
    ({ token, accessor } = await world.newToken({ policies: ["none"], no_default_policy: true }));
    before = await stored();
  });

  test.each(guarded.map((call) => [call.request, call] as const))(
    "T80 T183 %s is denied and logged",
    async (request, call) => {
      const logged = (await entries(accessor, call.path)).length;

      const said = await say(request, { name: "x", policy: "x" }, token);

      expect(said.status).toBe(OF_WRAPPING_TOKENS.has(request) ? 400 : 403);
      expectLogged((await entries(accessor, call.path)).slice(logged), call, said);
    },
  );

  test("T80 nothing of all that was changed by it", async () => {
    expect(await stored()).toBe(before);
  });
});

describe("with a root token", () => {
  const calls = CALLS.filter(({ request }) => !NOT_WITH_ROOT.has(request));

  async function rootToken(): Promise<{ token: string; accessor: string }> {
    const auth = authOf(await world.ask("POST auth/token/create", { policies: ["root"] }));
    return { token: String(auth["client_token"]), accessor: String(auth["accessor"]) };
  }

  test.each(calls.map((call) => [call.request, call] as const))(
    "T183 %s is logged, once, with its answer",
    async (request, call) => {
      const isPublic = call.route.public === true;
      const { token, accessor } = await rootToken();
      const caller = isPublic ? null : accessor;
      const logged = (await entries(caller, call.path)).length;

      const said = await say(request, undefined, isPublic ? "" : token);

      expectLogged((await entries(caller, call.path)).slice(logged), call, said);
    },
  );

  const withFields = calls.filter(
    ({ route, request }) => Object.keys(route.fields).length > 0 && /^P(UT|ATCH)/.test(request),
  );

  test.each(withFields.map((call) => [call.request, call] as const))(
    "T183 %s with nonsense in every field is logged, and changes nothing when it is refused",
    async (request, call) => {
      const isPublic = call.route.public === true;
      const { token, accessor } = await rootToken();
      const caller = isPublic ? null : accessor;
      const logged = (await entries(caller, call.path)).length;
      const before = await stored();
      const nonsense = Object.fromEntries(
        Object.keys(call.route.fields).map((name) => [name, { a: [{ b: "\u0000" }] }]),
      );

      const said = await say(request, nonsense, isPublic ? "" : token);

      expectLogged((await entries(caller, call.path)).slice(logged), call, said);
      expect(said.status).toBeLessThan(500);
      if (said.status >= 400) expect(await stored()).toBe(before);
    },
  );
});

describe("with a store that takes entries of the log and nothing else", () => {
  const writes = CALLS.filter(
    ({ request, route }) =>
      /^(?:P|D)/.test(request) && route.public !== true && !NOT_WITH_ROOT.has(request),
  );
  let token: string;
  let accessor: string;
  let before: string;

  beforeAll(async () => {
    const auth = authOf(await world.ask("POST auth/token/create", { policies: ["root"] }));
    token = String(auth["client_token"]);
    accessor = String(auth["accessor"]);
    await world.pool.query(`
      create function refuse_write() returns trigger language plpgsql as
        $$ begin raise exception 'nothing is taken'; end $$`);
    await forEachTable(
      (table) => `create trigger refuse_write before insert or update or delete
      on ${table} for each statement execute function refuse_write()`,
    );
    before = await stored();
  });

  afterAll(async () => {
    await forEachTable((table) => `drop trigger refuse_write on ${table}`);
  });

  async function forEachTable(statement: (table: string) => string): Promise<void> {
    const { rows } = await world.pool.query<{ name: string }>(
      `select relname as name from pg_class
       where relkind = 'r' and relnamespace = 'public'::regnamespace and not relispartition
         and relname not in ('instance', 'audit_batch', '_prisma_migrations')`,
    );
    for (const { name } of rows) await world.pool.query(statement(name));
  }

  test.each(writes.map((call) => [call.request, call] as const))(
    "T183 %s is logged, once, when it fails",
    async (request, call) => {
      const logged = (await entries(accessor, call.path)).length;

      const said = await say(request, { name: "x", policy: "x", type: "userpass" }, token);

      expectLogged((await entries(accessor, call.path)).slice(logged), call, said);
    },
  );

  test("T183 nothing of all that was changed by it", async () => {
    expect(await stored()).toBe(before);
  });
});

test("T183 what was refused for want of a token, or for a wrong one, is logged too", async () => {
  const said = [
    await world.ask("GET sys/mounts", undefined, ""),
    await world.ask("GET sys/mounts", undefined, "hvs.wrong"),
    await world.ask("GET no/such/mount", undefined, "hvs.wrong"),
  ];

  expect(said.map(({ status }) => status)).toEqual([403, 403, 403]);
  const rows = await entries(null, "sys/mounts");
  expect(rows.map(({ status }) => status)).toEqual([403, 403]);
  expect(await entries(null, "no/such/mount")).toMatchObject([{ kind: "both", status: 403 }]);
});
