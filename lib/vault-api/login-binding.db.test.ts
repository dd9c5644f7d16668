import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  CI_ARN,
  CI_KEY,
  FOREIGN,
  FOREIGN_KEY,
  login,
  newAuthMount,
  OWN,
  seedTwoAccounts,
} from "@/lib/testing/aws-auth-mount";
import { signedLogin, type SigningKeys } from "@/lib/testing/signed-login";
import { authOf, dataOf, errorOf, type Instance, newWorld, type World } from "@/lib/testing/world";

/** Each campaign runs at this multiple of its small size. */
const SCALE = Number(process.env["SCALE"] ?? 1);
const LOOK_UP = `arn:aws:iam::${FOREIGN}:role/look-up`;

let world: World;
let other: Instance;
let ownRole: SigningKeys;
let foreignRole: SigningKeys;

beforeAll(async () => {
  world = await newWorld();
  other = await world.secondInstance();
  seedTwoAccounts(world);
  ownRole = await assumed(CI_KEY, `arn:aws:iam::${OWN}:role/team/app`);
  foreignRole = await assumed(FOREIGN_KEY, `arn:aws:iam::${FOREIGN}:role/team/app`);
});

afterAll(() => world.close());

beforeEach(() => {
  world.simulator.faults.set([]);
});

async function assumed(keys: SigningKeys, roleArn: string): Promise<SigningKeys> {
  const client = new STSClient({
    region: "us-east-1",
    endpoint: world.simulator.url,
    credentials: keys,
  });
  const answer = await client.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "i-0abc" }),
  );
  client.destroy();
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = answer.Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** Each its own second, so that no signature comes twice. */
const BEGAN_AT = Date.now();
let second = 0;
function fresh(keys: SigningKeys): Record<string, unknown> {
  second = (second + 1) % 600;
  return signedLogin(keys, { at: new Date(BEGAN_AT - second * 1000) });
}

