import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CI_ARN, CI_KEY, login, newAuthMount, seedTwoAccounts } from "@/lib/testing/aws-auth-mount";
import { type Egress, watchEgress } from "@/lib/testing/egress";
import { type ScriptedSts, startScriptedSts } from "@/lib/testing/scripted-sts";
import {
  base64,
  IDENTITY_CALL,
  loginFields,
  signedGet,
  signedPost,
  type SignedCall,
} from "@/lib/testing/signed-login";
import { newWorld, type Said, type World } from "@/lib/testing/world";

let world: World;
let sts: ScriptedSts;
let egress: Egress;
/** Without an endpoint of its own: only AWS's own hosts may be signed for. */
let plain: string;
/** With an endpoint: any host may be signed for, and none is connected to but the endpoint. */
let own: string;

beforeAll(async () => {
  [world, sts] = await Promise.all([newWorld(), startScriptedSts()]);
  seedTwoAccounts(world);
  plain = await newAuthMount(world, { sts_endpoint: "" });
  own = await newAuthMount(world, { sts_endpoint: sts.url });
  for (const mount of [plain, own]) {
    await world.ask(`PUT ${mount}/role/r`, {
      bound_iam_principal_arn: CI_ARN,
      resolve_aws_unique_ids: false,
    });
  }
  egress = watchEgress();
});

afterAll(async () => {
  egress.stop();
  await world.close();
  await sts.close();
});

beforeEach(() => {
  sts.answers({});
  sts.requests.splice(0);
  egress.connections.splice(0);
});

/** Refused on both mounts, without a word to anybody and without a token. */
async function refusedUnasked(fields: Record<string, unknown>, mounts = [plain, own]) {
  const tokens = await world.countRows("token");
  for (const mount of mounts) {
    const said = await login(world, mount, fields);
    expect([mount, said.status, said.body]).toEqual([
      mount,
      400,
      { errors: [expect.stringMatching(/./)] },
    ]);
  }
  expect(egress.connections).toEqual([]);
  expect(egress.lookups()).toEqual([]);
  expect(sts.requests).toEqual([]);
  expect(await world.countRows("token")).toBe(tokens);
}

const post = (change: Partial<SignedCall>): Record<string, unknown> =>
  loginFields({ ...signedPost(CI_KEY), ...change });

test("T2 only POST and GET are methods, exactly so", async () => {
  for (const method of ["PUT", "post", "Get", "POST ", " GET", "", "HEAD", ["POST"], ["PUT"]]) {
    await refusedUnasked({ ...post({}), iam_http_request_method: method });
  }
  const { iam_http_request_method: _method, ...absent } = post({});
  await refusedUnasked(absent);
});

test("T2 each method has its own rules, and not those of the other", async () => {
  const { iam_request_body: _body, ...bodiless } = post({});
  await refusedUnasked(bodiless);
  await refusedUnasked(post({ method: "GET" }));
  await refusedUnasked({ ...loginFields(signedGet(CI_KEY)), iam_http_request_method: "POST" });
  await refusedUnasked({
    ...loginFields({ ...signedGet(CI_KEY), body: IDENTITY_CALL, method: "POST" }),
  });
  await refusedUnasked({
    ...loginFields({ ...signedGet(CI_KEY), body: "Action=AssumeRole" }),
  });
});

