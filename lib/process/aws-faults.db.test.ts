import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { FaultRule } from "@/lib/aws-simulator/faults";
import { CI_ARN, CI_KEY, login, newAuthMount, seedTwoAccounts } from "@/lib/testing/aws-auth-mount";
import { startScriptedSts } from "@/lib/testing/scripted-sts";
import { newSecretsMount, SECRETS_ACCOUNT, type SecretsMount } from "@/lib/testing/secrets-mount";
import { signedLogin } from "@/lib/testing/signed-login";
import { dataOf, errorOf, newWorld, type Said, type World } from "@/lib/testing/world";

/** Each campaign runs at this multiple of its small size. */
const SCALE = Number(process.env["SCALE"] ?? 1);

/** One attempt at a call, in the time of these tests. */
const ATTEMPT_MS = 2_000;

let world: World;

beforeAll(async () => {
  world = await newWorld({ awsTerms: { attemptTimeoutMs: ATTEMPT_MS } });
  seedTwoAccounts(world);
});

afterAll(() => world.close());

beforeEach(() => {
  world.simulator.faults.set([]);
  world.simulator.world.clockOffsetMs = 0;
  world.log.splice(0);
});

function strike(...rules: FaultRule[]): void {
  world.simulator.faults.set(rules);
}

function refusing(action: string, code: string, status = 403): FaultRule {
  return { effect: "error", action, code, status, message: "no" };
}

async function timed<T>(work: Promise<T>): Promise<{ value: T; ms: number }> {
  const began = performance.now();
  const value = await work;
  return { value, ms: performance.now() - began };
}

/** One round of the worker over all that is there, however late it is due. */
async function round(mount: SecretsMount): Promise<void> {
  await mount.allDue();
  await mount.lapse();
  await Promise.all([world.worker.revokeDueLeases(), world.worker.undoLapsedIntents()]);
}

/** Rounds until nothing of the mount is left; fails when that takes too many. */
async function drain(mount: SecretsMount, roundsMax: number): Promise<void> {
  for (let count = 0; count < roundsMax; count += 1) {
    await round(mount);
    if ((await mount.countLeases()) + (await mount.countIntents()) === 0) break;
  }
  expect([await mount.countLeases(), await mount.countIntents(), mount.users()]).toEqual([
    0,
    0,
    [],
  ]);
}

/** A user exists for each lease, with the lease's key and no other; nothing is half made. */
async function booksAgree(mount: SecretsMount): Promise<void> {
  const { rows } = await world.pool.query<{ key: string }>(
    "select access_key_id as key from lease where mount_id = $1 and needs_undo",
    [mount.id],
  );
  const keys = mount.users().map((user) => user.accessKeys.map((key) => key.accessKeyId));
  expect(keys.toSorted()).toEqual(rows.map(({ key }) => [key]).toSorted());
  expect(await mount.countIntents()).toBe(0);
}

async function newLogin(): Promise<() => Promise<Said>> {
  const mount = await newAuthMount(world);
  await world.ask(`PUT ${mount}/role/r`, { bound_iam_principal_arn: CI_ARN });
  return () => login(world, mount, signedLogin(CI_KEY));
}

const ISSUING = [
  ...["CreateUser", "AttachUserPolicy", "PutUserPolicy", "AddUserToGroup", "TagUser"],
  "CreateAccessKey",
];
const REVOKING = [
  ...["DeleteAccessKey", "ListAccessKeys", "ListUserPolicies", "ListAttachedUserPolicies"],
  ...["ListGroupsForUser", "DetachUserPolicy", "DeleteUserPolicy", "RemoveUserFromGroup"],
  "DeleteUser",
];

