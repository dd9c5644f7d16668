import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { effectiveLifetime } from "@/lib/engine/aws-secrets/effective-lifetime";
import {
  dataOf,
  errorOf,
  type Instance,
  newWorld,
  type Said,
  type World,
} from "@/lib/testing/world";

const HOME = "111122223333";
const AWAY = "444455556666";
const ROOT_ARN = `arn:aws:iam::${HOME}:user/root`;
const APP = `arn:aws:iam::${HOME}:role/app`;
const LONG = `arn:aws:iam::${HOME}:role/long`;
const AWAY_APP = `arn:aws:iam::${AWAY}:role/app`;
const ROOT_KEY = { accessKeyId: "AKIAROOTROOTROOTROOT", secretAccessKey: "secret of root" };
const HOUR = 3600;

const allow = (extra: Record<string, unknown>): Record<string, unknown> => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", ...extra }],
});
const EVERYTHING = allow({ Action: "*", Resource: "*" });
const trusting = (principal: string, extra: Record<string, unknown> = {}) =>
  allow({ Principal: { AWS: principal }, Action: "sts:AssumeRole", ...extra });

const Row = z.object({
  mount: z.string(),
  role: z.string(),
  target_arn: z.string(),
  status: z.string(),
  aws_limit: z.number().nullable(),
  default_ttl: z.number().nullable(),
  is_chained: z.boolean().nullable(),
  results: z.array(
    z.object({
      code: z.string(),
      status: z.string(),
      text: z.string(),
      fix: z.object({ text: z.string(), cli: z.string(), terraform: z.string() }).nullable(),
      evidence: z.object({
        method: z.string(),
        value: z.string(),
        principal_arn: z.string().nullable(),
        at: z.string().nullable(),
      }),
    }),
  ),
});
const Rows = z.object({ rows: z.array(Row) });
type Row = z.infer<typeof Row>;

let world: World;

beforeAll(async () => {
  world = await newWorld();
  await world.ask("POST sys/mounts/aws", { type: "aws" });
});

afterAll(() => world.close());

afterEach(() => void vi.unstubAllEnvs());

beforeEach(async () => {
  world.simulator.faults.set([]);
  seed();
  await configureRoot(ROOT_KEY);
  const roles = dataOf(await world.ask("LIST aws/roles"))["keys"];
  for (const name of Array.isArray(roles) ? roles : []) {
    await world.ask(`DELETE aws/roles/${String(name)}`);
  }
  await world.ask(`DELETE aws/config/accounts/${AWAY}`);
  await world.ask("POST sys/mounts/aws/tune", { max_lease_ttl: "768h" });
  await configure({ mode: "advise", issuance: "pass", probe: false });
  for (const table of ["validator_fact", "validator_verdict", "validator_change"]) {
    await world.pool.query(`delete from ${table}`);
  }
  world.simulator.ledger.forgetCalls();
});

function seed(more: Record<string, unknown> = {}): void {
  const trust = trusting(ROOT_ARN);
  const all = { inlinePolicies: { all: EVERYTHING } };
  world.simulator.seed({
    accounts: [
      {
        id: HOME,
        users: [{ name: "root", accessKeys: [ROOT_KEY], ...all }],
        roles: [
          { name: "app", trust, maxSessionSeconds: HOUR, ...more },
          { name: "long", trust, maxSessionSeconds: 12 * HOUR },
          { name: "ec2", trust, maxSessionSeconds: 12 * HOUR, ...all },
        ],
      },
      {
        id: AWAY,
        roles: [
          { name: "app", trust, maxSessionSeconds: 2 * HOUR },
          { name: "reader", trust, ...all },
        ],
      },
    ],
  });
}

async function configureRoot(key: typeof ROOT_KEY): Promise<void> {
  const { url } = world.simulator;
  await world.ask("PUT aws/config/root", {
    access_key: key.accessKeyId,
    secret_key: key.secretAccessKey,
    region: "us-east-1",
    iam_endpoint: url,
    sts_endpoint: url,
    max_retries: 0,
  });
}

const configure = (body: Record<string, unknown>): Promise<Said> =>
  world.ask("PUT aws/config/validator", body);

/** Stores a role of assumed_role and has AWS asked about it, as the worker does within seconds. */
async function saved(
  body: Record<string, unknown>,
  name = "app",
  at: Instance = world,
): Promise<Said> {
  const said = await world.ask(`PUT aws/roles/${name}`, {
    credential_type: "assumed_role",
    role_arns: [APP],
    max_sts_ttl: HOUR,
    ...body,
  });
  await worked(at);
  return said;
}

