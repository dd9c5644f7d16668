import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CI_ARN, CI_KEY, login, newAuthMount, seedTwoAccounts } from "@/lib/testing/aws-auth-mount";
import { type ScriptedSts, startScriptedSts } from "@/lib/testing/scripted-sts";
import {
  loginFields,
  signedGet,
  signedLogin,
  signedPost,
  type Signing,
} from "@/lib/testing/signed-login";
import {
  authOf,
  errorOf,
  type Instance,
  newWorld,
  type Said,
  type World,
} from "@/lib/testing/world";

/** Each campaign runs at this multiple of its small size. */
const SCALE = Number(process.env["SCALE"] ?? 1);
const ID = "vault.example.com";
const HEADER = "X-Vault-AWS-IAM-Server-ID";

let world: World;
let other: Instance;
let sts: ScriptedSts;

beforeAll(async () => {
  [world, sts] = await Promise.all([newWorld(), startScriptedSts()]);
  other = await world.secondInstance();
  seedTwoAccounts(world);
});

afterAll(async () => {
  await world.close();
  await sts.close();
});

beforeEach(() => {
  sts.answers({});
  sts.requests.splice(0);
  world.log.splice(0);
});

async function newMount(config: Record<string, unknown>): Promise<string> {
  const mount = await newAuthMount(world, { sts_endpoint: sts.url, ...config });
  await world.ask(`PUT ${mount}/role/r`, {
    bound_iam_principal_arn: CI_ARN,
    resolve_aws_unique_ids: false,
  });
  return mount;
}

/** Each its own second, so that no signature comes twice. */
const BEGAN_AT = Date.now();
let second = 0;
function at(): Date {
  second += 1;
  return new Date(BEGAN_AT - second * 1000);
}

function statusesOf(said: readonly Said[]): number[] {
  return said.map(({ status }) => status);
}

describe("the server id", () => {
  const refused = async (mount: string, signing: Signing): Promise<void> => {
    const said = await login(world, mount, signedLogin(CI_KEY, { at: at(), ...signing }));
    expect([signing, said.status]).toEqual([signing, 400]);
    expect(errorOf(said)).toContain(`error validating ${HEADER} header: `);
    expect(sts.requests).toEqual([]);
  };

  test("T53 absent, empty, wrong, in part or in another letter case it is refused unasked", async () => {
    const mount = await newMount({ iam_server_id_header_value: ID });

    await refused(mount, {});
    for (const value of [
      ...["", "other.example.com", "vault.example.co", "vault.example.com.evil.example", "x"],
      ...["Vault.example.com", "VAULT.EXAMPLE.COM", ` ${ID}`, `${ID} `, `"${ID}"`],
    ]) {
      await refused(mount, { headers: { [HEADER]: value } });
    }
    for (const headers of [{}, { [HEADER]: "" }, { [HEADER]: "other.example.com" }]) {
      const said = await login(world, mount, loginFields(signedGet(CI_KEY, headers, at())));
      expect([headers, said.status]).toEqual([headers, 400]);
    }
    expect(sts.requests).toEqual([]);
    const good = signedLogin(CI_KEY, { at: at(), headers: { [HEADER]: ID } });
    expect((await login(world, mount, good)).status).toBe(200);
    const goodGet = loginFields(signedGet(CI_KEY, { [HEADER]: ID }, at()));
    expect((await login(world, mount, goodGet)).status).toBe(200);
  });

  test("T54 unsigned, or signed in a decoy only, it is refused unasked", async () => {
    const mount = await newMount({ iam_server_id_header_value: ID });
    const listed = ["content-type", "host", "x-amz-date"];

    await refused(mount, { unsigned: { [HEADER]: ID } });
    for (const name of [HEADER, "x-vault-aws-iam-server-id2", "x-vault-aws-iam", "*"]) {
      await refused(mount, { headers: { [HEADER]: ID }, signedHeaders: [...listed, name] });
    }
    const call = signedPost(CI_KEY, { at: at(), unsigned: { [HEADER]: ID } });
    const authorization = call.headers["Authorization"] ?? "";
    const decoy = "SignedHeaders=host;x-vault-aws-iam-server-id";
    for (const text of [
      `${authorization}, ${decoy}`,
      authorization.replace("Credential=", `${decoy}, Credential=`),
      authorization.replace("Credential=", `Credential=${decoy}/`),
      authorization.replace("Signature=", `Signature=${decoy}`),
      `${authorization}, X${decoy}`,
    ]) {
      const said = await login(
        world,
        mount,
        loginFields({ ...call, headers: { ...call.headers, Authorization: text } }),
      );
      expect([text, said.status]).toEqual([text, 400]);
    }
    const get = signedGet(CI_KEY, {}, at());
    const unsignedGet = { ...get, headers: { ...get.headers, [HEADER]: ID } };
    expect((await login(world, mount, loginFields(unsignedGet))).status).toBe(400);
    expect(sts.requests).toEqual([]);
  });

  test("T55 two values, however they are written, are refused unasked", async () => {
    const mount = await newMount({ iam_server_id_header_value: ID });
    const call = signedPost(CI_KEY, { at: at(), headers: { [HEADER]: ID } });
    for (const headers of [
      { ...call.headers, [HEADER]: [ID, ID] },
      { ...call.headers, [HEADER]: ["other", ID] },
      { ...call.headers, [HEADER]: [ID, "other"] },
      { ...call.headers, [HEADER]: `${ID},${ID}` },
      { ...call.headers, [HEADER]: `other, ${ID}` },
      { ...call.headers, [HEADER.toLowerCase()]: ID },
      { ...call.headers, [HEADER.toUpperCase()]: "other" },
      [...Object.entries(call.headers).map((line) => line.join(":")), `${HEADER}:other`],
    ]) {
      const said = await login(world, mount, {
        ...loginFields(call),
        iam_request_headers: headers,
      });
      expect([headers, said.status]).toEqual([headers, 400]);
    }
    expect(sts.requests).toEqual([]);
  });

  test("T56 a change is in force on every instance with the next request", async () => {
    const mount = await newMount({});
    const both = async (value: string | null): Promise<number[]> => {
      const logIn = (on: Instance): Promise<Said> =>
        login(
          on,
          mount,
          signedLogin(CI_KEY, {
            at: at(),
            ...(value !== null && { headers: { [HEADER]: value } }),
          }),
        );
      return statusesOf([await logIn(world), await logIn(other)]);
    };
    const set = (value: string, on: Instance): Promise<Said> =>
      on.ask(`PUT ${mount}/config/client`, { iam_server_id_header_value: value });
    const traffic = { stopped: false };
    const running = (async () => {
      while (!traffic.stopped) await both("first");
    })();

    const seen = [await both(null)];
    await set("first", other);
    seen.push(await both(null), await both("first"));
    await set("second", world);
    seen.push(await both("first"), await both("second"));
    await set("", other);
    seen.push(await both(null));
    traffic.stopped = true;
    await running;

    expect(seen).toEqual([
      [200, 200],
      [400, 400],
      [200, 200],
      [400, 400],
      [200, 200],
      [200, 200],
    ]);
  });
});