describe("throttling", () => {
  test("T146 with half of all calls throttled every issue ends soon, and every lease ends", async () => {
    const mount = await newSecretsMount(world, { max_retries: -1 });
    strike({ effect: "throttle", service: "iam", probability: 0.5 });

    const said = await Promise.all(
      Array.from({ length: 10 * SCALE }, () => timed(mount.draw("user"))),
    );
    const issued = said.filter(({ value }) => value.status === 200).length;
    const leases = await mount.countLeases();
    await drain(mount, 20);

    expect(said.every(({ value }) => [200, 502].includes(value.status))).toBe(true);
    expect(Math.max(...said.map(({ ms }) => ms))).toBeLessThan(11_000);
    expect(leases).toBe(issued);
    expect(await world.countRows("lease_ended", `mount_id = '${mount.id}'`)).toBe(issued);
  }, 60_000);

  test("T147 with all calls throttled the queue keeps, STS and logins go on, relief drains it", async () => {
    const mount = await newSecretsMount(world);
    const logIn = await newLogin();
    const count = 4 * SCALE;
    for (let i = 0; i < count; i += 1) expect((await mount.draw("user")).status).toBe(200);
    strike({ effect: "throttle", service: "iam" });

    const issue = await timed(mount.draw("user"));
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await round(mount);
      expect(await mount.countLeases(`attempts = ${attempt}`)).toBe(count);
    }
    const others = await Promise.all([timed(logIn()), timed(mount.draw("session"))]);

    expect([issue.value.status, await mount.countIntents()]).toEqual([502, 0]);
    expect(issue.ms).toBeLessThan(10_000);
    expect(others.map(({ value }) => value.status)).toEqual([200, 200]);
    expect(Math.max(...others.map(({ ms }) => ms))).toBeLessThan(2_000);
    const late = `next_attempt_at > now() + interval '15 minutes' and needs_undo`;
    expect(await mount.countLeases(late)).toBe(0);
    expect(mount.users()).toHaveLength(count);
    strike();
    await drain(mount, 1);
  });
});

describe("issuing", () => {
  test.each(ISSUING)("T148 a server fault at %s is told, and compensated", async (action) => {
    const mount = await newSecretsMount(world, { max_retries: 1 });
    strike(refusing(action, "ServiceFailure", 500));

    const issued = await mount.draw("user");
    const half = mount.users();
    const intents = await mount.countIntents();
    strike();
    await mount.lapse();
    await world.worker.undoLapsedIntents();

    expect(issued.status).toBe(400);
    expect(errorOf(issued)).toMatch(/^Error [a-z ]+(IAM user|user|policy|group|keys): Service/i);
    expect(half).toHaveLength(action === "CreateUser" ? 0 : 1);
    expect(intents).toBe(1);
    await settled(mount);
  });

  /** An intent about a user that never was is closed once AWS can no longer be mistaken. */
  async function settled(mount: SecretsMount): Promise<void> {
    await world.pool.query(
      `update intent set opened_at = now() - interval '6 minutes' where mount_id = $1`,
      [mount.id],
    );
    await drain(mount, 1);
  }

  test.each(ISSUING)("T149 a reply lost at %s makes no second user or key", async (action) => {
    const patient = await newSecretsMount(world, { max_retries: 1 });
    strike({ effect: "lostReply", action, times: 1 });
    const repeated = await patient.draw("user");
    const impatient = await newSecretsMount(world);
    strike({ effect: "lostReply", action, times: 1 });
    const failed = await impatient.draw("user");

    expect(failed.status).toBe(400);
    expect(impatient.users().length).toBeLessThan(2);
    await settled(impatient);
    // A repeated CreateUser finds its own user: that it is ours is known, and it is undone.
    expect(repeated.status).toBe(action === "CreateUser" ? 400 : 200);
    await patient.lapse();
    await world.worker.undoLapsedIntents();
    await booksAgree(patient);
    const [user] = patient.users();
    expect(user?.accessKeys[0]?.accessKeyId).toBe(dataOf(repeated)["access_key"]);
    await drain(patient, 1);
  });

  test("T156 an AWS that is slow ends the request in time, and leaves no place taken", async () => {
    const mount = await newSecretsMount(world);
    strike({ effect: "latency", ms: 2 * ATTEMPT_MS, service: "iam" });

    const slow = await Promise.all([1, 2, 3].map(() => timed(mount.draw("user"))));
    strike();
    const next = await timed(mount.draw("user"));

    expect(slow.map(({ value }) => value.status)).toEqual([400, 400, 400]);
    expect(Math.max(...slow.map(({ ms }) => ms))).toBeLessThan(2 * ATTEMPT_MS);
    expect([next.value.status, next.ms < 3_000]).toEqual([200, true]);
    // Late or not at all: whatever comes to exist is found and removed.
    await world.pool.query(
      `update intent set opened_at = now() - interval '6 minutes' where mount_id = $1`,
      [mount.id],
    );
    await drain(mount, 1);
  });

  test("T158 an account that is full is told in AWS's words, and leaves nothing open", async () => {
    const mount = await newSecretsMount(world);
    strike(refusing("CreateUser", "LimitExceeded", 409));

    const issued = await mount.draw("user");

    expect([issued.status, errorOf(issued)]).toEqual([
      400,
      expect.stringMatching(/^Error creating IAM user: LimitExceeded: no\n/),
    ]);
    await booksAgree(mount);
  });
});