async function worked({ worker }: Instance = world): Promise<void> {
  await worker.validateRoles();
  await worker.checkAwsLimits();
}

const parsed = (said: Said): Row[] => Rows.parse(dataOf(said)).rows;

async function rows(query = ""): Promise<Row[]> {
  return parsed(await world.ask(`GET sys/leasehold/validator${query}`));
}

async function row(targetArn = APP): Promise<Row> {
  const found = (await rows()).find((one) => one.target_arn === targetArn);
  if (found === undefined) throw new Error(`no row of ${targetArn}`);
  return found;
}

const codes = ({ results }: Row): string[] => results.map(({ code }) => code);
const calls = (action: string): number => world.simulator.ledger.callsOf(action);
const events = (name: string): Promise<number> =>
  world.countRows("audit_entry", `entry::text like '%${name}%'`);

function limit(seconds: number, name = "app"): void {
  const role = world.simulator.world.accounts.get(HOME)?.roles.find(name);
  if (role !== undefined) role.maxSessionSeconds = seconds;
}

const denied = (action: string) =>
  ({
    effect: "error",
    service: "iam",
    action,
    status: 403,
    code: "AccessDenied",
    message: "not you",
  }) as const;

describe("how long a role asks for", () => {
  test("S325 a default over MaxSessionDuration is an error with both numbers, and stored all the same", async () => {
    const said = await saved({ default_sts_ttl: 7200, max_sts_ttl: 7200 });

    const found = await row();
    expect(said.status).toBe(204);
    expect(found).toMatchObject({ status: "error", default_ttl: 7200, aws_limit: HOUR });
    const [error] = found.results;
    expect(error).toMatchObject({
      code: "ttl.default_over_limit",
      evidence: { method: "get_role", principal_arn: ROOT_ARN, value: "MaxSessionDuration 3600 s" },
    });
    expect(error?.text).toMatch(/7200 s.*3600 s/);
    expect(error?.fix?.cli).toContain(
      "aws iam update-role --role-name app --max-session-duration 7200",
    );
    expect(error?.fix?.cli).toContain("vault write aws/roles/app default_sts_ttl=3600");
    expect(error?.fix?.terraform).toContain("max_session_duration = 7200");
    expect([calls("sts:GetCallerIdentity"), calls("iam:GetRole")]).toEqual([1, 1]);
    const agents = world.simulator.ledger.recentCalls().map(({ userAgent }) => userAgent);
    expect(agents.every((agent) => agent.includes("leasehold-validator"))).toBe(true);
  });

  test("S326 a maximum over it is a warning", async () => {
    await saved({ default_sts_ttl: 1800, max_sts_ttl: 7200 });
    expect(codes(await row())).toContain("ttl.max_over_limit");
    expect((await row()).status).toBe("warning");
  });

  test("S327 no maximum is a warning", async () => {
    await saved({ max_sts_ttl: 0 });
    expect(codes(await row())).toContain("ttl.max_unset");
  });

  test("S343 under 15 minutes is an error that needs no AWS", async () => {
    await world.ask("PUT aws/roles/app", {
      credential_type: "assumed_role",
      role_arns: [APP],
      default_sts_ttl: 600,
    });

    const said = await world.ask("GET aws/validate/roles/app");

    expect(dataOf(said)["status"]).toBe("error");
    expect(parsed(said).flatMap(codes)).toContain("ttl.below_minimum");
    expect(world.simulator.ledger.recentCalls()).toEqual([]);
  });

  test("S329 each target is judged by its own limit", async () => {
    await saved({ role_arns: [APP, LONG], default_sts_ttl: 7200, max_sts_ttl: 7200 });
    expect([(await row(APP)).status, (await row(LONG)).status]).toEqual(["error", "ok"]);
    expect(calls("iam:GetRole")).toBe(2);
  });

  test("S337 a session of a role as root credential chains: an hour at most", async () => {
    const host = await hostOfRole();
    await saved({ role_arns: [LONG], default_sts_ttl: 7200, max_sts_ttl: 7200 }, "app", host);
    expect(await row("")).toMatchObject({ status: "error", is_chained: true });
    expect(codes(await row(""))).toEqual(["ttl.role_chaining"]);
  });

  test("S338 a session of a role as root credential makes no federation token", async () => {
    const host = await hostOfRole();
    await world.ask("PUT aws/roles/fed", {
      credential_type: "federation_token",
      policy_document: JSON.stringify(EVERYTHING),
    });
    await worked(host);
    expect(codes(await row(""))).toContain("principal.cannot_federate");
  });
});

