import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  CI_ARN,
  CI_KEY,
  login,
  loginWith,
  newAuthMount,
  OWN,
  seedTwoAccounts,
} from "@/lib/testing/aws-auth-mount";
import { watchEgress } from "@/lib/testing/egress";
import { type ScriptedSts, startScriptedSts } from "@/lib/testing/scripted-sts";
import {
  loginFields,
  signedGet,
  signedPost,
  type SignedCall,
  type Signing,
  type SigningKeys,
} from "@/lib/testing/signed-login";
import { errorOf, newWorld, type World } from "@/lib/testing/world";

const SERVER_ID = "vault.example.com";

let world: World;
let sts: ScriptedSts;
/** AWS is the simulator, which verifies signatures. */
let real: string;
/** AWS is a script, which keeps the bytes. */
let recorded: string;

beforeAll(async () => {
  [world, sts] = await Promise.all([newWorld(), startScriptedSts()]);
  seedTwoAccounts(world);
  real = await newAuthMount(world, { iam_server_id_header_value: SERVER_ID });
  recorded = await newAuthMount(world, { sts_endpoint: sts.url });
  for (const mount of [real, recorded]) {
    await world.ask(`PUT ${mount}/role/r`, {
      bound_iam_principal_arn: [CI_ARN, `arn:aws:iam::${OWN}:role/app`],
      resolve_aws_unique_ids: false,
    });
  }
});

afterAll(async () => {
  await world.close();
  await sts.close();
});

beforeEach(() => {
  sts.answers({});
  sts.requests.splice(0);
  world.simulator.faults.set([]);
  world.simulator.ledger.forgetCalls();
});

