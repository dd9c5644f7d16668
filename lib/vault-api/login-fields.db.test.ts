import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { CI_ARN, CI_KEY, login, newAuthMount, seedTwoAccounts } from "@/lib/testing/aws-auth-mount";
import { identityXml, type ScriptedSts, startScriptedSts } from "@/lib/testing/scripted-sts";
import { loginFields, signedGet, signedLogin } from "@/lib/testing/signed-login";
import { authOf, errorOf, newWorld, type Said, type World } from "@/lib/testing/world";

let world: World;
let sts: ScriptedSts;
let mount: string;

beforeAll(async () => {
  [world, sts] = await Promise.all([newWorld(), startScriptedSts()]);
  seedTwoAccounts(world);
  mount = await newAuthMount(world, { sts_endpoint: sts.url });
  for (const role of ["r", "app", "other", "ci"]) {
    await world.ask(`PUT ${mount}/role/${role}`, {
      bound_iam_principal_arn: role === "other" ? "arn:aws:iam::111111111111:user/other" : CI_ARN,
      resolve_aws_unique_ids: false,
      token_policies: [`policy-of-${role}`],
    });
  }
});

afterAll(async () => {
  await world.close();
  await sts.close();
});

beforeEach(() => {
  sts.answers({ body: identityXml(CI_ARN) });
  sts.requests.splice(0);
});

const good = (): Record<string, unknown> => ({ role: "r", ...signedLogin(CI_KEY) });

function policiesOf(said: Said): unknown {
  return authOf(said)["policies"];
}

test("T19 without a role it is the name of who logs in", async () => {
  const { role: _role, ...fields } = good();

  const missing = await world.ask(`POST ${mount}/login`, fields, "");
  const empty = await login(world, mount, { ...fields, role: "" });

  for (const said of [missing, empty]) {
    expect([said.status, policiesOf(said)]).toEqual([200, ["default", "policy-of-ci"]]);
  }
});

test("T19 another letter case is the same role with the same rules", async () => {
  const app = await login(world, mount, { ...good(), role: "APP" });
  const other = await login(world, mount, { ...good(), role: "Other" });

  expect([app.status, policiesOf(app)]).toEqual([200, ["default", "policy-of-app"]]);
  expect([other.status, errorOf(other)]).toEqual([
    400,
    `IAM Principal "${CI_ARN}" does not belong to the role "other"`,
  ]);
});

test("T19 any other role is refused", async () => {
  for (const role of [
    ...["unknown", "a".repeat(513), "../app", "app/", "/app", "app%00", "app\u0000", "\u0430pp"],
    ...["app ", " app", "app\n", "*", "a*", "app\u200b", 7, true, ["app"], { name: "app" }],
  ]) {
    const said = await login(world, mount, { ...good(), role });
    expect([role, said.status]).toEqual([role, 400]);
  }
});

test("T19 until AWS has answered nothing depends on the role", async () => {
  sts.answers({
    status: 403,
    body: "<ErrorResponse><Code>InvalidClientTokenId</Code></ErrorResponse>",
  });

  const said: Said[] = [];
  for (const role of ["app", "other", "unknown", "a".repeat(513), "", "../../sys"]) {
    said.push(await login(world, mount, { ...good(), role }));
  }

  const [first, ...others] = said;
  expect(first?.status).toBe(400);
  expect(others).toEqual(others.map(() => first));
});

const FIELDS = [
  ...["role", "iam_http_request_method", "iam_request_url", "iam_request_body"],
  ...["iam_request_headers", "pkcs7", "identity", "signature", "nonce"],
];

