import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  CI_ARN,
  CI_KEY,
  FOREIGN,
  FOREIGN_KEY,
  newAuthMount,
  OWN,
  seedTwoAccounts,
} from "@/lib/testing/aws-auth-mount";
import { identityXml, type ScriptedSts, startScriptedSts } from "@/lib/testing/scripted-sts";
import {
  base64,
  loginFields,
  signedGet,
  signedLogin,
  signedPost,
  type Signing,
} from "@/lib/testing/signed-login";
import { dataOf, errorOf, newWorld, type Said, type World } from "@/lib/testing/world";

const ID = "vault.example.com";
const HEADER = "X-Vault-AWS-IAM-Server-ID";
const SIGNED_ID = { headers: { [HEADER]: ID } };
/** A port where nobody listens. */
const NOWHERE = "http://127.0.0.1:9";

let world: World;
let sts: ScriptedSts;
/** The mount of the simulator with a Server-ID, and one whose STS says what a test tells it. */
let mount: string;
let scripted: string;
let deaf: string;

beforeAll(async () => {
  [world, sts] = await Promise.all([newWorld(), startScriptedSts()]);
  seedTwoAccounts(world);
  mount = await newAuthMount(world, { iam_server_id_header_value: ID });
  scripted = await newAuthMount(world, { sts_endpoint: sts.url });
  deaf = await newAuthMount(world, { sts_endpoint: NOWHERE });
  for (const at of [mount, scripted, deaf]) {
    await role(at, "r", { bound_iam_principal_arn: CI_ARN });
  }
  await role(mount, "ids", { bound_iam_principal_arn: CI_ARN, resolve_aws_unique_ids: true });
  await role(mount, "foreign", { bound_iam_principal_arn: `arn:aws:iam::${FOREIGN}:user/ci` });
  await role(mount, "policy", { bound_iam_principal_arn: `arn:aws:iam::${OWN}:policy/ci` });
  await role(mount, "as-role", { bound_iam_principal_arn: `arn:aws:iam::${OWN}:role/ci` });
  await role(mount, "other", { bound_iam_principal_arn: `arn:aws:iam::${OWN}:user/cd` });
  await role(mount, "path", { bound_iam_principal_arn: `arn:aws:iam::${OWN}:user/build/*` });
  await role(mount, "inside", { bound_iam_principal_arn: CI_ARN, token_bound_cidrs: "10.0.0.0/8" });
  await role(mount, "machines", { auth_type: "ec2", bound_ami_id: "ami-1" });
  await world.pool.query(
    `update mount_setting set body = jsonb_set(body::jsonb, '{boundPrincipalIds}', '["AIDAOLD"]') where key = 'ids'`,
  );
  await world.pool.query(
    `update mount_setting set body = jsonb_set(body::jsonb, '{boundPrincipalArns}',
       to_jsonb(array['arn:aws:sts::${OWN}:assumed-role/app/session'])) where key = 'session'`,
  );
  await world.pool.query("update config_version set version = version + 1");
});

afterAll(async () => {
  await world.close();
  await sts.close();
});

beforeEach(() => {
  world.simulator.faults.set([]);
  sts.answers({});
});

function role(at: string, name: string, body: Record<string, unknown>): Promise<Said> {
  return world.ask(`PUT ${at}/role/${name}`, { resolve_aws_unique_ids: false, ...body });
}

let second = 0;

/** Signed by `ci` a moment ago, each its own second, with the Server-ID unless told otherwise. */
function signed(signing: Signing = {}, keys = CI_KEY): Record<string, unknown> {
  second += 1;
  return signedLogin(keys, {
    ...SIGNED_ID,
    at: new Date(Date.now() - second * 100 - 1000),
    ...signing,
  });
}

type Broken = {
  title: string;
  at?: () => string;
  login: () => Record<string, unknown>;
  before?: () => void;
  step: string;
  cause: string;
  sentence: RegExp;
  fix: RegExp;
};