/** Another process whose host has a session of a role for the mount to work with. */
async function hostOfRole(): Promise<Instance> {
  await world.ask("PUT aws/roles/ec2", {
    credential_type: "assumed_role",
    role_arns: [`arn:aws:iam::${HOME}:role/ec2`],
  });
  const session = dataOf(await world.ask("GET aws/creds/ec2"));
  await world.ask("DELETE aws/roles/ec2");
  vi.stubEnv("AWS_ACCESS_KEY_ID", String(session["access_key"]));
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", String(session["secret_key"]));
  vi.stubEnv("AWS_SESSION_TOKEN", String(session["session_token"]));
  await configureRoot({ accessKeyId: "", secretAccessKey: "" });
  return world.secondInstance({ LEASEHOLD_AMBIENT_AWS: "on" });
}

describe("what may not be read", () => {
  test("S328 is unknown and never ok, and credentials are issued", async () => {
    world.simulator.faults.set([denied("GetRole")]);
    await saved({});

    const found = await row();
    expect(found.status).toBe("unknown");
    expect(codes(found)).toEqual(["role.unreadable"]);
    expect(found.results[0]?.fix?.text).toContain(`Allow iam:GetRole on ${APP} to ${ROOT_ARN}`);
    expect((await world.ask("GET aws/creds/app")).status).toBe(200);
  });

  test("S330 another account without a reader is unknown, and our own account is not asked", async () => {
    await saved({ role_arns: [AWAY_APP] });
    expect(await row(AWAY_APP)).toMatchObject({ status: "unknown" });
    expect((await row(AWAY_APP)).results[0]?.text).toContain(`config/accounts/${AWAY}`);
    expect(calls("iam:GetRole")).toBe(0);
  });

  test("S331 another account is read through its reader", async () => {
    await world.ask(`PUT aws/config/accounts/${AWAY}`, {
      reader_role_arn: `arn:aws:iam::${AWAY}:role/reader`,
    });
    await saved({ role_arns: [AWAY_APP], default_sts_ttl: 3 * HOUR, max_sts_ttl: 3 * HOUR });

    expect(await row(AWAY_APP)).toMatchObject({ status: "error", aws_limit: 2 * HOUR });
    expect([calls("sts:AssumeRole"), calls("iam:GetRole")]).toEqual([1, 1]);
    const read = world.simulator.ledger.recentCalls().find(({ action }) => action === "GetRole");
    expect(read?.callerArn).toBe(`arn:aws:sts::${AWAY}:assumed-role/reader/leasehold-validator`);
  });

  test("S342 is probed with a session that may do nothing, at most once an hour", async () => {
    world.simulator.faults.set([denied("GetRole")]);
    await configure({ probe: true });
    await saved({ default_sts_ttl: HOUR });

    const found = await row();
    expect(found.status).toBe("ok");
    expect(found.results.map(({ code, evidence }) => [code, evidence.method])).toEqual([
      ["ttl.within_limit", "probe"],
    ]);
    expect(calls("sts:AssumeRole")).toBe(1);
    await world.ask("POST aws/validate/roles/app");
    expect(calls("sts:AssumeRole")).toBe(1);
  });

  test("a probe over the limit is an error", async () => {
    world.simulator.faults.set([denied("GetRole")]);
    await configure({ probe: true });
    await saved({ default_sts_ttl: 7200, max_sts_ttl: 7200 });
    expect(codes(await row())).toContain("ttl.default_over_limit");
  });

  test("a role that is not there is an error", async () => {
    const gone = `arn:aws:iam::${HOME}:role/gone`;
    await saved({ role_arns: [gone] });
    expect(codes(await row(gone))).toEqual(["role.not_found"]);
  });

  test("a role under another path is not the one that was named", async () => {
    const wrong = `arn:aws:iam::${HOME}:role/team/app`;
    await saved({ role_arns: [wrong] });
    expect(codes(await row(wrong))).toContain("role.not_found");
  });
});

