import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { IAMClient, ListUsersCommand } from "@aws-sdk/client-iam";
import { afterEach, describe, expect, test } from "vitest";
import type { SeedAccount, SeedRole } from "@/lib/aws-simulator/seed";
import { type AwsSimulator, startAwsSimulator } from "@/lib/aws-simulator/server";
import { type Credentials, signedGetHeaders } from "@/lib/aws-simulator/sign";

const HOME = "111122223333";
const AWAY = "444455556666";
const ADA = { accessKeyId: "AKIAADA", secretAccessKey: "secret-of-ada" };
const BOB = { accessKeyId: "AKIABOB", secretAccessKey: "secret-of-bob" };
const ROOT = { accessKeyId: "AKIAROOT", secretAccessKey: "secret-of-root" };
const SERIAL = `arn:aws:iam::${HOME}:mfa/ada`;
const DENIED = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };
const HOUR_MS = 3_600_000;

const running: { close(): unknown }[] = [];

afterEach(async () => {
  for (const entry of running.splice(0)) await entry.close();
});

/** Ada may do everything, Bob nothing; the roles are the test's. */
async function start(roles: readonly SeedRole[] = [], more: readonly SeedAccount[] = []) {
  const clock = { now: Date.now() };
  const simulator = await startAwsSimulator({
    clock: () => clock.now,
    seed: {
      accounts: [
        {
          id: HOME,
          rootKeys: [ROOT],
          buckets: ["orders"],
          policies: { "list-buckets": allow("s3:ListAllMyBuckets") },
          users: [
            {
              name: "ada",
              accessKeys: [ADA],
              inlinePolicies: { all: allow("*") },
              mfaDevices: [{ serialNumber: SERIAL, tokenCode: "123456" }],
            },
            { name: "bob", accessKeys: [BOB] },
          ],
          roles,
        },
        ...more,
      ],
    },
  });
  running.push(simulator);
  return { simulator, clock };
}

function sts(simulator: AwsSimulator, credentials: Credentials): STSClient {
  const client = new STSClient({
    endpoint: simulator.url,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });
  running.push({ close: () => client.destroy() });
  return client;
}

function assume(simulator: AwsSimulator, as: Credentials, input: Partial<AssumeRoleCommandInput>) {
  return sts(simulator, as).send(
    new AssumeRoleCommand({ RoleArn: arnOf("deployer"), RoleSessionName: "ci", ...input }),
  );
}

/** Whether the credentials may list buckets, or the code of the refusal. */
async function canListBuckets(
  { simulator, clock }: Awaited<ReturnType<typeof start>>,
  credentials: Credentials,
): Promise<string> {
  const url = new URL("/", simulator.url);
  const headers = signedGetHeaders(url, credentials, { service: "s3", now: clock.now });
  const answer = await fetch(url, { headers });
  const text = await answer.text();
  return answer.ok ? "yes" : (/<Code>(.*)<\/Code>/.exec(text)?.[1] ?? text);
}

describe("GetCallerIdentity", () => {
  test("names a role session without the role's path, by the role's unique id", async () => {
    const { simulator } = await start([role({ trust: trusting("user/ada"), path: "/team/" })]);
    const { Credentials: drawn, AssumedRoleUser: assumed } = await assume(simulator, ADA, {
      RoleArn: `arn:aws:iam::${HOME}:role/team/deployer`,
    });

    const who = await sts(simulator, credentialsOf(drawn)).send(new GetCallerIdentityCommand({}));

    expect(who.Arn).toBe(`arn:aws:sts::${HOME}:assumed-role/deployer/ci`);
    expect(who.UserId).toMatch(/^AROA[A-Z2-7]{17}:ci$/);
    expect(who.UserId).toBe(assumed?.AssumedRoleId);
    expect(who.Account).toBe(HOME);
  });

  test("answers whoever is forbidden everything", async () => {
    const { simulator } = await start();

    const who = await sts(simulator, BOB).send(new GetCallerIdentityCommand({}));

    expect(who.Arn).toBe(`arn:aws:iam::${HOME}:user/bob`);
  });
});