describe("the URL", () => {
  const elsewhere = [
    ...["https://evil.example/", "https://sts.amazonaws.com.evil.example/"],
    ...["https://evil-sts.amazonaws.com/", "https://2130706433/", "https://0x7f000001/"],
    ...["https://0177.0.0.1/", "https://127.0.0.1/", "https://sts.amazonaws.com./"],
    ...["https://metadata.google.internal/", "https://sts.amazonaws.com:8443/"],
  ];

  test("T3 without an endpoint only AWS's own names may be signed for", async () => {
    for (const url of elsewhere) await refusedUnasked(post({ url }), [plain]);
  });

  test("T3 with an endpoint another name is a Host line, and nothing else", async () => {
    const tokens = await world.countRows("token");

    for (const url of elsewhere) await login(world, own, post({ url }));

    expect(
      sts.requests.map(({ headers }) => headers.filter((line) => /^host:/i.test(line))),
    ).toEqual(elsewhere.map((url) => [`host: ${url.slice("https://".length, -1)}`]));
    expect(await world.countRows("token")).toBe(tokens + elsewhere.length);
    expect(new Set(egress.connections)).toEqual(new Set([new URL(sts.url).host]));
    expect(egress.lookups()).toEqual([]);
  });

  test("T3 what parsers disagree about names no host at all", async () => {
    for (const url of [
      ...["https://sts.amazonaws.com@evil.example/", "https://user:x@sts.amazonaws.com/"],
      ...["https://evil.example#sts.amazonaws.com/", "https://evil.example\\@sts.amazonaws.com/"],
      ...["https://[::ffff:127.0.0.1]/", "https://[::1]/", "https:///", "https://"],
      ...["https://sts\u00ad.amazonaws.com/", "https://st\u00df.amazonaws.com/", ""],
    ]) {
      await refusedUnasked(post({ url }));
    }
    const cyrillic = Buffer.from("https://\u0455ts.amazonaws.com/").toString("base64");
    await refusedUnasked({ ...post({}), iam_request_url: cyrillic });
  });

  test("T4 https alone is a scheme", async () => {
    for (const scheme of ["ftp:", "file:", "data:", "gopher:", "HTTPS:", "", "javascript:"]) {
      await refusedUnasked(post({ url: `${scheme}//sts.amazonaws.com/` }));
    }
    await refusedUnasked(post({ url: "sts.amazonaws.com" }));
    await refusedUnasked(post({ url: "http://sts.amazonaws.com/" }), [plain]);
  });

  test("T5 the root is the only path", async () => {
    for (const path of [
      ...["/foo", "//", "/../", "/./", "/%2e%2e/", "/%2F", "/;x", "/;a=b", "\\", "/\\evil.example"],
      ...["/\t", "/\n", "/\r\n", "\t/", "/ ", "/\u0000", "#", "/#x"],
    ]) {
      await refusedUnasked(post({ url: `https://sts.amazonaws.com${path}` }));
    }
    await refusedUnasked(post({ url: "https://sts.ama\tzonaws.com/" }));
  });

  test("T6 a POST has no query", async () => {
    for (const query of ["?", `?${IDENTITY_CALL}`, "?x", "?Action=GetCallerIdentity#x"]) {
      await refusedUnasked(post({ url: `https://sts.amazonaws.com/${query}` }));
    }
  });

  test("T6 a GET has the parameters of its call and signature, once, in their own spelling", async () => {
    const good = signedGet(CI_KEY);
    const changed = (from: string, to: string) =>
      loginFields({ ...good, url: good.url.replace(from, to) });
    const action = "Action=GetCallerIdentity";
    for (const query of [
      ...["", "Action=AssumeRole", "action=GetCallerIdentity", `${action}&${action}`],
      ...[`${action}&RoleArn=x`, `${action}&action=AssumeRole`, `${action}&%41ction=AssumeRole`],
      ...["%41ction=AssumeRole", `${action};Action=AssumeRole`, `${action}%26Action%3DAssumeRole`],
      ...[`${action}&X-Amz-Security-Token=a&X-Amz-Security-Token=b`, `${action}&x-amz-date=1`],
      ...[`${action}&X-Amz-Target=x`, `${action}&=x`, `${action}&%zz`],
    ]) {
      await refusedUnasked(changed(action, query));
    }
  });

  test("T6 a good query is sent on byte for byte", async () => {
    const { url } = signedGet(CI_KEY);

    const { status } = await login(world, own, loginFields({ ...signedGet(CI_KEY), url }));

    expect(status).toBe(200);
    expect(sts.requests[0]?.line).toBe(`GET ${url.slice("https://sts.amazonaws.com".length)}`);
  });
});

