import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settleRootKeys } from "@/lib/engine/aws-auth/pending-keys";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { amzDateOf, sha256, signatureOf } from "@/lib/aws-simulator/signature";
import { newWorld, type Said, type World } from "@/lib/testing/world";

const OWN = "111111111111";
const FOREIGN = "999999999999";
const BODY = "Action=GetCallerIdentity&Version=2011-06-15";
const SERVER_KEY = { accessKeyId: "AKIASERVERSERVERSERV", secretAccessKey: "server-secret" };
const CI_KEY = { accessKeyId: "AKIACICICICICICICICI", secretAccessKey: "ci-secret" };
const FOREIGN_KEY = { accessKeyId: "AKIAFOREIGNFOREIGNFO", secretAccessKey: "foreign-secret" };
const ALLOW_ALL = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};

type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

let world: World;
let mounts = 0;

beforeAll(async () => {
  world = await newWorld();
  const trusting = (account: string): unknown => ({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" },
  });
  const all = { inlinePolicies: { all: ALLOW_ALL } };
  world.simulator.seed({
    accounts: [
      {
        id: OWN,
        users: [
          { name: "server", accessKeys: [SERVER_KEY], ...all },
          { name: "ci", accessKeys: [CI_KEY], ...all },
        ],
        roles: [{ name: "app", path: "/team/", trust: trusting(OWN) }],
      },
      {
        id: FOREIGN,
        users: [{ name: "ci", accessKeys: [FOREIGN_KEY], ...all }],
        roles: [{ name: "app", path: "/team/", trust: trusting(FOREIGN) }],
      },
    ],
  });
});

afterAll(() => world.close());

/** A mount of its own, with the server's key and the simulator for all of AWS. */
async function newMount(config: Record<string, unknown> = {}): Promise<string> {
  mounts += 1;
  const mount = `auth/aws-${mounts}`;
  await world.ask(`POST sys/${mount}`, { type: "aws" });
  const { url } = world.simulator;
  await world.ask(`PUT ${mount}/config/client`, {
    access_key: SERVER_KEY.accessKeyId,
    secret_key: SERVER_KEY.secretAccessKey,
    sts_endpoint: url,
    iam_endpoint: url,
    max_retries: 0,
    ...config,
  });
  return mount;
}