describe("replays", () => {
  async function firstSeenAgo(seconds: number): Promise<void> {
    await world.pool.query(
      "update replay_mark set first_seen = now() - make_interval(secs => $1)",
      [seconds],
    );
  }

  const copies = (mount: string, fields: Record<string, unknown>): Promise<Said[]> =>
    Promise.all(
      Array.from({ length: 50 * SCALE }, (_, i) =>
        login(i % 2 === 0 ? world : other, mount, fields),
      ),
    );

  test.each(["service", "batch"])(
    "T57 with the guard at `window` copies and twins pass for 5 s, and never after (%s tokens)",
    async (tokenType) => {
      const mount = await newMount({});
      await world.ask(`PUT ${mount}/role/r`, { token_type: tokenType });
      const fields = signedLogin(CI_KEY, { at: at() });

      const first = await copies(mount, fields);
      await firstSeenAgo(2);
      const inTime = await login(other, mount, fields);
      await firstSeenAgo(5);
      const tokens = await world.countRows("token");
      const late = await copies(mount, fields);

      expect(new Set(statusesOf([...first, inTime]))).toEqual(new Set([200]));
      expect(new Set(statusesOf(late))).toEqual(new Set([400]));
      expect(await world.countRows("token")).toBe(tokens);
    },
  );

  test.each(["service", "batch"])(
    "T57 with the guard at `strict` one copy of many gets a token (%s tokens)",
    async (tokenType) => {
      const mount = await newMount({ replay_guard: "strict" });
      await world.ask(`PUT ${mount}/role/r`, { token_type: tokenType });
      const fields = signedLogin(CI_KEY, { at: at() });

      const said = await copies(mount, fields);
      const again = await login(world, mount, fields);
      const next = await login(world, mount, signedLogin(CI_KEY, { at: at() }));

      expect(said.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(said.filter(({ status }) => status === 400)).toHaveLength(50 * SCALE - 1);
      expect(statusesOf([again, next])).toEqual([400, 200]);
      expect(errorOf(again)).toBe(
        "this signed request has been used before; sign a new one for each login",
      );
    },
  );

  test("T57 with the guard `off` AWS alone decides how long a signature is good", async () => {
    const mount = await newMount({ replay_guard: "off" });
    const fields = signedLogin(CI_KEY, { at: at() });
    const marks = await world.countRows("replay_mark");

    const first = await login(world, mount, fields);
    await firstSeenAgo(60);
    const late = await login(other, mount, fields);

    expect(statusesOf([first, late])).toEqual([200, 200]);
    expect(await world.countRows("replay_mark")).toBe(marks);
  });

  test("T57 the guard is one of three, and shown when it is not the usual one", async () => {
    const mount = await newMount({});
    const read = async (): Promise<unknown> =>
      (await world.ask(`GET ${mount}/config/client`)).body?.["data"];

    expect(await read()).not.toHaveProperty("replay_guard");
    expect((await world.ask(`PUT ${mount}/config/client`, { replay_guard: "none" })).status).toBe(
      400,
    );
    await world.ask(`PUT ${mount}/config/client`, { replay_guard: "strict" });
    expect(await read()).toMatchObject({ replay_guard: "strict" });
    await world.ask(`PUT ${mount}/config/client`, { max_retries: 1 });
    expect(await read()).toMatchObject({ replay_guard: "strict" });
  });

  test("T58 a login that AWS did not answer may be sent again, once it is accepted it counts", async () => {
    const mount = await newMount({ replay_guard: "strict" });
    const fields = signedLogin(CI_KEY, { at: at() });

    sts.answers({ status: 503 });
    const down = await login(world, mount, fields);
    sts.answers({ status: 429 });
    const throttled = await login(other, mount, fields);
    sts.answers({});
    const up = await login(other, mount, fields);
    const again = await login(world, mount, fields);

    expect(statusesOf([down, throttled, up, again])).toEqual([400, 502, 200, 400]);
  });

  test("T59 while the guard's table cannot be read there is no token, unless the guard is off", async () => {
    const guarded = await newMount({});
    const open = await newMount({ replay_guard: "off" });
    const tokens = await world.countRows("token");
    await world.pool.query("alter table replay_mark rename to replay_mark_away");

    const refused = [
      await login(world, guarded, signedLogin(CI_KEY, { at: at() })),
      await login(other, guarded, signedLogin(CI_KEY, { at: at() })),
    ];
    const before = await world.countRows("token");
    const off = await login(world, open, signedLogin(CI_KEY, { at: at() }));
    await world.pool.query("alter table replay_mark_away rename to replay_mark");
    const back = await login(world, guarded, signedLogin(CI_KEY, { at: at() }));

    expect(statusesOf(refused)).toEqual([503, 503]);
    expect(before).toBe(tokens);
    expect(statusesOf([back, off])).toEqual([200, 200]);
  });

  test("T60 marks go after 20 minutes, when AWS itself refuses the signature", async () => {
    const mount = await newAuthMount(world);
    await world.ask(`PUT ${mount}/role/r`, { bound_iam_principal_arn: CI_ARN });
    const fields = signedLogin(CI_KEY, { at: at() });
    const first = await login(world, mount, fields);
    await firstSeenAgo(21 * 60);

    await world.worker.keepHouse();
    const marks = await world.countRows(
      "replay_mark",
      "first_seen < now() - interval '20 minutes'",
    );
    world.simulator.world.clockOffsetMs = 21 * 60_000;
    const late = await login(world, mount, fields);
    world.simulator.world.clockOffsetMs = 0;

    expect([first.status, marks, late.status]).toEqual([200, 0, 400]);
    expect(errorOf(late)).toContain("SignatureDoesNotMatch");
  });

  test("T61 from what is kept of a login its request cannot be made again", async () => {
    const mount = await newMount({ iam_server_id_header_value: ID });
    const keys = { ...CI_KEY, sessionToken: `CANARY-${"t".repeat(300)}` };
    const call = signedPost(keys, { at: at(), headers: { [HEADER]: ID } });
    const signature = /Signature=(\w+)/.exec(call.headers["Authorization"] ?? "")?.[1] ?? "";
    const said = await login(world, mount, loginFields(call));
    const get = signedGet(keys, { [HEADER]: ID }, at());
    const saidGet = await login(world, mount, loginFields(get));
    const getSignature = /X-Amz-Signature=(\w+)/.exec(get.url)?.[1] ?? "";
    expect(statusesOf([said, saidGet])).toEqual([200, 200]);

    const secrets = [
      ...[signature, getSignature, keys.sessionToken, String(authOf(said)["client_token"])],
      ...[call.headers["Authorization"] ?? "", get.url],
    ];
    const kept = secrets.flatMap((secret) => [
      secret,
      Buffer.from(secret).toString("base64").slice(0, -4),
      encodeURIComponent(secret),
    ]);
    const tables = await world.pool.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    );
    for (const { name } of tables.rows) {
      const hits = await world.pool.query(
        `select 1 from "${name}" t, unnest($1::text[]) as secret where position(secret in t::text) > 0`,
        [kept],
      );
      expect([name, hits.rowCount]).toEqual([name, 0]);
    }
    const lines = world.log.join("\n");
    expect(kept.filter((text) => lines.includes(text))).toEqual([]);
  });
});
