import { request } from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  CI_ARN,
  CI_KEY,
  FOREIGN,
  login,
  newAuthMount,
  OWN,
  seedTwoAccounts,
} from "@/lib/testing/aws-auth-mount";
import { watchEgress } from "@/lib/testing/egress";
import {
  identityXml,
  type ScriptedSts,
  startScriptedSts,
  type StsReply,
} from "@/lib/testing/scripted-sts";
import { base64, signedLogin } from "@/lib/testing/signed-login";
import { authOf, errorOf, newWorld, type Said, type World } from "@/lib/testing/world";

/** Each campaign runs at this multiple of its small size. */
const SCALE = Number(process.env["SCALE"] ?? 1);

let world: World;
let sts: ScriptedSts;
let mount: string;

beforeAll(async () => {
  [world, sts] = await Promise.all([newWorld(), startScriptedSts()]);
  seedTwoAccounts(world);
  mount = await newAuthMount(world, { sts_endpoint: sts.url });
  await world.ask(`PUT ${mount}/role/r`, {
    bound_iam_principal_arn: CI_ARN,
    resolve_aws_unique_ids: false,
  });
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

const SOUND = identityXml(CI_ARN);

function answered(reply: StsReply): Promise<Said> {
  sts.answers(reply);
  return login(world, mount, signedLogin(CI_KEY));
}

/** None of the answers opens the door, and the next sound one does. */
async function noneOpens(replies: readonly StsReply[]): Promise<Said[]> {
  const tokens = await world.countRows("token");
  const said: Said[] = [];
  for (const reply of replies) {
    const refused = await answered(reply);
    expect([reply.status, reply.headers, reply.body?.slice(0, 200), refused.status]).toEqual([
      reply.status,
      reply.headers,
      reply.body?.slice(0, 200),
      400,
    ]);
    said.push(refused);
  }
  expect(await world.countRows("token")).toBe(tokens);
  expect((await answered({})).status).toBe(200);
  return said;
}

const inside = (from: string, to: string): StsReply => ({ body: SOUND.replace(from, to) });

test("T23 the answer to another action is no identity, whatever it carries", async () => {
  const block = SOUND.slice(
    SOUND.indexOf("<GetCallerIdentityResult>"),
    SOUND.indexOf("<ResponseM"),
  );
  const assumed = (within: string): StsReply => ({
    body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>${within}</AssumeRoleResult></AssumeRoleResponse>`,
  });

  await noneOpens([
    assumed(block),
    assumed(`<SourceIdentity>${block}</SourceIdentity>`),
    assumed(`<SourceIdentity>${block.replaceAll("<", "&lt;")}</SourceIdentity>`),
    inside(block, `<Other>${block}</Other>`),
    inside(block, `<GetCallerIdentityResult>${block}</GetCallerIdentityResult>`),
    { body: SOUND.replaceAll("GetCallerIdentityResponse", "GetAccessKeyInfoResponse") },
  ]);
});

test("T24 text/xml alone is the type of an identity", async () => {
  const types = ["application/json", "text/html", "application/xml", "text/xmlx", "", "text/plain"];
  await noneOpens([
    ...types.map((type) => ({ headers: { "content-type": type } })),
    { headers: { "content-type": undefined } },
  ]);

  for (const type of ["text/xml", "text/xml; charset=utf-8", "TEXT/XML;charset=UTF-8"]) {
    expect((await answered({ headers: { "content-type": type } })).status).toBe(200);
  }
});

test("T25 anything beside the one root is no identity", async () => {
  await noneOpens([
    { body: `text${SOUND}` },
    { body: `${SOUND}text` },
    { body: SOUND + SOUND },
    { body: `<Wrap>${SOUND}</Wrap>` },
    { body: `\ufeff${SOUND}` },
    inside(' xmlns="https://sts.amazonaws.com/doc/2011-06-15/"', ""),
    inside("doc/2011-06-15/", "doc/2010-05-08/"),
    inside("<Arn>", '<Arn xmlns="urn:other">'),
    { body: "" },
    { body: "{}" },
  ]);
});

test("T26 a field that is missing, empty, repeated or dressed up is no identity", async () => {
  const result = SOUND.slice(
    SOUND.indexOf("<GetCallerIdentityResult>"),
    SOUND.indexOf("<ResponseM"),
  );
  const fields = [`<Arn>${CI_ARN}</Arn>`, "<UserId>AIDAUSER</UserId>", `<Account>${OWN}</Account>`];

  await noneOpens([
    inside(result, ""),
    inside(result, result + result),
    ...fields.flatMap((field) => {
      const name = /^<(\w+)>/.exec(field)?.[1] ?? "";
      return [
        inside(field, ""),
        inside(field, field + field),
        inside(field, `<${name}></${name}>`),
        inside(field, `<${name}/>`),
        inside(field, field.replace(/>(.*)</, "><![CDATA[$1]]><")),
        inside(field, field.replace(/>(.)/, ">$1<!-- x -->")),
        inside(field, field.replace(/>(.)/, ">&#65;$1")),
        inside(field, field.replace(/>(.)/, ">&other;$1")),
        inside(field, field.replace(">", "> ")),
      ];
    }),
  ]);
});

describe("hostile bodies", () => {
  const laughs = Array.from(
    { length: 10 },
    (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`,
  ).join("");

  test.each<[string, string]>([
    ["a DOCTYPE", `<!DOCTYPE a SYSTEM "http://canary.invalid/">${SOUND}`],
    ["entities that grow", `<!DOCTYPE a [<!ENTITY e0 "ha">${laughs}]>${SOUND}`],
    ["a million references", SOUND.replace("AIDAUSER", "&#65;".repeat(1_000_000))],
    ["deep nesting", SOUND.replace("<Arn>", `${"<a>".repeat(100_000)}<Arn>`)],
    ["10 MiB", SOUND.replace("AIDAUSER", "A".repeat(10 * 1024 * 1024))],
  ])("T27 %s is refused in little time and memory", async (_what, body) => {
    const egress = watchEgress();
    let late = 0;
    let last = performance.now();
    const ticks = setInterval(() => {
      late = Math.max(late, performance.now() - last - 5);
      last = performance.now();
    }, 5);
    const resident = process.memoryUsage().rss;
    const began = performance.now();
    sts.answers({ body });

    const refused = await login(world, mount, signedLogin(CI_KEY));

    const tookMs = performance.now() - began;
    clearInterval(ticks);
    egress.stop();
    expect(refused.status).toBe(400);
    expect(tookMs).toBeLessThan(5_000);
    // The scripted server's own copies are made in this process, too.
    expect(process.memoryUsage().rss - resident).toBeLessThan(20 * 1024 ** 2 + 2 * body.length);
    // Generous, since the scripted server and other test files take their share of the time.
    expect(late).toBeLessThan(250);
    expect(egress.connections.every((target) => target === new URL(sts.url).host)).toBe(true);
    expect((await answered({})).status).toBe(200);
  });
});

test("T28 a sound identity under any status but 200 is refused", async () => {
  const statuses = [201, 202, 204, 206, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 501];
  await noneOpens(statuses.map((status) => ({ status, body: SOUND })));
  for (const status of [500, 503]) expect((await answered({ status })).status).toBe(400);

  // AWS asks to slow down: told apart, as everywhere.
  expect((await answered({ status: 429 })).status).toBe(502);
});

test("T29 a redirect is not followed, to wherever it points", async () => {
  const canary = await startScriptedSts();
  canary.answers({});
  const egress = watchEgress();

  await noneOpens(
    [`${canary.url}/`, `${sts.url}/other`, "//canary.invalid/", "/"].map((location) => ({
      status: 307,
      headers: { location },
      body: "",
    })),
  );

  egress.stop();
  expect(canary.requests).toEqual([]);
  expect(egress.connections.filter((target) => target !== new URL(sts.url).host)).toEqual([]);
  expect(egress.lookups()).toEqual([]);
  await canary.close();
});

describe("repeats", () => {
  test("T34 failures of the server are tried again with the very same call, refusals are not", async () => {
    await world.ask(`PUT ${mount}/config/client`, { max_retries: 2 });
    const attempts = async (...replies: StsReply[]): Promise<[number, number]> => {
      sts.requests.splice(0);
      sts.answers(...replies);
      const { status } = await login(world, mount, signedLogin(CI_KEY));
      expect(sts.requests).toEqual(sts.requests.map(() => sts.requests[0]));
      return [status, sts.requests.length];
    };

    const outcomes = [
      await attempts({ status: 500 }, {}),
      await attempts({ status: 429 }, {}),
      await attempts({ status: 403, body: "no" }),
      await attempts({ status: 503 }),
    ];
    await world.ask(`PUT ${mount}/config/client`, { max_retries: 0 });

    expect(outcomes).toEqual([
      [200, 2],
      [200, 2],
      [400, 1],
      [400, 3],
    ]);
  });
});

test("T35 AWS's error document is repeated without control characters, no other type of answer is", async () => {
  const canary = "CANARY-5d8e";
  const document = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Code>InvalidClientTokenId</Code><Message>${canary}\u0007\u001b[31m</Message></Error></ErrorResponse>`;
  const shown = errorOf(await answered({ status: 403, body: document }));
  const hidden = [
    await answered({
      status: 403,
      body: `{"canary":"${canary}"}`,
      headers: { "content-type": "application/json" },
    }),
    await answered({
      status: 403,
      body: `<html>${canary}</html>`,
      headers: { "content-type": "text/html" },
    }),
    await answered({ status: 403, body: document.replace(canary, canary + "x".repeat(1024 ** 2)) }),
    await answered({ status: 200, body: canary }),
    await answered({ status: 500, body: document }),
  ];

  expect(shown).toContain(`received error code 403 from STS: <ErrorResponse`);
  expect(shown).toContain(canary);
  expect(shown).not.toMatch(/[\0-\x09\x0b-\x1f\x7f]/);
  for (const said of hidden) {
    expect(said.status).toBe(400);
    expect(JSON.stringify(said.body)).not.toContain(canary);
  }
  expect(world.log.join("\n")).not.toContain(canary);
  const entries = await world.countRows("audit_entry", `entry::text like '%${canary}%'`);
  expect(entries).toBe(0);
});

test("T36 what waits for AWS is bounded, the rest is turned away in time, and others go on", async () => {
  const held: (() => void)[] = [];
  let most = 0;
  sts.answers((_request, response) => {
    held.push(() => response.writeHead(200, { "content-type": "text/xml" }).end(SOUND));
    most = Math.max(most, held.length);
  });
  const began = performance.now();
  const logins = Array.from({ length: 200 * SCALE }, async (_, i) => {
    const said = await login(world, mount, signedLogin(CI_KEY, { at: new Date(Date.now() - i) }));
    return { status: said.status, ms: performance.now() - began };
  });

  while (held.length < 64) await new Promise((resolve) => setImmediate(resolve));
  const other = await world.ask("GET auth/token/lookup-self");
  const otherMs = performance.now() - began;
  const turnedAway = await Promise.race([
    Promise.all(logins).then(() => []),
    Promise.all(logins.slice(64)),
  ]);
  held.splice(0).forEach((finish) => finish());
  const first = await Promise.all(logins.slice(0, 64));

  expect(other.status).toBe(200);
  expect(otherMs).toBeLessThan(2_000);
  expect(most).toBe(64);
  expect(first.map(({ status }) => status)).toEqual(first.map(() => 200));
  expect(turnedAway.map(({ status }) => status)).toEqual(turnedAway.map(() => 429));
  expect(turnedAway).toHaveLength(200 * SCALE - 64);
  expect(Math.max(...turnedAway.map(({ ms }) => ms))).toBeLessThan(5_000);
});

test("T38 a principal that is disabled is refused at once, by every instance", async () => {
  const other = await world.secondInstance();
  const real = await newAuthMount(world);
  await world.ask(`PUT ${real}/role/r`, { bound_iam_principal_arn: CI_ARN });
  const at = (seconds: number): Record<string, unknown> =>
    signedLogin(CI_KEY, { at: new Date(Date.now() - seconds * 1000) });
  const key = world.simulator.world.accessKeys.get(CI_KEY.accessKeyId);
  if (key === undefined) throw new Error("the simulator lost its key");

  const before = [await login(world, real, at(0)), await login(other, real, at(1))];
  key.status = "Inactive";
  const after = [await login(world, real, at(2)), await login(other, real, at(3))];
  key.status = "Active";
  const again = await login(other, real, at(4));

  expect([...before, ...after, again].map(({ status }) => status)).toEqual([
    200, 200, 400, 400, 200,
  ]);
});

describe("what goes out", () => {
  const canaryHost = "canary.invalid";

  test("T39 of what callers write nothing is connected to or looked up", async () => {
    const canary = await startScriptedSts();
    canary.answers({});
    const egress = watchEgress();
    const target = new URL(canary.url).host;
    const fields = signedLogin(CI_KEY);
    const headers = fields["iam_request_headers"] as Record<string, string>;

    for (const name of [
      target,
      canaryHost,
      `user@${canaryHost}`,
      `${canaryHost}#`,
      `[${target}]`,
    ]) {
      for (const scheme of ["http", "https", "ftp"]) {
        await login(world, mount, { ...fields, iam_request_url: base64(`${scheme}://${name}/`) });
      }
      for (const header of ["Host", "X-Forwarded-Host", "Forwarded", "X-Amz-Security-Token"]) {
        await login(world, mount, {
          ...fields,
          iam_request_headers: { ...headers, [header]: `http://${name}/` },
        });
      }
      await login(world, mount, { ...fields, role: `http://${name}/`, nonce: `http://${name}/` });
      await world.send(`POST ${mount}/login`, {
        token: "",
        body: { role: "r", ...fields },
        headers: { host: name, "x-forwarded-host": name, forwarded: `host=${name}` },
      });
    }

    egress.stop();
    expect(sts.requests.length).toBeGreaterThan(0);
    expect(canary.requests).toEqual([]);
    expect(egress.connections.filter((tried) => tried !== new URL(sts.url).host)).toEqual([]);
    expect(egress.lookups()).toEqual([]);
    await canary.close();
  });

  test("T40 whoever has no token makes us call nobody but STS, at login", async () => {
    const egress = watchEgress();
    const url = `http://${canaryHost}/`;
    for (const path of [
      ...["sys/health", "sys/seal-status", "sys/init", "sys/leader", "sys/internal/ui/mounts"],
      ...[
        "sys/wrapping/unwrap",
        "sys/tools/random",
        `sys/mounts/${canaryHost}`,
        "auth/oidc/callback",
      ],
      ...[
        "auth/userpass/login/x",
        "auth/approle/login",
        "sys/metrics",
        "sys/host-info",
        "sys/pprof",
      ],
      ...[`${mount}/config/client`, `${mount}/role/r`, "aws/config/root", "aws/creds/r"],
      ...["sys/rekey/init", "sys/generate-root/attempt", "sys/storage/raft/join", "_next/image"],
    ]) {
      for (const method of ["GET", "POST", "PUT", "DELETE", "LIST"]) {
        await world.send(`${method} ${path}?url=${encodeURIComponent(url)}`, {
          token: "",
          body: { url, host: canaryHost, sts_endpoint: url, leader_api_addr: url, token: url },
          headers: { host: canaryHost, upgrade: "websocket", connection: "upgrade", referer: url },
        });
      }
    }

    egress.stop();
    expect(egress.connections).toEqual([]);
    expect(egress.lookups()).toEqual([]);
    expect(sts.requests).toEqual([]);
  });

  test("T32 proxies named in the environment are not used", async () => {
    const canary = await startScriptedSts();
    canary.answers({});
    const names = [
      "HTTP_PROXY",
      "HTTPS_PROXY",
      "ALL_PROXY",
      "http_proxy",
      "https_proxy",
      "all_proxy",
    ];
    for (const name of names) vi.stubEnv(name, canary.url);
    vi.stubEnv("NO_PROXY", "");
    const elsewhere = await startScriptedSts();
    elsewhere.answers({});
    const proxied = await world.secondInstance();
    const fresh = await newAuthMount(world, { sts_endpoint: elsewhere.url });
    await world.ask(`PUT ${fresh}/role/r`, {
      bound_iam_principal_arn: CI_ARN,
      resolve_aws_unique_ids: false,
    });

    const said = await login(proxied, fresh, signedLogin(CI_KEY));

    vi.unstubAllEnvs();
    expect([said.status, elsewhere.requests.length, canary.requests.length]).toEqual([200, 1, 0]);
    await canary.close();
    await elsewhere.close();
  });

  test("the watch sees what it is meant to see", async () => {
    const egress = watchEgress();

    await request(sts.url, { method: "POST" });
    await request(`http://${canaryHost}/`).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));

    egress.stop();
    expect(egress.connections).toContain(new URL(sts.url).host);
    expect(egress.connections).toContain(`${canaryHost}:80`);
  });
});

