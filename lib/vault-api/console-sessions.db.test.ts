import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFirstOperator, firstOperatorCode } from "@/lib/engine/console/first-operator";
import { consoleOidcMount } from "@/lib/engine/console/oidc";
import type { ConsoleSession } from "@/lib/engine/console/session";
import {
  clearOverdueSessions,
  openConsoleSession,
  signOut,
  signOutEverywhere,
} from "@/lib/engine/console/sign-in";
import { Secret } from "@/lib/engine/secret";
import { dataOf, newWorld, type Said, type World } from "@/lib/testing/world";
import { createDispatch } from "@/lib/vault-api/dispatch";
import type { Dispatch } from "@/lib/vault-api/exchange";

let world: World;
let dispatch: Dispatch;

beforeAll(async () => {
  world = await newWorld();
  dispatch = createDispatch({
    ports: world.ports,
    bare: () => Promise.resolve(null),
    clientAddress: ({ peer }) => peer.address,
  });
});

afterAll(() => world.close());

/** What the console does: a request of this process, for a token known by its HMAC or for nobody. */
async function inside(
  request: string,
  tokenHmac: string | null,
  body?: unknown,
): Promise<Said & { requestId: string }> {
  const [method = "GET", path = ""] = request.split(" ");
  const requestId = world.ports.random.uuid();
  const response = await dispatch(
    {
      method,
      target: `/v1/${path}`,
      headers: { "content-type": "application/json" },
      body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
      peer: { address: "192.0.2.7", port: 0 },
    },
    { requestId, clientAddress: "192.0.2.7", tokenHmac },
  );
  const text = response.body?.toString() ?? "";
  const parsed = text === "" ? null : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, body: parsed, requestId };
}

type Opened = { session: ConsoleSession; cookie: Secret; token: string };

async function open(
  parameters: Record<string, unknown> = { policies: ["default"] },
  signIn: { ownsToken?: boolean; way?: "token" | "userpass"; alias?: string } = {},
): Promise<Opened> {
  const { token } = await world.newToken(parameters);
  const found = await world.ports.tokens.byHmac(world.ports.keys.hmac("token", token));
  if (found === null) throw new Error("the token is not there");
  const { cookie } = await openConsoleSession(world.ports, found, {
    way: signIn.way ?? "token",
    ownsToken: signIn.ownsToken ?? true,
    alias: signIn.alias ?? null,
    clientAddress: "192.0.2.7",
    userAgent: "test",
  });
  const session = await world.ports.consoleSessions.byCookie(cookie);
  if (session === null) throw new Error("the session is not there");
  return { session, cookie, token };
}

async function entryOf(requestId: string): Promise<Record<string, unknown>> {
  const result = await world.pool.query<{ entry: Record<string, unknown> }>(
    `select entry from audit_entry where request_id = $1 and kind in ('response', 'both')`,
    [requestId],
  );
  return result.rows[0]?.entry ?? {};
}

describe("a request of the console", () => {
  test("acts by the HMAC of a token, under its policies, and the log names its accessor", async () => {
    const { session } = await open({ policies: ["default"], display_name: "alice" });

    const own = await inside("GET auth/token/lookup-self", session.tokenHmac);
    const other = await inside("GET sys/mounts", session.tokenHmac);
    const entry = await entryOf(other.requestId);

    expect(dataOf(own)).toMatchObject({ accessor: session.accessor, id: "" });
    expect(other.status).toBe(403);
    expect(entry).toMatchObject({
      auth: { accessor: session.accessor, display_name: "token-alice" },
      request: { path: "sys/mounts", remote_address: "192.0.2.7" },
    });
    expect(JSON.stringify(entry)).not.toContain('client_token"');
  });

  test("is refused once the token is revoked", async () => {
    const { session, cookie } = await open();

    await world.ask("POST auth/token/revoke-accessor", { accessor: session.accessor });

    expect((await inside("GET auth/token/lookup-self", session.tokenHmac)).status).toBe(403);
    expect(await world.ports.consoleSessions.byCookie(cookie)).toBeNull();
  });

  test("reaches no cubbyhole, which opens with the token's own value", async () => {
    const { session } = await open();

    const written = await inside("PUT cubbyhole/x", session.tokenHmac, { a: 1 });

    expect(written).toMatchObject({
      status: 400,
      body: { errors: ["a console session has no cubbyhole"] },
    });
  });

  test("with no token is refused where one is needed", async () => {
    expect((await inside("GET sys/mounts", null)).status).toBe(403);
  });
});