describe("ending", () => {
  test.each(REVOKING)("T148 a server fault at %s leaves the lease, and no user", async (action) => {
    const mount = await newSecretsMount(world);
    await mount.draw("user");
    strike(refusing(action, "ServiceFailure", 500));

    await round(mount);
    const kept = await mount.countLeases("last_error like '%ServiceFailure%' and attempts = 1");
    const keys = mount.users().flatMap((user) => user.accessKeys);
    strike();
    await drain(mount, 1);

    expect(kept).toBe(1);
    expect(keys).toHaveLength(action === "DeleteAccessKey" ? 1 : 0);
  });

  test.each(REVOKING)(
    "T149 a reply lost at %s ends the lease all the same, once",
    async (action) => {
      const mount = await newSecretsMount(world);
      await mount.draw("user");
      strike({ effect: "lostReply", action, times: 1 });

      await round(mount);
      await world.pool.query(
        `update lease set issued_at = now() - interval '6 minutes' where mount_id = $1`,
        [mount.id],
      );
      await drain(mount, 2);

      expect(await world.countRows("lease_ended", `mount_id = '${mount.id}'`)).toBe(1);
    },
  );

  test("T151 what AWS refuses to delete loses its keys first, and is tried for ever", async () => {
    const mount = await newSecretsMount(world);
    await mount.draw("user");
    strike(refusing("DeleteUser", "AccessDenied"));

    await round(mount);
    const keys = mount.users().flatMap((user) => user.accessKeys);
    const alarms = world.log.filter(
      (line) => line.includes('"error"') && line.includes("AccessDenied"),
    );
    for (let attempt = 2; attempt <= 9; attempt += 1) {
      const irrevocable = await mount.countLeases("irrevocable_at is not null");
      expect([attempt, irrevocable]).toEqual([attempt, attempt > 6 ? 1 : 0]);
      await round(mount);
      const soon = `attempts = ${attempt} and next_attempt_at <= now() + interval '15 minutes'`;
      expect([attempt, await mount.countLeases(soon)]).toEqual([attempt, 1]);
    }
    const shown = await world.ask("GET sys/leases?type=irrevocable");

    expect(keys).toEqual([]);
    expect(alarms.length).toBeGreaterThan(0);
    expect(JSON.stringify(shown.body)).toContain("AccessDenied: no");
    strike();
    await drain(mount, 1);
  });

  test("T151 keys that AWS refuses to delete are tried for ever, nothing is cleared away meanwhile", async () => {
    const mount = await newSecretsMount(world);
    await mount.draw("user");
    strike(refusing("DeleteAccessKey", "AccessDenied"));
    world.simulator.ledger.forgetCalls();

    for (let attempt = 1; attempt <= 8; attempt += 1) await round(mount);

    expect(world.simulator.ledger.callsOf("iam:DeleteAccessKey")).toBeGreaterThanOrEqual(8);
    expect(world.simulator.ledger.callsOf("iam:DeleteUser")).toBe(0);
    expect(await mount.countLeases("irrevocable_at is not null and attempts = 8")).toBe(1);
    strike();
    await drain(mount, 1);
  });

  test("T157 a user with more than a page of policies goes with all of them", async () => {
    const mount = await newSecretsMount(world);
    await mount.draw("user");
    const [user] = mount.users();
    world.simulator.world.pageItemsMax = 50;
    const names = Array.from({ length: 220 * SCALE }, (_, i) => `p-${i}`);
    const document = {
      Version: "2012-10-17",
      Statement: { Effect: "Deny", Action: "*", Resource: "*" },
    };
    world.simulator.seed({
      accounts: [
        {
          id: SECRETS_ACCOUNT,
          policies: Object.fromEntries(names.map((name) => [name, document])),
          users: [
            {
              name: user?.name ?? "",
              path: user?.path ?? "/",
              attachedPolicies: names.map(
                (name) => `arn:aws:iam::${SECRETS_ACCOUNT}:policy/${name}`,
              ),
              inlinePolicies: Object.fromEntries(names.slice(0, 3).map((name) => [name, document])),
            },
          ],
        },
      ],
    });
    world.simulator.ledger.forgetCalls();

    await drain(mount, 1);

    expect(world.simulator.ledger.callsOf("iam:DetachUserPolicy")).toBe(names.length + 1);
    expect(world.simulator.ledger.callsOf("iam:DeleteUserPolicy")).toBe(4);
    expect(world.simulator.ledger.callsOf("iam:ListAttachedUserPolicies")).toBe(
      Math.ceil((names.length + 1) / 50),
    );
    world.simulator.world.pageItemsMax = Number.POSITIVE_INFINITY;
  });
});

