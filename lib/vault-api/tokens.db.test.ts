import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  authOf,
  dataOf,
  errorOf,
  newWorld,
  ROOT_TOKEN,
  type Instance,
  type Said,
  type World,
} from "@/lib/testing/world";

const INVALID_TOKEN = "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n";

let world: World;
let other: Instance;

beforeAll(async () => {
  world = await newWorld();
  other = await world.secondInstance();
  await policy("creator", `path "auth/token/create" { capabilities = ["create", "update"] }`);
});

afterAll(() => world.close());

beforeEach(async () => {
  await world.pool.query("delete from token where accessor <> 'root-accessor'");
  await world.pool.query("truncate cubbyhole, token_ended, audit_entry");
});

function policy(name: string, text: string): Promise<Said> {
  return world.ask(`PUT sys/policies/acl/${name}`, { policy: text });
}

/** A child of `parent`. */
async function child(
  parent: string,
  parameters: Record<string, unknown> = {},
): Promise<{ token: string; accessor: string }> {
  const auth = authOf(await world.ask("POST auth/token/create", parameters, parent));
  return { token: String(auth["client_token"]), accessor: String(auth["accessor"]) };
}

/** The token of an answer; empty where there is none. */
function tokenOf(said: Said): string {
  const token = authOf(said)["client_token"];
  return typeof token === "string" ? token : "";
}

const use = (token: string, by: Instance = world) =>
  by.ask("GET auth/token/lookup-self", undefined, token);

async function alive(...tokens: { token: string }[]): Promise<boolean[]> {
  return Promise.all(tokens.map(async ({ token }) => (await use(token)).status === 200));
}

const many = <T>(count: number, make: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));

