import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signedGetHeaders } from "@/lib/aws-simulator/sign";
import { draw } from "@/lib/testing/aws-secrets-mounts";
import { signedLogin } from "@/lib/testing/signed-login";
import {
  dataOf,
  errorOf,
  type Instance,
  newWorld,
  type Said,
  type World,
} from "@/lib/testing/world";

const HOME = "111122223333";
const AWAY = "444455556666";
const ROLE = `arn:aws:iam::${HOME}:role/app`;
const AWAY_ROLE = `arn:aws:iam::${AWAY}:role/app`;
const ROOT_KEY = { accessKeyId: "AKIAROOTROOTROOTROOT", secretAccessKey: "secret of root" };
const EVERYTHING = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
};
const TRUST = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${HOME}:root` }, Action: "sts:AssumeRole" },
  ],
};

let world: World;
let other: Instance;

beforeAll(async () => {
  world = await newWorld();
  other = await world.secondInstance();
  await world.ask("POST sys/mounts/aws", { type: "aws" });
  await configureRoot();
  for (const [name, arn] of [
    ["app", ROLE],
    ["away", AWAY_ROLE],
  ]) {
    await world.ask(`PUT aws/roles/${name}`, {
      credential_type: "assumed_role",
      role_arns: [arn],
      max_sts_ttl: "4h",
    });
  }
  const policy = { policy_document: JSON.stringify(EVERYTHING) };
  await world.ask("PUT aws/roles/fed", { credential_type: "federation_token", ...policy });
  await world.ask("PUT aws/roles/ses", { credential_type: "session_token" });
});

afterAll(() => world.close());

afterEach(() => {
  const odd = world.log.filter((line) => line.includes("error"));
  if (odd.length > 0) console.log(odd.slice(0, 3).join("\n"));
  world.log.splice(0);
});

beforeEach(async () => {
  seed();
  world.simulator.faults.set([]);
  world.simulator.ledger.forgetCalls();
  for (const table of ["lease", "session_denial", "denial_container"]) {
    await world.pool.query(`delete from ${table}`);
  }
  await world.ask("DELETE aws/config/accounts/444455556666");
  await world.ask("POST sys/mounts/aws/tune", { max_lease_ttl: "768h" });
  await configure({ mode: "deny_session", overflow: "refuse" });
});

function seed(more: Record<string, unknown> = {}): void {
  const all = { inlinePolicies: { all: EVERYTHING } };
  const role = { name: "app", trust: TRUST, maxSessionSeconds: 14_400, ...all };
  world.simulator.seed({
    accounts: [
      {
        id: HOME,
        users: [{ name: "root", accessKeys: [ROOT_KEY], ...all }],
        roles: [{ ...role, ...more }],
      },
      { id: AWAY, roles: [role, { name: "revoker", trust: TRUST, ...all }] },
    ],
  });
}

async function configureRoot(): Promise<void> {
  const { url } = world.simulator;
  await world.ask("PUT aws/config/root", {
    access_key: ROOT_KEY.accessKeyId,
    secret_key: ROOT_KEY.secretAccessKey,
    region: "us-east-1",
    iam_endpoint: url,
    sts_endpoint: url,
    max_retries: 0,
  });
}

function configure(body: Record<string, unknown>): Promise<Said> {
  return world.ask("PUT aws/config/revocation", body);
}

type Drawn = { leaseId: string; use: () => Promise<string>; credential: SigningCredential };
type SigningCredential = { accessKeyId: string; secretAccessKey: string; sessionToken: string };

/** A credential that is drawn now, and what the simulator says to whoever uses it. */
async function drawn(path: string, body?: Record<string, unknown>): Promise<Drawn> {
  const said = await world.ask(`${body === undefined ? "GET" : "PUT"} aws/sts/${path}`, body);
  expect([said.status, errorOf(said)]).toEqual([200, ""]);
  const data = dataOf(said);
  const credential = {
    accessKeyId: String(data["access_key"]),
    secretAccessKey: String(data["secret_key"]),
    sessionToken: String(data["session_token"]),
  };
  return {
    leaseId: String(said.body?.["lease_id"]),
    credential,
    use: async () => {
      const url = new URL("/", world.simulator.url);
      const headers = signedGetHeaders(url, credential, { service: "s3", now: Date.now() });
      const answer = await fetch(url, { headers });
      const text = await answer.text();
      return answer.ok ? "works" : (/<Code>(.*)<\/Code>/.exec(text)?.[1] ?? text);
    },
  };
}

function revoke({ leaseId }: Drawn, sync = true, at: Pick<World, "ask"> = world): Promise<Said> {
  return at.ask("PUT sys/leases/revoke", { lease_id: leaseId, sync });
}

async function stateOf({ leaseId }: Drawn): Promise<Record<string, unknown>> {
  return dataOf(await world.ask(`GET aws/revocations/${leaseId}`));
}

type Statement = { Sid: string; Condition: Record<string, Record<string, unknown>> };

/** What our policy on the role says; null: there is none. */
function policyOn(
  kind: "roles" | "users" = "roles",
  account = HOME,
  name = kind === "roles" ? "app" : "root",
): Statement[] | null {
  const holders = world.simulator.world.accounts.get(account)?.[kind];
  const holder = holders?.find(name);
  const ours = [...(holder?.inlinePolicies ?? [])].find(([policy]) =>
    policy.startsWith("VaultLeaseRevocations-"),
  );
  return ours === undefined
    ? null
    : (JSON.parse(ours[1].text) as { Statement: Statement[] }).Statement;
}

const calls = (action: string): number => world.simulator.ledger.callsOf(`iam:${action}`);

describe("a mount that leaves sessions alone", () => {
  test("S344 revokes a lease as before, and asks nothing of IAM", async () => {
    await configure({ mode: "off" });
    const session = await drawn("app");
    const before = calls("PutRolePolicy");
    expect((await revoke(session)).status).toBe(204);
    expect(await session.use()).toBe("works");
    expect(calls("PutRolePolicy")).toBe(before);
    expect(await world.countRows("session_denial")).toBe(0);
  });

  test("turned on counts for sessions that live already", async () => {
    await configure({ mode: "off" });
    const session = await drawn("app");
    await configure({ mode: "deny_session" });
    await revoke(session);
    expect(await session.use()).toBe("AccessDenied");
  });

  test("turned on leaves the limits of a session what they are", async () => {
    const { leaseId } = await drawn("app");
    const lease = dataOf(await world.ask(`GET sys/leasehold/leases/${leaseId}`));
    const terms = (lease["limits"] as { term: string }[]).map(({ term }) => term);
    expect(terms).toContain("role_max");
    expect(terms).not.toContain("lease_default");
  });

  test("bad settings are refused", async () => {
    expect(errorOf(await configure({ mode: "deny" }))).toBe(
      "mode must be one of off, deny_session",
    );
    expect(errorOf(await configure({ overflow: "x" }))).toBe("overflow must be one of refuse, cut");
  });
});

describe("a session of a role", () => {
  test("S345 S347 is denied by its own id, and others of the role go on", async () => {
    const [ended, goesOn] = [await drawn("app"), await drawn("app")];
    expect((await revoke(ended)).status).toBe(204);
    expect(await ended.use()).toBe("AccessDenied");
    expect(await goesOn.use()).toBe("works");
    const [statement] = policyOn() ?? [];
    expect(statement).toMatchObject({
      Sid: "S",
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { StringEquals: { "aws:userid": [expect.stringMatching(/^AROA\w+:vault-/)] } },
    });
    expect(await stateOf(ended)).toMatchObject({ state: "applied", container: ROLE, by: "name" });
    expect((await world.ask("PUT sys/leases/lookup", { lease_id: ended.leaseId })).status).toBe(
      400,
    );
  });

  test("S346 is written together with others of its role that end in the same second", async () => {
    const sessions = [await drawn("app"), await drawn("app")];
    const before = calls("PutRolePolicy");
    await Promise.all(sessions.map((session) => revoke(session)));
    expect(calls("PutRolePolicy") - before).toBe(1);
    const [statement] = policyOn() ?? [];
    expect(statement?.Condition["StringEquals"]?.["aws:userid"]).toHaveLength(2);
  });

  test("is verified once AWS shows what was written", async () => {
    const session = await drawn("app");
    await revoke(session);
    await dueNow();
    await world.worker.writeDenials();
    expect(await stateOf(session)).toMatchObject({ state: "verified" });
    const lease = await world.ask(`GET sys/leasehold/leases/${session.leaseId}`);
    expect(dataOf(lease)).toMatchObject({ state: "ended", denial: { state: "verified" } });
  });

  test("S348 is forgotten five minutes after its end, and the policy goes with the last", async () => {
    const session = await drawn("app");
    await revoke(session);
    await world.pool.query("update session_denial set expires_at = now() - interval '301 seconds'");
    await dueNow();
    await world.worker.writeDenials();
    expect(policyOn()).toBeNull();
    await dueNow();
    await world.worker.writeDenials();
    expect(await world.countRows("denial_container")).toBe(0);
  });

  test("S349 under a name of the client's choice is denied by name and age", async () => {
    const older = await drawn("app", { role_session_name: "deploy" });
    await revoke(older);
    expect(await older.use()).toBe("AccessDenied");
    const [statement] = policyOn() ?? [];
    expect(Object.keys(statement?.Condition ?? {})).toEqual(["StringEquals", "DateLessThanEquals"]);
    world.simulator.world.clockOffsetMs = 3_000;
    const newer = await drawn("app", { role_session_name: "deploy" });
    expect(await newer.use()).toBe("works");
    world.simulator.world.clockOffsetMs = 0;
  });

  test("S352 that AWS does not let us deny keeps its lease, and says why", async () => {
    const session = await drawn("app");
    world.simulator.faults.set([
      {
        effect: "error",
        service: "iam",
        action: "PutRolePolicy",
        status: 403,
        code: "AccessDenied",
        message: "not you",
      },
    ]);
    const said = await revoke(session);
    expect([said.status, errorOf(said)]).toEqual([
      400,
      expect.stringContaining("failed to revoke entry: AccessDenied: not you"),
    ]);
    expect((await world.ask("PUT sys/leases/lookup", { lease_id: session.leaseId })).status).toBe(
      200,
    );
    expect(await stateOf(session)).toMatchObject({ state: "failed" });
    world.simulator.faults.set([]);
    expect((await revoke(session)).status).toBe(204);
    expect(await session.use()).toBe("AccessDenied");
  });

  test("whose role is gone works no more, so there is nothing to deny", async () => {
    const session = await drawn("app");
    const roles = world.simulator.world.accounts.get(HOME)?.roles;
    for (const role of roles?.all() ?? []) roles?.remove(role);
    expect((await revoke(session)).status).toBe(204);
    expect(await stateOf(session)).toMatchObject({ state: "moot" });
  });

  test("S356 that outlives its lease is denied when the lease ends", async () => {
    await world.ask("POST sys/mounts/aws/tune", { max_lease_ttl: "1h" });
    const session = await drawn("app", { ttl: "4h" });
    await world.expireLease(session.leaseId);
    await world.worker.revokeDueLeases();
    expect(await session.use()).toBe("AccessDenied");
    expect(await world.countRows("lease")).toBe(0);
  });

  test("that ends with its lease is left to end by itself", async () => {
    const session = await drawn("app");
    await world.pool.query("update lease set aws_ends_at = now() + interval '30 seconds'");
    await world.expireLease(session.leaseId);
    await world.worker.revokeDueLeases();
    expect([await world.countRows("lease"), await world.countRows("session_denial")]).toEqual([
      0, 0,
    ]);
  });

  test("S357 is denied again when somebody edits the policy", async () => {
    const restorations = (): Promise<number> =>
      world.countRows("audit_entry", "entry::text like '%session.denials_restored%'");
    const session = await drawn("app");
    await revoke(session);
    const before = await restorations();
    const role = world.simulator.world.accounts.get(HOME)?.roles.find("app");
    const [name] = [...(role?.inlinePolicies.keys() ?? [])].filter((one) =>
      one.startsWith("Vault"),
    );
    role?.inlinePolicies.delete(name ?? "");
    expect(await session.use()).toBe("works");
    await world.pool.query(
      "update denial_container set written_at = now() - interval '1 hour', next_attempt_at = now()",
    );
    await world.worker.writeDenials();
    expect(await session.use()).toBe("AccessDenied");
    expect(await restorations()).toBe(before + 1);
  });

  test("S358 logs in no more through the AWS auth method", async () => {
    await world.ask("POST sys/auth/aws", { type: "aws" });
    await world.ask("PUT auth/aws/config/client", { sts_endpoint: world.simulator.url });
    await world.ask("PUT auth/aws/role/app", {
      bound_iam_principal_arn: ROLE,
      resolve_aws_unique_ids: false,
    });
    const session = await drawn("app");
    const logIn = (ms: number): Promise<Said> =>
      world.ask(
        "POST auth/aws/login",
        { role: "app", ...signedLogin(session.credential, { at: new Date(Date.now() - ms) }) },
        "",
      );
    expect((await logIn(0)).status).toBe(200);
    await revoke(session);
    await expect
      .poll(async () => errorOf(await logIn(2_000 + Math.random() * 60_000)), { timeout: 5_000 })
      .toContain("this AWS session has been revoked");
  });

  test("S359 is denied by one writer, whichever of two instances is asked", async () => {
    const sessions = await Promise.all(Array.from({ length: 8 }, () => drawn("app")));
    await Promise.all(
      sessions.map((one, index) => revoke(one, true, index % 2 === 0 ? world : other)),
    );
    for (const session of sessions) expect(await session.use()).toBe("AccessDenied");
    const [statement] = policyOn() ?? [];
    expect(statement?.Condition["StringEquals"]?.["aws:userid"]).toHaveLength(8);
  });

  test("is denied by whoever comes next when a process dies between asking and writing", async () => {
    const session = await drawn("app");
    await world.pool.query(
      "update lease set revoked_at = now(), next_attempt_at = now() where id = $1",
      [session.leaseId],
    );
    await world.pool.query(
      `insert into session_denial (lease_id, mount_id, container, aws_userid, is_unique, issued_at, expires_at)
       select id, mount_id, handle ->> 'roleArn', handle ->> 'awsUserId', true, issued_at, aws_ends_at from lease`,
    );
    await world.pool.query(
      `insert into denial_container (container, mount_id, next_attempt_at, fence, locked_until)
       select container, mount_id, now(), gen_random_uuid(), now() - interval '1 second' from session_denial`,
    );
    await other.worker.writeDenials();
    expect(await session.use()).toBe("AccessDenied");
    await other.worker.revokeDueLeases();
    expect(await world.countRows("lease")).toBe(0);
  });

  test("waits out a throttled AWS", async () => {
    const session = await drawn("app");
    world.simulator.faults.set([{ effect: "throttle", service: "iam", times: 1 }]);
    expect((await revoke(session)).status).toBe(400);
    await dueNow();
    await world.worker.writeDenials();
    expect(await session.use()).toBe("AccessDenied");
  });

  test("180 of one role end at once in a few calls", { timeout: 120_000 }, async () => {
    const lots = await Promise.all(Array.from({ length: 180 }, () => drawn("app")));
    const goesOn = await drawn("app");
    const before = calls("PutRolePolicy");
    await Promise.all(lots.map((one) => revoke(one)));
    expect(calls("PutRolePolicy") - before).toBeLessThanOrEqual(5);
    for (const session of [lots[0], lots[90], lots[179]]) {
      expect(await session?.use()).toBe("AccessDenied");
    }
    expect(await goesOn.use()).toBe("works");
  });
});

describe("a policy without room", () => {
  test("S354 takes no more, and keeps those that it has", async () => {
    const first = await drawn("app");
    await revoke(first);
    seed({ inlinePolicies: filler(9_800, policyTextOn()) });
    const second = await drawn("app");
    const said = await revoke(second);
    expect(said.status).toBe(400);
    expect(errorOf(said)).toMatch(
      /deny list of arn:aws:iam::111122223333:role\/app is full: 1 sessions, next slot free at 20/,
    );
  });

  test("S355 denies by age where that was chosen, and names whom else it hits", async () => {
    await configure({ overflow: "cut" });
    const innocent = await drawn("app");
    world.simulator.world.clockOffsetMs = 2_000;
    const ended = await drawn("app");
    seed({ inlinePolicies: filler(9_850) });
    expect((await revoke(ended)).status).toBe(204);
    const statements = policyOn() ?? [];
    expect(statements.map(({ Sid }) => Sid)).toContain("T");
    world.simulator.world.clockOffsetMs = 0;
    const told = await world.pool.query<{ entry: string }>(
      "select entry::text as entry from audit_entry where entry::text like '%session.killed_by_cut%'",
    );
    expect(told.rows[0]?.entry).toContain(innocent.leaseId);
  });

  function policyTextOn(): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: policyOn() });
  }

  /** Another policy of the role that leaves little room, beside ours where there is one. */
  function filler(chars: number, _ours?: string): Record<string, unknown> {
    const statement = { Effect: "Allow", Action: "*", Resource: ["*"] };
    const pad = "arn:aws:s3:::".padEnd(100, "x");
    const document = { Version: "2012-10-17", Statement: [statement] };
    while (JSON.stringify(document).length < chars) statement.Resource.push(pad);
    return { all: document };
  }
});

describe("other accounts and kinds", () => {
  test("S353 a role elsewhere needs a revoker, and the text names the account", async () => {
    const session = await drawn("away");
    expect(errorOf(await revoke(session))).toContain(
      `no revoker is configured for account ${AWAY}`,
    );
    await world.ask(`PUT aws/config/accounts/${AWAY}`, {
      revoker_role_arn: `arn:aws:iam::${AWAY}:role/revoker`,
    });
    expect((await revoke(session)).status).toBe(204);
    expect(await session.use()).toBe("AccessDenied");
    expect(policyOn("roles", AWAY)).toHaveLength(1);
  });

  test("S350 a federated session is denied on the user that issued it, whose own calls go on", async () => {
    const [session, goesOn] = [await drawn("fed"), await drawn("fed")];
    expect((await revoke(session)).status).toBe(204);
    expect(await session.use()).toBe("AccessDenied");
    expect(await goesOn.use()).toBe("works");
    const [statement] = policyOn("users") ?? [];
    expect(statement?.Condition["StringEquals"]?.["aws:userid"]).toEqual([
      expect.stringMatching(new RegExp(`^${HOME}:vault-`)),
    ]);
    expect((await drawn("app")).leaseId).toContain("aws/sts/app/");
  });

  test("S351 a session token is revoked as before: AWS cannot tell it from others", async () => {
    const session = await drawn("ses");
    expect((await revoke(session)).status).toBe(204);
    expect(await session.use()).toBe("works");
    expect(await world.countRows("session_denial")).toBe(0);
  });
});

test("denied sessions are listed, the newest first", async () => {
  const id = await draw(world, "aws/sts/app");
  await world.ask("PUT sys/leases/revoke", { lease_id: id, sync: true });
  const said = await world.ask("LIST aws/revocations/");
  expect(dataOf(said)).toMatchObject({ keys: [id], key_info: { [id]: { state: "applied" } } });
});

async function dueNow(): Promise<void> {
  await world.pool.query(
    "update denial_container set next_attempt_at = now(), locked_until = null",
  );
}