describe("what changes", () => {
  test("S332 a raised limit turns the error into ok at once when asked, and is told", async () => {
    await saved({ default_sts_ttl: 7200, max_sts_ttl: 7200 });
    const before = await events("validator.recovered");
    limit(7200);

    const said = await world.ask("POST aws/validate/roles/app");

    expect(dataOf(said)["status"]).toBe("ok");
    expect((await row()).status).toBe("ok");
    expect(await events("validator.recovered")).toBe(before + 1);
  });

  test("S333 a lowered limit is found on schedule, told, and kept as history", async () => {
    limit(4 * HOUR);
    await saved({ default_sts_ttl: 7200, max_sts_ttl: 7200 });
    expect((await row()).status).toBe("ok");
    const before = await events("validator.failing");
    limit(HOUR);
    const { rows: due } = await world.pool.query<{ seconds: number }>(
      `select extract(epoch from next_check_at - now())::float8 as seconds from validator_fact where target_arn = $1`,
      [APP],
    );
    expect(due[0]?.seconds).toBeGreaterThan(4.79 * HOUR);
    expect(due[0]?.seconds).toBeLessThan(7.21 * HOUR);
    await world.pool.query("update validator_fact set next_check_at = now()");
    await world.worker.checkAwsLimits();

    expect((await row()).status).toBe("error");
    expect(await events("validator.failing")).toBe(before + 1);
    const query = `mount=aws/&role=app&target_arn=${encodeURIComponent(APP)}&history=true`;
    const history = dataOf(await world.ask(`GET sys/leasehold/validator?${query}`))["history"];
    expect(history).toMatchObject([
      {
        from_status: "ok",
        to_status: "error",
        limit_before: 4 * HOUR,
        limit_after: HOUR,
        appeared: ["ttl.default_over_limit"],
      },
      { to_status: "ok" },
      { from_status: null, to_status: "unknown" },
    ]);
    const { rows: again } = await world.pool.query<{ seconds: number }>(
      `select extract(epoch from next_check_at - now())::float8 as seconds from validator_fact where target_arn = $1`,
      [APP],
    );
    expect(again[0]?.seconds).toBeLessThanOrEqual(900);
  });

  test("what is found again tells when AWS said so last", async () => {
    await saved({});
    await world.pool.query(
      `update validator_verdict set findings = jsonb_set(findings, '{0,evidence,at}', '"2020-01-01T00:00:00.000Z"')`,
    );
    await world.ask("POST aws/validate/roles/app");
    const [found] = (await row()).results;
    expect(Date.now() - Date.parse(found?.evidence.at ?? "")).toBeLessThan(60_000);
    expect(await world.countRows("validator_change", `target_arn = '${APP}'`)).toBe(2);
  });

  test("a reason to ask for too much is kept in the log", async () => {
    await saved({ default_sts_ttl: 7200, max_sts_ttl: 7200 });
    await world.ask("POST aws/validate/roles/app", { reason: "raised tomorrow" });
    expect(await events("raised tomorrow")).toBe(1);
  });

  test("a refused issuance has its target looked at within the minute after", async () => {
    await saved({ max_sts_ttl: 7200 });
    await world.pool.query("update validator_fact set checked_at = now() - interval '2 minutes'");
    const before = calls("iam:GetRole");

    const said = await world.ask("PUT aws/creds/app", { ttl: "2h" });
    await world.worker.checkAwsLimits();

    expect(said.status).toBe(400);
    expect(calls("iam:GetRole")).toBe(before + 1);
  });

  test("two processes ask about a target once", async () => {
    const other = await world.secondInstance();
    await world.ask("PUT aws/roles/app", { credential_type: "assumed_role", role_arns: [APP] });
    await Promise.all([world.worker.validateRoles(), other.worker.validateRoles()]);
    await Promise.all([world.worker.checkAwsLimits(), other.worker.checkAwsLimits()]);
    expect(calls("iam:GetRole")).toBe(1);
    expect(
      await world.countRows(
        "validator_change",
        `target_arn = '${APP}' and change ->> 'toStatus' <> 'unknown'`,
      ),
    ).toBe(1);
  });

  test("what is deleted is forgotten", async () => {
    await saved({});
    await world.ask("DELETE aws/roles/app");
    await worked();
    expect(await rows()).toEqual([]);
    expect(await world.countRows("validator_fact")).toBe(0);
  });
});

