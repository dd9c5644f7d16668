import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settleRootKeys } from "@/lib/engine/aws-auth/pending-keys";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import {
  CI_ARN,
  CI_KEY,
  login,
  newAuthMount,
  OWN,
  seedTwoAccounts,
} from "@/lib/testing/aws-auth-mount";
import { signedLogin, type SigningKeys } from "@/lib/testing/signed-login";
import { authOf, newWorld, type World } from "@/lib/testing/world";

const ALLOW_ALL = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};

let world: World;

beforeAll(async () => {
  world = await newWorld();
  seedTwoAccounts(world);
});

afterAll(() => world.close());

test("T57 another spelling of the same signature is the same request", async () => {
  const mount = await newAuthMount(world);
  await world.ask(`PUT ${mount}/role/r`, {
    bound_iam_principal_arn: CI_ARN,
  });
  const body = signedLogin(CI_KEY, { at: new Date(Date.now() - 1000) });
  const headers = body["iam_request_headers"] as Record<string, string>;
  const respelled = {
    ...body,
    iam_request_headers: { ...headers, "X-Unsigned": "x", "User-Agent": "other" },
  };

  const first = await login(world, mount, body);
  await world.pool.query("update replay_mark set first_seen = now() - interval '5 seconds'");
  const second = await login(world, mount, respelled);

  expect([first.status, second.status]).toEqual([200, 400]);
});

test("T46 a principal made anew under the same name is somebody else", async () => {
  const mount = await newAuthMount(world);
  const reborn = { accessKeyId: "AKIAREBORNREBORNREBO", secretAccessKey: "reborn" };
  world.simulator.seed({
    accounts: [{ id: OWN, users: [{ name: "phoenix", accessKeys: [reborn] }] }],
  });
  await world.ask(`PUT ${mount}/role/r`, {
    bound_iam_principal_arn: `arn:aws:iam::${OWN}:user/phoenix`,
  });
  const old = await login(world, mount, signedLogin(reborn));
  const user = world.simulator.world.addAccount(OWN).users.find("phoenix");
  if (user === undefined) throw new Error("the simulator lost its user");
  Object.assign(user, { id: `${user.id.slice(0, -1)}X` });

  const again = await login(world, mount, signedLogin(reborn, { at: new Date(Date.now() - 1000) }));
  await world.ask(`PUT ${mount}/role/r`, {
    bound_iam_principal_arn: `arn:aws:iam::${OWN}:user/phoenix`,
  });
  const renewal = await world.ask(
    "PUT auth/token/renew-self",
    {},
    String(authOf(old)["client_token"]),
  );

  expect([old.status, again.status, renewal.status]).toEqual([200, 400, 400]);
  expect(String(renewal.body?.["errors"])).toContain("no longer bound to ARN");
});

describe("rotation of the mount's key", () => {
  const key = { accessKeyId: "AKIAROTATEROTATEROTA", secretAccessKey: "rotate" };
  const rotating = configured(key);

  function configured(keys: SigningKeys): Record<string, unknown> {
    return { access_key: keys.accessKeyId, secret_key: keys.secretAccessKey };
  }

  function seedUser(name: string, accessKeys: readonly SigningKeys[]): void {
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
    const mount = await newAuthMount(world, rotating);
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
    const mount = await newAuthMount(world, configured(kept));
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
    const mount = await newAuthMount(world, configured(kept));
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
