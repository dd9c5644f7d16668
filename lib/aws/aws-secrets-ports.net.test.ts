import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { awsSecretsPorts } from "@/lib/aws/aws-secrets-ports";
import { AwsClients } from "@/lib/aws/client";
import { endpointGuard } from "@/lib/aws/endpoint-guard";
import type { FaultRule } from "@/lib/aws-simulator/faults";
import { type AwsSimulator, startAwsSimulator } from "@/lib/aws-simulator/server";
import { isAwsFailure, type AwsFailureFacts } from "@/lib/engine/aws-failure";
import type { AssumeRoleInput, AwsAccess, AwsSecretsPorts } from "@/lib/engine/aws-secrets/ports";
import { noRoot, type RootCredential } from "@/lib/engine/aws-secrets/root-config";
import { Secret } from "@/lib/engine/secret";

const ACCOUNT = "111122223333";
const ROOT_KEY = { accessKeyId: "AKIAROOTROOTROOTROOT", secretAccessKey: "secret-of-root" };
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/app`;
const ALLOW_ALL = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};
/** Nothing listens there. */
const DEAD_ENDPOINT = "http://127.0.0.1:1";

let simulator: AwsSimulator;
let clients: AwsClients;
let ports: AwsSecretsPorts;

beforeEach(async () => {
  simulator = await startAwsSimulator({
    seed: {
      accounts: [
        {
          id: ACCOUNT,
          users: [
            { name: "root-user", accessKeys: [ROOT_KEY], inlinePolicies: { all: ALLOW_ALL } },
          ],
          groups: [
            {
              name: "readers",
              inlinePolicies: { "a+b": ALLOW_ALL },
              attachedPolicies: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
            },
          ],
          roles: [
            {
              name: "app",
              trust: {
                Version: "2012-10-17",
                Statement: {
                  Effect: "Allow",
                  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/root-user` },
                  Action: ["sts:AssumeRole", "sts:TagSession"],
                  Condition: { StringEquals: { "sts:ExternalId": "ours" } },
                },
              },
            },
          ],
        },
      ],
    },
  });
  clients = new AwsClients({ guard: endpointGuard({ localAws: true }), ambientAws: false });
  ports = awsSecretsPorts({ clients, defaultRegion: "us-east-1" });
});

afterEach(async () => {
  clients.close();
  await simulator.close();
});

function access(more: Partial<RootCredential> = {}, seconds = 60): AwsAccess {
  return {
    root: {
      ...noRoot("mount"),
      accessKey: ROOT_KEY.accessKeyId,
      secretKey: new Secret(ROOT_KEY.secretAccessKey),
      region: "eu-central-1",
      iamEndpoint: simulator.url,
      stsEndpoint: simulator.url,
      maxRetries: 1,
      ...more,
    },
    deadline: new Date(Date.now() + seconds * 1000),
  };
}

const SESSION: AssumeRoleInput = {
  roleArn: ROLE_ARN,
  sessionName: "worker",
  durationSeconds: 900,
  policyDocument: "",
  policyArns: [],
  tags: { team: "blue" },
  externalId: "ours",
};
const USER = { userName: "vault-ada", path: "/", permissionsBoundaryArn: "" };

async function factsOf(call: Promise<unknown>): Promise<AwsFailureFacts> {
  try {
    await call;
  } catch (error) {
    if (isAwsFailure(error)) return error.facts;
    throw error;
  }
  throw new Error("the call succeeded");
}

function strike(...rules: FaultRule[]): void {
  simulator.faults.set(rules);
}