/** The login body of a freshly signed GetCallerIdentity; each second has a signature of its own. */
function signedLogin(keys: Keys, at = new Date()): Record<string, unknown> {
  const amzDate = amzDateOf(at.getTime());
  const scope = { date: amzDate.slice(0, 8), region: "us-east-1", service: "sts" };
  const headers: Record<string, string> = {
    "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
    Host: "sts.amazonaws.com",
    "X-Amz-Date": amzDate,
    ...(keys.sessionToken !== undefined && { "X-Amz-Security-Token": keys.sessionToken }),
  };
  const signedHeaders = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .sort();
  const request = {
    method: "POST",
    path: "/",
    query: "",
    headers: Object.entries(headers),
    body: Buffer.from(BODY),
  };
  const signature = signatureOf(
    { request, scope, amzDate, signedHeaders, payloadHash: sha256(BODY) },
    keys.secretAccessKey,
  );
  const credential = `${keys.accessKeyId}/${scope.date}/us-east-1/sts/aws4_request`;
  return {
    iam_http_request_method: "POST",
    iam_request_url: Buffer.from("https://sts.amazonaws.com/").toString("base64"),
    iam_request_body: Buffer.from(BODY).toString("base64"),
    iam_request_headers: {
      ...headers,
      Authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`,
    },
  };
}

async function assumed(keys: Keys, roleArn: string): Promise<Keys> {
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
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
}

function login(mount: string, role: string, body: Record<string, unknown>): Promise<Said> {
  return world.ask(`POST ${mount}/login`, { role, ...body }, "");
}

function tokenOf(said: Said): string {
  const auth = said.body?.["auth"];
  const token = typeof auth === "object" && auth !== null && "client_token" in auth;
  return token ? String(auth.client_token) : "";
}

async function countTokens(): Promise<number> {
  const { rows } = await world.pool.query<{ count: string }>("select count(*) from token");
  return Number(rows[0]?.count);
}

describe("replay", () => {
  async function agedBy(seconds: number): Promise<void> {
    await world.pool.query(
      "update replay_mark set first_seen = first_seen - make_interval(secs => $1)",
      [seconds],
    );
  }

  test.each(["service", "batch"])(
    "T57 a signed request opens the door for 5 s, and never again (%s tokens)",
    async (tokenType) => {
      const mount = await newMount();
      await world.ask(`PUT ${mount}/role/r`, {
        bound_iam_principal_arn: `arn:aws:iam::${OWN}:user/ci`,
        token_type: tokenType,
      });
      const body = signedLogin(CI_KEY);

      const twins = await Promise.all(Array.from({ length: 10 }, () => login(mount, "r", body)));
      await agedBy(4);
      const inTime = await login(mount, "r", body);
      await agedBy(2);
      const tokens = await countTokens();
      const late = await Promise.all(Array.from({ length: 10 }, () => login(mount, "r", body)));

      expect(twins.map(({ status }) => status)).toEqual(twins.map(() => 200));
      expect(inTime.status).toBe(200);
      expect(late.map(({ status }) => status)).toEqual(late.map(() => 400));
      expect(late[0]?.body?.["errors"]).toEqual([
        "this signed request has been used before; sign a new one for each login",
      ]);
      expect(await countTokens()).toBe(tokens);
    },
  );

  test("T57 another spelling of the same signature is the same request", async () => {
    const mount = await newMount();
    await world.ask(`PUT ${mount}/role/r`, {
      bound_iam_principal_arn: `arn:aws:iam::${OWN}:user/ci`,
    });
    const body = signedLogin(CI_KEY, new Date(Date.now() - 1000));
    const headers = body["iam_request_headers"] as Record<string, string>;
    const respelled = {
      ...body,
      iam_request_headers: { ...headers, "X-Unsigned": "x", "User-Agent": "other" },
    };

    const first = await login(mount, "r", body);
    await agedBy(6);
    const second = await login(mount, "r", respelled);

    expect([first.status, second.status]).toEqual([200, 400]);
  });

  test("T58 a login that STS could not answer may be repeated", async () => {
    const mount = await newMount();
    await world.ask(`PUT ${mount}/role/r`, {
      bound_iam_principal_arn: `arn:aws:iam::${OWN}:user/ci`,
    });
    const body = signedLogin(CI_KEY, new Date(Date.now() - 2000));
    world.simulator.faults.set([{ effect: "lostRequest", action: "GetCallerIdentity", times: 1 }]);

    const lost = await login(mount, "r", body);
    await agedBy(6);
    const repeated = await login(mount, "r", body);

    expect([lost.status, repeated.status]).toEqual([400, 200]);
  });
});

describe("binding", () => {
  test("T38 a principal that AWS no longer honours is refused at once", async () => {
    const mount = await newMount();
    const key = { accessKeyId: "AKIASHORTLIVEDKEY000", secretAccessKey: "short-lived" };
    world.simulator.seed({
      accounts: [{ id: OWN, users: [{ name: "leaver", accessKeys: [key] }] }],
    });
    await world.ask(`PUT ${mount}/role/r`, {
      bound_iam_principal_arn: `arn:aws:iam::${OWN}:user/leaver`,
    });

    const before = await login(mount, "r", signedLogin(key));
    world.simulator.world.accessKeys.delete(key.accessKeyId);
    const after = await login(mount, "r", signedLogin(key, new Date(Date.now() - 1000)));

    expect([before.status, after.status]).toEqual([200, 400]);
    expect(String(after.body?.["errors"])).toContain("received error code 403 from STS");
  });

  test.each([
    ["T41", `arn:aws:iam::${OWN}:role/app`],
    ["T42", `arn:aws:iam::${OWN}:role/team/*`],
  ])(
    "%s a role of the same name in another account gets no token, caches warm",
    async (_case, arn) => {
      const mount = await newMount();
      await world.ask(`PUT ${mount}/role/r`, { bound_iam_principal_arn: arn });
      const own = await assumed(CI_KEY, `arn:aws:iam::${OWN}:role/team/app`);
      const foreign = await assumed(FOREIGN_KEY, `arn:aws:iam::${FOREIGN}:role/team/app`);

      const outcomes: number[] = [];
      for (const keys of [foreign, own, foreign, own, own, foreign]) {
        outcomes.push((await login(mount, "r", signedLogin(keys))).status);
      }

      expect(outcomes).toEqual([400, 200, 400, 200, 200, 400]);
    },
  );

  test("T46 a principal made anew under the same name is somebody else", async () => {
    const mount = await newMount();
    const reborn = { accessKeyId: "AKIAREBORNREBORNREBO", secretAccessKey: "reborn" };
    world.simulator.seed({
      accounts: [{ id: OWN, users: [{ name: "phoenix", accessKeys: [reborn] }] }],
    });
    await world.ask(`PUT ${mount}/role/r`, {
      bound_iam_principal_arn: `arn:aws:iam::${OWN}:user/phoenix`,
    });
    const old = await login(mount, "r", signedLogin(reborn));
    const user = world.simulator.world.addAccount(OWN).users.find("phoenix");
    if (user === undefined) throw new Error("the simulator lost its user");
    Object.assign(user, { id: `${user.id.slice(0, -1)}X` });

    const again = await login(mount, "r", signedLogin(reborn, new Date(Date.now() - 1000)));
    await world.ask(`PUT ${mount}/role/r`, {
      bound_iam_principal_arn: `arn:aws:iam::${OWN}:user/phoenix`,
    });
    const renewal = await world.ask("PUT auth/token/renew-self", {}, tokenOf(old));

    expect([old.status, again.status, renewal.status]).toEqual([200, 400, 400]);
    expect(String(renewal.body?.["errors"])).toContain("no longer bound to ARN");
  });

  test("T51 a token whose role changed is not renewed", async () => {
    const mount = await newMount();
    const arn = `arn:aws:iam::${OWN}:user/ci`;
    await world.ask(`PUT ${mount}/role/r`, { bound_iam_principal_arn: arn });
    const token = tokenOf(await login(mount, "r", signedLogin(CI_KEY)));
    const renew = async (): Promise<number> =>
      (await world.ask("PUT auth/token/renew-self", {}, token)).status;

    const bound = await renew();
    await world.ask(`PUT ${mount}/role/r`, {
      bound_iam_principal_arn: `arn:aws:iam::${OWN}:user/server`,
    });
    const unbound = await renew();
    await world.ask(`DELETE ${mount}/role/r`);
    const gone = await renew();
    await world.ask(`PUT ${mount}/role/r`, { auth_type: "ec2", bound_ami_id: "ami-1" });
    const otherType = await renew();

    expect([bound, unbound, gone, otherType]).toEqual([200, 400, 400, 400]);
  });
});

describe("rotation of the mount's key", () => {
  const key = { accessKeyId: "AKIAROTATEROTATEROTA", secretAccessKey: "rotate" };
  const rotating = configured(key);

  function configured(keys: Keys): Record<string, unknown> {
    return { access_key: keys.accessKeyId, secret_key: keys.secretAccessKey };
  }

  function seedUser(name: string, accessKeys: readonly Keys[]): void {
    const inlinePolicies = { all: ALLOW_ALL };
    world.simulator.seed({
      accounts: [{ id: OWN, users: [{ name, accessKeys, inlinePolicies }] }],
    });
  }

  beforeAll(() => seedUser("rotator", [key]));

  async function snapshotOf(mount: string): Promise<{ config: ConfigSnapshot; id: string }> {
    const config = await world.ports.extras.snapshot();
    return { config, id: config.mounts.byFullPath(`${mount}/`)?.id ?? "" };
  }

  /** Moves an instant of a stored document into the past, as if time had gone by. */
  async function age(setting: string, field: string, seconds: number): Promise<void> {
    const past = new Date(Date.now() - seconds * 1000).toISOString();
    await world.pool.query(
      "update mount_setting set body = jsonb_set(body::jsonb, array[$2], to_jsonb($3::text)) where setting = $1",
      [setting, field, past],
    );
    await world.pool.query("update config_version set version = version + 1");
  }

  async function settle(mount: string): Promise<void> {
    const { config, id } = await snapshotOf(mount);
    await settleRootKeys(world.ports, config, id);
  }

  async function open(mount: string, setting: string): Promise<string[]> {
    const { config, id } = await snapshotOf(mount);
    return config.settingKeys(id, setting);
  }

  function keysNow(): string[] {
    return [...world.simulator.world.accessKeys.keys()].sort();
  }

  test("A046 an old key that cannot be deleted is deleted later", async () => {
    const mount = await newMount(rotating);
    const denied = { status: 403, code: "AccessDenied", message: "no" };
    world.simulator.faults.set([
      { effect: "error", ...denied, action: "DeleteAccessKey", times: 1 },
    ]);

    const rotated = await world.ask(`POST ${mount}/config/rotate-root`);
    const pending = await open(mount, "pending_key_deletion");
    await age("pending_key_deletion", "nextAttemptAt", 1);
    await settle(mount);

    expect(rotated.status).toBe(200);
    expect(String(rotated.body?.["warnings"])).toContain(key.accessKeyId);
    expect(pending).toEqual([key.accessKeyId]);
    expect(keysNow()).not.toContain(key.accessKeyId);
    expect(await open(mount, "pending_key_deletion")).toEqual([]);
  });

  test("A044 a refused rotation leaves the key and no record", async () => {
    const spare = { accessKeyId: "AKIASPARESPARESPARE0", secretAccessKey: "spare" };
    const kept = { accessKeyId: "AKIAKEPTKEPTKEPTKEPT", secretAccessKey: "kept" };
    seedUser("full", [spare, kept]);
    const mount = await newMount(configured(kept));
    const before = keysNow();

    const refused = await world.ask(`POST ${mount}/config/rotate-root`);
    const again = await world.ask(`POST ${mount}/config/rotate-root`);

    expect([refused.status, again.status]).toEqual([400, 400]);
    expect(String(again.body?.["errors"])).toContain(
      "error calling CreateAccessKey: LimitExceeded",
    );
    expect(keysNow()).toEqual(before);
    expect(await open(mount, "root_rotation")).toEqual([]);
  });

  test("a key whose making was never answered is found and removed", async () => {
    const kept = { accessKeyId: "AKIALONELYLONELYLONE", secretAccessKey: "lonely" };
    seedUser("lonely", [kept]);
    const mount = await newMount(configured(kept));
    const before = keysNow();
    world.simulator.faults.set([{ effect: "lostReply", action: "CreateAccessKey", times: 1 }]);

    const lost = await world.ask(`POST ${mount}/config/rotate-root`);
    const busy = await world.ask(`POST ${mount}/config/rotate-root`);
    const orphaned = keysNow().length - before.length;
    await age("root_rotation", "startedAt", 150);
    await settle(mount);

    expect([lost.status, busy.status]).toEqual([400, 400]);
    expect(String(busy.body?.["errors"])).toContain("another rotation of this key is under way");
    expect(orphaned).toBe(1);
    expect(keysNow()).toEqual(before);
    expect(await open(mount, "root_rotation")).toEqual([]);
  });
});