test("T7 what is not standard base64 is refused", async () => {
  const broken = (good: string): string[] => [
    ...["%%%", `${good.slice(0, 8)} ${good.slice(8)}`, `${good}==`, good.replace(/=*$/, "x")],
    ...[good.replace(/^(.{4})/, "$1\u0000"), good.replace(/./, "-"), good.replace(/./, "_")],
  ];
  const fields = post({});
  for (const name of ["iam_request_url", "iam_request_body"]) {
    for (const text of broken(String(fields[name]))) {
      await refusedUnasked({ ...fields, [name]: text });
    }
  }
  const unpadded = String(fields["iam_request_body"]).replace(/=+$/, "");
  await refusedUnasked({ ...fields, iam_request_body: unpadded });

  const lines = String(fields["iam_request_body"]).replace(/(.{20})/g, "$1\r\n");
  const { status } = await login(world, own, { ...fields, iam_request_body: lines });
  expect(status).toBe(200);
});

test("T8 a body that is more, less or other than the call is refused", async () => {
  for (const body of [
    ...["Version=2011-06-15", "Action=GetSessionToken", "Action=GetCallerIdentity&Action=x"],
    ...[`${IDENTITY_CALL}&Action=GetCallerIdentity`, `${IDENTITY_CALL}&RoleArn=x`],
    ...["action=GetCallerIdentity", `${IDENTITY_CALL}&action=AssumeRole`],
    ...["%41ction=AssumeRole", `${IDENTITY_CALL}&%41ction=AssumeRole`],
    ...["Action=GetCallerIdentity%26Action%3DAssumeRole", "Action=GetCallerIdentity%00"],
    ...["Action=GetCallerIdentity;Action=AssumeRole", "Action=GetCallerIdentity&Version=%zz"],
    ...["Action=GetCallerIdentity ", "Action=GetCallerIdentity\n", "&", " "],
    ...['{"Action":"GetCallerIdentity"}', "<Action>GetCallerIdentity</Action>"],
  ]) {
    await refusedUnasked(post({ body }));
  }
  await refusedUnasked({ ...post({}), iam_request_body: "" });
});

test("T8 what passes as a body is sent on byte for byte", async () => {
  const bodies = [
    IDENTITY_CALL,
    "Version=2011-06-15&Action=GetCallerIdentity",
    "Action=GetCaller%49dentity&Version=2011-06-15",
    "&&Action=GetCallerIdentity",
    // Behind the version it is STS's to judge.
    `${IDENTITY_CALL}\r\n`,
  ];

  const said: Said[] = [];
  for (const body of bodies) said.push(await login(world, own, post({ body })));

  expect(said.map(({ status }) => status)).toEqual(bodies.map(() => 200));
  expect(sts.requests.map(({ body }) => body)).toEqual(bodies);
});

describe("headers", () => {
  const withHeaders = (more: Record<string, unknown>): Record<string, unknown> => {
    const fields = post({});
    const headers = fields["iam_request_headers"];
    return { ...fields, iam_request_headers: Object.assign({}, headers, more) };
  };

  test("T10 one header in two spellings is refused", async () => {
    const { headers } = signedPost(CI_KEY);
    for (const [name, value] of [
      ["authorization", "AWS4-HMAC-SHA256 Credential=x"],
      ["AUTHORIZATION", String(headers["Authorization"])],
      ["x-amz-date", "20180910T203329Z"],
      ["host", "evil.example"],
      ["content-type", "text/plain"],
    ] as const) {
      await refusedUnasked(withHeaders({ [name]: value }));
    }
    for (const name of ["X-Vault-AWS-IAM-Server-ID", "X-Amz-Security-Token"]) {
      await refusedUnasked(withHeaders({ [name]: "a", [name.toLowerCase()]: "b" }));
    }
  });

  test("T13 control characters and other alphabets are refused", async () => {
    for (const [name, value] of [
      ["X-Other", "a\r\nX-Injected: y"],
      ["X-Other", "a\n folded"],
      ["X-Other", "a\u0000b"],
      ["X-Other", "caf\u00e9"],
      ["X-Other\r\nX-Injected", "y"],
      ["X-Other:", "y"],
      ["X Other", "y"],
      ["X-\u041etherr", "y"],
      ["", "y"],
    ] as const) {
      await refusedUnasked(withHeaders({ [name]: value }));
    }
    for (const value of ["https://sts.amazonaws.com\r\nX-Injected: y/"]) {
      await refusedUnasked(post({ url: value }));
    }
    await refusedUnasked({
      ...post({}),
      iam_request_url: base64("https://sts.amazonaws.com/\r\n"),
    });
  });
});
