import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { endClaimed } from "@/lib/engine/lease/end";
import { claimDueLeases, claimLapsedIntents } from "@/lib/postgres/claims";
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

const ACCOUNT = "111122223333";
const ALLOW_ALL = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};
const TRUST = {
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: "sts:AssumeRole",
  },
};
const ROOT_KEY = { accessKeyId: "AKIAROOTROOTROOT0001", secretAccessKey: "secret-of-root" };

let world: World;
let other: Instance;
/** Users that other tests left behind on purpose. */
let foreign: ReadonlySet<string>;

beforeAll(async () => {
  world = await newWorld();
  other = await world.secondInstance();
  world.simulator.seed({
    accounts: [
      {
        id: ACCOUNT,
        users: [{ name: "root", accessKeys: [ROOT_KEY], inlinePolicies: { all: ALLOW_ALL } }],
        roles: [{ name: "app", trust: TRUST, maxSessionSeconds: 3600 }],
      },
    ],
  });
  await world.ask("POST sys/mounts/aws", { type: "aws" });
  await configureRoot("aws");
  await world.ask("PUT aws/roles/user", {
    credential_type: "iam_user",
    policy_document: JSON.stringify(ALLOW_ALL),
  });
  await world.ask("PUT aws/roles/session", {
    credential_type: "assumed_role",
    role_arns: `arn:aws:iam::${ACCOUNT}:role/app`,
  });
  await world.ask("PUT sys/policies/acl/creds", {
    policy: `path "aws/creds/*" { capabilities = ["read"] }`,
  });
});

afterAll(() => world.close());

function configureRoot(mount: string): Promise<Said> {
  return world.ask(`PUT ${mount}/config/root`, {
    access_key: ROOT_KEY.accessKeyId,
    secret_key: ROOT_KEY.secretAccessKey,
    region: "us-east-1",
    iam_endpoint: world.simulator.url,
    sts_endpoint: world.simulator.url,
    max_retries: 0,
  });
}

beforeEach(async () => {
  world.simulator.faults.set([]);
  await world.pool.query("truncate lease, lease_ended, lease_revocation, intent, audit_entry");
  world.simulator.ledger.forgetCalls();
  foreign = new Set(allUsers());
});

/** IAM users that the mount made during this test and that exist still. */
function users(): string[] {
  return allUsers().filter((name) => !foreign.has(name));
}

function allUsers(): string[] {
  const { accounts } = world.simulator.ledger.snapshot();
  const names = (accounts[ACCOUNT]?.users ?? []).map((user) => user.name);
  return names.filter((name) => name.startsWith("vault-"));
}

function calls(action: string): number {
  return world.simulator.ledger.callsOf(action);
}

async function issue(role: "user" | "session", token?: string): Promise<string> {
  const said = await world.ask(`GET aws/creds/${role}`, undefined, token);
  expect(said.status).toBe(200);
  return String(said.body?.["lease_id"]);
}

function revoke(leaseId: string, sync = true, by: Instance = world): Promise<Said> {
  return by.ask("PUT sys/leases/revoke", { lease_id: leaseId, sync });
}

const lookup = (leaseId: string) => world.ask("PUT sys/leases/lookup", { lease_id: leaseId });
const renew = (leaseId: string, by: Instance = world) =>
  by.ask("PUT sys/leases/renew", { lease_id: leaseId, increment: 600 });

/** Sessions' leases as they are stored, without asking AWS for them. */
async function storeLeases(
  folder: string,
  count: number,
  tokenAccessor = "root-accessor",
): Promise<void> {
  await world.pool.query(
    `insert into lease (id, mount_id, role, kind, token_hmac, holder, handle, needs_undo, renewable, expires_at, next_attempt_at)
     select $1 || lpad(n::text, 24, '0'), m.id, 'session', 'assumed_role', t.hmac, '{}', '{}', false, true,
       now() + interval '1 hour', now() + interval '1 hour'
     from generate_series(1, $2::int) n, mount m, token t where m.path = 'aws/' and t.accessor = $3`,
    [folder, count, tokenAccessor],
  );
}