describe("by the mount's mode", () => {
  const over = { default_sts_ttl: 7200, max_sts_ttl: 7200 };

  test("S334 `warn` answers the write with what is wrong", async () => {
    await saved(over);
    await configure({ mode: "warn" });
    const said = await saved({ ...over, session_tags: "a=b" });
    expect(said.status).toBe(200);
    expect(said.body?.["warnings"]).toEqual(
      expect.arrayContaining([expect.stringContaining("ttl.default_over_limit: ")]),
    );
  });

  test("S335 `enforce` refuses errors, and nothing that is not known", async () => {
    await saved({ ...over, default_sts_ttl: HOUR });
    await configure({ mode: "enforce" });

    const refused = await saved(over);
    expect([refused.status, errorOf(refused)]).toEqual([
      400,
      expect.stringContaining("role rejected by validator: ttl.default_over_limit: "),
    ]);
    world.simulator.faults.set([denied("GetRole")]);
    await world.ask("POST aws/validate/roles/app");
    expect((await saved(over)).status).toBe(204);
  });

  test("`off` checks nothing", async () => {
    await configure({ mode: "off" });
    await saved(over);
    expect(await rows()).toEqual([]);
    expect(world.simulator.ledger.recentCalls()).toEqual([]);
  });

  test("S336 `fail_fast` refuses what AWS is known to refuse, without asking", async () => {
    await saved(over);
    await configure({ issuance: "fail_fast" });
    const before = calls("sts:AssumeRole");

    const said = await world.ask("GET aws/creds/app");

    expect(said.status).toBe(400);
    expect(errorOf(said)).toBe(
      "Error assuming role: ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.\n\tsource: cached limit of 3600s",
    );
    expect((await world.ask("PUT aws/creds/app", { ttl: "1h" })).status).toBe(200);
    expect(calls("sts:AssumeRole")).toBe(before + 1);
  });

  test("bad settings are refused", async () => {
    expect(errorOf(await configure({ mode: "x" }))).toBe(
      "mode must be one of off, advise, warn, enforce",
    );
    expect(errorOf(await configure({ issuance: "x" }))).toBe(
      "issuance must be one of pass, fail_fast",
    );
    expect(errorOf(await configure({ drift_interval: "1m" }))).toBe(
      "drift_interval must be from 15m to 7d",
    );
  });
});

describe("whom a target trusts", () => {
  const externalId = { Condition: { StringEquals: { "sts:ExternalId": "right" } } };

  test("S339 an external id that is missing, wrong, right", async () => {
    seed({ trust: trusting(ROOT_ARN, externalId) });
    await saved({});
    expect(codes(await row())).toContain("trust.external_id_missing");
    await saved({ external_id: "wrong" });
    expect(codes(await row())).toContain("trust.external_id_wrong");
    await saved({ external_id: "right" });
    expect(codes(await row())).toContain("trust.ok");
    expect((await row()).status).toBe("ok");
  });

  test("S340 a principal that was deleted", async () => {
    seed({ trust: trusting("AIDAEXAMPLEEXAMPLE22") });
    await saved({});
    expect(codes(await row())).toContain("trust.stale_principal");
  });

  test("S341 a condition that nobody can judge beforehand", async () => {
    seed({ trust: trusting(ROOT_ARN, { Condition: { StringEquals: { "aws:SourceVpc": "x" } } }) });
    await saved({});
    expect(codes(await row())).toContain("trust.undetermined");
    expect((await row()).status).toBe("unknown");
  });

  test("a trust in the account asks for our own policies", async () => {
    seed({ trust: trusting(`arn:aws:iam::${HOME}:root`) });
    await saved({});
    expect(codes(await row())).toContain("trust.ok");
    expect(calls("iam:SimulatePrincipalPolicy")).toBe(1);
    world.simulator.faults.set([denied("SimulatePrincipalPolicy")]);
    await world.ask("POST aws/validate/roles/app");
    expect(codes(await row())).toContain("trust.identity_side_unknown");
    expect((await row()).status).toBe("unknown");
  });
});

