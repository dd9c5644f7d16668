import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GetGroupPolicyCommand,
  GetInstanceProfileCommand,
  GetLoginProfileCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  ListMFADevicesCommand,
  ListUserPoliciesCommand,
  ListUserTagsCommand,
  paginateListUsers,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, describe, expect, test } from "vitest";
import type { SeedAccount } from "@/lib/aws-simulator/seed";
import { type AwsSimulator, startAwsSimulator } from "@/lib/aws-simulator/server";
import { type Credentials, signedGetHeaders } from "@/lib/aws-simulator/sign";

const ACCOUNT = "111122223333";
const ADMIN = { accessKeyId: "AKIAADMIN", secretAccessKey: "secret-of-admin" };
const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";

const running: { close(): unknown }[] = [];

afterEach(async () => {
  for (const entry of running.splice(0)) await entry.close();
});

async function start(more: Partial<SeedAccount> = {}): Promise<AwsSimulator> {
  const admin = { name: "admin", accessKeys: [ADMIN], inlinePolicies: { all: allow("*") } };
  const simulator = await startAwsSimulator({
    seed: { accounts: [{ id: ACCOUNT, ...more, users: [admin, ...(more.users ?? [])] }] },
  });
  running.push(simulator);
  return simulator;
}

function iam(
  simulator: AwsSimulator,
  credentials: Credentials = ADMIN,
  maxAttempts = 1,
): IAMClient {
  const client = new IAMClient({
    endpoint: simulator.url,
    region: "us-east-1",
    credentials,
    maxAttempts,
  });
  running.push({ close: () => client.destroy() });
  return client;
}

async function listBuckets(simulator: AwsSimulator, credentials: Credentials): Promise<number> {
  const url = new URL("/", simulator.url);
  const headers = signedGetHeaders(url, credentials, { service: "s3", now: Date.now() });
  return (await fetch(url, { headers })).status;
}

async function newKey(client: IAMClient, UserName: string): Promise<Credentials> {
  const { AccessKey: key } = await client.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: key?.AccessKeyId ?? "", secretAccessKey: key?.SecretAccessKey ?? "" };
}