/** Rounds of the worker until nothing is left to do now. */
async function workOff(instance: Instance): Promise<void> {
  while (await instance.worker.workOffRevocation());
  while (await instance.worker.revokeDueLeases());
}

async function lapseClaims(): Promise<void> {
  await world.pool.query(
    "update lease set locked_until = now() - interval '1 second' where fence is not null",
  );
  await world.pool.query(
    "update intent set locked_until = now() - interval '1 second', next_attempt_at = now(), opened_at = now() - interval '10 minutes'",
  );
}

const endings = (condition = "true") => world.countRows("lease_ended", condition);
const events = (name: string) => world.countRows("audit_entry", `operation = '${name}'`);

describe("revoking one lease", () => {
  test("T113 ends the credential at AWS, and asking again succeeds", async () => {
    const id = await issue("user");

    expect((await revoke(id)).status).toBe(204);
    expect(users()).toEqual([]);
    expect((await revoke(id)).status).toBe(204);
    expect(errorOf(await lookup(id))).toBe("invalid lease");
    expect(await endings("outcome = 'revoked'")).toBe(1);
  });

  test("T113 twenty at once, on two instances, all succeed and AWS is asked once", async () => {
    const id = await issue("user");

    const said = await Promise.all(
      Array.from({ length: 20 }, (_, n) => revoke(id, true, n % 2 === 0 ? world : other)),
    );

    expect(said.map(({ status }) => status)).toEqual(said.map(() => 204));
    expect(calls("iam:DeleteUser")).toBe(1);
    expect(await endings()).toBe(1);
  });

  test("T113 one that AWS refuses stays, with the reason, and its timer is untouched", async () => {
    const id = await issue("user");
    world.simulator.faults.set([
      { action: "DeleteUser", effect: "error", code: "AccessDenied", status: 403, message: "no" },
    ]);

    const said = await revoke(id);

    expect(said.status).toBe(400);
    expect(errorOf(said)).toContain("failed to revoke entry: ");
    expect(dataOf(await lookup(id))).toMatchObject({ id, renewable: true });
    expect(
      await world.countRows("lease", "last_error like '%AccessDenied%' and fence is null"),
    ).toBe(1);
    world.simulator.faults.set([]);
    expect((await revoke(id)).status).toBe(204);
  });

  test("T113 without waiting it is accepted, cannot be renewed any more, and the worker ends it", async () => {
    const id = await issue("user");

    expect((await revoke(id, false)).status).toBe(202);
    expect((await renew(id)).status).toBe(400);
    await workOff(world);

    expect(users()).toEqual([]);
    expect(await endings("outcome = 'revoked'")).toBe(1);
  });

  test("T130 of a session is answered as done, and how long AWS honours it is kept", async () => {
    const id = await issue("session");

    expect((await revoke(id)).status).toBe(204);

    expect(await endings("aws_ends_at > now() + interval '50 minutes'")).toBe(1);
  });

  test("T116 works from what the lease holds, after its role was deleted", async () => {
    const id = await issue("user");
    await world.ask("DELETE aws/roles/user");

    const revoked = await revoke(id);

    await world.ask("PUT aws/roles/user", {
      credential_type: "iam_user",
      policy_document: JSON.stringify(ALLOW_ALL),
    });
    expect(revoked.status).toBe(204);
    expect(users()).toEqual([]);
  });
});