test("the answer, the lease's page and the rule agree on random configurations", async () => {
  const configuration = fc.record({
    default_sts_ttl: fc.constantFrom(0, 900, 1800, HOUR, 2 * HOUR),
    max_sts_ttl: fc.constantFrom(0, 2 * HOUR, 4 * HOUR, 12 * HOUR),
    max_lease_ttl: fc.constantFrom(1200, HOUR, 3 * HOUR, 768 * HOUR),
    ttl: fc.option(fc.integer({ min: 900, max: 12 * HOUR })),
  });
  for (const { max_lease_ttl, ttl, ...ttls } of fc.sample(configuration, {
    numRuns: 40,
    seed: 7,
  })) {
    await world.ask("POST sys/mounts/aws/tune", { max_lease_ttl });
    await world.ask("PUT aws/roles/app", {
      credential_type: "assumed_role",
      role_arns: [LONG],
      ...ttls,
    });
    const expected = effectiveLifetime({
      type: "assumed_role",
      requestedSeconds: ttl,
      defaultStsTtlSeconds: ttls.default_sts_ttl,
      maxStsTtlSeconds: ttls.max_sts_ttl,
      leaseSeconds: 0,
      leaseMaxSeconds: 0,
      mountDefaultSeconds: null,
      mountMaxSeconds: max_lease_ttl,
      rootMayBeRole: false,
      maxSessionDurationSeconds: 12 * HOUR,
    });

    const said = await world.ask("PUT aws/creds/app", ttl === null ? {} : { ttl });

    expect([said.status, errorOf(said)]).toEqual([200, ""]);
    const lived = Number(said.body?.["lease_duration"]);
    expect(Math.abs(lived - (expected.lease?.seconds ?? 0))).toBeLessThanOrEqual(1);
    const page = dataOf(
      await world.ask(`GET sys/leasehold/leases/${String(said.body?.["lease_id"])}`),
    );
    const limits = z
      .array(z.object({ term: z.string(), at: z.coerce.date() }))
      .parse(page["limits"]);
    const first = Math.min(...limits.map(({ at }) => at.getTime()));
    const issued = Date.parse(String(page["issued_at"]));
    expect(Math.abs((first - issued) / 1000 - lived)).toBeLessThanOrEqual(2);
  }
});

describe("the list", () => {
  test("is filtered, counted and walked, the worst first", async () => {
    const arns = { role_arns: [LONG] };
    await saved({ default_sts_ttl: 7200, max_sts_ttl: 7200 }, "bad");
    await saved(arns, "good");
    await saved({ ...arns, max_sts_ttl: 0 }, "wide");

    expect((await rows()).map(({ role, status }) => [role, status])).toEqual([
      ["bad", "error"],
      ["wide", "warning"],
      ["good", "ok"],
    ]);
    expect((await rows("?status=error")).map(({ role }) => role)).toEqual(["bad"]);
    expect((await rows("?code=ttl.max_unset")).map(({ role }) => role)).toEqual(["wide"]);
    expect((await rows("?q=goo")).map(({ role }) => role)).toEqual(["good"]);
    expect(await rows("?mount=none/")).toEqual([]);
    const first = await world.ask("GET sys/leasehold/validator?limit=1");
    expect(dataOf(first)["counts"]).toMatchObject({ error: 1, ok: 1 });
    const cursor = String(dataOf(first)["next_cursor"]);
    const second = parsed(await world.ask(`GET sys/leasehold/validator?limit=1&cursor=${cursor}`));
    expect(second[0]?.role).toBe("wide");
    expect((await world.ask("GET sys/leasehold/validator?status=x")).status).toBe(400);
  });

  test("is checked anew: one role at once, all by the worker", async () => {
    await saved({});
    const before = calls("iam:GetRole");
    const one = await world.ask("POST sys/leasehold/validator/check", {
      mount: "aws/",
      role: "app",
    });
    expect([one.status, dataOf(one)["status"]]).toEqual([200, "ok"]);
    expect(calls("iam:GetRole")).toBe(before + 1);
    const all = await world.ask("POST sys/leasehold/validator/check", { all: true });
    expect(dataOf(all)["mounts"]).toEqual(["aws/"]);
    await world.worker.checkAwsLimits();
    expect(calls("iam:GetRole")).toBe(before + 2);
    expect((await world.ask("POST sys/leasehold/validator/check", {})).status).toBe(400);
    expect(
      (await world.ask("POST sys/leasehold/validator/check", { mount: "aws/", role: "x" })).status,
    ).toBe(404);
  });

  test("is read with its own capability, and checked with another", async () => {
    await world.ask("PUT sys/policy/look", {
      policy: 'path "sys/leasehold/validator" { capabilities = ["read"] }',
    });
    const { token } = await world.newToken({ policies: ["look"] });
    expect((await world.ask("GET sys/leasehold/validator", undefined, token)).status).toBe(200);
    expect(
      (await world.ask("POST sys/leasehold/validator/check", { all: true }, token)).status,
    ).toBe(403);
    expect((await world.ask("POST aws/validate/roles/app", {}, token)).status).toBe(403);
  });

  test("reads of one account's IAM take turns, five a second", async () => {
    const beganAt = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => world.ports.validator.aws.turn("999")));
    expect(performance.now() - beganAt).toBeGreaterThanOrEqual(900);
  });
});
