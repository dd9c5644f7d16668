import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { awsIdentities } from "@/lib/aws/auth-identity";
import { AwsClients } from "@/lib/aws/client";
import { endpointGuard } from "@/lib/aws/endpoint-guard";
import { startAwsSimulator, type AwsSimulator } from "@/lib/aws-simulator/server";
import type { AccountAccess } from "@/lib/engine/aws-auth/ports";
import { Secret } from "@/lib/engine/secret";

const OWN = "111111111111";
const FOREIGN = "222222222222";
const KEY = { accessKeyId: "AKIASERVERSERVERSERV", secretAccessKey: "server-secret" };
const ALLOW_ALL = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};

let simulator: AwsSimulator;
let clients: AwsClients;
let generation = 0;

beforeAll(async () => {
  const all = { inlinePolicies: { all: ALLOW_ALL } };
  const trust = {
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${OWN}:user/server` },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": "ex-1" } },
    },
  };
  simulator = await startAwsSimulator({
    seed: {
      accounts: [
        { id: OWN, users: [{ name: "server", accessKeys: [KEY], ...all }] },
        {
          id: FOREIGN,
          users: [{ name: "bob", path: "/team/" }],
          roles: [{ name: "vault", trust, ...all }],
        },
      ],
    },
  });
  clients = new AwsClients({ guard: endpointGuard({ localAws: true }), ambientAws: false });
});

afterAll(async () => {
  clients.close();
  await simulator.close();
});

function access(more: Partial<AccountAccess> = {}): AccountAccess {
  generation += 1;
  return {
    origin: `mount/${generation}`,
    keys: { accessKey: KEY.accessKeyId, secretKey: new Secret(KEY.secretAccessKey) },
    keyMadeAt: null,
    region: "us-east-1",
    stsRegion: "us-east-1",
    iamEndpoint: simulator.url,
    stsEndpoint: simulator.url,
    ec2Endpoint: simulator.url,
    maxRetries: 0,
    partition: "aws",
    account: OWN,
    assume: null,
    ...more,
  };
}

function throughRole(externalId: string): AccountAccess {
  const assume = { roleArn: `arn:aws:iam::${FOREIGN}:role/vault`, externalId };
  const own = access();
  return { ...own, origin: `${own.origin}/${FOREIGN}/g`, account: FOREIGN, assume };
}

test("the own account is asked for once in each configuration", async () => {
  const identities = awsIdentities(clients);
  const [one, other] = [access(), access()];

  expect(await identities.ownAccount(one)).toEqual({ account: OWN, remembered: false });
  expect(await identities.ownAccount(one)).toEqual({ account: OWN, remembered: true });
  expect(await identities.ownAccount(other)).toEqual({ account: OWN, remembered: false });
});

test("A143 a foreign account is looked at through its role, which is assumed once", async () => {
  const identities = awsIdentities(clients);
  const through = throughRole("ex-1");
  const before = simulator.world.sessions.size;

  const first = await (await identities.openIam(through)).user("bob");
  const second = await (await identities.openIam(through)).user("bob");

  expect(first.arn).toBe(`arn:aws:iam::${FOREIGN}:user/team/bob`);
  expect(second).toEqual(first);
  expect(simulator.world.sessions.size - before).toBe(1);
});

test("T47 a role that may not be assumed gives no look-up", async () => {
  const identities = awsIdentities(clients);

  await expect(identities.openIam(throughRole("wrong"))).rejects.toThrow(/^AccessDenied: /);
  await expect((await identities.openIam(access())).user("bob")).rejects.toThrow(/^NoSuchEntity: /);
});

test("what was remembered belongs to one configuration, account and partition", () => {
  const identities = awsIdentities(clients);
  const here = access();
  identities.rememberArn(here, "AIDA", "arn");

  expect(identities.recallArn(here, "AIDA")).toBe("arn");
  expect(identities.recallArn({ ...here, account: FOREIGN }, "AIDA")).toBeNull();
  expect(identities.recallArn({ ...here, partition: "aws-cn" }, "AIDA")).toBeNull();
  expect(identities.recallArn({ ...here, origin: "mount/other" }, "AIDA")).toBeNull();
  expect(identities.recallArn(here, "AROA")).toBeNull();
});

test("A321 an instance is described in its own words", async () => {
  const body = `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><imageId>ami-1</imageId><instanceState><code>16</code><name>running</name></instanceState><privateDnsName>ip-1.ec2.internal</privateDnsName><vpcId>vpc-1</vpcId></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`;
  let asked = "";
  const server = createServer((request, response) => {
    request.on("data", (chunk: Buffer) => {
      asked += chunk.toString();
    });
    request.on("end", () => response.writeHead(200, { "content-type": "text/xml" }).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  const found = await awsIdentities(clients).describeInstance(
    access({ ec2Endpoint: `http://127.0.0.1:${port}` }),
    "eu-west-1",
    "i-1",
  );
  server.close();

  expect(asked).toContain("InstanceId.1=i-1");
  expect(found).toEqual([
    [
      {
        instanceId: "i-1",
        state: "running",
        imageId: "ami-1",
        subnetId: null,
        vpcId: "vpc-1",
        instanceProfileArn: null,
        privateDnsName: "ip-1.ec2.internal",
      },
    ],
  ]);
});