/** Numbers from 0 to 1 that are the same in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test.each<[string, Record<string, unknown>, boolean]>([
  ["T41", { bound_iam_principal_arn: `arn:aws:iam::${OWN}:role/app` }, false],
  [
    "T41",
    { bound_iam_principal_arn: `arn:aws:iam::${OWN}:role/app`, resolve_aws_unique_ids: false },
    false,
  ],
  ["T42", { bound_iam_principal_arn: `arn:aws:iam::${OWN}:role/team/*` }, false],
  ["T42", { bound_iam_principal_arn: `arn:aws:iam::${OWN}:role/team/*` }, true],
])(
  "%s bound by %j, a namesake of another account gets no token, in any order, on any instance (its look-up role: %s)",
  async (_case, role, withLookUp) => {
    const mount = await newAuthMount(world);
    if (withLookUp) {
      await world.ask(`PUT ${mount}/config/sts/${FOREIGN}`, { sts_role: LOOK_UP });
    }
    await world.ask(`PUT ${mount}/role/r`, role);
    world.simulator.ledger.forgetCalls();
    const next = random(7);
    const orders = Array.from({ length: 40 * SCALE }, () => ({
      own: next() < 0.5,
      on: next() < 0.5 ? world : other,
    }));

    for (const { own, on } of orders) {
      const { status } = await login(on, mount, fresh(own ? ownRole : foreignRole));
      expect([own, status]).toEqual([own, own ? 200 : 400]);
    }

    const foreignReads = world.simulator.ledger
      .recentCalls()
      .filter(({ action, callerArn }) => action === "GetRole" && callerArn?.includes(FOREIGN));
    const ownReads = world.simulator.ledger
      .recentCalls()
      .filter(({ action, callerArn }) => action === "GetRole" && callerArn?.includes(OWN));
    // Of the own account only what its own callers need, once on each instance.
    expect(ownReads.length).toBeLessThanOrEqual(2);
    if (!withLookUp) expect(foreignReads).toEqual([]);
  },
);

test("T43 a binding that reaches over accounts, or none at all, is refused when it is written", async () => {
  const mount = await newAuthMount(world);
  for (const arn of [
    ...[
      "*",
      "*:role/app",
      "arn:aws:iam::*:role/app",
      `arn:*:iam::${OWN}:role/app`,
      "arn:aws:iam::*",
    ],
    ...[`arn:aws:iam::${OWN}*`, "arn:aws:iam::1111*:role/app", "arn:aws:iam:::role/*", "arn:*"],
    ...[`arn:aws*:iam::${OWN}:role/app`, `*arn:aws:iam::${OWN}:role/app`, "role/*"],
  ]) {
    for (const resolve of [true, false]) {
      const said = await world.ask(`PUT ${mount}/role/r`, {
        bound_iam_principal_arn: arn,
        resolve_aws_unique_ids: resolve,
      });
      expect([arn, said.status]).toEqual([arn, 400]);
    }
  }
  for (const body of [{}, { bound_iam_principal_arn: "" }, { bound_iam_principal_arn: [] }]) {
    expect((await world.ask(`PUT ${mount}/role/r`, body)).status).toBe(400);
  }
  // A star in the middle is a character: no ARN that exists has it, so it resolves to nobody.
  const middle = await world.ask(`PUT ${mount}/role/r`, {
    bound_iam_principal_arn: `arn:aws:iam::${OWN}:role/te*m`,
  });

  expect(middle.status).toBe(400);
  expect((await world.ask(`GET ${mount}/role/r`)).status).toBe(404);
});

test("T47 while the way to an account is broken nothing is bound to it, least of all a namesake", async () => {
  const mount = await newAuthMount(world);
  const bind = (arn: string) => world.ask(`PUT ${mount}/role/r`, { bound_iam_principal_arn: arn });
  const stored = async (): Promise<string> => {
    const { rows } = await world.pool.query<{ body: string }>(
      "select s.body::text as body from mount_setting s join mount m on m.id = s.mount_id where m.path = $1",
      [`${mount.slice("auth/".length)}/`],
    );
    return rows.map(({ body }) => body).join("\n");
  };

  const noWay = await bind(`arn:aws:iam::${FOREIGN}:role/app`);
  await world.ask(`PUT ${mount}/config/sts/${FOREIGN}`, {
    sts_role: `arn:aws:iam::${FOREIGN}:role/missing`,
  });
  const broken = await bind(`arn:aws:iam::${FOREIGN}:role/app`);
  // The role to assume is one of our own account: what it sees is not what was asked for.
  await world.ask(`PUT ${mount}/config/sts/${FOREIGN}`, {
    sts_role: `arn:aws:iam::${OWN}:role/team/app`,
  });
  const astray = await bind(`arn:aws:iam::${FOREIGN}:role/app`);

  expect([noWay.status, broken.status, astray.status]).toEqual([400, 400, 400]);
  expect((await world.ask(`GET ${mount}/role/r`)).status).toBe(404);
  expect(await stored()).not.toContain("AROA");
  await world.ask(`PUT ${mount}/config/sts/${FOREIGN}`, { sts_role: LOOK_UP });
  expect((await bind(`arn:aws:iam::${FOREIGN}:role/app`)).status).toBe(204);
  expect((await login(world, mount, fresh(foreignRole))).status).toBe(200);
  expect((await login(world, mount, fresh(ownRole))).status).toBe(400);
});

test("T50 the peer's address decides where a token is good, a forwarded one only from trusted proxies", async () => {
  const proxied = await world.secondInstance({ LEASEHOLD_TRUSTED_PROXIES: "10.9.0.0/16" });
  const mount = await newAuthMount(world);
  await world.ask(`PUT ${mount}/role/r`, {
    bound_iam_principal_arn: CI_ARN,
    token_bound_cidrs: "10.1.2.0/24",
  });
  const logIn = async (on: Instance, from: string, forwarded?: string): Promise<number> =>
    (
      await on.send(`POST ${mount}/login`, {
        ...{ token: "", from, body: { role: "r", ...fresh(CI_KEY) } },
        headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
      })
    ).status;
  const inside = await world.send(`POST ${mount}/login`, {
    ...{ token: "", from: "10.1.2.3", body: { role: "r", ...fresh(CI_KEY) } },
  });
  const token = String(authOf(inside)["client_token"]);
  const use = async (on: Instance, from: string, headers = {}): Promise<number> =>
    (await on.send("GET auth/token/lookup-self", { token, from, headers })).status;

  expect(await logIn(world, "::ffff:10.1.2.3")).toBe(200);
  expect(await logIn(world, "10.1.3.3")).toBe(403);
  for (const name of ["x-forwarded-for", "forwarded", "x-real-ip", "x-client-ip"]) {
    expect([name, await use(world, "10.1.3.3", { [name]: "10.1.2.3" })]).toEqual([name, 403]);
  }
  expect(await logIn(world, "10.9.0.1", "10.1.2.3")).toBe(403);
  expect(await use(world, "10.1.2.200")).toBe(200);
  expect(await use(world, "::ffff:10.1.2.200")).toBe(200);
  expect(await use(world, "::ffff:10.1.3.1")).toBe(403);

  expect(await logIn(proxied, "10.9.0.1", "10.1.2.3")).toBe(200);
  expect(await logIn(proxied, "10.9.0.1", "10.1.2.3, 10.1.3.3")).toBe(403);
  expect(await logIn(proxied, "10.1.3.3", "10.1.2.3")).toBe(400);
  expect(await use(proxied, "10.9.0.1", { "x-forwarded-for": "10.1.2.3" })).toBe(200);
  expect(await use(proxied, "10.9.0.1", { "x-forwarded-for": "10.1.3.3" })).toBe(403);

  await world.ask(`PUT ${mount}/role/r`, { token_bound_cidrs: [] });
  expect(dataOf(await world.ask(`GET ${mount}/role/r`))["token_bound_cidrs"]).toEqual([]);
  expect(await logIn(world, "10.1.3.3")).toBe(200);
  expect(await use(world, "10.1.3.3")).toBe(403);
});

test("T51 a token whose binding, role or kind of role is gone is not renewed, and ends at its time", async () => {
  const changes: ((mount: string) => Promise<unknown>)[] = [
    (mount) =>
      world.ask(`PUT ${mount}/role/r`, {
        bound_iam_principal_arn: `arn:aws:iam::${OWN}:user/server`,
      }),
    (mount) => world.ask(`DELETE ${mount}/role/r`),
    async (mount) => {
      await world.ask(`DELETE ${mount}/role/r`);
      return world.ask(`PUT ${mount}/role/r`, { auth_type: "ec2", bound_ami_id: "ami-1" });
    },
    async (mount) => {
      await world.ask(`DELETE ${mount}/role/r`);
      return world.ask(`PUT ${mount}/role/r`, { bound_iam_principal_arn: CI_ARN });
    },
  ];
  const statuses: number[][] = [];
  for (const change of changes) {
    const mount = await newAuthMount(world);
    await world.ask(`PUT ${mount}/role/r`, { bound_iam_principal_arn: CI_ARN, token_ttl: 60 });
    const auth = authOf(await login(world, mount, fresh(CI_KEY)));
    const token = String(auth["client_token"]);

    const before = await world.ask("PUT auth/token/renew-self", {}, token);
    await change(mount);
    const after = [
      await world.ask("PUT auth/token/renew-self", {}, token),
      await other.ask("PUT auth/token/renew-self", { increment: 3600 }, token),
    ];
    const alive = await world.ask("GET auth/token/lookup-self", undefined, token);
    await world.expireToken(String(auth["accessor"]));
    const ended = await other.ask("GET auth/token/lookup-self", undefined, token);
    statuses.push([before, ...after, alive, ended].map(({ status }) => status));
  }

  const [unbound, deleted, otherKind, madeAnew] = statuses;
  for (const seen of [unbound, deleted, otherKind]) expect(seen).toEqual([200, 400, 400, 200, 403]);
  // Deleted and made again as it was: the same principal is bound, and may go on.
  expect(madeAnew?.[0]).toBe(200);
});

test("T52 roles and sessions of one name in two accounts are two entities", async () => {
  const mount = await newAuthMount(world);
  await world.ask(`PUT ${mount}/config/sts/${FOREIGN}`, { sts_role: LOOK_UP });
  const entities: unknown[] = [];
  for (const alias of ["unique_id", "canonical_arn", "full_arn"]) {
    await world.ask(`PUT ${mount}/config/identity`, { iam_alias: alias });
    for (const [name, account] of [
      ["own", OWN],
      ["foreign", FOREIGN],
    ] as const) {
      await world.ask(`PUT ${mount}/role/${name}`, {
        bound_iam_principal_arn: `arn:aws:iam::${account}:role/app`,
      });
      const keys = account === OWN ? ownRole : foreignRole;
      const said = await login(world, mount, { ...fresh(keys), role: name });
      expect([alias, name, errorOf(said)]).toEqual([alias, name, ""]);
      entities.push(authOf(said)["entity_id"]);
    }
  }

  expect(new Set(entities).size).toBe(6);
});
