import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  CI_ARN,
  CI_KEY,
  FOREIGN,
  loginWith,
  newAuthMount,
  OWN,
  seedTwoAccounts,
} from "@/lib/testing/aws-auth-mount";
import { signedPost } from "@/lib/testing/signed-login";
import {
  authOf,
  dataOf,
  errorOf,
  type Instance,
  newWorld,
  type Said,
  type World,
} from "@/lib/testing/world";

let world: World;
let other: Instance;
let mount: string;
let second = 0;

beforeAll(async () => {
  world = await newWorld();
  other = await world.secondInstance();
  seedTwoAccounts(world);
  await enableSecrets();
  mount = await newAuthMount(world);
  await world.ask("PUT sys/policies/acl/app", {
    policy: `path "aws/creds/*" { capabilities = ["read"] }
             path "auth/token/create" { capabilities = ["update"] }`,
  });
  await world.ask(`PUT ${mount}/role/r`, {
    bound_iam_principal_arn: CI_ARN,
    resolve_aws_unique_ids: false,
    token_policies: ["app"],
  });
});

afterAll(() => world.close());

afterEach(async () => {
  const { freezes } = dataOf(await world.ask("GET sys/leasehold/freezes")) as {
    freezes: { id: string }[];
  };
  for (const { id } of freezes) await world.ask(`DELETE sys/leasehold/freezes/${id}`);
});

async function enableSecrets(): Promise<void> {
  const { url } = world.simulator;
  await world.ask("POST sys/mounts/aws", { type: "aws" });
  await world.ask("PUT aws/config/root", {
    access_key: CI_KEY.accessKeyId,
    secret_key: CI_KEY.secretAccessKey,
    region: "us-east-1",
    iam_endpoint: url,
    sts_endpoint: url,
  });
  const policy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  };
  for (const [name, type] of [
    ["app", "federation_token"],
    ["build", "iam_user"],
  ]) {
    await world.ask(`PUT aws/roles/${name}`, {
      credential_type: type,
      policy_document: JSON.stringify(policy),
    });
  }
}

/** Each login its own second, so that no signature comes twice. */
function logIn(): Promise<Said> {
  second += 1;
  return loginWith(world, mount, signedPost(CI_KEY, { at: new Date(Date.now() - second * 1000) }));
}

async function tokenOf(): Promise<string> {
  return String(authOf(await logIn())["client_token"]);
}

const freeze = (body: Record<string, unknown>): Promise<Said> =>
  world.ask("POST sys/leasehold/freezes", { ttl: "10m", ...body });

const FROZEN =
  /^new (logins|credentials) are frozen until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ: ask on-call$/;

describe("a frozen principal", () => {
  test("logs in no more and is given no credentials, on any instance, until it is let go", async () => {
    const token = await tokenOf();
    const child = authOf(await world.ask("POST auth/token/create", {}, token))["client_token"];
    expect((await world.ask("GET aws/creds/app", undefined, token)).status).toBe(200);

    const { id } = dataOf(
      await freeze({ principal: CI_ARN, message: "ask on-call", reason: "key leaked" }),
    );

    const refused = [
      await logIn(),
      await world.ask("GET aws/creds/app", undefined, token),
      await other.ask("GET aws/creds/build", undefined, token),
      await other.ask("GET aws/creds/app", undefined, String(child)),
    ];
    for (const said of refused) {
      expect([said.status, errorOf(said)]).toEqual([403, expect.stringMatching(FROZEN)]);
    }
    // What it holds is left alone.
    expect((await world.ask("GET auth/token/lookup-self", undefined, token)).status).toBe(200);

    expect((await world.ask(`DELETE sys/leasehold/freezes/${String(id)}`)).status).toBe(204);
    expect((await logIn()).status).toBe(200);
    expect((await world.ask("GET aws/creds/app", undefined, String(child))).status).toBe(200);
  });

  test("is told apart by account, kind and session", async () => {
    for (const principal of [
      `arn:aws:iam::${FOREIGN}:user/ci`,
      `arn:aws:iam::${OWN}:role/ci`,
      `arn:aws:iam::${OWN}:user/ci-2`,
      `arn:aws:sts::${OWN}:assumed-role/ci/session`,
    ]) {
      expect((await freeze({ principal })).status).toBe(200);
    }
    expect((await logIn()).status).toBe(200);
  });

  test("is let go by itself when its time is over", async () => {
    await freeze({ principal: CI_ARN });
    expect((await logIn()).status).toBe(403);
    await world.pool.query(
      `update mount_setting set body = jsonb_set(body::jsonb, '{until}', to_jsonb(now() - interval '1 second'))
       where setting = 'freeze'`,
    );
    await world.pool.query("update config_version set version = version + 1");
    expect((await logIn()).status).toBe(200);
    const { freezes } = dataOf(await world.ask("GET sys/leasehold/freezes"));
    expect(freezes).toMatchObject([{ principal: CI_ARN, active: false }]);
  });
});

describe("a frozen role", () => {
  test("of an auth mount lets nobody in, and its tokens are given no credentials", async () => {
    const token = await tokenOf();
    await freeze({ mount, role: "R", message: "ask on-call" });
    expect(errorOf(await logIn())).toMatch(FROZEN);
    expect(errorOf(await world.ask("GET aws/creds/app", undefined, token))).toMatch(FROZEN);
    expect((await world.ask("GET aws/creds/app")).status).toBe(200);
  });

  test("of a secrets mount gives nobody credentials, whoever asks", async () => {
    await freeze({ mount: "aws/", role: "build", message: "ask on-call" });
    expect(errorOf(await world.ask("GET aws/creds/build"))).toMatch(FROZEN);
    expect((await world.ask("GET aws/creds/app")).status).toBe(200);
  });
});

describe("freezes", () => {
  test("need exactly one target that there can be", async () => {
    for (const [body, text] of [
      [{}, "give a principal's ARN, or a mount and one of its roles"],
      [{ principal: CI_ARN, mount: "aws", role: "app" }, "give a principal, or a mount and a role"],
      [{ mount: "nowhere", role: "app" }, `there is no mount at "nowhere"`],
      [
        { principal: "arn:aws:iam::111111111111:policy/x" },
        `unrecognized principal type: "policy"`,
      ],
      [
        { principal: "arn:aws:iam::111111111111:user/*" },
        "principal must be the ARN of one user, role or session of a role",
      ],
      [{ principal: CI_ARN, ttl: "31d" }, "ttl must be from 1 second to 30 days"],
      [{ principal: CI_ARN, message: "a\u202eb" }, "message holds characters that cannot be seen"],
    ] as const) {
      const said = await freeze(body);
      expect([said.status, errorOf(said)]).toEqual([400, text]);
    }
  });

  test("are listed with who made them and why, and stand in the history", async () => {
    const { id } = dataOf(await freeze({ principal: CI_ARN, reason: "key leaked" }));
    expect(dataOf(await world.ask(`GET sys/leasehold/freezes/${String(id)}`))).toMatchObject({
      kind: "principal",
      principal: CI_ARN,
      active: true,
      reason: "key leaked",
      created_by: "root",
    });
    expect(dataOf(await world.ask("LIST sys/leasehold/freezes/"))).toEqual({ keys: [id] });
    const history = dataOf(await world.ask("GET sys/leasehold/history?kind=freeze"));
    expect(JSON.stringify(history)).toContain("key leaked");
  });
});
