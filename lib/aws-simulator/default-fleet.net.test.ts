import { CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_FLEET, FLEET_KEYS } from "@/lib/aws-simulator/default-fleet";
import { type AwsSimulator, startAwsSimulator } from "@/lib/aws-simulator/server";
import type { Credentials } from "@/lib/aws-simulator/sign";

let simulator: AwsSimulator;

beforeAll(async () => {
  simulator = await startAwsSimulator({ seed: DEFAULT_FLEET });
});

afterAll(() => simulator.close());

function options(credentials: Credentials) {
  return { endpoint: simulator.url, region: "us-east-1", credentials, maxAttempts: 1 };
}

function assume(credentials: Credentials, RoleArn: string, ExternalId?: string) {
  return new STSClient(options(credentials)).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: "i-0abc", ExternalId }),
  );
}

test.each([
  ["a workload of the tools account", FLEET_KEYS.launcher, "111122223333", "ci-runner"],
  ["a workload of production", FLEET_KEYS.productionLauncher, "444455556666", "orders-api"],
])("the fleet's launcher starts %s", async (_name, launcher, account, name) => {
  const { Credentials: drawn } = await assume(
    launcher,
    `arn:aws:iam::${account}:role/workload/${name}`,
  );
  const workload = new STSClient(
    options({
      accessKeyId: drawn?.AccessKeyId ?? "",
      secretAccessKey: drawn?.SecretAccessKey ?? "",
      sessionToken: drawn?.SessionToken ?? "",
    }),
  );

  const who = await workload.send(new GetCallerIdentityCommand({}));

  expect(who.Arn).toBe(`arn:aws:sts::${account}:assumed-role/${name}/i-0abc`);
});

test("Leasehold's user may hand out roles, federated users and IAM users", async () => {
  const keys = FLEET_KEYS.leasehold;
  const away = "arn:aws:iam::444455556666:role/incident-admin";

  await expect(assume(keys, "arn:aws:iam::111122223333:role/app-readonly")).resolves.toBeDefined();
  await expect(assume(keys, away, "leasehold-demo")).resolves.toBeDefined();
  await expect(assume(keys, away)).rejects.toMatchObject({ name: "AccessDenied" });
  await expect(
    new STSClient(options(keys)).send(new GetFederationTokenCommand({ Name: "vault-report" })),
  ).resolves.toBeDefined();
  await expect(
    new IAMClient(options(keys)).send(new CreateUserCommand({ UserName: "vault-drawn" })),
  ).resolves.toBeDefined();
});