describe("revoking", () => {
  async function family() {
    const parent = await world.newToken({ policies: ["creator"] });
    const first = await child(parent.token, { policies: ["creator"] });
    const second = await child(parent.token);
    const grandchild = await child(first.token);
    const sibling = await world.newToken();
    return { parent, first, second, grandchild, sibling };
  }

  test.each([
    ["by its value", (token: string) => world.ask("POST auth/token/revoke", { token })],
    ["by itself", (token: string) => world.ask("POST auth/token/revoke-self", undefined, token)],
    [
      "by its accessor",
      async (_token: string, accessor: string) =>
        world.ask("POST auth/token/revoke-accessor", { accessor }),
    ],
    [
      "by its own lease",
      async (_token: string, accessor: string) => {
        const { rows } = await world.pool.query<{ id: string }>(
          "select path || '/h' || encode(hmac, 'hex') as id from token where accessor = $1",
          [accessor],
        );
        return world.ask("PUT sys/leases/revoke", { lease_id: rows[0]?.id });
      },
    ],
  ])("T96 a token %s ends exactly its tree", async (_, revoke) => {
    const { parent, first, second, grandchild, sibling } = await family();

    expect((await revoke(parent.token, parent.accessor)).status).toBe(204);

    expect(await alive(parent, first, second, grandchild, sibling)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(await world.countRows("token_ended", "reason = 'revoked'")).toBe(4);
  });

  test("T96 a token alone leaves its children as orphans, with all below them", async () => {
    const { parent, first, second, grandchild } = await family();

    expect((await world.ask("POST auth/token/revoke-orphan", { token: parent.token })).status).toBe(
      204,
    );

    expect(await alive(parent, first, second, grandchild)).toEqual([false, true, true, true]);
    expect(dataOf(await use(first.token))).toMatchObject({ orphan: true });
    expect(dataOf(await use(grandchild.token))).toMatchObject({ orphan: false });
  });

  test("T96 no child outlives a parent that is revoked while children are being created", async () => {
    for (let round = 0; round < 10; round += 1) {
      const parent = await world.newToken({ policies: ["creator"] });
      const made: { token: string }[] = [];
      const creating = many(20, async (n) => {
        const said = await (n % 2 === 0 ? world : other).ask(
          "POST auth/token/create",
          { policies: ["creator"] },
          parent.token,
        );
        if (said.status === 200) made.push({ token: String(authOf(said)["client_token"]) });
      });

      const revoked = await other.ask("POST auth/token/revoke", { token: parent.token });
      const late = await world.ask("POST auth/token/create", {}, parent.token);
      await creating;

      expect(revoked.status).toBe(204);
      expect(late.status).toBe(403);
      expect(await alive(...made)).toEqual(made.map(() => false));
      expect(await world.countRows("token", "accessor <> 'root-accessor'")).toBe(0);
    }
  });

  test("a cubbyhole dies with its token, what is written at that moment too", async () => {
    for (let round = 0; round < 10; round += 1) {
      const { token } = await world.newToken();
      await world.ask("PUT cubbyhole/before", { a: 1 }, token);
      const writing = many(10, (n) => other.ask(`PUT cubbyhole/${n}`, { a: n }, token));

      await world.ask("POST auth/token/revoke", { token });
      await writing;

      expect(await world.countRows("cubbyhole")).toBe(0);
    }
  });

  test("a wrapped answer dies with its wrapping token, unread", async () => {
    const said = await world.send("POST sys/wrapping/wrap", {
      body: { a: 1 },
      headers: { "x-vault-wrap-ttl": "60" },
    });
    const wrap = said.body?.["wrap_info"] as { token: string; accessor: string };
    expect(await world.countRows("cubbyhole")).toBe(2);

    await world.expireToken(wrap.accessor);

    expect((await world.ask("POST sys/wrapping/unwrap", { token: wrap.token })).status).toBe(400);
    await world.worker.expireTokens();
    expect(await world.countRows("cubbyhole")).toBe(0);
    expect(await world.countRows("token_ended", "reason = 'expired'")).toBe(1);
  });
});

describe("expiry", () => {
  test("a token that has run out opens nothing, before any worker came by, and takes its tree along", async () => {
    const parent = await world.newToken({ policies: ["creator"] });
    const below = await child(parent.token);

    await world.expireToken(parent.accessor);

    expect(errorOf(await use(parent.token))).toBe(INVALID_TOKEN);
    await world.worker.expireTokens();
    expect(await alive(below)).toEqual([false]);
  });

  test("T169 each expired token ends once, however many workers come for it", async () => {
    await many(40, () => world.newToken());
    await world.pool.query("update token set expires_at = now() where accessor <> 'root-accessor'");

    await many(6, (n) => (n % 2 === 0 ? world : other).worker.expireTokens());
    await world.worker.expireTokens();

    expect(await world.countRows("token")).toBe(1);
    expect(await world.countRows("token_ended")).toBe(40);
    const { rows } = await world.pool.query<{ accessors: number }>(
      `select sum(json_array_length(entry->'detail'->'accessors'))::int as accessors
       from audit_entry where operation = 'token.expired'`,
    );
    expect(rows[0]?.accessors).toBe(40);
  });

  test("T98 renewing around its end never makes a token endless, nor longer than its maximum", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { token, accessor } = await world.newToken({ ttl: "10s", explicit_max_ttl: "20s" });
      await world.pool.query(
        `update token set expires_at = now() + interval '30 milliseconds', issued_at = now() - interval '10 seconds' where accessor = $1`,
        [accessor],
      );

      await many(30, (n) =>
        (n % 2 === 0 ? world : other).ask("POST auth/token/renew-self", { increment: "1h" }, token),
      );

      expect(
        await world.countRows(
          "token",
          `accessor = '${accessor}' and (expires_at is null or expires_at > issued_at + interval '21 seconds')`,
        ),
      ).toBe(0);
      await world.expireToken(accessor);
      const late = await world.ask("POST auth/token/renew", { token });
      expect(late.status).toBe(400);
    }
  });

  test("T178 an instance whose clock is an hour off neither shortens nor lengthens a token", async () => {
    for (const aheadMs of [3_600_000, -3_600_000]) {
      other.clock.aheadMs = aheadMs;
      const auth = authOf(await other.ask("POST auth/token/create", { ttl: "10m" }));
      const token = String(auth["client_token"]);

      const there = dataOf(await use(token, other));
      const here = dataOf(await use(token));
      await world.expireToken(String(auth["accessor"]));

      expect(there["ttl"]).toBeGreaterThan(590);
      expect(here["ttl"]).toBeLessThanOrEqual(600);
      expect((await use(token, other)).status).toBe(403);
      other.clock.aheadMs = 0;
    }
  });

  const LIMIT = 32 * 24 * 3600;

  test.each([
    ["0", LIMIT],
    ["1s", 1],
    ["1.9s", 1],
    ["90", 90],
    ["2147483648", LIMIT],
    ["9007199254740992", null],
    ["99999999999999999999h", null],
    ["-1", null],
    ["-1s", null],
    ["1h1h", 7200],
    ["٣٠", null],
    ["1e3", null],
    ["0x10", null],
    [" 5s", null],
    ["forever", null],
  ])("T97 a TTL of %j is bounded by the system's maximum, or refused", async (ttl, expected) => {
    const said = await world.ask("POST auth/token/create", { ttl, policies: ["default"] });

    if (expected === null) expect(said.status).toBe(400);
    else expect(authOf(said)["lease_duration"]).toBe(expected);
    expect(
      await world.countRows("token", "expires_at is null and accessor <> 'root-accessor'"),
    ).toBe(0);
  });

  test.each(["period", "explicit_max_ttl"])(
    "T97 a %s beyond all bounds is bounded, or refused",
    async (name) => {
      for (const value of ["2147483648s", "9007199254740992", "-1s", "1000000h"]) {
        const said = await world.ask("POST auth/token/create", {
          [name]: value,
          policies: ["default"],
        });

        const duration = Number(authOf(said)["lease_duration"] ?? 0);
        expect([200, 400]).toContain(said.status);
        expect(duration).toBeLessThanOrEqual(LIMIT);
      }
      expect(await world.countRows("token", "expires_at > now() + interval '33 days'")).toBe(0);
    },
  );
});