describe("revoking by prefix", () => {
  test("T114 ends what lies below, page after page, and no look-alike", async () => {
    await storeLeases("aws/creds/a/", 1200);
    await storeLeases("aws/creds/ab/", 3);

    const said = await world.ask("PUT sys/leases/revoke-prefix/aws/creds/a");

    expect(said.status).toBe(204);
    expect(await world.countRows("lease")).toBe(3);
    expect(await endings("outcome = 'revoked'")).toBe(1200);
    expect(await events("lease.revoked")).toBe(1200);
  });

  test("T114 tells of the one that AWS refused, keeps it, and ends it later", async () => {
    await issue("user");
    await issue("session");
    world.simulator.faults.set([
      { action: "DeleteUser", effect: "error", code: "ServiceFailure", status: 500, message: "no" },
    ]);

    const said = await world.ask("PUT sys/leases/revoke-prefix/aws");

    expect(said.status).toBe(400);
    expect(errorOf(said)).toMatch(/^failed to revoke "aws\/creds\/user\/\w{24}" \(\d \/ 2\): /);
    world.simulator.faults.set([]);
    expect((await world.ask("PUT sys/leases/revoke-prefix/aws")).status).toBe(204);
    expect(await world.countRows("lease")).toBe(0);
    expect(users()).toEqual([]);
  });

  test("T114 an empty prefix is refused", async () => {
    await storeLeases("aws/creds/a/", 1);

    expect((await world.ask("PUT sys/leases/revoke-prefix/")).status).toBe(400);
    expect(await world.countRows("lease")).toBe(1);
  });

  test("T114 of many leases is accepted at once, counts from then on, and is worked off behind", async () => {
    await storeLeases("aws/creds/a/", 1500);
    await storeLeases("aws/creds/ab/", 2);
    const [first] = (
      await world.pool.query<{ id: string }>("select id from lease order by id limit 1")
    ).rows;
    const user = await issue("user");

    const said = await world.ask("PUT sys/leases/revoke-prefix/aws/creds/a", { sync: false });

    expect(said.status).toBe(202);
    expect(await world.countRows("lease_revocation")).toBe(1);
    expect((await renew(first?.id ?? "")).status).toBe(400);
    expect(dataOf(await lookup(first?.id ?? ""))).toMatchObject({ ttl: 0, renewable: false });
    // What is issued afterwards is no part of it.
    await world.pool.query(
      "update lease set issued_at = now() + interval '1 second' where id like '%0001500'",
    );
    await workOff(other);
    expect(await world.countRows("lease_revocation")).toBe(0);
    expect(await world.countRows("lease", "id like 'aws/creds/a/%'")).toBe(1);
    expect(await world.countRows("lease", "id like 'aws/creds/ab/%'")).toBe(2);
    expect((await lookup(user)).status).toBe(200);
    expect(await endings("outcome = 'revoked'")).toBe(1499);
    expect(await events("lease.revoked")).toBe(1499);
  });

  test("a revocation whose worker died is taken over where it stood", async () => {
    await storeLeases("aws/creds/a/", 1500);
    await world.ask("PUT sys/leases/revoke-prefix/aws", { sync: false });
    await world.pool.query(
      `update lease_revocation set fence = gen_random_uuid(), locked_until = now() + interval '1 minute',
         after = 'aws/creds/a/' || lpad('500', 24, '0')`,
    );

    expect(await other.worker.workOffRevocation()).toBe(false);
    await world.pool.query("update lease_revocation set locked_until = now()");
    await workOff(other);

    expect(await world.countRows("lease_revocation")).toBe(0);
    expect(await endings()).toBe(1000);
  });

  test("T115 by force forgets what AWS refuses to end, keeps the record, and asks for sudo", async () => {
    const id = await issue("user");
    world.simulator.faults.set([
      { action: "DeleteUser", effect: "error", code: "AccessDenied", status: 403, message: "no" },
    ]);
    await world.ask("PUT sys/policies/acl/force", {
      policy: `path "sys/leases/revoke-force/*" { capabilities = ["update"] }`,
    });
    const { token } = await world.newToken({ policies: ["force"] });

    const denied = await world.ask("PUT sys/leases/revoke-force/aws/creds/user", undefined, token);
    const forced = await world.ask("PUT sys/leases/revoke-force/aws/creds/user");

    expect(denied.status).toBe(403);
    expect(forced.status).toBe(204);
    expect(errorOf(await lookup(id))).toBe("invalid lease");
    expect(await endings("outcome = 'forced'")).toBe(1);
    expect(
      await world.countRows(
        "audit_entry",
        `operation = 'lease.forgotten' and lease_id = '${id}' and entry->'detail'->'left_behind'->>'userName' like 'vault-%'`,
      ),
    ).toBe(1);
  });

  test("by force forgets one lease by its id, and no other", async () => {
    const [stuck, other] = [await issue("user"), await issue("user")];
    world.simulator.faults.set([
      { action: "DeleteUser", effect: "error", code: "AccessDenied", status: 403, message: "no" },
    ]);

    const forced = await world.ask(`PUT sys/leases/revoke-force/${stuck}`);

    expect(forced.status).toBe(204);
    expect(errorOf(await lookup(stuck))).toBe("invalid lease");
    expect((await lookup(other)).status).toBe(200);
  });
});