describe("whom the answer names", () => {
  const bound = async (arn: string): Promise<void> => {
    await world.ask(`PUT ${mount}/role/r`, { bound_iam_principal_arn: arn });
  };

  test("T44 what is no ARN of a principal is refused", async () => {
    await noneOpens(
      [
        ...[`arn:aws:iam::${OWN}`, `arn:aws:iam::${OWN}:user/ci:x`, "arn:aws:iam:::user/ci"],
        ...["arn:aws:iam::11111111111:user/ci", "arn:aws:iam::1111111111111:user/ci"],
        ...[`arn:aws:iam::${OWN}:user/`, `arn:aws:iam::${OWN}:user`, `arn:aws:iam::${OWN}:root`],
        ...[`arn:aws:sts::${OWN}:federated-user/ci`, `arn:aws:iam::${OWN}:group/ci`],
        ...[`arn:aws:sts::${OWN}:assumed-role/ci`, `arn:aws:sts::${OWN}:assumed-role//ci`],
        ...[`arn:aws:sts::${OWN}:assumed-role/ci/s/t`, `ARN:aws:iam::${OWN}:user/ci`, "x"],
        ...[
          `arn:aws:ec2::${OWN}:user/ci`,
          `arn:aws:iam::${OWN}:user/ci `,
          `arn:aws:iam::${OWN}:/ci`,
        ],
      ].map((arn) => ({ body: identityXml(arn) })),
    );
  });

  test("T45 an ARN of another account than the answer's is refused, and told to the operator", async () => {
    world.log.splice(0);

    const refused = await answered({ body: identityXml(CI_ARN, FOREIGN) });
    const back = await answered({ body: identityXml(`arn:aws:iam::${FOREIGN}:user/ci`, OWN) });

    expect([refused.status, back.status]).toEqual([400, 400]);
    expect(errorOf(refused)).toBe("error making upstream request: error parsing STS response");
    expect(world.log.filter((line) => line.includes("STS vouched for an ARN of"))).toHaveLength(2);
  });

  test("T48 another kind, partition or letter case is somebody else", async () => {
    await bound(CI_ARN);
    await noneOpens(
      [
        ...[`arn:aws:iam::${OWN}:role/ci`, `arn:aws:sts::${OWN}:assumed-role/ci/ci`],
        ...[`arn:aws-cn:iam::${OWN}:user/ci`, `arn:aws-us-gov:iam::${OWN}:user/ci`],
        ...[`arn:aws:iam::${OWN}:user/CI`, `arn:aws:iam::${OWN}:user/ci2`],
        ...[`arn:aws:iam::${OWN}:instance-profile/ci`, `arn:aws:iam::${OWN}:user/ci/x`],
      ].map((arn) => ({ body: identityXml(arn) })),
    );
  });

  test("T49 a session's name is inert, in policies, metadata and the audit log", async () => {
    await bound(`arn:aws:iam::${OWN}:role/app`);
    await world.ask(`PUT ${mount}/config/identity`, {
      iam_alias: "full_arn",
      iam_metadata: ["client_arn", "client_user_id"],
    });
    const mounts = await world.ask("GET sys/auth");
    const accessor = new RegExp(`"${mount.slice("auth/".length)}/":\\{"accessor":"([^"]+)"`).exec(
      JSON.stringify(mounts.body),
    )?.[1];
    await world.ask("PUT sys/policies/acl/by-session", {
      policy: `path "cubbyhole/{{identity.entity.aliases.${accessor ?? ""}.name}}" { capabilities = ["update"] }
               path "sys/tools/hash/{{identity.entity.aliases.${accessor ?? ""}.name}}" { capabilities = ["update"] }`,
    });
    await world.ask(`PUT ${mount}/role/r`, {
      token_policies: "by-session",
      token_no_default_policy: true,
    });

    for (const session of ["*", "+", "{{identity.entity.id}}", "a*", "..", "%2e%2e"]) {
      const arn = `arn:aws:sts::${OWN}:assumed-role/app/${session}`;
      const said = await answered({ body: identityXml(arn, OWN, `AROAAPP:${session}`) });
      const token = String(authOf(said)["client_token"]);
      const reached = await world.ask("PUT sys/tools/hash/sha2-256", { input: "YQ==" }, token);

      expect([session, said.status, reached.status]).toEqual([session, 200, 403]);
      expect(authOf(said)["metadata"]).toMatchObject({ client_arn: arn });
    }
    for (const session of ['a\npath "*" {}', "a b", `${OWN}:user/root`, "a/b", ""]) {
      const arn = `arn:aws:sts::${OWN}:assumed-role/app/${session}`;
      expect([session, (await answered({ body: identityXml(arn) })).status]).toEqual([
        session,
        400,
      ]);
    }
  });
});