describe("a session", () => {
  test("stores neither the cookie nor the token", async () => {
    const { cookie, token } = await open();

    const rows = await world.pool.query(`select s::text as row from console_session s`);

    const text = JSON.stringify(rows.rows);
    expect(text).not.toContain(cookie.reveal());
    expect(text).not.toContain(token);
  });

  test("T223 ends after 30 idle minutes, and is kept alive by what is done in it", async () => {
    const { session, cookie } = await open();
    const idle = async (minutes: number) =>
      world.pool.query(
        `update console_session set idle_until = idle_until - make_interval(mins => $2),
           seen_at = seen_at - make_interval(mins => $2) where id = $1`,
        [session.id, minutes],
      );

    await idle(29);
    await world.ports.consoleSessions.touch(session.id);
    const [touched] = (await world.ports.consoleSessions.live(100)).filter(
      ({ id }) => id === session.id,
    );
    await idle(31);

    expect(touched!.idleUntil.getTime()).toBeGreaterThan(Date.now() + 29 * 60_000);
    expect(await world.ports.consoleSessions.byCookie(cookie)).toBeNull();
  });

  test("T223 ends after 12 hours, however busy it is", async () => {
    const { session, cookie } = await open();
    const hours = (session.endsAt.getTime() - Date.now()) / 3_600_000;

    await world.pool.query(`update console_session set ends_at = now() where id = $1`, [
      session.id,
    ]);
    await world.ports.consoleSessions.touch(session.id);

    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThanOrEqual(12);
    expect(await world.ports.consoleSessions.byCookie(cookie)).toBeNull();
  });

  test("says that it ends with its token, where that is earlier", async () => {
    const { session } = await open({ policies: ["default"], ttl: "1h" });

    expect(session.endsAt.getTime()).toBeLessThan(Date.now() + 3_600_001);
  });

  test("T223 ends for every instance at once when the operator is removed", async () => {
    await world.ask("POST sys/auth/userpass", { type: "userpass" });
    await world.ask("POST auth/userpass/users/bob", { password: "long enough password" });
    const login = await inside("POST auth/userpass/login/bob", null, {
      password: "long enough password",
    });
    const accessor = String((login.body?.["auth"] as Record<string, unknown>)["accessor"]);
    const token = (await world.ports.tokens.byAccessor(accessor))!;
    const { cookie } = await openConsoleSession(world.ports, token, {
      way: "userpass",
      ownsToken: true,
      alias: "bob",
      clientAddress: "192.0.2.7",
      userAgent: "test",
    });
    const other = await world.secondInstance();
    const before = await other.ports.consoleSessions.byCookie(cookie);

    await world.ask("DELETE auth/userpass/users/bob");

    expect(before?.operator).toBe("userpass-bob");
    expect(await other.ports.consoleSessions.byCookie(cookie)).toBeNull();
  });

  test("takes the token that was made for it along, and no other", async () => {
    const own = await open();
    const brought = await open({ policies: ["default"] }, { ownsToken: false });

    await signOut(world.ports, own.session);
    await signOut(world.ports, brought.session);

    expect(await world.ports.tokens.byAccessor(own.session.accessor)).toBeNull();
    expect(await world.ports.tokens.byAccessor(brought.session.accessor)).not.toBeNull();
    expect(await world.ports.consoleSessions.byCookie(brought.cookie)).toBeNull();
  });

  test("T223 signed out everywhere leaves none of the same operator, and those of others", async () => {
    const first = await open();
    const stranger = await open();
    const found = (await world.ports.tokens.byHmac(first.session.tokenHmac))!;
    const { cookie } = await openConsoleSession(world.ports, found, {
      way: "token",
      ownsToken: false,
      alias: null,
      clientAddress: "192.0.2.8",
      userAgent: "another browser",
    });

    const ended = await signOutEverywhere(world.ports, first.session);

    expect(ended).toBe(2);
    expect(await world.ports.consoleSessions.byCookie(first.cookie)).toBeNull();
    expect(await world.ports.consoleSessions.byCookie(cookie)).toBeNull();
    expect(await world.ports.consoleSessions.byCookie(stranger.cookie)).not.toBeNull();
  });

  test("that ended by itself is cleared away with its token, and the log says so", async () => {
    const { session } = await open();
    await world.pool.query(`update console_session set idle_until = now() where id = $1`, [
      session.id,
    ]);

    await clearOverdueSessions(world.ports);

    expect(await world.countRows("console_session", `id = '${session.id}'`)).toBe(0);
    expect(await world.ports.tokens.byAccessor(session.accessor)).toBeNull();
    expect(
      await world.countRows(
        "audit_entry",
        `operation = 'console.sessions_ended' and entry::text like '%${session.id}%'`,
      ),
    ).toBe(1);
  });

  test("is not opened for a batch token, nor for one with few uses", async () => {
    const { token } = await world.newToken({ policies: ["default"], num_uses: 5 });
    const found = (await world.ports.tokens.byHmac(world.ports.keys.hmac("token", token)))!;

    const attempt = openConsoleSession(world.ports, found, {
      way: "token",
      ownsToken: false,
      alias: null,
      clientAddress: "192.0.2.7",
      userAgent: "test",
    });

    await expect(attempt).rejects.toMatchObject({ kind: "invalid_request" });
  });
});