describe("leases that are due", () => {
  test("T169 each ends once, however many workers come for it", async () => {
    await storeLeases("aws/creds/a/", 1300);
    const ids = await Promise.all([issue("user"), issue("user"), issue("user")]);
    await world.pool.query("update lease set expires_at = now(), next_attempt_at = now()");

    await Promise.all([workOff(world), workOff(other), workOff(world), workOff(other)]);

    expect(await world.countRows("lease")).toBe(0);
    expect(await endings("outcome = 'expired'")).toBe(1303);
    expect(await events("lease.expired")).toBe(1303);
    expect(calls("iam:DeleteUser")).toBe(ids.length);
  });

  test("T171 one whose worker died is taken over, and the dead one's word does not count any more", async () => {
    const id = await issue("user");
    await world.expireLease(id);
    const { rows } = await world.pool.query<{ mount_id: string }>("select mount_id from lease");
    const claim = { fence: "00000000-0000-4000-8000-000000000001", keysOff: false };
    const [lease] = await claimDueLeases(
      world.pool,
      { ...claim, mountId: rows[0]?.mount_id ?? "" },
      10,
    );

    await workOff(other);
    expect(await world.countRows("lease")).toBe(1);
    await lapseClaims();
    await workOff(other);
    expect(await world.countRows("lease")).toBe(0);

    if (lease === undefined) throw new Error("nothing was claimed");
    const late = { lease, fence: "00000000-0000-4000-8000-000000000001" };
    expect(await endClaimed(world.ports, late, "expired")).toBe(false);
    expect(await endings()).toBe(1);
  });

  test("one that cannot be ended is tried again later, is irrevocable after six times, and still tried", async () => {
    const id = await issue("user");
    world.simulator.faults.set([
      { action: "DeleteUser", effect: "error", code: "AccessDenied", status: 403, message: "no" },
    ]);

    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await world.expireLease(id);
      await workOff(world);
      expect(
        await world.countRows("lease", `attempts = ${attempt} and next_attempt_at > now()`),
      ).toBe(1);
    }

    expect(dataOf(await world.ask("GET sys/leases/count?type=irrevocable"))).toMatchObject({
      lease_count: 1,
    });
    world.simulator.faults.set([]);
    await world.pool.query("update lease set next_attempt_at = now()");
    await workOff(world);
    expect(await world.countRows("lease")).toBe(0);
    expect(users()).toEqual([]);
  });
});

