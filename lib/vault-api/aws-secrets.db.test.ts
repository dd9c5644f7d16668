import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { FaultRule } from "@/lib/aws-simulator/faults";
import type { LedgerUser } from "@/lib/aws-simulator/ledger";
import type { SeedAccount } from "@/lib/aws-simulator/seed";
import { forgetRootVersions, retryPendingDeletions } from "@/lib/engine/aws-secrets/old-root-keys";
import { undoIntent } from "@/lib/engine/aws-secrets/undo";
import { claimLapsedIntents, isRootVersionInUse } from "@/lib/postgres/claims";
import { newWorld, type Said, type World } from "@/lib/testing/world";

const ACCOUNT = "111122223333";
const OTHER_ACCOUNT = "444455556666";
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/app`;
const ALLOW_ALL = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};
const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const TRUST = {
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: "sts:AssumeRole",
  },
};

let world: World;
/** Each test has a mount and root users of its own. */
let mount: string;
let count = 0;

beforeAll(async () => {
  world = await newWorld();
});

afterAll(async () => {
  await world.close();
});

beforeEach(async () => {
  count += 1;
  mount = `aws-${count}`;
  world.simulator.faults.set([]);
  world.simulator.world.clockOffsetMs = 0;
  world.simulator.seed({
    accounts: [
      {
        ...account(ACCOUNT, rootKey()),
        groups: [{ name: "readers", attachedPolicies: [S3_READ] }],
        roles: [{ name: "app", trust: TRUST, maxSessionSeconds: 3600 }],
      },
    ],
  });
  await world.ask(`POST sys/mounts/${mount}`, { type: "aws" });
  await configure(rootKey());
  world.simulator.ledger.forgetCalls();
});

type Key = { accessKeyId: string; secretAccessKey: string };

function rootKey(): Key {
  return {
    accessKeyId: `AKIAROOTROOTROOT${1000 + count}`,
    secretAccessKey: `secret-of-root-${count}`,
  };
}

function account(id: string, key: Key, policy: unknown = ALLOW_ALL): SeedAccount {
  return {
    id,
    users: [{ name: `root-${count}`, accessKeys: [key], inlinePolicies: { all: policy } }],
  };
}

function configure(key: Key, more: Record<string, unknown> = {}): Promise<Said> {
  return world.ask(`PUT ${mount}/config/root`, {
    access_key: key.accessKeyId,
    secret_key: key.secretAccessKey,
    region: "us-east-1",
    iam_endpoint: world.simulator.url,
    sts_endpoint: world.simulator.url,
    max_retries: 1,
    ...more,
  });
}

function strike(...rules: FaultRule[]): void {
  world.simulator.faults.set(rules);
}

async function role(name: string, body: Record<string, unknown>): Promise<void> {
  const { status } = await world.ask(`PUT ${mount}/roles/${name}`, body);
  expect(status).toBe(204);
}

/** IAM users that this test's mount made. */
function users(accountId = ACCOUNT): readonly LedgerUser[] {
  const { accounts } = world.simulator.ledger.snapshot();
  const all = accounts[accountId]?.users ?? [];
  return all.filter((user) => user.name.startsWith("vault-"));
}

function dataOf(said: Said): Record<string, unknown> {
  const data = said.body?.["data"];
  return typeof data === "object" && data !== null ? { ...data } : {};
}

function leaseIdOf(said: Said): string {
  return String(said.body?.["lease_id"]);
}

function errorOf(said: Said): string {
  const errors = said.body?.["errors"];
  return Array.isArray(errors) ? String(errors[0]) : "";
}

async function rows(table: "lease" | "intent"): Promise<number> {
  const mounts = await world.ask("GET sys/mounts");
  expect(mounts.status).toBe(200);
  const { rowCount } = await world.pool.query(
    `select 1 from ${table} t join mount m on m.id = t.mount_id where m.path = $1`,
    [`${mount}/`],
  );
  return rowCount ?? 0;
}

async function mountId(): Promise<string> {
  const result = await world.pool.query<{ id: string }>("select id from mount where path = $1", [
    `${mount}/`,
  ]);
  return result.rows[0]?.id ?? "";
}

function revoke(leaseId: string): Promise<Said> {
  return world.ask("PUT sys/leases/revoke", { lease_id: leaseId, sync: true });
}

/** What the worker does with intents whose request is long over. */
async function undoOpenIntents(ageSeconds: number): Promise<void> {
  await world.pool.query(
    `update intent set locked_until = now(), next_attempt_at = now(),
       opened_at = now() - make_interval(secs => $1)`,
    [ageSeconds],
  );
  const owner = { fence: world.ports.random.uuid(), instanceId: world.ports.random.uuid() };
  const config = await world.ports.extras.snapshot();
  for (const intent of await claimLapsedIntents(world.pool, owner, 100)) {
    await undoIntent(world.ports, config, intent);
    await world.pool.query("delete from intent where id = $1", [intent.id]);
  }
}

describe("the root credential", () => {
  test("S024 T128 is never told, and a partial write keeps it", async () => {
    await world.ask(`PUT ${mount}/config/root`, { region: "eu-west-1" });
    await role("u", { credential_type: "iam_user" });

    const read = await world.ask(`GET ${mount}/config/root`);
    const issued = await world.ask(`GET ${mount}/creds/u`);

    expect(dataOf(read)).toMatchObject({ access_key: rootKey().accessKeyId, region: "eu-west-1" });
    expect(JSON.stringify(read.body)).not.toContain("secret-of-root");
    expect(issued.status).toBe(200);
  });

  test("S028 half a key pair is told at issuance, before AWS is asked", async () => {
    await world.ask(`PUT ${mount}/config/root`, { secret_key: "" });
    await role("u", { credential_type: "iam_user" });

    const issued = await world.ask(`GET ${mount}/creds/u`);

    expect(issued.status).toBe(400);
    expect(errorOf(issued)).toContain(
      "static AWS client credentials haven't been properly configured",
    );
    expect(world.simulator.ledger.recentCalls()).toEqual([]);
  });

  test("of another account leaves the old one to undo what it made", async () => {
    await role("u", { credential_type: "iam_user" });
    const lease = leaseIdOf(await world.ask(`GET ${mount}/creds/u`));
    const other = { accessKeyId: `AKIAOTHEROTHER00${1000 + count}`, secretAccessKey: "other" };
    world.simulator.seed({ accounts: [account(OTHER_ACCOUNT, other)] });
    await configure(other);
    const before = users().length;

    const revoked = await revoke(lease);

    expect(revoked.status).toBe(204);
    expect(users()).toHaveLength(before - 1);
  });

  test("a new key of the same account undoes what the old one made", async () => {
    await role("u", { credential_type: "iam_user" });
    const lease = leaseIdOf(await world.ask(`GET ${mount}/creds/u`));
    const fresh = { accessKeyId: `AKIAFRESHFRESH00${1000 + count}`, secretAccessKey: "fresh" };
    world.simulator.seed({ accounts: [account(ACCOUNT, fresh)] });
    await configure(fresh);
    world.simulator.ledger.forgetCalls();

    const revoked = await revoke(lease);

    expect(revoked.status).toBe(204);
    const signers = world.simulator.ledger.recentCalls().map((call) => call.accessKeyId);
    expect(new Set(signers)).toEqual(new Set([fresh.accessKeyId]));
  });
});

test("a root credential that made nothing any more is forgotten, others are kept", async () => {
  const id = await mountId();
  const other = { accessKeyId: `AKIAOTHEROTHER00${1000 + count}`, secretAccessKey: "other" };
  world.simulator.seed({ accounts: [account(ACCOUNT, other)] });
  await role("u", { credential_type: "iam_user" });
  const lease = leaseIdOf(await world.ask(`GET ${mount}/creds/u`));
  await configure(other);
  await world.pool.query(
    `update mount_setting set body = jsonb_set(body, '{supersededAt}', '"2020-01-01T00:00:00Z"')
     where mount_id = $1 and setting = 'root' and key <> 'current'`,
    [id],
  );
  await world.pool.query("update config_version set version = version + 1");
  const forget = async (): Promise<string[]> => {
    const { ports, pool } = world;
    const config = await ports.extras.snapshot();
    await forgetRootVersions(ports, config, id, (version) => isRootVersionInUse(pool, id, version));
    return (await ports.extras.snapshot()).settingKeys(id, "root");
  };

  const whileNeeded = await forget();
  await revoke(lease);
  const afterwards = await forget();

  expect([whileNeeded, afterwards]).toEqual([["1", "current"], ["current"]]);
});

describe("rotation of the root credential", () => {
  test("S041 S042 S043 the new key works, the old one is gone", async () => {
    const rotated = await world.ask(`POST ${mount}/config/rotate-root`);

    const read = await world.ask(`GET ${mount}/config/root`);
    const keys = world.simulator.ledger
      .snapshot()
      .accounts[ACCOUNT]?.users.find((user) => user.name === `root-${count}`)?.accessKeys;
    expect(rotated.status).toBe(200);
    expect(dataOf(rotated)["access_key"]).not.toBe(rootKey().accessKeyId);
    expect(dataOf(read)["access_key"]).toBe(dataOf(rotated)["access_key"]);
    expect(keys?.map((key) => key.accessKeyId)).toEqual([dataOf(rotated)["access_key"]]);
    await role("u", { credential_type: "iam_user" });
    expect((await world.ask(`GET ${mount}/creds/u`)).status).toBe(200);
  });

  test("S048 T129 a second key at AWS stops it, and the configured one stays", async () => {
    const extra = { accessKeyId: `AKIAEXTRAEXTRA00${1000 + count}`, secretAccessKey: "extra" };
    world.simulator.seed({ accounts: [account(ACCOUNT, extra)] });

    const rotated = await world.ask(`POST ${mount}/config/rotate-root`);
    const again = await world.ask(`POST ${mount}/config/rotate-root`);

    expect([rotated.status, again.status]).toEqual([400, 400]);
    expect(errorOf(again)).toMatch(/^error calling CreateAccessKey: LimitExceeded: /);
    expect(dataOf(await world.ask(`GET ${mount}/config/root`))["access_key"]).toBe(
      rootKey().accessKeyId,
    );
  });

  test("T129 called twice at once it happens once", async () => {
    const both = await Promise.all([
      world.ask(`POST ${mount}/config/rotate-root`),
      world.ask(`POST ${mount}/config/rotate-root`),
    ]);

    expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
    await role("u", { credential_type: "iam_user" });
    expect((await world.ask(`GET ${mount}/creds/u`)).status).toBe(200);
  });

  test("S049 an old key that cannot be deleted is deleted later", async () => {
    strike({
      effect: "error",
      status: 500,
      code: "ServiceFailure",
      message: "no",
      action: "DeleteAccessKey",
    });
    const rotated = await world.ask(`POST ${mount}/config/rotate-root`);
    strike();

    const config = await world.ports.extras.snapshot();
    const id = await mountId();
    const pending = await config.settingKeys(id, "pending_key_deletion");
    await retryPendingDeletions(world.ports, config, id);

    expect(rotated.status).toBe(200);
    expect(rotated.body?.["warnings"]).toEqual([
      expect.stringContaining("could not be deleted yet"),
    ]);
    expect(pending).toEqual([rootKey().accessKeyId]);
    const later = await world.ports.extras.snapshot();
    expect(await later.settingKeys(id, "pending_key_deletion")).toEqual([]);
    expect(JSON.stringify(world.simulator.ledger.snapshot().accounts)).not.toContain(
      rootKey().accessKeyId,
    );
  });

  test("a key whose answer was lost is found and deleted", async () => {
    strike({ effect: "lostReply", action: "CreateAccessKey", times: 1 });
    const rotated = await world.ask(`POST ${mount}/config/rotate-root`);
    const id = await mountId();
    await world.pool.query(
      `update mount_setting set body = jsonb_set(body, '{startedAt}', to_jsonb((now() - interval '5 minutes')::text))
       where mount_id = $1 and setting = 'root_rotation'`,
      [id],
    );
    await world.pool.query("update config_version set version = version + 1");

    await retryPendingDeletions(world.ports, await world.ports.extras.snapshot(), id);

    expect(errorOf(rotated)).toMatch(/^error calling CreateAccessKey: LimitExceeded/);
    const keys = world.simulator.ledger
      .snapshot()
      .accounts[ACCOUNT]?.users.find((user) => user.name === `root-${count}`)?.accessKeys;
    expect(keys?.map((key) => key.accessKeyId)).toEqual([rootKey().accessKeyId]);
  });
});

describe("assumed_role", () => {
  test.each([
    ["outside the list", `arn:aws:iam::${ACCOUNT}:role/other`],
    ["re-cased", ROLE_ARN.toUpperCase()],
    ["padded", ` ${ROLE_ARN}`],
  ])("T105 S178 an ARN %s is refused without asking AWS", async (_how, roleArn) => {
    await role("r", { credential_type: "assumed_role", role_arns: [ROLE_ARN, `${ROLE_ARN}2`] });

    const issued = await world.ask(`POST ${mount}/creds/r`, { role_arn: roleArn });

    expect(issued.status).toBe(400);
    expect(world.simulator.ledger.recentCalls()).toEqual([]);
  });

  test("T106 S169 a TTL above the role's maximum fails and leaves nothing", async () => {
    await role("r", {
      credential_type: "assumed_role",
      role_arns: [ROLE_ARN],
      default_sts_ttl: 7200,
    });

    const issued = await world.ask(`GET ${mount}/creds/r`);

    expect(issued.status).toBe(400);
    expect(errorOf(issued)).toMatch(/^Error assuming role: ValidationError: .*MaxSessionDuration/);
    expect([await rows("lease"), await rows("intent")]).toEqual([0, 0]);
  });

  test.each([-300_000, 0, 300_000])(
    "T107 with AWS's clock %i ms off, no more life is told than there is",
    async (offset) => {
      world.simulator.world.clockOffsetMs = offset;
      await role("r", {
        credential_type: "assumed_role",
        role_arns: [ROLE_ARN],
        default_sts_ttl: 900,
      });

      const issued = await world.ask(`GET ${mount}/creds/r`);

      const { now, sessions } = world.simulator.ledger.snapshot();
      const session = sessions.find(
        ({ accessKeyId }) => accessKeyId === dataOf(issued)["access_key"],
      );
      const real = (Date.parse(session?.expiresAt ?? "") - Date.parse(now)) / 1000;
      expect(Number(dataOf(issued)["ttl"])).toBeLessThanOrEqual(Math.ceil(real));
      expect(Number(issued.body?.["lease_duration"])).toBeLessThanOrEqual(Math.ceil(real));
      expect(Number(dataOf(issued)["ttl"])).toBeGreaterThanOrEqual(0);
    },
  );

  test("S244 S252 its lease is not renewed, and its end asks nothing of AWS", async () => {
    await role("r", { credential_type: "assumed_role", role_arns: [ROLE_ARN] });
    const issued = await world.ask(`GET ${mount}/creds/r`);
    world.simulator.ledger.forgetCalls();

    const renewed = await world.ask("PUT sys/leases/renew", { lease_id: leaseIdOf(issued) });
    const revoked = await revoke(leaseIdOf(issued));

    expect(errorOf(renewed)).toBe("lease is not renewable");
    expect(revoked.status).toBe(204);
    expect(world.simulator.ledger.recentCalls()).toEqual([]);
  });

  test("S199 a throttled group lookup is 502", async () => {
    await world.ask(`PUT ${mount}/config/root`, { max_retries: 0 });
    await role("r", {
      credential_type: "assumed_role",
      role_arns: [ROLE_ARN],
      iam_groups: ["readers"],
    });
    strike({ effect: "throttle", service: "iam" });

    const issued = await world.ask(`GET ${mount}/creds/r`);

    expect(issued.status).toBe(502);
    expect(errorOf(issued)).toMatch(/^Throttling: /);
  });
});

describe("iam_user", () => {
  test("S215 has path, boundary, policies, group and tags", async () => {
    await role("u", {
      credential_type: "iam_user",
      policy_arns: [S3_READ],
      policy_document: JSON.stringify(ALLOW_ALL),
      iam_groups: ["readers"],
      iam_tags: { team: "blue" },
      user_path: "/path/",
      permissions_boundary_arn: S3_READ,
    });

    const issued = await world.ask(`GET ${mount}/creds/u`);

    expect(issued.status).toBe(200);
    const user = users().find(
      ({ accessKeys }) => accessKeys[0]?.accessKeyId === dataOf(issued)["access_key"],
    );
    expect(user).toMatchObject({
      path: "/path/",
      tags: { team: "blue" },
      groups: ["readers"],
      inlinePolicies: ["u"],
      attachedPolicies: [S3_READ],
      permissionsBoundary: S3_READ,
    });
    expect(user?.name).toMatch(/^vault-root-u-\d{10}-[A-Za-z0-9]{20}$/);
    expect([await rows("lease"), await rows("intent")]).toEqual([1, 0]);
  });

  test("T127 what was issued is nowhere in the database", async () => {
    await role("u", { credential_type: "iam_user" });
    await role("r", { credential_type: "assumed_role", role_arns: [ROLE_ARN] });

    const user = dataOf(await world.ask(`GET ${mount}/creds/u`));
    const session = dataOf(await world.ask(`GET ${mount}/creds/r`));
    const secrets = [user["secret_key"], session["secret_key"], session["session_token"]];

    const tables = await world.pool.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    );
    for (const { name } of tables.rows) {
      const hits = await world.pool.query(
        `select 1 from "${name}" t, unnest($1::text[]) as secret where position(secret in t::text) > 0`,
        [secrets],
      );
      expect([name, hits.rowCount]).toEqual([name, 0]);
    }
  });

  test("T110 never lives without its boundary", async () => {
    strike({
      effect: "error",
      status: 404,
      code: "NoSuchEntity",
      message: "no boundary",
      action: "CreateUser",
    });
    await role("u", { credential_type: "iam_user", permissions_boundary_arn: S3_READ });
    const before = users().length;

    const issued = await world.ask(`GET ${mount}/creds/u`);

    expect(issued.status).toBe(400);
    expect(users()).toHaveLength(before);
    expect(await rows("intent")).toBe(0);
  });

  test("S222 a user whose policy cannot be attached is removed later", async () => {
    strike({
      effect: "error",
      status: 404,
      code: "NoSuchEntity",
      message: "no",
      action: "AttachUserPolicy",
    });
    await role("u", { credential_type: "iam_user", policy_arns: [S3_READ] });
    const before = users().length;

    const issued = await world.ask(`GET ${mount}/creds/u`);
    const made = users().length;
    await undoOpenIntents(30);

    expect(errorOf(issued)).toMatch(/^Error attaching user policy: NoSuchEntity: no\n/);
    expect(made).toBe(before + 1);
    expect(users()).toHaveLength(before);
    expect([await rows("lease"), await rows("intent")]).toEqual([0, 0]);
  });

  test("S229 a creation whose answer was lost is undone", async () => {
    strike({ effect: "lostReply", action: "CreateUser" });
    await role("u", { credential_type: "iam_user" });
    const before = users().length;

    const issued = await world.ask(`GET ${mount}/creds/u`);
    const open = await rows("intent");
    await undoOpenIntents(600);

    expect(issued.status).toBe(400);
    expect(open).toBe(1);
    expect(users()).toHaveLength(before);
  });

  test("a name found taken after a lost answer is our own, and is undone", async () => {
    strike({ effect: "lostReply", action: "CreateUser", times: 1 });
    await role("u", { credential_type: "iam_user" });
    const before = users().length;

    const issued = await world.ask(`GET ${mount}/creds/u`);
    await undoOpenIntents(30);

    expect(errorOf(issued)).toMatch(/^Error creating IAM user: EntityAlreadyExists: /);
    expect(users()).toHaveLength(before);
  });

  test("S230 somebody else's user of that name is left alone", async () => {
    const name = `foreign-${count}`;
    world.simulator.seed({ accounts: [{ id: ACCOUNT, users: [{ name }] }] });
    await world.ask(`PUT ${mount}/config/root`, { username_template: name });
    await role("u", { credential_type: "iam_user" });

    const issued = await world.ask(`GET ${mount}/creds/u`);
    const open = await rows("intent");
    await undoOpenIntents(600);

    expect(errorOf(issued)).toMatch(/^Error creating IAM user: EntityAlreadyExists: /);
    expect(open).toBe(0);
    const { accounts } = world.simulator.ledger.snapshot();
    expect(accounts[ACCOUNT]?.users.map((user) => user.name)).toContain(name);
  });

  test("a request that failed holds its intent no longer", async () => {
    strike({
      effect: "error",
      action: "CreateAccessKey",
      status: 403,
      code: "AccessDenied",
      message: "refused",
    });
    await role("u", { credential_type: "iam_user" });

    const issued = await world.ask(`GET ${mount}/creds/u`);

    expect(issued.status).toBe(400);
    expect(await rows("intent")).toBe(1);
    expect(world.wired.commits.openFences()).toEqual([]);
  });

  test("a key whose answer was lost does not stay beside the one handed out", async () => {
    strike({ effect: "lostReply", action: "CreateAccessKey", times: 1 });
    await role("u", { credential_type: "iam_user" });

    const issued = await world.ask(`GET ${mount}/creds/u`);

    const made = users().find((user) =>
      user.accessKeys.some((key) => key.accessKeyId === dataOf(issued)["access_key"]),
    );
    expect(issued.status).toBe(200);
    expect(made?.accessKeys).toHaveLength(1);
  });

  test("S231 100 at once are 100 users and leases", async () => {
    await role("u", { credential_type: "iam_user" });
    const before = users().length;

    const issued = await Promise.all(
      Array.from({ length: 100 }, () => world.ask(`GET ${mount}/creds/u`)),
    );

    expect(new Set(issued.map(leaseIdOf)).size).toBe(100);
    expect(users()).toHaveLength(before + 100);
    expect([await rows("lease"), await rows("intent")]).toEqual([100, 0]);
  });
});

describe("the end of a user's lease", () => {
  test("S246 takes keys, policies, groups and the user, and may be repeated", async () => {
    await role("u", {
      credential_type: "iam_user",
      policy_arns: [S3_READ],
      policy_document: JSON.stringify(ALLOW_ALL),
      iam_groups: ["readers"],
    });
    const before = users().length;
    const lease = leaseIdOf(await world.ask(`GET ${mount}/creds/u`));
    world.simulator.ledger.forgetCalls();

    const revoked = await revoke(lease);
    const again = await revoke(lease);

    expect([revoked.status, again.status]).toEqual([204, 204]);
    expect(users()).toHaveLength(before);
    const actions = world.simulator.ledger.recentCalls().map((call) => call.action);
    expect(actions.slice(0, 2)).toEqual(["ListAccessKeys", "DeleteAccessKey"]);
    expect(world.simulator.ledger.callsOf("iam:DeleteUser")).toBe(1);
  });

  test("S248 S247 T120 a missing user is believed once it is five minutes old", async () => {
    await role("u", { credential_type: "iam_user" });
    const lease = leaseIdOf(await world.ask(`GET ${mount}/creds/u`));
    const fault: FaultRule = {
      effect: "error",
      status: 404,
      code: "NoSuchEntity",
      message: "gone",
      action: "ListAccessKeys",
    };
    strike(fault);

    const young = await revoke(lease);
    await world.pool.query(
      "update lease set issued_at = now() - interval '6 minutes' where id = $1",
      [lease],
    );
    const old = await revoke(lease);

    expect(errorOf(young)).toMatch(/^failed to revoke entry: NoSuchEntity: gone\n/);
    expect(old.status).toBe(204);
  });

  test("S249 T119 kills the key of a user that somebody gave a password, and says why it stays", async () => {
    await role("u", { credential_type: "iam_user" });
    const issued = await world.ask(`GET ${mount}/creds/u`);
    const name = users().find(
      (user) => user.accessKeys[0]?.accessKeyId === dataOf(issued)["access_key"],
    )?.name;
    world.simulator.seed({
      accounts: [{ id: ACCOUNT, users: [{ name: name ?? "", loginProfile: true }] }],
    });

    const revoked = await revoke(leaseIdOf(issued));

    expect(errorOf(revoked)).toMatch(/^failed to revoke entry: DeleteConflict: /);
    expect(users().find((user) => user.name === name)?.accessKeys).toEqual([]);
    expect(await rows("lease")).toBe(1);
  });

  test("S250 goes by the groups of the lease where IAM does not list them", async () => {
    await role("u", { credential_type: "iam_user", iam_groups: ["readers"] });
    const before = users().length;
    const lease = leaseIdOf(await world.ask(`GET ${mount}/creds/u`));
    strike({
      effect: "error",
      status: 403,
      code: "AccessDenied",
      message: "no",
      action: "ListGroupsForUser",
    });

    const revoked = await revoke(lease);

    expect(revoked.status).toBe(204);
    expect(users()).toHaveLength(before);
  });

  test("S381 comes also when its role was deleted", async () => {
    await role("u", { credential_type: "iam_user" });
    const before = users().length;
    const lease = leaseIdOf(await world.ask(`GET ${mount}/creds/u`));
    await world.ask(`DELETE ${mount}/roles/u`);

    const renewed = await world.ask("PUT sys/leases/renew", { lease_id: lease });
    const revoked = await revoke(lease);

    expect([renewed.status, revoked.status]).toEqual([200, 204]);
    expect(users()).toHaveLength(before);
  });
});