describe("STS", () => {
  test("S154 S160 a role session is credentials, ARN and end", async () => {
    const session = await ports.sts.assumeRole(access(), SESSION);

    expect(session.arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/app/worker`);
    expect(session.subjectId).toMatch(/^AROA\w+:worker$/);
    expect(session.expiresAt.getTime() - Date.now()).toBeGreaterThan(890_000);
  });

  test("S171 a refusal carries AWS's words, and nothing was made", async () => {
    const call = ports.sts.assumeRole(access(), { ...SESSION, externalId: "theirs" });

    await expect(call).rejects.toThrow(
      /^AccessDenied: User: arn:aws:iam::111122223333:user\/root-user is not authorized to perform: sts:AssumeRole [^\n]*\n\tstatus code: 403, request id: [\w-]+$/,
    );
    expect(await factsOf(call)).toMatchObject({ outcomeUnknown: false, throttled: false });
  });

  test("S166 a duration below 900 s is never sent", async () => {
    const call = ports.sts.assumeRole(access(), { ...SESSION, durationSeconds: 600 });

    await expect(call).rejects.toThrow(
      "minimum field value of 900, AssumeRoleInput.DurationSeconds.",
    );
    expect(simulator.ledger.callsOf("sts:AssumeRole")).toBe(0);
  });

  test("S172 S173 throttling is retried as configured, then told", async () => {
    strike({ effect: "throttle", action: "AssumeRole" });

    const facts = await factsOf(ports.sts.assumeRole(access({ maxRetries: 0 }), SESSION));

    expect(facts).toMatchObject({ throttled: true });
    expect(simulator.ledger.callsOf("sts:AssumeRole")).toBe(1);
  });

  test.each<FaultRule>([
    { effect: "error", status: 500, code: "InternalFailure", message: "x", times: 1 },
    { effect: "error", status: 503, code: "ServiceUnavailable", message: "x", times: 1 },
    { effect: "error", status: 400, code: "RequestTimeout", message: "x", times: 1 },
    { effect: "lostRequest", times: 1 },
    { effect: "lostReply", times: 1 },
  ])("S389 %j is tried again", async (rule) => {
    strike(rule);

    const session = await ports.sts.assumeRole(access(), SESSION);

    expect(session.accessKey).toMatch(/^ASIA/);
  });

  test("S174 a server fault on every attempt is no throttling", async () => {
    strike({ effect: "error", status: 503, code: "ServiceUnavailable", message: "down" });

    const facts = await factsOf(ports.sts.assumeRole(access(), SESSION));

    expect(facts).toMatchObject({ status: 503, throttled: false, outcomeUnknown: true });
    expect(simulator.ledger.callsOf("sts:AssumeRole")).toBe(2);
  });

  test("an attempt ends with the time of its request", async () => {
    strike({ effect: "latency", ms: 30_000 });
    const started = Date.now();

    const facts = await factsOf(ports.sts.assumeRole(access({}, 1.5), SESSION));

    expect(facts).toMatchObject({ code: "RequestError", outcomeUnknown: true });
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  test("S012 the first STS endpoint that answers is used, and remembered", async () => {
    const fallbacks = access({
      origin: "mount/1/2",
      stsEndpoint: DEAD_ENDPOINT,
      stsRegion: "us-east-1",
      stsFallbackEndpoints: ["http://127.0.0.1:2", simulator.url],
      stsFallbackRegions: ["us-east-2", "eu-central-1"],
    });

    await ports.sts.assumeRole(fallbacks, SESSION);
    await ports.sts.assumeRole(fallbacks, SESSION);

    expect(simulator.ledger.callsOf("sts:GetCallerIdentity")).toBe(1);
    expect(simulator.ledger.callsOf("sts:AssumeRole")).toBe(2);
  });

  test("S013 no STS endpoint answers", async () => {
    const dead = access({
      stsEndpoint: DEAD_ENDPOINT,
      stsFallbackEndpoints: ["http://127.0.0.1:2"],
      stsFallbackRegions: ["us-east-2"],
    });

    await expect(ports.sts.assumeRole(dead, SESSION)).rejects.toThrow(
      "could not obtain sts client",
    );
  });

  test("a new key counts once AWS has shown twice that it knows it", async () => {
    const usable = await ports.sts.becomesUsable(access(), 5);
    const never = await ports.sts.becomesUsable(
      access({ origin: "mount/2/1", secretKey: new Secret("no") }),
      0,
    );

    expect([usable, never]).toEqual([true, false]);
    expect(simulator.ledger.callsOf("sts:GetCallerIdentity")).toBe(3);
  });

  test("a key made a moment ago is given time to become known", async () => {
    strike({ effect: "error", status: 403, code: "InvalidClientTokenId", message: "x", times: 1 });

    const account = await ports.sts.callerAccount(access({ maxRetries: 0, rotatedAt: new Date() }));

    expect(account).toBe(ACCOUNT);
  });

  test("the host's own credentials are not used when they may not be", async () => {
    const bare = access({ accessKey: "", secretKey: null });

    await expect(ports.sts.callerAccount(bare)).rejects.toMatchObject({ kind: "invalid_request" });
  });

  test("an endpoint that may not be reached is refused before anything is sent", async () => {
    const strict = new AwsClients({ guard: endpointGuard({ localAws: false }), ambientAws: false });
    const guarded = awsSecretsPorts({ clients: strict, defaultRegion: "us-east-1" });

    await expect(guarded.sts.callerAccount(access())).rejects.toMatchObject({
      kind: "invalid_request",
    });
    strict.close();
  });
});

describe("IAM", () => {
  test("a creation whose answer was lost says so", async () => {
    strike({ effect: "lostReply", action: "CreateUser", times: 1 });

    const facts = await factsOf(ports.iam.createUser(access(), USER));

    expect(facts).toMatchObject({ code: "EntityAlreadyExists", outcomeUnknown: true });
    expect((await ports.iam.getUser(access(), "vault-ada")).arn).toContain(":user/vault-ada");
  });

  test("a key made beside a lost answer is told to have been repeated", async () => {
    await ports.iam.createUser(access(), USER);
    strike({ effect: "lostReply", action: "CreateAccessKey", times: 1 });

    const key = await ports.iam.createAccessKey(access(), "vault-ada");

    expect(key.repeatedBlindly).toBe(true);
    expect(await ports.iam.listAccessKeys(access(), "vault-ada")).toHaveLength(2);
  });

  test("S186 a group's policies come decoded", async () => {
    const attached = await ports.iam.listAttachedGroupPolicies(access(), "readers");
    const inline = await ports.iam.listGroupPolicies(access(), "readers");
    const document = await ports.iam.getGroupPolicy(access(), "readers", "a+b");

    expect(attached).toEqual(["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]);
    expect(inline).toEqual(["a+b"]);
    expect(JSON.parse(document)).toEqual(ALLOW_ALL);
  });

  test("lists are read to their last page", async () => {
    const policies = Object.fromEntries(
      Array.from({ length: 1200 }, (_, index) => [`policy-${index}`, ALLOW_ALL]),
    );
    simulator.seed({
      accounts: [{ id: ACCOUNT, users: [{ name: "many", inlinePolicies: policies }] }],
    });

    const names = await ports.iam.listUserPolicies(access(), "many");

    expect(names).toHaveLength(1200);
  });

  test("an access key id of less than 16 characters is never sent", async () => {
    const call = ports.iam.deleteAccessKey(access(), "vault-ada", "AKIA");

    await expect(call).rejects.toThrow(
      "InvalidParameter: 1 validation error(s) found.\n- minimum field size of 16, DeleteAccessKeyInput.AccessKeyId.\n",
    );
    expect(simulator.ledger.callsOf("iam:DeleteAccessKey")).toBe(0);
  });

  test("S048 IAM's quota is no throttling", async () => {
    await ports.iam.createUser(access(), USER);
    await ports.iam.createAccessKey(access(), "vault-ada");
    await ports.iam.createAccessKey(access(), "vault-ada");

    const call = ports.iam.createAccessKey(access(), "vault-ada");

    await expect(call).rejects.toThrow(/^LimitExceeded: /);
    expect(await factsOf(call)).toMatchObject({ throttled: false, outcomeUnknown: false });
  });
});