describe("a lease and its token", () => {
  test("T124 renewing, revoking, expiry and the token's end at one moment leave one end, and no renewal after it", async () => {
    for (let round = 0; round < 12; round += 1) {
      const { token, accessor } = await world.newToken({ policies: ["creds"] });
      const id = await issue(round % 3 === 0 ? "user" : "session", token);
      const before = await endings();

      const acknowledged: string[] = [];
      const note = (name: string) => (said: Said) => {
        if (said.status < 300) acknowledged.push(name);
      };
      await Promise.all([
        renew(id, other).then(note("renew")),
        revoke(id, round % 2 === 0).then(note("revoke")),
        other.ask("POST auth/token/revoke-accessor", { accessor }).then(note("token")),
        other.worker.revokeDueLeases(),
        renew(id).then(note("renew")),
      ]);
      const late = await renew(id);
      await workOff(world);

      expect(acknowledged).toContain("revoke");
      expect(late.status).toBe(400);
      expect(await world.countRows("lease")).toBe(0);
      expect((await endings()) - before).toBe(1);
    }
    expect(users()).toEqual([]);
  });

  test("T96 a token's end makes its leases due, those of its children too", async () => {
    const { token, accessor } = await world.newToken({ policies: ["creds", "default"] });
    const child = authOf(
      await world.ask("POST auth/token/create", { policies: ["creds"] }, ROOT_TOKEN),
    );
    await world.pool.query(
      "update token set parent_hmac = (select hmac from token where accessor = $1) where accessor = $2",
      [accessor, child["accessor"]],
    );
    await issue("user", token);
    await issue("user", String(child["client_token"]));

    await world.ask("POST auth/token/revoke", { token });
    await workOff(world);

    expect(users()).toEqual([]);
    expect(await endings("outcome = 'revoked'")).toBe(2);
  });

  test("a token with many leases ends at once, they are worked off behind, none is renewed meanwhile", async () => {
    const { token, accessor } = await world.newToken();
    await storeLeases("aws/creds/a/", 1500, accessor);

    await world.ask("POST auth/token/revoke", { token });

    expect(await world.countRows("lease_revocation", "token_hmac is not null")).toBe(1);
    expect((await renew(`aws/creds/a/${"7".padStart(24, "0")}`)).status).toBe(400);
    await workOff(world);
    expect(await world.countRows("lease")).toBe(0);
    expect(await endings("outcome = 'revoked'")).toBe(1500);
  });

  test("T101 a credential whose token is revoked while AWS works is never handed out, and is undone", async () => {
    const { token, accessor } = await world.newToken({ policies: ["creds"] });
    world.simulator.faults.set([{ action: "CreateAccessKey", effect: "latency", ms: 400 }]);

    const pending = world.ask("GET aws/creds/user", undefined, token);
    await expect.poll(() => calls("iam:CreateUser")).toBe(1);
    await other.ask("POST auth/token/revoke-accessor", { accessor });
    const said = await pending;

    expect(said.status).toBe(503);
    expect(await world.countRows("lease")).toBe(0);
    expect(await world.countRows("intent")).toBe(1);
    await lapseClaims();
    await other.worker.undoLapsedIntents();
    expect(users()).toEqual([]);
    expect(await world.countRows("intent")).toBe(0);
  });

  test("T186 a credential whose answer cannot be logged is never handed out, and is undone", async () => {
    await refuseEntries("response");

    const said = await world.ask("GET aws/creds/user");

    await acceptEntries();
    expect(said.status).toBeGreaterThanOrEqual(500);
    expect(JSON.stringify(said.body)).not.toContain("secret_key");
    expect(await world.countRows("lease")).toBe(0);
    await lapseClaims();
    await other.worker.undoLapsedIntents();
    expect(users()).toEqual([]);
  });

  test("T185 a request that cannot be logged asks AWS for nothing", async () => {
    await refuseEntries("request");

    const said = await Promise.all([
      world.ask("GET aws/creds/user"),
      world.ask("GET aws/creds/session"),
    ]);

    await acceptEntries();
    expect(said.map(({ status }) => status)).toEqual([500, 500]);
    expect(world.simulator.ledger.recentCalls()).toEqual([]);
    expect(await world.countRows("intent")).toBe(0);
  });

  test("T184 while AWS works the request's entry and the intent are there, the answer's entry is not", async () => {
    world.simulator.faults.set([{ action: "CreateAccessKey", effect: "latency", ms: 400 }]);
    const entries = (kind: string) =>
      world.countRows(
        "audit_entry",
        `kind = '${kind}' and path = 'aws/creds/user' and request_id in (select request_id from intent)`,
      );

    const pending = world.ask("GET aws/creds/user");
    await expect.poll(() => calls("iam:CreateUser")).toBe(1);
    const meanwhile = [await entries("request"), await entries("response")];
    await pending;

    expect(meanwhile).toEqual([1, 0]);
    expect(await world.countRows("audit_entry", "kind = 'response'")).toBe(1);
  });

  test("an intent that somebody else took over gives its owner no lease", async () => {
    world.simulator.faults.set([{ action: "CreateAccessKey", effect: "latency", ms: 400 }]);

    const pending = world.ask("GET aws/creds/user");
    await expect.poll(() => world.countRows("intent")).toBe(1);
    await lapseClaims();
    const [taken] = await claimLapsedIntents(
      other.pool,
      {
        fence: "00000000-0000-4000-8000-000000000002",
        instanceId: "00000000-0000-4000-8000-000000000003",
      },
      1,
    );
    const said = await pending;

    expect(taken).toBeDefined();
    expect(said.status).toBe(503);
    expect(await world.countRows("lease")).toBe(0);
    expect(await world.countRows("intent")).toBe(1);
  });
});