describe("AssumeRole", () => {
  test("gives credentials that work until they expire, and no longer", async () => {
    const world = await start([role({ trust: trusting("user/bob"), allows: "s3:*" })]);
    const { Credentials: drawn } = await assume(world.simulator, BOB, { DurationSeconds: 900 });
    const credentials = credentialsOf(drawn);

    expect(await canListBuckets(world, credentials)).toBe("yes");

    world.clock.now += 901_000;

    expect(await canListBuckets(world, credentials)).toBe("ExpiredToken");
    await expect(
      sts(world.simulator, { ...credentials }).send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: "ExpiredToken" });
    expect(world.simulator.ledger.snapshot().sessions).toMatchObject([
      {
        kind: "assumedRole",
        name: "deployer/ci",
        creatorArn: `arn:aws:iam::${HOME}:user/bob`,
        expired: true,
      },
    ]);
  });

  test.each([
    ["names the user", trusting("user/bob"), true],
    ["names another user", trusting("user/ada"), false],
    ["names the account, and the user has no policy of its own", trusting("root"), false],
    ["names everyone", trusting("*"), true],
    [
      "names a service",
      { Statement: [{ ...trustStatement(), Principal: { Service: "ec2.amazonaws.com" } }] },
      false,
    ],
    [
      "also denies it",
      {
        Statement: [
          ...trusting("user/bob").Statement,
          { ...trustStatement("root"), Effect: "Deny" },
        ],
      },
      false,
    ],
    [
      "asks for an external id",
      trusting("user/bob", { StringEquals: { "sts:ExternalId": "x1" } }),
      false,
    ],
    [
      "asks for a session name",
      trusting("user/bob", { StringLike: { "sts:RoleSessionName": "c*" } }),
      true,
    ],
  ])("when the trust policy %s", async (_name, trust, allowed) => {
    const { simulator } = await start([role({ trust })]);

    const attempt = assume(simulator, BOB, {});

    if (allowed) {
      await expect(attempt).resolves.toBeDefined();
      return;
    }
    await expect(attempt).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: arn:aws:iam::${HOME}:user/bob is not authorized to perform: sts:AssumeRole on resource: ${arnOf("deployer")}`,
    });
  });

  test("from another account needs the trust policy, the external id and a policy of the caller", async () => {
    const trust = trusting(`arn:aws:iam::${HOME}:root`, {
      StringEquals: { "sts:ExternalId": "x1" },
    });
    const away = { id: AWAY, roles: [role({ trust })] };
    const { simulator } = await start([], [away]);
    const input = { RoleArn: `arn:aws:iam::${AWAY}:role/deployer`, ExternalId: "x1" };

    await expect(assume(simulator, ADA, input)).resolves.toBeDefined();
    await expect(assume(simulator, ADA, { ...input, ExternalId: "x2" })).rejects.toMatchObject(
      DENIED,
    );
    await expect(assume(simulator, BOB, input)).rejects.toMatchObject(DENIED);
  });

  test("refuses a role that does not exist as it refuses one that it may not assume", async () => {
    const { simulator } = await start();

    await expect(assume(simulator, ADA, {})).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test("refuses the root user", async () => {
    const { simulator } = await start([role({ trust: trusting("*") })]);

    await expect(assume(simulator, ROOT, {})).rejects.toThrow(
      "Roles may not be assumed by root accounts.",
    );
  });

  test.each([
    [
      { DurationSeconds: 7200 },
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ],
    [
      { DurationSeconds: 50_000 },
      "1 validation error detected: Value '50000' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
    ],
    [
      { DurationSeconds: 600 },
      "1 validation error detected: Value '600' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      { RoleSessionName: "a b" },
      "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      { RoleSessionName: "a", ExternalId: "x" },
      "2 validation errors detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2; Value 'x' at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [{ RoleArn: "arn:aws:iam::1:role/deployer" }, "arn:aws:iam::1:role/deployer is invalid"],
  ])("refuses %j with AWS's sentence", async (input, message) => {
    const { simulator } = await start([role({ trust: trusting("user/bob") })]);

    await expect(assume(simulator, BOB, input)).rejects.toMatchObject({
      name: "ValidationError",
      message,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("by a role session lasts one hour at most, whatever the role allows", async () => {
    const { simulator } = await start([
      role({ trust: trusting("user/bob"), allows: "sts:*" }),
      { ...role({ trust: trusting("role/deployer") }), name: "second", maxSessionSeconds: 43_200 },
    ]);
    const first = credentialsOf((await assume(simulator, BOB, {})).Credentials);
    const second = { RoleArn: arnOf("second") };

    await expect(
      assume(simulator, first, { ...second, DurationSeconds: 3600 }),
    ).resolves.toBeDefined();
    await expect(assume(simulator, first, { ...second, DurationSeconds: 3601 })).rejects.toThrow(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
  });

  test("may be trusted to one session of a role alone", async () => {
    const session = `arn:aws:sts::${HOME}:assumed-role/deployer/ci`;
    const { simulator } = await start([
      role({ trust: trusting("user/bob") }),
      { ...role({ trust: trusting(session) }), name: "second" },
    ]);
    const ci = credentialsOf((await assume(simulator, BOB, {})).Credentials);
    const other = credentialsOf(
      (await assume(simulator, BOB, { RoleSessionName: "xx" })).Credentials,
    );

    await expect(assume(simulator, ci, { RoleArn: arnOf("second") })).resolves.toBeDefined();
    await expect(assume(simulator, other, { RoleArn: arnOf("second") })).rejects.toMatchObject(
      DENIED,
    );
  });

  test("trusts no namesake of a deleted user", async () => {
    const { simulator } = await start([role({ trust: trusting("user/bob") })]);
    const users = simulator.world.addAccount(HOME).users;
    const bob = users.find("bob");
    if (bob !== undefined) users.remove(bob);
    const again = { accessKeyId: "AKIABOB2", secretAccessKey: "secret" };
    simulator.seed({ accounts: [{ id: HOME, users: [{ name: "bob", accessKeys: [again] }] }] });

    await expect(assume(simulator, again, {})).rejects.toMatchObject(DENIED);
    await expect(assume(simulator, BOB, {})).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
  });

  test("narrows the session by its policies, inline or by ARN, and says how full they are", async () => {
    const world = await start([role({ trust: trusting("user/bob"), allows: "*" })]);
    const draw = async (input: Partial<AssumeRoleCommandInput>) => {
      const answer = await assume(world.simulator, BOB, input);
      expect("PackedPolicySize" in answer).toBe(
        input.Policy !== undefined || input.PolicyArns !== undefined,
      );
      return canListBuckets(world, credentialsOf(answer.Credentials));
    };
    const listing = [{ arn: `arn:aws:iam::${HOME}:policy/list-buckets` }];
    const nothing = [{ arn: "arn:aws:iam::aws:policy/AWSDenyAll" }];

    expect(await draw({})).toBe("yes");
    expect(await draw({ PolicyArns: listing })).toBe("yes");
    expect(await draw({ PolicyArns: [...listing, ...nothing] })).toBe("AccessDenied");
    expect(await draw({ Policy: JSON.stringify(allow("iam:*")) })).toBe("AccessDenied");
    await expect(draw({ Policy: "{" })).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
    });
  });

  test("refuses policies and tags that are too large when packed", async () => {
    const { simulator } = await start([role({ trust: trusting("user/bob") })]);
    const random = Array.from({ length: 50 }, (_, i) => ({
      Key: `key-${i}`,
      Value:
        Array.from({ length: 40 }, (_unused, j) =>
          ((i * 7919 + j * 104_729) % 36).toString(36),
        ).join("") + crypto.randomUUID(),
    }));

    await expect(assume(simulator, BOB, { Tags: random })).rejects.toMatchObject({
      name: "PackedPolicyTooLargeException",
    });
  });

  test("needs the right to tag a session that it tags", async () => {
    const untagged = { Statement: [{ ...trustStatement("user/bob"), Action: "sts:AssumeRole" }] };
    const { simulator } = await start([role({ trust: untagged })]);

    await expect(assume(simulator, BOB, { Tags: [{ Key: "team", Value: "a" }] })).rejects.toThrow(
      "is not authorized to perform: sts:TagSession on resource:",
    );
  });

  test("ends at once for sessions that a later Deny names", async () => {
    const world = await start([role({ trust: trusting("user/bob"), allows: "*" })]);
    const first = await assume(world.simulator, BOB, {});
    const second = await assume(world.simulator, BOB, { RoleSessionName: "cd" });
    const denied = {
      ...allow("*").Statement[0],
      Effect: "Deny",
      Condition: {
        StringEquals: { "aws:userid": first.AssumedRoleUser?.AssumedRoleId },
        DateLessThan: { "aws:TokenIssueTime": new Date(world.clock.now + 1000).toISOString() },
      },
    };
    const revoked = { Version: "2012-10-17", Statement: [denied] };

    world.simulator.seed({
      accounts: [
        {
          id: HOME,
          roles: [{ ...role({ trust: trusting("user/bob") }), inlinePolicies: { revoked } }],
        },
      ],
    });

    expect(await canListBuckets(world, credentialsOf(first.Credentials))).toBe("AccessDenied");
    expect(await canListBuckets(world, credentialsOf(second.Credentials))).toBe("yes");
  });

  test("sees a role of temporary credentials without their session token as unknown", async () => {
    const { simulator } = await start([role({ trust: trusting("user/bob") })]);
    const drawn = credentialsOf((await assume(simulator, BOB, {})).Credentials);
    const bare = { accessKeyId: drawn.accessKeyId, secretAccessKey: drawn.secretAccessKey };

    for (const credentials of [bare, { ...drawn, sessionToken: "other" }]) {
      await expect(
        sts(simulator, credentials).send(new GetCallerIdentityCommand({})),
      ).rejects.toMatchObject({ name: "InvalidClientTokenId", $metadata: { httpStatusCode: 403 } });
    }
  });
});

describe("GetFederationToken", () => {
  const federate = (simulator: AwsSimulator, as: Credentials, input = {}) =>
    sts(simulator, as).send(new GetFederationTokenCommand({ Name: "report", ...input }));

  test("gives the user's rights as far as the policies passed go", async () => {
    const world = await start();
    const { Credentials: drawn, FederatedUser: user } = await federate(world.simulator, ADA, {
      Policy: JSON.stringify(allow("s3:*")),
    });
    const none = await federate(world.simulator, ADA);

    expect(user?.Arn).toBe(`arn:aws:sts::${HOME}:federated-user/report`);
    expect(user?.FederatedUserId).toBe(`${HOME}:report`);
    expect(await canListBuckets(world, credentialsOf(drawn))).toBe("yes");
    expect(await canListBuckets(world, credentialsOf(none.Credentials))).toBe("AccessDenied");
  });

  test("lasts 12 hours unless told otherwise, and one hour at most for a root user", async () => {
    const { simulator, clock } = await start();
    const hours = async (as: Credentials) =>
      ((await federate(simulator, as)).Credentials?.Expiration?.getTime() ?? 0) / HOUR_MS -
      Math.floor(clock.now / 1000) / 3600;

    expect(await hours(ADA)).toBeCloseTo(12, 5);
    expect(await hours(ROOT)).toBeCloseTo(1, 5);
  });

  test("needs long-term credentials and the right to call it", async () => {
    const { simulator } = await start([role({ trust: trusting("user/ada"), allows: "*" })]);
    const session = credentialsOf((await assume(simulator, ADA, {})).Credentials);

    await expect(federate(simulator, session)).rejects.toMatchObject({
      name: "AccessDenied",
      message: "Cannot call GetFederationToken with session credentials",
    });
    await expect(federate(simulator, BOB)).rejects.toThrow(
      `is not authorized to perform: sts:GetFederationToken on resource: arn:aws:sts::${HOME}:federated-user/report because no identity-based policy allows the sts:GetFederationToken action`,
    );
  });
});

describe("GetSessionToken", () => {
  const session = (simulator: AwsSimulator, as: Credentials, input = {}) =>
    sts(simulator, as).send(new GetSessionTokenCommand(input));

  test("keeps who the user is and what it may do", async () => {
    const world = await start();
    const drawn = credentialsOf((await session(world.simulator, ADA)).Credentials);

    const who = await sts(world.simulator, drawn).send(new GetCallerIdentityCommand({}));

    expect(who.Arn).toBe(`arn:aws:iam::${HOME}:user/ada`);
    expect(who.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
    expect(await canListBuckets(world, drawn)).toBe("yes");
  });

  test("opens IAM only when it came with an MFA code", async () => {
    const { simulator } = await start();
    const listUsers = (credentials: Credentials) => {
      const client = new IAMClient({
        endpoint: simulator.url,
        region: "us-east-1",
        credentials,
        maxAttempts: 1,
      });
      running.push({ close: () => client.destroy() });
      return client.send(new ListUsersCommand({}));
    };
    const plain = await session(simulator, ADA);
    const withMfa = await session(simulator, ADA, { SerialNumber: SERIAL, TokenCode: "123456" });

    await expect(listUsers(credentialsOf(plain.Credentials))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
    await expect(listUsers(credentialsOf(withMfa.Credentials))).resolves.toBeDefined();
  });

  test.each([
    [
      { SerialNumber: SERIAL },
      "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
    ],
    [
      { SerialNumber: SERIAL, TokenCode: "654321" },
      "MultiFactorAuthentication failed with invalid MFA one time pass code.",
    ],
    [
      { SerialNumber: `${SERIAL}2`, TokenCode: "123456" },
      "MultiFactorAuthentication failed, unable to validate MFA code.",
    ],
  ])("refuses %j", async (input, message) => {
    const { simulator } = await start();

    await expect(session(simulator, ADA, input)).rejects.toThrow(message);
  });
});

function credentialsOf(
  drawn:
    | {
        AccessKeyId?: string | undefined;
        SecretAccessKey?: string | undefined;
        SessionToken?: string | undefined;
      }
    | undefined,
) {
  return {
    accessKeyId: drawn?.AccessKeyId ?? "",
    secretAccessKey: drawn?.SecretAccessKey ?? "",
    sessionToken: drawn?.SessionToken ?? "",
  };
}

function arnOf(roleName: string): string {
  return `arn:aws:iam::${HOME}:role/${roleName}`;
}

function role({
  trust,
  path = "/",
  allows,
}: {
  trust: object;
  path?: string;
  allows?: string;
}): SeedRole {
  return {
    name: "deployer",
    path,
    trust,
    ...(allows === undefined ? {} : { inlinePolicies: { rights: allow(allows) } }),
  };
}

function trustStatement(principal = "*", condition?: object) {
  const arn = /^(\*|arn:.*)$/.test(principal) ? principal : `arn:aws:iam::${HOME}:${principal}`;
  return {
    Effect: "Allow",
    Principal: { AWS: arn },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

function trusting(principal: string, condition?: object) {
  return { Version: "2012-10-17", Statement: [trustStatement(principal, condition)] };
}

function allow(action: string) {
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] };
}