const stsAnswers = (status: number, code: string, message = "no"): void =>
  sts.answers({
    status,
    headers: { "content-type": "text/xml" },
    body: `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  });

const POST_BODY = "Action=GetCallerIdentity&Version=2011-06-15";

const UNREADABLE: readonly Broken[] = [
  {
    title: "an unknown method",
    login: () => ({ ...signed(), iam_http_request_method: "PUT" }),
    ...{
      step: "request",
      cause: "",
      sentence: /only 'GET' and 'POST'/,
      fix: /iam_http_request_method/,
    },
  },
  {
    title: "an empty method",
    login: () => ({ ...signed(), iam_http_request_method: "" }),
    ...{ step: "request", cause: "", sentence: /missing iam_http_request_method/, fix: /POST/ },
  },
  {
    title: "a URL that is no base64",
    login: () => ({ ...signed(), iam_request_url: "https://sts.amazonaws.com" }),
    ...{ step: "request", cause: "", sentence: /base64 decode iam_request_url/, fix: /base64/ },
  },
  {
    title: "a URL with a path",
    login: () => ({ ...signed(), iam_request_url: base64("https://sts.amazonaws.com/x") }),
    ...{ step: "request", cause: "", sentence: /parsing iam_request_url/, fix: /iam_request_url/ },
  },
  {
    title: "a POST with a query",
    login: () => ({ ...signed(), iam_request_url: base64("https://sts.amazonaws.com/?a=b") }),
    ...{ step: "request", cause: "", sentence: /invalid request/, fix: /iam_request_url/ },
  },
  {
    title: "no body",
    login: () => ({ ...signed(), iam_request_body: "" }),
    ...{
      step: "action",
      cause: "",
      sentence: /missing iam_request_body/,
      fix: /GetCallerIdentity/,
    },
  },
  {
    title: "a body that is no base64",
    login: () => ({ ...signed(), iam_request_body: POST_BODY }),
    ...{ step: "action", cause: "", sentence: /base64 decode iam_request_body/, fix: /Action=/ },
  },
  {
    title: "another action in the body",
    login: () => signed({ body: "Action=AssumeRole&Version=2011-06-15" }),
    ...{ step: "action", cause: "", sentence: /body is invalid/, fix: /Action=GetCallerIdentity/ },
  },
  {
    title: "a second parameter in the body",
    login: () => signed({ body: `${POST_BODY}&RoleArn=x` }),
    ...{ step: "action", cause: "", sentence: /body is invalid/, fix: /Action=GetCallerIdentity/ },
  },
  {
    title: "a GET for another action",
    login: () => {
      const fields = loginFields(signedGet(CI_KEY, { [HEADER]: ID }));
      const url = Buffer.from(String(fields["iam_request_url"]), "base64").toString();
      return { ...fields, iam_request_url: base64(url.replace("GetCallerIdentity", "AssumeRole")) };
    },
    ...{ step: "action", cause: "", sentence: /unexpected action/, fix: /GetCallerIdentity/ },
  },
  {
    title: "no headers",
    login: () => ({ ...signed(), iam_request_headers: "{}" }),
    ...{ step: "headers", cause: "", sentence: /missing iam_request_headers/, fix: /JSON object/ },
  },
  {
    title: "a header twice in two spellings",
    login: () => {
      const fields = signed();
      const headers = fields["iam_request_headers"] as Record<string, string>;
      return { ...fields, iam_request_headers: { ...headers, host: "x" } };
    },
    ...{ step: "headers", cause: "", sentence: /duplicate header/, fix: /each name once/ },
  },
  {
    title: "a line break in a header",
    login: () => signed({ unsigned: { "X-Note": "a\r\nb" } }),
    ...{ step: "headers", cause: "", sentence: /invalid request header/, fix: /JSON object/ },
  },
  {
    title: "a header list that is there twice",
    login: () => {
      const fields = signed();
      const headers = fields["iam_request_headers"] as Record<string, string>;
      const twice = `${headers["Authorization"] ?? ""}, SignedHeaders=host`;
      return { ...fields, iam_request_headers: { ...headers, Authorization: twice } };
    },
    ...{ step: "signature", cause: "", sentence: /signed twice/, fix: /once/ },
  },
];

const SERVER_ID: readonly Broken[] = [
  {
    title: "no Server-ID",
    login: () => signed({ headers: {} }),
    ...{ step: "server_id", cause: "missing", sentence: /did not send the Server-ID/ },
    fix: /X-Vault-AWS-IAM-Server-ID: vault\.example\.com/,
  },
  {
    title: "an empty Server-ID",
    login: () => signed({ headers: { [HEADER]: "" } }),
    ...{
      step: "server_id",
      cause: "missing",
      sentence: /did not send/,
      fix: /vault\.example\.com/,
    },
  },
  {
    title: "the Server-ID of another server",
    login: () => signed({ headers: { [HEADER]: "vault.other.com" } }),
    ...{ step: "server_id", cause: "different", sentence: /another server.*vault\.other\.com/ },
    fix: /Use the Server-ID vault\.example\.com/,
  },
  {
    title: "a Server-ID in other case",
    login: () => signed({ headers: { [HEADER]: "Vault.example.com" } }),
    ...{
      step: "server_id",
      cause: "different",
      sentence: /another server/,
      fix: /Use the Server-ID/,
    },
  },
  {
    title: "a Server-ID that was added after signing",
    login: () => signed({ headers: {}, unsigned: { [HEADER]: ID } }),
    ...{ step: "server_id", cause: "not_signed", sentence: /not among the signed headers/ },
    fix: /before signing/,
  },
  {
    title: "a Server-ID in a GET that does not list it",
    login: () => {
      const fields = loginFields(signedGet(CI_KEY));
      return { ...fields, iam_request_headers: { Host: "sts.amazonaws.com", [HEADER]: ID } };
    },
    ...{
      step: "server_id",
      cause: "not_signed",
      sentence: /not among the signed/,
      fix: /SignedHeaders/,
    },
  },
  {
    title: "an unsigned Server-ID and a wrong clock",
    login: () =>
      signed({ headers: {}, unsigned: { [HEADER]: ID }, at: new Date(Date.now() - 900_000) }),
    ...{
      step: "server_id",
      cause: "not_signed",
      sentence: /not among the signed/,
      fix: /before signing/,
    },
  },
  {
    title: "a signature that does not cover the host",
    login: () => signed({ signedHeaders: ["x-amz-date", HEADER.toLowerCase()] }),
    ...{
      step: "coverage",
      cause: "host_not_signed",
      sentence: /does not cover the host/,
      fix: /host/,
    },
  },
  {
    title: "a signature that does not cover the date",
    login: () => signed({ signedHeaders: ["host", HEADER.toLowerCase()] }),
    ...{
      step: "coverage",
      cause: "date_not_signed",
      sentence: /does not cover the date/,
      fix: /x-amz-date/,
    },
  },
  {
    title: "an AWS header that is not allowed",
    login: () => signed({ headers: { [HEADER]: ID, "X-Amz-Target": "x" } }),
    ...{ step: "extras", cause: "header_not_allowed", sentence: /X-Amz-Target/ },
    fix: /allowed_sts_header_values/,
  },
  {
    title: "a parameter of the query that is not allowed",
    login: () => {
      const fields = loginFields(signedGet(CI_KEY, { [HEADER]: ID }));
      const url = Buffer.from(String(fields["iam_request_url"]), "base64").toString();
      return { ...fields, iam_request_url: base64(`${url}&X-Amz-Expires=60`) };
    },
    ...{ step: "extras", cause: "parameter_not_allowed", sentence: /X-Amz-Expires/ },
    fix: /allowed_sts_header_values/,
  },
];

const AT_STS: readonly Broken[] = [
  {
    title: "a clock that is 312 s behind",
    at: () => scripted,
    before: () => stsAnswers(403, "SignatureDoesNotMatch", "Signature expired: (- 5 min.)"),
    login: () => signed({ at: new Date(Date.now() - 312_000) }),
    ...{ step: "sts", cause: "clock", sentence: /signed 31[1-4] s in the past/, fix: /NTP/ },
  },
  {
    title: "a clock that is 20 minutes ahead",
    login: () => signed({ at: new Date(Date.now() + 1_200_000) }),
    ...{
      step: "sts",
      cause: "clock",
      sentence: /s in the future, which AWS does not take/,
      fix: /NTP/,
    },
  },
  {
    title: "a wrong secret key",
    login: () => signed({}, { ...CI_KEY, secretAccessKey: "wrong" }),
    ...{
      step: "sts",
      cause: "signature",
      sentence: /computed another signature/,
      fix: /secret key/,
    },
  },
  {
    title: "a body that was changed after signing",
    login: () => ({
      ...signed(),
      iam_request_body: base64("Version=2011-06-15&Action=GetCallerIdentity"),
    }),
    ...{ step: "sts", cause: "signature", sentence: /computed another/, fix: /changed on the way/ },
  },
  {
    title: "a key that AWS does not know",
    login: () => signed({}, { accessKeyId: "AKIANOBODYNOBODYNOBO", secretAccessKey: "x" }),
    ...{
      step: "sts",
      cause: "unknown_key",
      sentence: /AKIANOBODYNOBODYNOBO/,
      fix: /deleted or deactivated/,
    },
  },
  {
    title: "a temporary key without its token",
    login: () => signed({}, { accessKeyId: "ASIANOBODYNOBODYNOBO", secretAccessKey: "x" }),
    ...{
      step: "sts",
      cause: "unknown_key",
      sentence: /does not know/,
      fix: /X-Amz-Security-Token/,
    },
  },
  {
    title: "a throttled STS",
    before: () => world.simulator.faults.set([{ effect: "throttle", service: "sts" }]),
    login: () => signed(),
    ...{ step: "sts", cause: "throttled", sentence: /throttling/, fix: /back-off/ },
  },
  {
    title: "an STS that is not there",
    at: () => deaf,
    login: () => signed(),
    ...{ step: "sts", cause: "unreachable", sentence: /did not answer/, fix: /firewall/ },
  },
  {
    title: "an STS that fails",
    at: () => scripted,
    before: () => stsAnswers(500, "InternalFailure"),
    login: () => signed(),
    ...{ step: "sts", cause: "sts_failed", sentence: /status 500/, fix: /another region/ },
  },
  {
    title: "temporary credentials that have expired",
    at: () => scripted,
    before: () => stsAnswers(403, "ExpiredToken"),
    login: () => signed({}, { ...CI_KEY, accessKeyId: "ASIACICICICICICICICI", sessionToken: "t" }),
    ...{ step: "sts", cause: "expired_token", sentence: /had expired/, fix: /fresh credentials/ },
  },
  {
    title: "a region that is not the endpoint's",
    at: () => scripted,
    before: () =>
      stsAnswers(403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region."),
    login: () => signed({ region: "eu-west-1" }),
    ...{
      step: "sts",
      cause: "region",
      sentence: /signed for eu-west-1, the endpoint is us-east-1/,
    },
    fix: /Sign for us-east-1/,
  },
  {
    title: "no signature at all",
    at: () => scripted,
    before: () => stsAnswers(403, "MissingAuthenticationToken"),
    login: () => {
      const { headers, ...call } = signedPost(CI_KEY);
      const { Authorization: _left, ...rest } = headers;
      return loginFields({ ...call, headers: rest });
    },
    ...{ step: "sts", cause: "not_signed", sentence: /not signed/, fix: /Sign a plain/ },
  },
  {
    title: "a policy of the organisation against it",
    at: () => scripted,
    before: () => stsAnswers(403, "AccessDenied"),
    login: () => signed(),
    ...{
      step: "sts",
      cause: "denied_by_aws",
      sentence: /AWS denied/,
      fix: /policy of your organisation/,
    },
  },
  {
    title: "an answer in JSON",
    at: () => scripted,
    before: () =>
      sts.answers({ status: 200, headers: { "content-type": "application/json" }, body: "{}" }),
    login: () => signed(),
    ...{ step: "sts", cause: "unreadable_answer", sentence: /no identity document/, fix: /Accept/ },
  },
  {
    title: "an answer that is cut",
    at: () => scripted,
    before: () =>
      sts.answers({
        status: 200,
        headers: { "content-type": "text/xml" },
        body: identityXml(CI_ARN).slice(0, 100),
      }),
    login: () => signed(),
    ...{ step: "sts", cause: "unreadable_answer", sentence: /error parsing/, fix: /Accept/ },
  },
];

const AT_ROLE: readonly Broken[] = [
  {
    title: "a role that does not exist",
    login: () => ({ ...signed(), role: "nobody" }),
    ...{
      step: "role",
      cause: "unknown_role",
      sentence: /no role "nobody"/,
      fix: /Create the role/,
    },
  },
  {
    title: "no role, and none of the principal's name",
    login: () => ({ ...signed(), role: "" }),
    ...{
      step: "role",
      cause: "unknown_role",
      sentence: /no role "ci"/,
      fix: /name of the IAM role or user/,
    },
  },
  {
    title: "an address outside the role's networks",
    login: () => ({ ...signed(), role: "inside" }),
    ...{ step: "network", cause: "", sentence: /admits 10\.0\.0\.0\/8/, fix: /token_bound_cidrs/ },
  },
  {
    title: "a role for instances",
    login: () => ({ ...signed(), role: "machines" }),
    ...{ step: "role_type", cause: "", sentence: /of type ec2/, fix: /type iam/ },
  },
  {
    title: "a principal of another account",
    login: () => ({ ...signed(), role: "foreign" }),
    ...{
      step: "principal",
      cause: "other_account",
      sentence: /no principal of account 111111111111/,
    },
    fix: /config\/sts/,
  },
  {
    title: "the same name in another account",
    login: () => ({ ...signed({}, FOREIGN_KEY), role: "r" }),
    ...{
      step: "principal",
      cause: "other_account",
      sentence: /account 999999999999/,
      fix: /Add the principal/,
    },
  },
  {
    title: "a role that binds a policy",
    login: () => ({ ...signed(), role: "policy" }),
    ...{ step: "principal", cause: "policy_bound", sentence: /no principal and never matches/ },
    fix: /user or role that has the policy/,
  },
  {
    title: "a user where a role of that name is bound",
    login: () => ({ ...signed(), role: "as-role" }),
    ...{
      step: "principal",
      cause: "other_kind",
      sentence: /not the same/,
      fix: /Bind the right one/,
    },
  },
  {
    title: "a principal that nobody meant",
    login: () => ({ ...signed(), role: "other" }),
    ...{ step: "principal", cause: "other_principal", sentence: /not bound to the role "other"/ },
    fix: /bound_iam_principal_arn/,
  },
  {
    title: "a wildcard for another path",
    login: () => ({ ...signed(), role: "path" }),
    ...{
      step: "principal",
      cause: "other_path",
      sentence: /another path/,
      fix: /Move the principal/,
    },
  },
  {
    title: "a principal that was deleted and made anew",
    login: () => ({ ...signed(), role: "ids" }),
    ...{
      step: "principal",
      cause: "recreated",
      sentence: /made anew/,
      fix: /write bound_iam_principal_arn/,
    },
  },
];

const CORPUS: readonly Broken[] = [...UNREADABLE, ...SERVER_ID, ...AT_STS, ...AT_ROLE];

async function recorded(id: string): Promise<Record<string, unknown>> {
  await world.wired.attempts.flush();
  return dataOf(await world.ask(`GET sys/leasehold/attempts/${id}`));
}

describe("a broken login", () => {
  test("has at least 40 ways to be broken", () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(40);
  });

  test.each(CORPUS)("$title", async (broken) => {
    broken.before?.();
    const body = { role: "r", ...broken.login() };
    const said = await world.send(`POST ${broken.at?.() ?? mount}/login`, { token: "", body });

    expect(said.status).toBeGreaterThanOrEqual(400);
    const id = said.headers["x-leasehold-login-attempt"] ?? "";
    const attempt = await recorded(id);
    expect(attempt).toMatchObject({
      result: "refused",
      failed_step: broken.step,
      cause: broken.cause,
      error: errorOf(said),
      sentence: expect.stringMatching(broken.sentence) as string,
    });
    const { fix_client: client, fix_admin: admin } = attempt;
    expect(`${String(client)} ${String(admin)}`).toMatch(broken.fix);
    const checks = attempt["checks"] as { step: string; result: string }[];
    const failedAt = checks.findIndex(({ result }) => result === "failed");
    expect(checks[failedAt]?.step).toBe(broken.step);
    const before = checks.slice(0, failedAt).map(({ result }) => result);
    expect(before.every((result) => result === "passed" || result === "not_asked")).toBe(true);
    expect(checks.slice(failedAt + 1).every(({ result }) => result === "not_reached")).toBe(true);
  });

  test("leaves no signature, token or secret in what is kept", async () => {
    await world.wired.attempts.flush();
    const { rows } = await world.pool.query<{ text: string }>(
      "select string_agg(a::text, ' ') as text from login_attempt a",
    );
    const text = rows[0]?.text ?? "";
    expect(text).toContain(CI_KEY.accessKeyId);
    expect(text).not.toMatch(/Signature=[0-9a-f]{8}|hvs\.|secret of/);
  });
});

describe("a login that passes", () => {
  test("is recorded with all its checks, and found by what it was", async () => {
    const said = await world.send(`POST ${mount}/login`, {
      token: "",
      body: { role: "r", ...signed() },
    });
    expect(said.status).toBe(200);
    const attempt = await recorded(said.headers["x-leasehold-login-attempt"] ?? "");
    expect(attempt).toMatchObject({
      result: "passed",
      failed_step: null,
      account: OWN,
      principal: CI_ARN,
      access_key_id: CI_KEY.accessKeyId,
      mount_path: `${mount}/`,
      role: "r",
    });
    const found = dataOf(
      await world.ask(`GET sys/leasehold/attempts?result=passed&q=user/ci&limit=1`),
    );
    expect(found["attempts"]).toMatchObject([{ id: attempt["id"] }]);
  });

  test("the same request a second time is told from the first", async () => {
    const strict = await newAuthMount(world, { replay_guard: "strict" });
    await role(strict, "r", { bound_iam_principal_arn: CI_ARN });
    const login = { token: "", body: { role: "r", ...signed() } };
    expect((await world.send(`POST ${strict}/login`, login)).status).toBe(200);
    const again = await world.send(`POST ${strict}/login`, login);
    const attempt = await recorded(again.headers["x-leasehold-login-attempt"] ?? "");
    expect(attempt).toMatchObject({ failed_step: "replay", sentence: /used before/ });
  });
});

describe("the figures of roles", () => {
  const figures = async (roles: string): Promise<unknown> => {
    await world.wired.attempts.flush();
    return dataOf(
      await world.ask(`GET sys/leasehold/attempts/by-role?mount=${mount}&role=${roles}`),
    )["roles"];
  };
  const log = (name: string): Promise<Said> =>
    world.send(`POST ${mount}/login`, { token: "", body: { role: name, ...signed() } });

  test("tell the last login, what was refused in a day, and whose principal was made anew", async () => {
    await world.pool.query("delete from login_attempt");
    await log("r");
    await log("ids");
    await log("other");
    const instant: unknown = expect.stringMatching(/^20/);
    const id: unknown = expect.stringMatching(/^AIDA/);
    expect(await figures("r,ids,nobody")).toEqual([
      { role: "r", last_passed_at: instant, refused: 0, recreated_at: null, recreated_id: null },
      { role: "ids", last_passed_at: null, refused: 1, recreated_at: instant, recreated_id: id },
    ]);
    await world.pool.query("update login_attempt set at = at - interval '25 hours', repeats = 3");
    expect(await figures("ids")).toEqual([]);
  });

  test("need a mount that is there", async () => {
    const said = await world.ask("GET sys/leasehold/attempts/by-role?mount=auth/none&role=r");
    expect(said.status).toBe(404);
  });
});

describe("a flood", () => {
  test("of logins that are alike is kept as a few, and counted", async () => {
    await world.pool.query("delete from login_attempt");
    const body = { role: "flooded", ...signed({ headers: {} }) };
    for (let sent = 0; sent < 60; sent += 1) {
      await world.send(`POST ${mount}/login`, { token: "", body });
    }
    await world.wired.attempts.flush();
    const { rows } = await world.pool.query<{ kept: number; all: number }>(
      "select count(*)::int as kept, (count(*) + sum(repeats))::int as all from login_attempt",
    );
    expect(rows[0]?.all).toBe(60);
    // At most one full minute's and the beginning of the next one's.
    expect(rows[0]?.kept).toBeLessThanOrEqual(20);
  });
});

describe("a dry run", () => {
  const dryRun = (body: Record<string, unknown>): Promise<Said> =>
    world.ask("POST sys/leasehold/attempts/dry-run", { mount, role: "r", ...body });

  test("of a signed request tells that it would pass, and grants and uses up nothing", async () => {
    const tokens = await world.countRows("token");
    const login = signed();
    for (let time = 0; time < 2; time += 1) {
      expect(dataOf(await dryRun(login))).toMatchObject({ would_pass: true, failed_step: null });
    }
    expect(await world.countRows("token")).toBe(tokens);
    const said = await world.send(`POST ${mount}/login`, {
      token: "",
      body: { role: "r", ...login },
    });
    expect(said.status).toBe(200);
  });

  test("of a signed request tells why it would not", async () => {
    expect(dataOf(await dryRun(signed({ headers: {} })))).toMatchObject({
      would_pass: false,
      failed_step: "server_id",
      cause: "missing",
    });
  });

  test("of an identity begins behind the signature", async () => {
    const passing = dataOf(await dryRun({ principal: CI_ARN }));
    expect(passing).toMatchObject({ would_pass: true });
    const results = new Map(
      (passing["checks"] as { step: string; result: string }[]).map((one) => [
        one.step,
        one.result,
      ]),
    );
    expect(results.get("sts")).toBe("not_asked");
    expect(results.get("principal")).toBe("passed");
    expect(results.get("replay")).toBe("not_asked");
    expect(errorOf(await dryRun({ principal: "ci" }))).toContain("unrecognized arn");
    expect(dataOf(await dryRun({ principal: `arn:aws:iam::${OWN}:user/cd` }))).toMatchObject({
      would_pass: false,
      failed_step: "principal",
      cause: "other_principal",
    });
    expect(dataOf(await dryRun({ principal: CI_ARN, role: "ids" }))).toMatchObject({
      would_pass: false,
      cause: "recreated",
    });
  });

  test("can be made from an address", async () => {
    const from = (client_address: string): Promise<Said> =>
      dryRun({ principal: CI_ARN, role: "inside", client_address });
    expect(dataOf(await from("10.1.2.3"))).toMatchObject({ would_pass: true });
    expect(dataOf(await from("192.0.2.1"))).toMatchObject({ failed_step: "network" });
  });

  test("needs an AWS auth mount and the capability", async () => {
    expect(errorOf(await dryRun({ mount: "sys", principal: CI_ARN }))).toContain(
      "no AWS auth mount",
    );
    const said = await world.ask("POST sys/leasehold/attempts/dry-run", { mount }, "nobody");
    expect(said.status).toBe(403);
  });
});