describe("an IAM user", () => {
  test("lives from its creation to its deletion, and so does its key", async () => {
    const simulator = await start({ groups: [{ name: "readers" }] });
    const client = iam(simulator);
    const user = { UserName: "drawn" };
    const created = await client.send(
      new CreateUserCommand({ ...user, Path: "/vault/", Tags: [{ Key: "lease", Value: "1" }] }),
    );
    await client.send(new AttachUserPolicyCommand({ ...user, PolicyArn: S3_READ }));
    await client.send(
      new PutUserPolicyCommand({
        ...user,
        PolicyName: "p",
        PolicyDocument: JSON.stringify(allow("iam:GetUser")),
      }),
    );
    await client.send(new AddUserToGroupCommand({ ...user, GroupName: "readers" }));
    await client.send(new TagUserCommand({ ...user, Tags: [{ Key: "stage", Value: "test" }] }));
    const key = await newKey(client, "drawn");

    expect(created.User).toMatchObject({
      Path: "/vault/",
      Arn: `arn:aws:iam::${ACCOUNT}:user/vault/drawn`,
    });
    expect(created.User?.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
    expect((await iam(simulator, key).send(new GetUserCommand({}))).User?.UserName).toBe("drawn");
    expect(await listBuckets(simulator, key)).toBe(200);
    const policy = await client.send(new GetUserPolicyCommand({ ...user, PolicyName: "p" }));
    expect(JSON.parse(decodeURIComponent(policy.PolicyDocument ?? ""))).toEqual(
      allow("iam:GetUser"),
    );
    expect((await client.send(new ListUserTagsCommand(user))).Tags).toHaveLength(2);
    expect((await client.send(new ListMFADevicesCommand(user))).MFADevices).toEqual([]);
    expect(drawnUser(simulator)).toMatchObject({
      groups: ["readers"],
      attachedPolicies: [S3_READ],
      accessKeys: [{ accessKeyId: key.accessKeyId, works: true }],
    });

    const { Groups: groups } = await client.send(new ListGroupsForUserCommand(user));
    expect(groups?.map((group) => group.GroupName)).toEqual(["readers"]);
    await client.send(new RemoveUserFromGroupCommand({ ...user, GroupName: "readers" }));
    const { AccessKeyMetadata: keys } = await client.send(new ListAccessKeysCommand(user));
    await client.send(new DeleteAccessKeyCommand({ ...user, AccessKeyId: keys?.[0]?.AccessKeyId }));
    expect(await listBuckets(simulator, key)).toBe(403);
    const attached = await client.send(new ListAttachedUserPoliciesCommand(user));
    expect(attached.AttachedPolicies).toEqual([
      { PolicyName: "AmazonS3ReadOnlyAccess", PolicyArn: S3_READ },
    ]);
    await client.send(new DetachUserPolicyCommand({ ...user, PolicyArn: S3_READ }));
    expect((await client.send(new ListUserPoliciesCommand(user))).PolicyNames).toEqual(["p"]);
    await client.send(new DeleteUserPolicyCommand({ ...user, PolicyName: "p" }));
    await client.send(new DeleteUserCommand(user));
    expect(drawnUser(simulator)).toBeUndefined();
  });

  test("is deleted only when nothing hangs on it any more", async () => {
    const simulator = await start({
      groups: [{ name: "readers" }],
      users: [
        {
          name: "drawn",
          groups: ["readers"],
          accessKeys: [{ accessKeyId: "AKIADRAWN", secretAccessKey: "s" }],
          loginProfile: true,
          attachedPolicies: [S3_READ],
        },
      ],
    });
    const client = iam(simulator);
    const attempt = () => client.send(new DeleteUserCommand({ UserName: "drawn" }));
    const conflict = (rest: string) => ({
      name: "DeleteConflictException",
      message: `Cannot delete entity, must ${rest} first.`,
      $metadata: { httpStatusCode: 409 },
    });

    await expect(attempt()).rejects.toMatchObject(conflict("remove users from group"));
    await client.send(new RemoveUserFromGroupCommand({ UserName: "drawn", GroupName: "readers" }));
    await expect(attempt()).rejects.toMatchObject(conflict("delete access keys"));
    await client.send(new DeleteAccessKeyCommand({ UserName: "drawn", AccessKeyId: "AKIADRAWN" }));
    await expect(attempt()).rejects.toMatchObject(conflict("delete login profile"));
    simulator.seed({
      accounts: [{ id: ACCOUNT, users: [{ name: "drawn", loginProfile: false }] }],
    });
    await expect(attempt()).rejects.toMatchObject(conflict("detach all policies"));
    await client.send(new DetachUserPolicyCommand({ UserName: "drawn", PolicyArn: S3_READ }));
    await expect(attempt()).resolves.toBeDefined();
  });

  test("has two access keys at most, and an inactive one does not work", async () => {
    const simulator = await start({ users: [{ name: "drawn", attachedPolicies: [S3_READ] }] });
    const client = iam(simulator);
    const key = await newKey(client, "drawn");
    await newKey(client, "drawn");
    const setStatus = (Status: "Active" | "Inactive") =>
      client.send(
        new UpdateAccessKeyCommand({ UserName: "drawn", AccessKeyId: key.accessKeyId, Status }),
      );

    await expect(newKey(client, "drawn")).rejects.toMatchObject({
      name: "LimitExceededException",
      message: "Cannot exceed quota for AccessKeysPerUser: 2",
    });
    await setStatus("Inactive");
    expect(await listBuckets(simulator, key)).toBe(403);
    await setStatus("Active");
    expect(await listBuckets(simulator, key)).toBe(200);
  });

  test("is limited by its permissions boundary", async () => {
    const boundary = `arn:aws:iam::${ACCOUNT}:policy/only-iam`;
    const simulator = await start({ policies: { "only-iam": allow("iam:*") } });
    const client = iam(simulator);
    await client.send(new CreateUserCommand({ UserName: "drawn", PermissionsBoundary: boundary }));
    await client.send(new AttachUserPolicyCommand({ UserName: "drawn", PolicyArn: S3_READ }));
    const key = await newKey(client, "drawn");

    const { User: user } = await client.send(new GetUserCommand({ UserName: "drawn" }));

    expect(user?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(boundary);
    expect(await listBuckets(simulator, key)).toBe(403);
  });

  test("comes in pages, each once", async () => {
    const users = Array.from({ length: 25 }, (_, i) => ({ name: `user-${i}` }));
    const client = iam(await start({ users }));

    const names: (string | undefined)[] = [];
    for await (const page of paginateListUsers({ client, pageSize: 10 }, {})) {
      names.push(...(page.Users ?? []).map((user) => user.UserName));
    }

    expect(names).toEqual(["admin", ...users.map((user) => user.name)]);
  });
});

describe("IAM refuses", () => {
  const user = { UserName: "nobody" };

  test.each([
    [
      "an unknown user",
      new GetUserCommand(user),
      "NoSuchEntityException",
      "The user with name nobody cannot be found.",
    ],
    [
      "a key of an unknown user",
      new CreateAccessKeyCommand(user),
      "NoSuchEntityException",
      "The user with name nobody cannot be found.",
    ],
    [
      "an unknown key",
      new DeleteAccessKeyCommand({ UserName: "admin", AccessKeyId: "AKIAUNKNOWNUNKNOWN" }),
      "NoSuchEntityException",
      "The Access Key with id AKIAUNKNOWNUNKNOWN cannot be found.",
    ],
    [
      "an unknown role",
      new GetRoleCommand({ RoleName: "nobody" }),
      "NoSuchEntityException",
      "The role with name nobody cannot be found.",
    ],
    [
      "an unknown profile",
      new GetInstanceProfileCommand({ InstanceProfileName: "nobody" }),
      "NoSuchEntityException",
      "Instance Profile nobody cannot be found.",
    ],
    [
      "a password that is not there",
      new GetLoginProfileCommand({ UserName: "admin" }),
      "NoSuchEntityException",
      "Login Profile for User admin cannot be found.",
    ],
    [
      "an unknown group",
      new GetGroupPolicyCommand({ GroupName: "nobody", PolicyName: "p" }),
      "NoSuchEntityException",
      "The group with name nobody cannot be found.",
    ],
    [
      "a name that differs by case alone",
      new CreateUserCommand({ UserName: "Admin" }),
      "EntityAlreadyExistsException",
      "User with name Admin already exists.",
    ],
    [
      "a name with a slash",
      new CreateUserCommand({ UserName: "a/b" }),
      "ValidationError",
      "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
    ],
    [
      "a policy that is none",
      new PutUserPolicyCommand({ UserName: "admin", PolicyName: "p", PolicyDocument: "{}" }),
      "MalformedPolicyDocumentException",
      "Syntax errors in policy.",
    ],
    [
      "a policy that does not exist",
      new AttachUserPolicyCommand({
        UserName: "admin",
        PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/none`,
      }),
      "NoSuchEntityException",
      `Policy arn:aws:iam::${ACCOUNT}:policy/none does not exist or is not attachable.`,
    ],
    [
      "a policy too long",
      new PutUserPolicyCommand({
        UserName: "admin",
        PolicyName: "p",
        PolicyDocument: JSON.stringify(allow(`s3:${"x".repeat(2100)}`)),
      }),
      "LimitExceededException",
      "Maximum policy size of 2048 bytes exceeded for user admin",
    ],
    [
      "a role that trusts nobody who exists",
      new CreateRoleCommand({
        RoleName: "r",
        AssumeRolePolicyDocument: JSON.stringify(trust(`arn:aws:iam::${ACCOUNT}:user/nobody`)),
      }),
      "MalformedPolicyDocumentException",
      `Invalid principal in policy: "AWS":"arn:aws:iam::${ACCOUNT}:user/nobody"`,
    ],
  ])("%s", async (_name, command, name, message) => {
    const client = iam(await start());

    // The commands' types have nothing in common but that the client sends them.
    const attempt = client.send(command as GetUserCommand);

    await expect(attempt).rejects.toMatchObject({ name, message });
  });

  test("what no policy allows, in AWS's sentence", async () => {
    const key = { accessKeyId: "AKIAWEAK", secretAccessKey: "s" };
    const rights = {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "iam:*", Resource: `arn:aws:iam::${ACCOUNT}:user/vault/*` },
      ],
    };
    const weak = { name: "weak", accessKeys: [key], inlinePolicies: { rights } };
    const client = iam(await start({ users: [weak] }), key);

    await expect(client.send(new CreateUserCommand({ UserName: "drawn" }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: arn:aws:iam::${ACCOUNT}:user/weak is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::${ACCOUNT}:user/drawn because no identity-based policy allows the iam:CreateUser action`,
      $metadata: { httpStatusCode: 403 },
    });
    await expect(
      client.send(new CreateUserCommand({ UserName: "drawn", Path: "/vault/" })),
    ).resolves.toBeDefined();
  });
});

describe("roles and policies", () => {
  test("come back as they were made", async () => {
    const client = iam(await start());
    const document = JSON.stringify(trust(`arn:aws:iam::${ACCOUNT}:user/admin`));
    await client.send(
      new CreateRoleCommand({
        RoleName: "deployer",
        Path: "/team/",
        AssumeRolePolicyDocument: document,
        MaxSessionDuration: 7200,
      }),
    );
    const changed = JSON.stringify(trust(`arn:aws:iam::${ACCOUNT}:root`));
    await client.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: "deployer", PolicyDocument: changed }),
    );

    const { Role: role } = await client.send(new GetRoleCommand({ RoleName: "deployer" }));
    const { Policy: policy } = await client.send(
      new CreatePolicyCommand({ PolicyName: "p", PolicyDocument: JSON.stringify(allow("s3:*")) }),
    );
    const version = await client.send(
      new GetPolicyVersionCommand({ PolicyArn: policy?.Arn, VersionId: policy?.DefaultVersionId }),
    );

    expect(role).toMatchObject({
      Arn: `arn:aws:iam::${ACCOUNT}:role/team/deployer`,
      MaxSessionDuration: 7200,
    });
    expect(role?.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/);
    expect(decodeURIComponent(role?.AssumeRolePolicyDocument ?? "")).toBe(changed);
    expect(decodeURIComponent(version.PolicyVersion?.Document ?? "")).toBe(
      JSON.stringify(allow("s3:*")),
    );
  });

  test("an instance profile shows its role", async () => {
    const client = iam(
      await start({
        roles: [{ name: "web", trust: trust(`arn:aws:iam::${ACCOUNT}:root`) }],
        instanceProfiles: [{ name: "web-profile", role: "web" }],
      }),
    );

    const { InstanceProfile: profile } = await client.send(
      new GetInstanceProfileCommand({ InstanceProfileName: "web-profile" }),
    );

    expect(profile?.Roles?.map((role) => role.Arn)).toEqual([`arn:aws:iam::${ACCOUNT}:role/web`]);
  });
});

describe("a fault", () => {
  test("of throttling is what the SDK retries, and is counted", async () => {
    const simulator = await start();
    simulator.faults.set([{ effect: "throttle", service: "iam", action: "CreateUser", times: 1 }]);

    await iam(simulator, ADMIN, 3).send(new CreateUserCommand({ UserName: "drawn" }));

    expect(simulator.ledger.snapshot().calls["iam:CreateUser"]).toEqual({
      total: 2,
      errors: { Throttling: 1 },
    });
  });

  test("that loses the reply leaves the effect behind", async () => {
    const simulator = await start();
    const attempt = () => iam(simulator).send(new CreateUserCommand({ UserName: "drawn" }));

    simulator.faults.set([{ effect: "lostRequest", times: 1 }]);
    await expect(attempt()).rejects.toThrow();
    expect(drawnUser(simulator)).toBeUndefined();

    simulator.faults.set([{ effect: "lostReply", action: "CreateUser", times: 1 }]);
    await expect(attempt()).rejects.toThrow();
    expect(drawnUser(simulator)).toBeDefined();
    await expect(attempt()).rejects.toMatchObject({ name: "EntityAlreadyExistsException" });
  });

  test("of the server has the status and code that it was given", async () => {
    const simulator = await start();
    simulator.faults.set([
      {
        effect: "error",
        status: 503,
        code: "ServiceUnavailable",
        message: "Later.",
        accessKeyId: ADMIN.accessKeyId,
      },
    ]);

    await expect(iam(simulator).send(new GetUserCommand({}))).rejects.toMatchObject({
      name: "ServiceUnavailable",
      $metadata: { httpStatusCode: 503 },
    });
  });

  test("of consistency hides what is new, and keeps what is gone, for a while", async () => {
    const clock = { now: Date.now() };
    const simulator = await startAwsSimulator({
      clock: () => clock.now,
      seed: {
        accounts: [
          {
            id: ACCOUNT,
            users: [{ name: "admin", accessKeys: [ADMIN], inlinePolicies: { all: allow("*") } }],
          },
        ],
      },
    });
    running.push(simulator);
    const client = iam(simulator);
    simulator.faults.set([{ effect: "consistency", ms: 5000, service: "iam" }]);
    await client.send(new CreateUserCommand({ UserName: "drawn" }));
    const getUser = () => client.send(new GetUserCommand({ UserName: "drawn" }));

    await expect(getUser()).rejects.toMatchObject({ name: "NoSuchEntityException" });
    clock.now += 5000;
    await expect(getUser()).resolves.toBeDefined();

    const key = await newKey(client, "drawn");
    const whoAmI = async () => {
      const credentials = { ...key };
      const sts = new STSClient({
        endpoint: simulator.url,
        region: "us-east-1",
        credentials,
        maxAttempts: 1,
      });
      running.push({ close: () => sts.destroy() });
      return (await sts.send(new GetCallerIdentityCommand({}))).Arn;
    };
    await expect(whoAmI()).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    clock.now += 5000;
    await expect(whoAmI()).resolves.toContain("user/drawn");
    await client.send(
      new DeleteAccessKeyCommand({ UserName: "drawn", AccessKeyId: key.accessKeyId }),
    );
    await expect(whoAmI()).resolves.toContain("user/drawn");
    clock.now += 5000;
    await expect(whoAmI()).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });
});

describe("steering by HTTP", () => {
  const steer = async (simulator: AwsSimulator, method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(`${simulator.url}/_simulator/${path}`, init);
    const json: unknown = await answer.json();
    return { status: answer.status, body: json };
  };

  test("seeds the same twice without a change", async () => {
    const simulator = await start();
    const seed = {
      accounts: [
        {
          id: "444455556666",
          roles: [
            {
              name: "reader",
              trust: trust(`arn:aws:iam::${ACCOUNT}:user/admin`),
              maxSessionSeconds: 7200,
            },
          ],
          users: [{ name: "ada", accessKeys: [{ accessKeyId: "AKIAADA", secretAccessKey: "s" }] }],
        },
      ],
    };

    const first = await steer(simulator, "POST", "seed", seed);
    const before = simulator.ledger.snapshot().accounts;
    const second = await steer(simulator, "POST", "seed", seed);

    expect(first).toEqual({ status: 200, body: { accounts: [ACCOUNT, "444455556666"] } });
    expect(second).toEqual(first);
    expect(simulator.ledger.snapshot().accounts).toEqual(before);
  });

  test("sets faults and the clock, and takes them back", async () => {
    const simulator = await start();
    const rules = [{ effect: "throttle", service: "iam", times: 2 }];

    const set = await steer(simulator, "POST", "faults", { rules, clockOffsetMs: 3_600_000 });
    const client = new STSClient({
      endpoint: simulator.url,
      region: "us-east-1",
      credentials: ADMIN,
      maxAttempts: 1,
    });
    running.push({ close: () => client.destroy() });
    await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toThrow(
      "Signature expired",
    );
    const cleared = await steer(simulator, "DELETE", "faults");

    expect(set.body).toEqual({ rules, clockOffsetMs: 3_600_000 });
    expect(cleared.body).toEqual({ rules: [], clockOffsetMs: 0 });
    await expect(iam(simulator).send(new GetUserCommand({}))).resolves.toBeDefined();
  });

  test("shows the ledger and the latest calls", async () => {
    const simulator = await start();
    await iam(simulator).send(new GetUserCommand({}));

    const ledger = await steer(simulator, "GET", "ledger");
    const calls = await steer(simulator, "GET", "calls");

    expect(ledger.body).toMatchObject({
      accounts: { [ACCOUNT]: { users: [{ name: "admin", accessKeys: [{ works: true }] }] } },
      calls: { "iam:GetUser": { total: 1, errors: {} } },
    });
    expect(calls.body).toMatchObject({
      calls: [{ action: "GetUser", callerArn: `arn:aws:iam::${ACCOUNT}:user/admin`, code: null }],
    });
  });

  test.each([
    ["seed", { accounts: [{ id: "1" }] }, "1 is not an account id of 12 digits"],
    ["seed", { accounts: [{ id: ACCOUNT, user: [] }] }, "seed.accounts[0].user is not known"],
    [
      "seed",
      { accounts: [{ id: ACCOUNT, users: [{}] }] },
      "seed.accounts[0].users[0].name must be a string",
    ],
    [
      "faults",
      { rules: [{ effect: "fire" }] },
      "rules.effect must be latency, throttle, error, lostRequest, lostReply or consistency",
    ],
  ])("refuses a wrong %s: %j", async (path, body, error) => {
    const answer = await steer(await start(), "POST", path, body);

    expect(answer).toEqual({ status: 400, body: { error } });
  });
});

function drawnUser(simulator: AwsSimulator) {
  return simulator.ledger.snapshot().accounts[ACCOUNT]?.users.find((user) => user.name === "drawn");
}

function allow(action: string) {
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] };
}

function trust(principal: string) {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: principal }, Action: "sts:AssumeRole" }],
  };
}