test("T20 a value of another type is read as the rules say, or refused, in every field", async () => {
  const tokens = await world.countRows("token");
  let granted = 0;
  for (const field of FIELDS) {
    for (const value of [7, -1.5, true, false, null, [], ["a"], [{}], {}, { a: ["b", {}] }, ""]) {
      const said = await login(world, mount, { ...good(), [field]: value });
      // What belongs to another kind of login, and does not make one by itself, is not looked at.
      const harmless =
        ["nonce", "identity", "signature"].includes(field) ||
        (field === "role" && (value === null || value === ""));
      const scalar = typeof value !== "object" || value === null;
      expect([field, value, [200, 400].includes(said.status)]).toEqual([field, value, true]);
      if (said.status === 200) {
        granted += 1;
        expect([field, value, harmless && scalar]).toEqual([field, value, true]);
      } else {
        expect(said.body).toEqual({ errors: [expect.stringMatching(/./)] });
      }
    }
  }
  expect(await world.countRows("token")).toBe(tokens + granted);
});

test("T21 the names of JavaScript's prototypes are names like others, at every level", async () => {
  const control = await login(world, mount, good());
  const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
  const text = (more: string): string => JSON.stringify(good()).replace(/^\{/, `{${more},`);
  const inHeaders = (more: string): string =>
    JSON.stringify(good()).replace(`"iam_request_headers":{`, `"iam_request_headers":{${more},`);
  const values = [
    ...[`"x"`, `["x"]`, `{"role":"other","isAdmin":true}`, `{"prototype":{"isAdmin":true}}`],
  ];
  const bodies = ["__proto__", "constructor", "prototype", "toString"].flatMap((name) =>
    values.flatMap((value) => [text(`"${name}":${value}`), inHeaders(`"${name}":${value}`)]),
  );
  for (const body of bodies) {
    const said = await world.ask(`POST ${mount}/login`, body, "");
    const policies = said.status === 200 ? ["default", "policy-of-r"] : undefined;
    expect([body, [200, 400].includes(said.status)]).toEqual([body, true]);
    expect(policiesOf(said)).toEqual(policies);
  }

  const again = await login(world, mount, good());
  expect([again.status, policiesOf(again)]).toEqual([control.status, policiesOf(control)]);
  expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(before);
  expect("isAdmin" in {}).toBe(false);
});

test("T21 a key that comes twice is refused", async () => {
  const twice = (first: string, second: string): string =>
    JSON.stringify(good()).replace(/^\{"role":"r"/, `{"role":"${first}","role":"${second}"`);

  const statuses: number[] = [];
  for (const [first, second] of [
    ["other", "app"],
    ["app", "other"],
    ["app", "app"],
  ] as const) {
    statuses.push((await world.ask(`POST ${mount}/login`, twice(first, second), "")).status);
  }

  expect(statuses).toEqual([400, 400, 400]);
  expect(sts.requests).toEqual([]);
});

test("T22 JSON is read whatever the type says, a form by its first byte, and nothing in part", async () => {
  const json = JSON.stringify(good());
  const form = new URLSearchParams(
    Object.entries({ role: "r", ...loginFields(signedGet(CI_KEY)) }).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  ).toString();
  const send = async (body: string, type: string): Promise<number> =>
    (
      await world.send(`POST ${mount}/login`, {
        token: "",
        body,
        headers: { "content-type": type },
      })
    ).status;

  for (const type of ["application/json", "text/plain", "", "application/x-www-form-urlencoded"]) {
    expect([type, await send(json, type)]).toEqual([type, 200]);
  }
  expect(await send(form, "application/x-www-form-urlencoded")).toBe(200);
  for (const [body, type] of [
    [`\ufeff${json}`, "application/json"],
    [Buffer.from(json, "utf16le").toString("latin1"), "application/json; charset=utf-16"],
    [`${json}${json}`, "application/json"],
    [
      `--x\r\nContent-Disposition: form-data; name="role"\r\n\r\nr\r\n--x--`,
      "multipart/form-data; boundary=x",
    ],
    [json.slice(0, -1), "application/json"],
  ] as const) {
    expect([type, await send(body, type)]).toEqual([type, 400]);
  }
});