describe("an instance whose clock is wrong", () => {
  afterEach(() => {
    other.clock.aheadMs = 0;
  });

  test.each([31_000, -31_000])("T179 by %d ms asks AWS for no credentials", async (aheadMs) => {
    other.clock.aheadMs = aheadMs;

    const said = await other.ask("GET aws/creds/user");

    expect(said.status).toBe(503);
    expect(world.simulator.ledger.recentCalls()).toEqual([]);
    expect((await world.ask("GET aws/creds/user")).status).toBe(200);
  });

  test.each([20_000, -20_000])(
    "T178 by %d ms makes no lease longer or shorter",
    async (aheadMs) => {
      other.clock.aheadMs = aheadMs;

      const issued = await other.ask("GET aws/creds/user");
      const id = String(issued.body?.["lease_id"]);
      await other.ask("PUT sys/leases/renew", { lease_id: id, increment: 600 });

      expect(
        await world.countRows(
          "lease",
          "expires_at between now() + interval '590 seconds' and now() + interval '600 seconds'",
        ),
      ).toBe(1);
      await world.expireLease(id);
      expect((await renew(id, other)).status).toBe(400);
      await workOff(other);
      expect(await world.countRows("lease")).toBe(0);
    },
  );
});

describe("disabling the mount", () => {
  const ROLE = { credential_type: "iam_user", policy_document: JSON.stringify(ALLOW_ALL) };

  async function newMount(name: string): Promise<void> {
    await world.ask(`POST sys/mounts/${name}`, { type: "aws" });
    await configureRoot(name);
    await world.ask(`PUT ${name}/roles/user`, ROLE);
  }

  test("T117 ends all that it issued; what comes to the same path inherits nothing", async () => {
    await newMount("gone");
    const id = String((await world.ask("GET gone/creds/user")).body?.["lease_id"]);

    expect((await world.ask("DELETE sys/mounts/gone")).status).toBe(204);
    expect((await world.ask("DELETE sys/mounts/gone")).status).toBe(204);

    expect(users()).toEqual([]);
    expect(errorOf(await lookup(id))).toBe("invalid lease");
    await world.ask("POST sys/mounts/gone", { type: "aws" });
    expect((await world.ask("GET gone/config/root")).status).toBe(404);
    expect((await world.ask("LIST gone/roles")).status).toBe(404);
    await world.ask("DELETE sys/mounts/gone");
  });

  test("T117 is refused while AWS refuses, and leaves the mount usable", async () => {
    await newMount("kept");
    await world.ask("GET kept/creds/user");
    world.simulator.faults.set([
      { action: "DeleteUser", effect: "error", code: "AccessDenied", status: 403, message: "no" },
    ]);

    const said = await world.ask("DELETE sys/mounts/kept");

    world.simulator.faults.set([]);
    expect(said.status).toBe(400);
    expect((await world.ask("GET kept/creds/user")).status).toBe(200);
    expect((await world.ask("DELETE sys/mounts/kept")).status).toBe(204);
    expect(users()).toEqual([]);
  });

  test("T117 leaves no lease behind, whatever is being issued at that moment", async () => {
    for (let round = 0; round < 4; round += 1) {
      await newMount("race");
      const issuing = Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          (n % 2 === 0 ? world : other).ask("GET race/creds/user"),
        ),
      );

      const said = await other.ask("DELETE sys/mounts/race");
      await issuing;
      while ((await world.ask("DELETE sys/mounts/race")).status !== 204) {
        await lapseClaims();
        await world.worker.undoLapsedIntents();
      }

      expect([204, 400]).toContain(said.status);
      expect(await world.countRows("lease")).toBe(0);
      expect(await world.countRows("intent")).toBe(0);
      expect(users()).toEqual([]);
    }
  });
});

/** The log takes no entries of this kind, as when its disk is full. */
async function refuseEntries(kind: "request" | "response"): Promise<void> {
  await world.pool.query(
    `alter table audit_entry add constraint refused check (kind <> '${kind}') not valid`,
  );
}

async function acceptEntries(): Promise<void> {
  await world.pool.query("alter table audit_entry drop constraint refused");
}