async function session(): Promise<SigningKeys> {
  const client = new STSClient({
    region: "us-east-1",
    endpoint: world.simulator.url,
    credentials: CI_KEY,
  });
  const answer = await client.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${OWN}:role/team/app`, RoleSessionName: "i-1" }),
  );
  client.destroy();
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = answer.Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** Keeps signatures of one test apart: the same second and keys give the same signature. */
const BEGAN_AT = Date.now();
let clock = 0;
function nextSecond(): Date {
  clock += 1;
  return new Date(BEGAN_AT - clock * 1000);
}

type Wrap = (fields: Record<string, unknown>) => Record<string, unknown>;

const asObject: Wrap = (fields) => fields;
/** Go's `http.Header` in JSON, in base64. */
const asGoHeaders: Wrap = (fields) => ({
  ...fields,
  iam_request_headers: base64Json(
    Object.fromEntries(Object.entries(headersOf(fields)).map(([name, value]) => [name, [value]])),
  ),
});
const asBase64: Wrap = (fields) => ({
  ...fields,
  iam_request_headers: base64Json(headersOf(fields)),
});
const asText: Wrap = (fields) => ({
  ...fields,
  iam_request_headers: JSON.stringify(headersOf(fields)),
});
const asLines: Wrap = (fields) => ({
  ...fields,
  iam_request_headers: Object.entries(headersOf(fields)).map(([name, value]) => `${name}:${value}`),
});
/** The vault CLI of old: `Authorization` in its parts, one value each. */
const asSplit: Wrap = (fields) => ({
  ...fields,
  iam_request_headers: Object.fromEntries(
    Object.entries(headersOf(fields)).map(([name, value]) => [
      name,
      name === "Authorization" ? value.split(/, ?/) : [value],
    ]),
  ),
});

function headersOf(fields: Record<string, unknown>): Record<string, string> {
  return fields["iam_request_headers"] as Record<string, string>;
}

function base64Json(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64");
}

const ID = { "X-Vault-AWS-IAM-Server-ID": SERVER_ID };
const LENGTH = { "Content-Length": "43" };

/** What each client signs beside host, date and content type, where it signs for, and how it sends headers. */
const CLIENTS: readonly [name: string, signing: Signing, wrap: Wrap][] = [
  ["the vault CLI and Vault Agent", { headers: { ...ID, ...LENGTH } }, asGoHeaders],
  ["hvac", { headers: { ...ID, ...LENGTH }, url: "https://sts.amazonaws.com/" }, asBase64],
  ["node-vault", { headers: { ...ID, ...LENGTH } }, asBase64],
  ["the Terraform provider", { headers: ID, url: "https://sts.amazonaws.com" }, asGoHeaders],
  [
    "Go SDK v1",
    { headers: { ...ID, ...LENGTH }, unsigned: { "User-Agent": "aws-sdk-go/1.55.5 (go1.22)" } },
    asGoHeaders,
  ],
  [
    "Go SDK v2",
    {
      headers: {
        ...ID,
        ...LENGTH,
        "Amz-Sdk-Invocation-Id": "6b9c",
        "Amz-Sdk-Request": "attempt=1",
      },
      unsigned: { "User-Agent": "aws-sdk-go-v2/1.30.3" },
    },
    asGoHeaders,
  ],
  [
    "JavaScript SDK v3",
    {
      headers: { ...ID, ...LENGTH, "X-Amz-Content-Sha256": BODY_HASH() },
      url: "https://sts.eu-west-1.amazonaws.com/",
      region: "eu-west-1",
    },
    asObject,
  ],
  [
    "botocore",
    {
      headers: ID,
      unsigned: { "User-Agent": "Botocore/1.34 Python/3.12", "Content-Length": "43" },
      url: "https://sts.us-west-2.amazonaws.com/",
      region: "us-west-2",
    },
    asText,
  ],
  ["a shell script", { headers: ID }, asLines],
];

function BODY_HASH(): string {
  return "ab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843";
}

describe.each(["long-lived keys", "a session"])("T1 with %s", (kind) => {
  test.each(CLIENTS)("T1 %s logs in, and AWS is asked once", async (_name, signing, wrap) => {
    const keys = kind === "a session" ? await session() : CI_KEY;
    world.simulator.ledger.forgetCalls();
    const call = signedPost(keys, { ...signing, at: nextSecond() });

    const said = await login(world, real, wrap(loginFields(call)));

    expect([said.status, errorOf(said)]).toEqual([200, ""]);
    expect(world.simulator.ledger.recentCalls().map(({ action }) => action)).toEqual([
      "GetCallerIdentity",
    ]);
  });

  test("T1 a query that was signed logs in, and AWS is asked once", async () => {
    const keys = kind === "a session" ? await session() : CI_KEY;
    world.simulator.ledger.forgetCalls();

    const said = await loginWith(world, real, signedGet(keys, ID, nextSecond()));

    expect([said.status, errorOf(said)]).toEqual([200, ""]);
    expect(world.simulator.ledger.callsOf("sts:GetCallerIdentity")).toBe(1);
  });
});

describe("header forms", () => {
  const fields = (): Record<string, unknown> => loginFields(signedPost(CI_KEY));

  test("T9 all good forms make the same call", async () => {
    const call = fields();

    for (const wrap of [asObject, asGoHeaders, asBase64, asText, asLines]) {
      expect((await login(world, recorded, wrap(call))).status).toBe(200);
    }

    const [first, ...others] = sts.requests;
    expect(first?.headers).toHaveLength(6);
    expect(others).toEqual(others.map(() => first));
  });

  test("T9 other forms are refused, and nobody is asked", async () => {
    const headers = headersOf(fields());
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`X-${i}`, "v"]));
    for (const bad of [
      ...[null, true, 7, "", "text", "bnVsbA==", [], {}, [["Host", "x"]], "[]", "{"],
      { ...headers, "X-Deep": { a: "b" } },
      { ...headers, "X-Deep": [["a"]] },
      { ...headers, "X-Deep": [{ a: "b" }] },
      { ...headers, ...many },
      { ...headers, "X-Long": "v".repeat(16 * 1024 + 1) },
    ]) {
      const said = await login(world, recorded, { ...fields(), iam_request_headers: bad });
      const shown = JSON.stringify(bad).slice(0, 40);
      expect([shown, said.status]).toEqual([shown, 400]);
    }
    expect(sts.requests).toEqual([]);
  });
});

const CONNECTION = [
  ...["Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect"],
  ...["Cookie", "Proxy-Authorization"],
];
const PLAIN = [
  ...["Accept", "Accept-Encoding", "Content-Encoding", "Range", "Forwarded", "X-Forwarded-For"],
  ...["X-Forwarded-Host", "Referer", "X-Vault-Token", "Date2"],
];

describe("headers outside the list", () => {
  test("T11 unknown ones of AWS are refused, signed or not", async () => {
    for (const name of ["X-Amz-Target", "X-Amz-Mallory", "x-AMZ-foo", "X-Amz-Expires"]) {
      for (const signing of [{ headers: { [name]: "x" } }, { unsigned: { [name]: "x" } }]) {
        const said = await loginWith(world, recorded, signedPost(CI_KEY, signing));
        expect([name, said.status]).toEqual([name, 400]);
        expect(errorOf(said)).toMatch(/^invalid request header: X-Amz-/);
      }
    }
    expect(sts.requests).toEqual([]);
  });

  test("T11 those of the connection are refused when signed, and else not sent", async () => {
    for (const name of CONNECTION) {
      const signed = await loginWith(
        world,
        recorded,
        signedPost(CI_KEY, { headers: { [name]: "chunked" } }),
      );
      expect([name, signed.status]).toEqual([name, 400]);
    }
    expect(sts.requests).toEqual([]);
    for (const name of CONNECTION) {
      const unsigned = signedPost(CI_KEY, { unsigned: { [name]: "chunked" } });
      expect([name, (await loginWith(world, recorded, unsigned)).status]).toEqual([name, 200]);
    }
    expect(
      sts.requests.flatMap(({ headers }) => headers.filter((line) => line.includes("chunked"))),
    ).toEqual([]);
  });

  test("T11 others are data: sent when signed, dropped when not, without effect", async () => {
    await loginWith(world, recorded, signedPost(CI_KEY));
    const usual = sts.requests[0]?.headers.map((line) => line.split(":")[0]);
    for (const name of PLAIN) {
      sts.requests.splice(0);

      const unsigned = signedPost(CI_KEY, { unsigned: { [name]: "x" } });
      const signed = signedPost(CI_KEY, { headers: { [name]: "x" } });
      const statuses = [
        (await loginWith(world, recorded, unsigned)).status,
        (await loginWith(world, recorded, signed)).status,
      ];

      const [without, with_, ...more] = sts.requests;
      expect([name, statuses, more]).toEqual([name, [200, 200], []]);
      expect(without?.headers.map((line) => line.split(":")[0])).toEqual(usual);
      expect(with_?.headers).toContain(`${canonical(name)}: x`);
      expect(with_?.line).toBe("POST /");
    }
  });

  function canonical(name: string): string {
    return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
  }
});

test("T12 the connection goes to the endpoint, the Host line is the URL's, the header Host nobody's", async () => {
  const egress = watchEgress();
  for (const url of [
    "https://sts.eu-west-1.amazonaws.com/",
    "https://vpce-1.sts.us-east-1.vpce.amazonaws.com/",
    "https://sts.internal.example:8443/",
  ]) {
    const call = signedPost(CI_KEY, { url });
    sts.requests.splice(0);

    const said = await loginWith(world, recorded, {
      ...call,
      headers: { ...call.headers, Host: "evil.example" },
    });

    expect(said.status).toBe(200);
    const hosts = sts.requests[0]?.headers.filter((line) => /evil|^host:/i.test(line));
    expect(hosts).toEqual([`host: ${new URL(url).host}`]);
  }
  egress.stop();
  expect(egress.connections.every((target) => target === new URL(sts.url).host)).toBe(true);
  expect(egress.lookups()).toEqual([]);
});

describe("Authorization", () => {
  const withAuthorization = (change: (text: string) => string): SignedCall => {
    const call = signedPost(CI_KEY, { headers: ID });
    const text = change(call.headers["Authorization"] ?? "");
    return { ...call, headers: { ...call.headers, Authorization: text } };
  };

  test("T14 a part that comes twice is refused before anybody is asked", async () => {
    for (const more of [
      ", SignedHeaders=x-vault-aws-iam-server-id",
      ",SignedHeaders = host",
      ", Credential=AKIAOTHER/20180910/us-east-1/sts/aws4_request",
      ", Signature=00",
      ",\tsignature=00",
      " credential=x",
    ]) {
      const said = await loginWith(
        world,
        real,
        withAuthorization((text) => text + more),
      );
      expect([more, said.status]).toEqual([more, 400]);
    }
    expect(world.simulator.ledger.recentCalls()).toEqual([]);
  });

  test("T14 whatever else is wrong with it gives no token, and no crash", async () => {
    const tokens = await world.countRows("token");
    const changes: ((text: string) => string)[] = [
      () => "",
      () => "AWS4-HMAC-SHA256",
      (text) => text.replace(/, SignedHeaders=[^,]*/, ""),
      (text) => text.replace(/Credential=[^,]*, /, ""),
      (text) => text.replace(/, Signature=.*/, ""),
      (text) => text.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
      (text) => text.replace("AWS4-HMAC-SHA256", "Bearer"),
      (text) => `junk ${text}`,
      (text) => text.replace(/Signature=.*/, "Signature=zz"),
      (text) => text.replace("host;", "host,"),
      () => `AWS4-HMAC-SHA256 ${"x".repeat(100 * 1024)}`,
    ];
    for (const change of changes) {
      const said = await loginWith(world, real, withAuthorization(change));
      expect([change.toString(), said.status]).toEqual([change.toString(), 400]);
    }
    expect(await world.countRows("token")).toBe(tokens);
  });

  test("T14 in its parts, as some clients send it, it is the same", async () => {
    const call = signedPost(CI_KEY, { headers: ID, at: nextSecond() });

    const said = await login(world, real, asSplit(loginFields(call)));

    expect([said.status, errorOf(said)]).toEqual([200, ""]);
  });

  test("T15 a scope for something else gives no token", async () => {
    const now = new Date();
    const statuses: number[] = [];
    for (const signing of [
      { service: "iam" },
      { service: "s3" },
      { region: "us-east-9" },
      { region: "../../evil" },
    ]) {
      const call = signedPost(CI_KEY, { headers: ID, at: now, ...signing });
      statuses.push((await loginWith(world, real, call)).status);
    }
    for (const [from, to] of [
      ["aws4_request", "aws3_request"],
      [/\/\d{8}\//, "/20150830/"],
    ] as const) {
      const call = withAuthorization((text) => text.replace(from, to));
      statuses.push((await loginWith(world, real, call)).status);
    }

    expect(statuses).toEqual(statuses.map(() => 400));
  });

  test("T17 a date that is too old, ahead, malformed or missing gives no token", async () => {
    const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);
    const absent = signedPost(CI_KEY, { headers: ID, without: ["X-Amz-Date"] });
    const malformed = signedPost(CI_KEY, { headers: ID });
    malformed.headers["X-Amz-Date"] = "yesterday";

    const statuses: number[] = [];
    for (const call of [
      signedPost(CI_KEY, { headers: ID, at: minutes(-16) }),
      signedPost(CI_KEY, { headers: ID, at: minutes(16) }),
      malformed,
      absent,
    ]) {
      statuses.push((await loginWith(world, real, call)).status);
    }

    expect(statuses).toEqual([400, 400, 400, 400]);
  });

  test("T18 a signature that does not cover host and date gives no token", async () => {
    const all = ["content-type", "host", "x-amz-date", "x-vault-aws-iam-server-id"];
    for (const missing of ["host", "x-amz-date"]) {
      const signedHeaders = all.filter((name) => name !== missing);
      const call = signedPost(CI_KEY, { headers: ID, signedHeaders, at: nextSecond() });

      const said = await loginWith(world, real, call);

      expect([missing, said.status]).toEqual([missing, 400]);
    }
  });

  test("T18 a server id that is not signed is refused by us, always", async () => {
    const call = signedPost(CI_KEY, { unsigned: ID });

    const said = await loginWith(world, real, call);

    expect([said.status, errorOf(said)]).toEqual([
      400,
      "error validating X-Vault-AWS-IAM-Server-ID header: vault header wasn't signed",
    ]);
    expect(world.simulator.ledger.recentCalls()).toEqual([]);
  });
});