describe("eventual consistency", () => {
  const LAG_MS = 5 * 60_000;

  test("T150 what reads do not show yet is never declared gone, and is removed when they do", async () => {
    for (const action of ["CreateUser", "CreateAccessKey", "AttachUserPolicy", "PutUserPolicy"]) {
      const mount = await newSecretsMount(world);
      strike({ effect: "consistency", ms: LAG_MS, action });
      const issued = await mount.draw("user");
      strike();

      for (let count = 0; count < 3; count += 1) {
        await round(mount);
        const open = (await mount.countLeases()) + (await mount.countIntents());
        expect([action, mount.users().length <= open]).toEqual([action, true]);
      }
      world.simulator.world.clockOffsetMs = LAG_MS;
      await world.pool.query(
        `update lease set issued_at = issued_at - interval '6 minutes' where mount_id = $1`,
        [mount.id],
      );
      await world.pool.query(
        `update intent set opened_at = opened_at - interval '6 minutes' where mount_id = $1`,
        [mount.id],
      );
      await drain(mount, 2);
      world.simulator.world.clockOffsetMs = 0;
      expect([action, [200, 400].includes(issued.status)]).toEqual([action, true]);
    }
  });

  test("T150 what reads still show after its deletion does not keep the worker busy for ever", async () => {
    for (const action of [
      "DeleteAccessKey",
      "DeleteUserPolicy",
      "DetachUserPolicy",
      "DeleteUser",
    ]) {
      const mount = await newSecretsMount(world);
      await mount.draw("user");
      strike({ effect: "consistency", ms: LAG_MS, action });

      await round(mount);
      world.simulator.ledger.forgetCalls();
      strike();
      world.simulator.world.clockOffsetMs = LAG_MS;
      await world.pool.query(
        `update lease set issued_at = issued_at - interval '6 minutes' where mount_id = $1`,
        [mount.id],
      );
      await drain(mount, 2);
      world.simulator.world.clockOffsetMs = 0;
      expect(world.simulator.ledger.recentCalls().length).toBeLessThan(30);
    }
  });
});

/** What AWS documents for each call, with its status, beside what any call may answer. */
const COMMON: readonly (readonly [code: string, status: number])[] = [
  ...([
    ["AccessDenied", 403],
    ["AccessDeniedException", 400],
    ["IncompleteSignature", 400],
    ["InternalFailure", 500],
    ["InvalidAction", 400],
    ["InvalidClientTokenId", 403],
    ["InvalidParameterCombination", 400],
    ["MalformedQueryString", 404],
    ["MissingAction", 400],
    ["MissingAuthenticationToken", 403],
    ["NotAuthorized", 400],
    ["OptInRequired", 403],
    ["ServiceUnavailable", 503],
    ["SignatureDoesNotMatch", 403],
    ["Throttling", 400],
    ["ThrottlingException", 400],
    ["RequestLimitExceeded", 503],
    ["ValidationError", 400],
    ["NeverHeardOf", 418],
  ] as const),
];
const RETRIED_IN_THE_CALL =
  /^(InternalFailure|ServiceFailure|ServiceUnavailable|RequestExpired|Expired|Throttl|RequestLimit)/;