describe("sys/leasehold/console-sessions", () => {
  test("lists who is signed in, shows one, and ends it", async () => {
    const { session, cookie } = await open({ policies: ["default"], display_name: "carol" });

    const list = await world.ask("LIST sys/leasehold/console-sessions");
    const one = await world.ask(`GET sys/leasehold/console-sessions/${session.id}`);
    const ended = await world.ask(`DELETE sys/leasehold/console-sessions/${session.id}`);

    expect(dataOf(list)["keys"]).toContain(session.id);
    expect(dataOf(one)).toMatchObject({
      operator: "token-carol",
      accessor: session.accessor,
      way: "token",
      remote_address: "192.0.2.7",
      user_agent: "test",
      own: false,
    });
    expect(ended.status).toBe(204);
    expect(await world.ports.consoleSessions.byCookie(cookie)).toBeNull();
    expect((await world.ask(`GET sys/leasehold/console-sessions/${session.id}`)).status).toBe(404);
  });

  test.each(["LIST sys/leasehold/console-sessions", "LIST sys/leasehold/operators"])(
    "%s is denied without a policy for it",
    async (request) => {
      const { token } = await world.newToken({ policies: ["default"] });

      expect((await world.ask(request, undefined, token)).status).toBe(403);
    },
  );

  test("an id that is none is not there", async () => {
    expect((await world.ask("GET sys/leasehold/console-sessions/nobody")).status).toBe(404);
    expect((await world.ask("DELETE sys/leasehold/console-sessions/nobody")).status).toBe(204);
  });
});

describe("operators of a sign-in provider", () => {
  const claims = { subject: "248289761001", name: "dora", groups: ["platform", "unknown"] };

  beforeAll(async () => {
    await world.ports.commit([consoleOidcMount(world.ports)], {
      name: "console.oidc_enabled",
      path: "auth/console-oidc/",
      detail: {},
    });
    await world.ask("PUT auth/console-oidc/groups/platform", { policies: "admin, default" });
    await world.ask("PUT auth/console-oidc/groups/team/on%20call", { policies: ["on-call"] });
  });

  test("get the policies of their groups, for as long as a session lasts", async () => {
    const login = await inside("POST auth/console-oidc/login", null, claims);

    expect(login.body?.["auth"]).toMatchObject({
      policies: ["admin", "default"],
      lease_duration: 12 * 3600,
      metadata: { subject: "248289761001" },
    });
  });

  test("T234 nobody gets in over HTTP by claiming groups", async () => {
    const login = await world.ask("POST auth/console-oidc/login", claims, "");

    expect(login.status).toBe(403);
    expect(login.body?.["auth"]).toBeUndefined();
  });

  test("groups are listed, read and taken away by the names that they have there", async () => {
    const list = await world.ask("LIST auth/console-oidc/groups");
    const one = await world.ask("GET auth/console-oidc/groups/team/on%20call");
    await world.ask("DELETE auth/console-oidc/groups/team/on%20call");
    const gone = await world.ask("GET auth/console-oidc/groups/team/on%20call");

    expect(dataOf(list)).toMatchObject({ keys: ["platform", "team/on call"] });
    expect(dataOf(one)).toEqual({ policies: ["on-call"] });
    expect(gone.status).toBe(404);
  });

  test("no group can be given root", async () => {
    const written = await world.ask("PUT auth/console-oidc/groups/evil", { policies: " ROOT " });

    expect(written.status).toBe(400);
  });

  test("stand in the list of operators beside users with a password", async () => {
    await world.ask("POST sys/auth/userpass", { type: "userpass" });
    await world.ask("POST auth/userpass/users/erin", {
      password: "long enough password",
      token_policies: "auditor",
    });

    const list = await world.ask("LIST sys/leasehold/operators");

    expect(dataOf(list)["key_info"]).toMatchObject({
      "auth/console-oidc/groups/platform": { kind: "group", policies: ["admin", "default"] },
      "auth/userpass/users/erin": { kind: "user", policies: ["auditor"], sessions: 0 },
    });
  });
});

test("the first operator is created once, by the code, with what is missing for it", async () => {
  const fresh = await newWorld();
  try {
    const code = firstOperatorCode(fresh.ports);
    const password = new Secret("correct horse battery");
    const create = (given: string) =>
      createFirstOperator(fresh.ports, { code: given, username: "Root-Admin", password });

    await expect(create("AAAAA-AAAAA-AAAAA-AAAAA")).rejects.toMatchObject({
      kind: "permission_denied",
    });
    await create(code.toLowerCase().replaceAll("-", " "));
    await expect(create(code)).rejects.toMatchObject({ kind: "permission_denied" });

    const login = await fresh.ask(
      "POST auth/userpass/login/root-admin",
      { password: "correct horse battery" },
      "",
    );
    expect(login.body?.["auth"]).toMatchObject({ policies: ["admin", "default"] });
    expect(dataOf(await fresh.ask("LIST sys/policies/acl"))["keys"]).toEqual(
      expect.arrayContaining(["admin", "auditor", "on-call"]),
    );
  } finally {
    await fresh.close();
  }
});

test("two who have the code at the same moment do not both become the first operator", async () => {
  const fresh = await newWorld();
  try {
    const code = firstOperatorCode(fresh.ports);
    const create = (username: string) =>
      createFirstOperator(fresh.ports, {
        code,
        username,
        password: new Secret("correct horse battery"),
      });

    const outcomes = await Promise.allSettled([create("one"), create("two")]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  } finally {
    await fresh.close();
  }
});