describe("a limited number of uses", () => {
  test("T99 fifty more at once, on two instances: exactly as many succeed as there are uses", async () => {
    const { token } = await world.newToken({ num_uses: 20 });

    const said = await many(70, (n) => use(token, n % 2 === 0 ? world : other));

    expect(said.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(said.filter((one) => errorOf(one) === INVALID_TOKEN)).toHaveLength(50);
    expect(await world.countRows("token", "accessor <> 'root-accessor'")).toBe(0);
    expect(await world.countRows("token_ended", "reason = 'used_up'")).toBe(1);
  });

  test("a denied request costs one, and when it was the last the token ends with its cubbyhole", async () => {
    const { token } = await world.newToken({ num_uses: 3 });
    await world.ask("PUT cubbyhole/a", { a: 1 }, token);

    expect(dataOf(await use(token))).toMatchObject({ num_uses: 1 });
    expect((await world.ask("GET sys/policies/acl/creator", undefined, token)).status).toBe(403);

    expect(errorOf(await use(token))).toBe(INVALID_TOKEN);
    expect(await world.countRows("cubbyhole")).toBe(0);
    expect(await world.countRows("token_ended", "reason = 'used_up'")).toBe(1);
  });

  test("a request that died with the last use leaves a token that opens nothing, and ends two minutes later", async () => {
    const { token, accessor } = await world.newToken({ num_uses: 1 });
    const hmac = world.keys.hmac("token", token);

    expect(await world.ports.tokens.spendUse(hmac)).toBe(0);
    expect(await other.ports.tokens.spendUse(hmac)).toBeNull();

    expect((await use(token)).status).toBe(403);
    expect(
      await world.countRows(
        "token",
        `accessor = '${accessor}' and expires_at <= now() + interval '2 minutes'`,
      ),
    ).toBe(1);
  });
});

describe("batch tokens", () => {
  const batch = { type: "batch", policies: ["default"], ttl: "10m" };

  test("nothing of one is stored, and it works on every instance", async () => {
    const before = await world.countRows("token");

    const { token } = await child(ROOT_TOKEN, batch);

    expect(await world.countRows("token")).toBe(before);
    expect(dataOf(await use(token, other))).toMatchObject({ type: "batch", policies: ["default"] });
  });

  test("T100 one ends with its parent, everywhere at the next request", async () => {
    const parent = await world.newToken({ policies: ["creator", "default"] });
    const { token } = await child(parent.token, batch);
    expect((await use(token, other)).status).toBe(200);

    await world.ask("POST auth/token/revoke", { token: parent.token });

    expect(errorOf(await use(token, other))).toBe(INVALID_TOKEN);
    expect(errorOf(await use(token))).toBe(INVALID_TOKEN);
  });

  test("one that another installation sealed opens nothing, nor one that was altered", async () => {
    const stranger = await newWorld();
    const foreign = authOf(await stranger.ask("POST auth/token/create", batch));
    await stranger.close();
    const { token } = await child(ROOT_TOKEN, batch);
    const middle = token.length >> 1;
    const flipped = token[middle] === "A" ? "B" : "A";
    const altered = token.slice(0, middle) + flipped + token.slice(middle + 1);

    expect(errorOf(await use(String(foreign["client_token"])))).toBe(INVALID_TOKEN);
    expect(errorOf(await use(altered))).toBe(INVALID_TOKEN);
    expect(errorOf(await use("hvb."))).toBe(INVALID_TOKEN);
  });

  test("one is refused when it has run out, by the database's clock", async () => {
    other.clock.aheadMs = -3_600_000;
    const { token } = await child(ROOT_TOKEN, { ...batch, ttl: "1s" });
    const late = authOf(await other.ask("POST auth/token/create", { ...batch, ttl: "10m" }));

    const fresh = await use(String(late["client_token"]));
    await expect.poll(async () => (await use(token, other)).status, { timeout: 3000 }).toBe(403);

    expect(fresh.status).toBe(200);
    other.clock.aheadMs = 0;
  });
});

describe("who may use a token", () => {
  test("one that is bound to addresses opens nothing from elsewhere, nor do its children", async () => {
    await world.ask("POST auth/token/roles/bound", {
      token_bound_cidrs: "10.1.0.0/16",
      allowed_policies: "creator,default",
    });
    const auth = authOf(
      await world.ask("POST auth/token/create/bound", { policies: ["creator", "default"] }),
    );
    const token = String(auth["client_token"]);
    const from = (address: string, value: string) =>
      world.send("GET auth/token/lookup-self", { token: value, from: address });

    const inside = await world.send("POST auth/token/create", {
      token,
      from: "10.1.2.3",
      body: {},
    });
    const below = String(authOf(inside)["client_token"]);

    expect((await from("10.1.2.3", token)).status).toBe(200);
    expect((await from("10.2.2.3", token)).body).toEqual({ errors: ["permission denied"] });
    expect((await from("10.1.255.255", below)).status).toBe(200);
    expect((await from("127.0.0.1", below)).status).toBe(403);
  });

  test("T94 what is stored of a token is no token: digest, accessor, row", async () => {
    const { token, accessor } = await world.newToken();
    const hmac = world.keys.hmac("token", token);

    for (const value of [
      hmac,
      `hvs.${hmac}`,
      accessor,
      `hvs.${accessor}`,
      `auth/token/create/h${hmac}`,
    ]) {
      expect(errorOf(await use(value))).toBe(INVALID_TOKEN);
    }
  });

  test("T90 another tenant's token and lease can be neither looked at nor ended by their ids", async () => {
    const { token, accessor } = await world.newToken();
    const tenant = await world.newToken();
    const lease = `auth/token/create/h${world.keys.hmac("token", token)}`;

    const said = await Promise.all(
      (
        [
          ["POST auth/token/lookup", { token }],
          ["POST auth/token/lookup-accessor", { accessor }],
          ["POST auth/token/renew", { token }],
          ["POST auth/token/renew-accessor", { accessor }],
          ["POST auth/token/revoke", { token }],
          ["POST auth/token/revoke-accessor", { accessor }],
          ["POST auth/token/revoke-orphan", { token }],
          ["LIST auth/token/accessors", undefined],
          ["PUT sys/leases/revoke", { lease_id: lease }],
          [`PUT sys/leases/revoke/${lease}`, undefined],
          [`PUT sys/revoke/${lease}`, undefined],
          ["PUT sys/leases/revoke-prefix/auth", undefined],
          ["PUT sys/leases/revoke-force/auth", undefined],
          ["LIST sys/leases/lookup/auth", undefined],
        ] as const
      ).map(([request, body]) => world.ask(request, body, tenant.token)),
    );

    expect(said.map(({ status }) => status)).toEqual(said.map(() => 403));
    expect(await alive({ token })).toEqual([true]);
  });

  test("T103 a limited token makes no child with more than it has itself", async () => {
    const { token } = await world.newToken({ policies: ["creator"] });

    const refused = await Promise.all(
      [
        { policies: ["root"] },
        { policies: ["creator", "other"] },
        { no_parent: true },
        { period: "1h" },
        { id: "of-my-choice" },
      ].map((parameters) => world.ask("POST auth/token/create", parameters, token)),
    );
    const orphan = await world.ask("POST auth/token/create-orphan", {}, token);
    const plain = await world.ask("POST auth/token/create", {}, token);

    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
    expect(orphan.status).toBe(403);
    expect(authOf(plain)["policies"]).toEqual(["creator", "default"]);
  });

  test.each(["root", "ROOT", "Root", " root", "root ", "\troot", "root\n", "root,root", "rооt"])(
    "T83 %j in policies never makes a root token of somebody else's",
    async (name) => {
      await policy(
        "operator",
        `
        path "auth/token/*" { capabilities = ["create", "update", "sudo"] }
        path "auth/userpass/*" { capabilities = ["create", "update"] }`,
      );
      await world.ask("POST sys/auth/userpass", { type: "userpass" });
      const { token } = await world.newToken({ policies: ["operator"] });

      const said = [
        await world.ask("POST auth/token/create", { policies: [name] }, token),
        await world.ask("POST auth/token/create-orphan", { policies: name }, token),
      ];
      await world.ask("POST auth/token/roles/r", { allowed_policies: name, orphan: true }, token);
      said.push(await world.ask("POST auth/token/create/r", { policies: [name] }, token));
      await world.ask(
        "POST auth/userpass/users/u",
        { password: "p4ssw0rd", token_policies: [name] },
        token,
      );
      said.push(await world.ask("POST auth/userpass/login/u", { password: "p4ssw0rd" }, ""));

      expect(said.flatMap((one) => authOf(one)["policies"] ?? [])).not.toContain("root");
      expect(
        await world.countRows("token", "'root' = any(policies) and accessor <> 'root-accessor'"),
      ).toBe(0);
      for (const one of said) {
        const made = tokenOf(one);
        if (made !== "") {
          expect((await world.ask("GET sys/policies/acl/creator", undefined, made)).status).toBe(
            403,
          );
        }
      }
    },
  );
});

describe("two instances", () => {
  beforeAll(async () => {
    await world.ask("POST sys/auth/up", { type: "userpass" });
  });

  const login = (by: Instance) => by.ask("POST auth/up/login/u", { password: "p4ssw0rd" }, "");

  test("T100 a token revoked through one is refused by the other at the next request", async () => {
    for (let round = 0; round < 20; round += 1) {
      const { token } = await world.newToken();
      expect((await use(token, other)).status).toBe(200);

      await world.ask("POST auth/token/revoke", { token });

      expect(errorOf(await use(token, other))).toBe(INVALID_TOKEN);
    }
  });

  test("T87 a policy tightened, deleted or written again through one counts in the other at the next request", async () => {
    const wide = `path "cubbyhole/*" { capabilities = ["create", "update", "read"] }`;
    const narrow = `path "cubbyhole/*" { capabilities = ["create", "update"] }`;
    await policy("p", wide);
    const { token } = await world.newToken({ policies: ["p"], no_default_policy: true });
    const read = async () => (await other.ask("GET cubbyhole/a", undefined, token)).status;
    await other.ask("PUT cubbyhole/a", { a: 1 }, token);

    for (let round = 0; round < 5; round += 1) {
      expect(await read()).toBe(200);
      await policy("p", narrow);
      expect(await read()).toBe(403);
      await world.ask("DELETE sys/policies/acl/p");
      expect(await read()).toBe(403);
      await policy("p", wide);
    }
  });

  test("a user deleted through one cannot log in at the other, a mount disabled ends its tokens there", async () => {
    await world.ask("POST auth/up/users/u", { password: "p4ssw0rd" });
    const token = String(authOf(await login(other))["client_token"]);

    await world.ask("DELETE auth/up/users/u");
    expect((await login(other)).status).toBe(400);
    await world.ask("POST auth/up/users/u", { password: "p4ssw0rd" });
    expect((await login(other)).status).toBe(200);
    await world.ask("DELETE sys/auth/up");

    expect((await login(other)).status).toBe(403);
    expect(errorOf(await use(token, other))).toBe(INVALID_TOKEN);
    await world.ask("POST sys/auth/up", { type: "userpass" });
  });

  test("no token of an auth mount survives its removal, whatever logs in at that moment", async () => {
    for (let round = 0; round < 6; round += 1) {
      await world.ask("POST auth/up/users/u", { password: "p4ssw0rd" });
      const logins = many(8, (n) => login(n % 2 === 0 ? world : other));

      await world.ask("DELETE sys/auth/up");
      await logins;

      expect(await world.countRows("token", "path = 'auth/up/login/u'")).toBe(0);
      await world.ask("POST sys/auth/up", { type: "userpass" });
    }
  });

  test("a token whose entity was deleted through one opens nothing in the other", async () => {
    await world.ask("POST auth/up/users/u", { password: "p4ssw0rd" });
    const auth = authOf(await login(other));

    await world.ask(`DELETE identity/entity/id/${String(auth["entity_id"])}`);

    const said = await use(String(auth["client_token"]), other);
    expect(said).toEqual({ status: 403, body: { errors: ["permission denied"] } });
  });

  test("of writes to one document at once none is lost", async () => {
    await world.ask("POST auth/token/roles/shared", { allowed_policies: "a" });
    const fields = ["orphan", "renewable", "token_period", "token_explicit_max_ttl", "path_suffix"];
    const values = [true, false, 60, 120, "tail"];

    const said = await many(fields.length, (n) =>
      (n % 2 === 0 ? world : other).ask("POST auth/token/roles/shared", {
        [fields[n] ?? ""]: values[n],
      }),
    );

    expect(said.map(({ status }) => status)).toEqual(said.map(() => 204));
    expect(dataOf(await world.ask("GET auth/token/roles/shared"))).toMatchObject({
      orphan: true,
      renewable: false,
      token_period: 60,
      token_explicit_max_ttl: 120,
      path_suffix: "tail",
    });
  });
});

describe("when the database fails", () => {
  test.each(["token", "config_version"])(
    "T88 with %s unreadable nobody is let in",
    async (table) => {
      const { token } = await world.newToken();
      await world.pool.query(`alter table ${table} rename to away`);

      const said = await use(token);

      await world.pool.query(`alter table away rename to ${table}`);
      expect(said.status).toBeGreaterThanOrEqual(500);
      expect((await use(token)).status).toBe(200);
    },
  );

  test("T88 with policies unreadable nothing is allowed that they would allow", async () => {
    await policy("fresh", `path "sys/mounts" { capabilities = ["read"] }`);
    const { token } = await world.newToken({ policies: ["fresh"] });
    await policy("bump", "");
    await world.pool.query("alter table policy rename to away");

    const said = await world.ask("GET sys/mounts", undefined, token);

    await world.pool.query("alter table away rename to policy");
    expect(said.status).toBeGreaterThanOrEqual(500);
    expect((await world.ask("GET sys/mounts", undefined, token)).status).toBe(200);
  });

  test("T101 a login or token whose entry cannot be written leaves no token", async () => {
    await world.ask("POST auth/up/users/u", { password: "p4ssw0rd" });
    const before = await world.countRows("token");
    await world.pool.query(
      "alter table audit_entry add constraint refused check (kind = 'event') not valid",
    );

    const said = [
      await world.ask("POST auth/up/login/u", { password: "p4ssw0rd" }, ""),
      await world.ask("POST auth/token/create", {}),
      await world.send("POST sys/wrapping/wrap", {
        body: { a: 1 },
        headers: { "x-vault-wrap-ttl": "60" },
      }),
      await world.ask("PUT cubbyhole/a", { a: 1 }),
      await world.ask("PUT sys/policies/acl/unlogged", { policy: "" }),
    ];

    await world.pool.query("alter table audit_entry drop constraint refused");
    expect(said.every(({ status }) => status >= 500)).toBe(true);
    expect(await world.countRows("token")).toBe(before);
    expect(await world.countRows("cubbyhole")).toBe(0);
    expect((await world.ask("GET sys/policies/acl/unlogged")).status).toBe(404);
  });

  test("T78 what a caller is told of a failure names no table, host, file or statement", async () => {
    await world.pool.query("alter table token rename to away");

    const said = await world.ask("POST auth/token/create", {});

    await world.pool.query("alter table away rename to token");
    expect(said.status).toBeGreaterThanOrEqual(500);
    expect(said.body).toEqual({
      errors: [expect.stringMatching(/^(internal error|the database does not answer)$/)],
    });
    expect(world.log.join("")).toContain("relation");
  });
});