const THROTTLED = /^(Throttl|RequestLimit)/;

const OF_CALL: Readonly<Record<string, readonly (readonly [code: string, status: number])[]>> = {
  CreateUser: [
    ["ConcurrentModification", 409],
    ["EntityAlreadyExists", 409],
    ["InvalidInput", 400],
    ["LimitExceeded", 409],
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
  AttachUserPolicy: [
    ["InvalidInput", 400],
    ["LimitExceeded", 409],
    ["NoSuchEntity", 404],
    ["PolicyNotAttachable", 400],
    ["ServiceFailure", 500],
  ],
  PutUserPolicy: [
    ["LimitExceeded", 409],
    ["MalformedPolicyDocument", 400],
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
  AddUserToGroup: [
    ["LimitExceeded", 409],
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
  TagUser: [
    ["ConcurrentModification", 409],
    ["InvalidInput", 400],
    ["LimitExceeded", 409],
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
  CreateAccessKey: [
    ["LimitExceeded", 409],
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
  DeleteAccessKey: [
    ["LimitExceeded", 409],
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
  ListAccessKeys: [
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
  ListUserPolicies: [
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
  ListAttachedUserPolicies: [
    ["InvalidInput", 400],
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
  DetachUserPolicy: [
    ["InvalidInput", 400],
    ["LimitExceeded", 409],
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
  DeleteUserPolicy: [
    ["LimitExceeded", 409],
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
  RemoveUserFromGroup: [
    ["LimitExceeded", 409],
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
  DeleteUser: [
    ["ConcurrentModification", 409],
    ["DeleteConflict", 409],
    ["LimitExceeded", 409],
    ["NoSuchEntity", 404],
    ["ServiceFailure", 500],
  ],
};

describe("AWS's error codes", () => {
  /** Codes that any call may answer are tried on the first and the last call. */
  const codesOf = (action: string) =>
    ["CreateUser", "CreateAccessKey", "DeleteAccessKey", "DeleteUser"].includes(action)
      ? [...(OF_CALL[action] ?? []), ...COMMON]
      : (OF_CALL[action] ?? []);

  test.each(ISSUING)("T152 whatever %s answers, it is told and nothing stays", async (action) => {
    const mount = await newSecretsMount(world, { max_retries: 1 });
    for (const [code, status] of codesOf(action)) {
      strike(refusing(action, code, status));
      world.simulator.ledger.forgetCalls();

      const issued = await mount.draw("user");
      const calls = world.simulator.ledger.callsOf(`iam:${action}`);
      const intents = await mount.countIntents();
      const half = mount.users().length;
      strike();
      await mount.lapse();
      await world.pool.query(
        `update intent set opened_at = now() - interval '6 minutes' where mount_id = $1`,
        [mount.id],
      );
      await world.worker.undoLapsedIntents();

      const unknown = status >= 500;
      expect([code, issued.status, calls, intents, half]).toEqual([
        code,
        THROTTLED.test(code) ? 502 : 400,
        RETRIED_IN_THE_CALL.test(code) ? 2 : 1,
        action === "CreateUser" && !unknown ? 0 : 1,
        action === "CreateUser" ? 0 : 1,
      ]);
      expect(errorOf(issued)).toContain(`: ${code}: no`);
      await booksAgree(mount);
      expect(mount.users()).toEqual([]);
    }
  });

  test.each(REVOKING.filter((action) => action in OF_CALL))(
    "T152 whatever %s answers, no lease ends while its user is there, and the reason is kept",
    async (action) => {
      const mount = await newSecretsMount(world);
      await mount.draw("user");
      for (const [code, status] of codesOf(action)) {
        strike(refusing(action, code, status));
        await world.pool.query(
          `update lease set attempts = 0, last_error = null, keys_off_at = null where mount_id = $1`,
          [mount.id],
        );
        world.log.splice(0);

        await round(mount);

        // "Already gone" of a part is what is wanted: AWS itself then refuses to delete the user.
        const text = code === "NoSuchEntity" && /^(Detach|DeleteUserP|Remove|DeleteA)/.test(action);
        const reason = text ? "DeleteConflict" : `${code}: no`;
        expect([code, await mount.countLeases(`last_error like '%${reason}%'`)]).toEqual([code, 1]);
        expect([code, mount.users().length]).toEqual([code, 1]);
        expect(world.log.some((line) => line.includes(reason))).toBe(true);
      }
      strike();
      await drain(mount, 1);
    },
  );

  test("T152 what a proxy answers in HTML is no answer of AWS: told, compensated, tried again", async () => {
    const mount = await newSecretsMount(world);
    await mount.draw("user");
    const proxy = await startScriptedSts();
    const config = { iam_endpoint: proxy.url };
    for (const status of [200, 403, 407, 502]) {
      await world.ask(`PUT ${mount.path}/config/root`, config);
      proxy.answers({
        status,
        headers: { "content-type": "text/html" },
        body: "<html><body>Proxy &nbsp; says no</body></html>",
      });

      const issued = await mount.draw("user");
      await round(mount);
      const kept = await mount.countLeases("last_error is not null");

      expect([status, issued.status, kept]).toEqual([status, 400, 1]);
      expect(JSON.stringify(issued.body)).not.toContain("says no");
    }
    await world.ask(`PUT ${mount.path}/config/root`, { iam_endpoint: world.simulator.url });
    await world.pool.query(
      `update intent set opened_at = now() - interval '6 minutes' where mount_id = $1`,
      [mount.id],
    );
    await drain(mount, 1);
    await proxy.close();
  });
});

describe("outages", () => {
  test.each<[string, (mount: SecretsMount) => void]>([
    [
      "disabled",
      ({ rootKey }) => {
        const key = world.simulator.world.accessKeys.get(rootKey.accessKeyId);
        if (key !== undefined) key.status = "Inactive";
      },
    ],
    [
      "expired",
      ({ rootKey: { accessKeyId } }) =>
        strike({ effect: "error", accessKeyId, status: 403, code: "ExpiredToken", message: "no" }),
    ],
    [
      "wrong",
      ({ rootKey: { accessKeyId } }) =>
        strike({
          ...{ effect: "error", accessKeyId, status: 403, message: "no" },
          code: "SignatureDoesNotMatch",
        }),
    ],
  ])(
    "T153 with its root credential %s a mount says why and keeps its queue",
    async (_how, spoil) => {
      const mount = await newSecretsMount(world);
      const logIn = await newLogin();
      await mount.draw("user");
      spoil(mount);

      const refused = [await mount.draw("user"), await mount.draw("session")];
      await round(mount);
      const queued = await mount.countLeases("last_error ~ 'Token|Signature' and attempts = 1");
      const alarms = world.log.filter((line) => /Token|Signature/.test(line));
      const loggedIn = await logIn();

      expect(refused.map(({ status }) => status)).toEqual([400, 400]);
      for (const said of refused) expect(errorOf(said)).toMatch(/Token|Signature/);
      expect([queued, loggedIn.status]).toEqual([1, 200]);
      expect(alarms.length).toBeGreaterThan(0);
      strike();
      const key = world.simulator.world.accessKeys.get(mount.rootKey.accessKeyId);
      if (key !== undefined) key.status = "Active";
      await drain(mount, 1);
    },
  );

  test("T154 with IAM away logins and sessions go on at their speed, users fail soon", async () => {
    const mount = await newSecretsMount(world, { max_retries: -1 });
    const logIn = await newLogin();
    await mount.draw("user");
    // The first of each is slower, with or without IAM.
    await Promise.all([logIn(), mount.draw("session")]);
    strike({ effect: "lostRequest", service: "iam" });

    const users = await Promise.all([1, 2, 3].map(() => timed(mount.draw("user"))));
    await round(mount);
    const others = await Promise.all(
      Array.from({ length: 10 * SCALE }, (_, i) =>
        timed(i % 2 === 0 ? logIn() : mount.draw("session")),
      ),
    );

    expect(users.map(({ value }) => value.status)).toEqual([400, 400, 400]);
    expect(Math.max(...users.map(({ ms }) => ms))).toBeLessThan(5_000);
    expect(others.map(({ value }) => value.status)).toEqual(others.map(() => 200));
    expect(Math.max(...others.map(({ ms }) => ms))).toBeLessThan(2_000);
    expect(await mount.countLeases("needs_undo and attempts = 1")).toBe(1);
    strike();
    await world.pool.query(
      `update intent set opened_at = now() - interval '6 minutes' where mount_id = $1`,
      [mount.id],
    );
    await drain(mount, 1);
  });
});

describe("many leases due at once", () => {
  test("T159 in a storm all keys are off before anything is cleared away, and nobody else is held up", async () => {
    const mount = await newSecretsMount(world);
    const other = await world.secondInstance();
    const logIn = await newLogin();
    const count = 40 * SCALE;
    await Promise.all(Array.from({ length: count }, () => mount.draw("user")));
    world.simulator.ledger.forgetCalls();
    // A refusal makes the account's calls come one after the other, at a rate.
    strike({ effect: "throttle", action: "DeleteAccessKey", times: 2 });
    await mount.allDue();
    const logins = Array.from({ length: 5 }, () => logIn());

    const stop = { stopped: false };
    const work = async (instance: Pick<World, "worker">): Promise<void> => {
      while (!stop.stopped) await instance.worker.revokeDueLeases();
    };
    const working = [work(world), work(other)];
    await expect
      .poll(() => mount.countLeases("keys_off_at is null"), { timeout: 20_000 })
      .toBeLessThanOrEqual(2);
    await expect.poll(() => mount.countLeases("attempts = 0"), { timeout: 20_000 }).toBe(0);
    stop.stopped = true;
    await Promise.all(working);
    const calls = world.simulator.ledger.recentCalls().filter(({ service }) => service === "iam");
    const actions = calls
      .map(({ action }) => action)
      .filter((action) => action !== "GetUser" && action !== "GetRole");
    const firstClearing = actions.findIndex((action) => action !== "DeleteAccessKey");

    expect((await Promise.all(logins)).map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 200,
    ]);
    // One call a key: what the budget allows in its time.
    expect(firstClearing).toBeGreaterThanOrEqual(count);
    expect(firstClearing).toBeLessThanOrEqual(count + 2);
    await drain(mount, 1);
    expect(await world.countRows("lease_ended", `mount_id = '${mount.id}'`)).toBe(count);
  });

  test("T160 a mount that is refused, however much it has to do, does not delay another", async () => {
    const [broken, healthy] = [await newSecretsMount(world), await newSecretsMount(world)];
    const pending = 48 * SCALE;
    await Promise.all(Array.from({ length: pending }, () => broken.draw("user")));
    const keyOffLag = async (): Promise<number> => {
      await healthy.draw("user");
      await healthy.allDue();
      const began = performance.now();
      // As the worker's loop does, which looks again and again and waits for no lane.
      await expect
        .poll(
          () => {
            void world.worker.revokeDueLeases();
            return healthy.countLeases("keys_off_at is null");
          },
          { interval: 20, timeout: 10_000 },
        )
        .toBe(0);
      return performance.now() - began;
    };
    const baseline = Math.max(await keyOffLag(), await keyOffLag(), await keyOffLag());
    const { accessKeyId } = broken.rootKey;
    strike(
      { effect: "latency", ms: 300, accessKeyId },
      { effect: "error", accessKeyId, status: 403, code: "AccessDenied", message: "no" },
    );
    await broken.allDue();
    const brokenWork = world.worker.revokeDueLeases();
    await expect
      .poll(() => broken.countLeases("locked_until > now()"), { interval: 5 })
      .toBeGreaterThan(0);

    const lags = [await keyOffLag(), await keyOffLag()];
    const stillPending = await broken.countLeases("attempts = 0");

    expect(stillPending).toBeGreaterThan(0);
    // The slack is for a machine that has other things to do.
    expect(Math.min(...lags)).toBeLessThan(2 * baseline + 200);
    strike();
    await brokenWork;
    await drain(broken, 1);
    await drain(healthy, 1);
  });
});
