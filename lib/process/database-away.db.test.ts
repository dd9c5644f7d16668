import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { verifyChain } from "@/lib/postgres/verify-chain";
import { startDatabaseProxy, type DatabaseProxy } from "@/lib/testing/database-proxy";
import { newWorld, type Instance, type Said, type World } from "@/lib/testing/world";

const ACCOUNT = "111122223333";
const ROOT_KEY = { accessKeyId: "AKIAROOTROOTROOT0001", secretAccessKey: "secret-of-root" };
/** What a caller waits at most when the database is away. */
const ANSWER_MS_MAX = 5_000;

let world: World;
let proxy: DatabaseProxy;
/** The one that loses its database. */
let cut: Instance;

beforeAll(async () => {
  world = await newWorld();
  proxy = await startDatabaseProxy(world.url);
  cut = await world.secondInstance({ DATABASE_URL: proxy.url });
  world.simulator.seed({
    accounts: [
      {
        id: ACCOUNT,
        users: [
          {
            name: "root",
            accessKeys: [ROOT_KEY],
            inlinePolicies: {
              all: {
                Version: "2012-10-17",
                Statement: { Effect: "Allow", Action: "*", Resource: "*" },
              },
            },
          },
        ],
      },
    ],
  });
  await world.ask("POST sys/mounts/aws", { type: "aws" });
  await world.ask("PUT aws/config/root", {
    access_key: ROOT_KEY.accessKeyId,
    secret_key: ROOT_KEY.secretAccessKey,
    region: "us-east-1",
    iam_endpoint: world.simulator.url,
    sts_endpoint: world.simulator.url,
    max_retries: 0,
  });
  await world.ask("PUT aws/roles/user", {
    credential_type: "iam_user",
    policy_arns: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
  });
});

afterAll(async () => {
  await world.close();
  await proxy.close();
});

afterEach(() => {
  proxy.refuse(false);
  proxy.cuts.splice(0);
});

function cutOff(): void {
  proxy.refuse(true);
  proxy.cutAll();
}

const REQUESTS = [
  "GET auth/token/lookup-self",
  "GET aws/creds/user",
  "GET sys/mounts",
  "PUT cubbyhole/a",
  "POST auth/token/create",
] as const;

function askAll(): Promise<Said[]> {
  return Promise.all(REQUESTS.map((request) => cut.ask(request, { ttl: "1h" })));
}

test("T162 with the database away everything is answered 503 in time, AWS is asked for nothing, and then it goes on", async () => {
  expect((await askAll()).map(({ status }) => status)).toEqual([200, 200, 200, 204, 200]);
  world.simulator.ledger.forgetCalls();

  cutOff();
  const beganAt = performance.now();
  const away = await askAll();
  const tookMs = performance.now() - beganAt;
  proxy.refuse(false);
  const back = await askAll();

  expect(away.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
  expect(tookMs).toBeLessThan(ANSWER_MS_MAX);
  expect(back.map(({ status }) => status)).toEqual([200, 200, 200, 204, 200]);
  expect(world.simulator.ledger.callsOf("iam:CreateUser")).toBe(1);
  expect((await verifyChain(world.pool)).defects).toEqual([]);
});

test("T170 an instance that is cut from the database begins nothing at AWS, and what it had begun is undone by another", async () => {
  world.simulator.ledger.forgetCalls();
  world.simulator.faults.set([{ action: "CreateAccessKey", effect: "latency", ms: 300 }]);
  const leases = await world.countRows("lease");

  const pending = cut.ask("GET aws/creds/user");
  await expect.poll(() => world.simulator.ledger.callsOf("iam:CreateUser")).toBe(1);
  cutOff();
  const said = await pending;
  const later = await cut.ask("GET aws/creds/user");

  expect([said.status, later.status]).toEqual([503, 503]);
  expect(world.simulator.ledger.callsOf("iam:CreateUser")).toBe(1);
  expect(await world.countRows("lease")).toBe(leases);
  await world.pool.query(
    "update intent set locked_until = now(), next_attempt_at = now(), opened_at = now() - interval '10 minutes'",
  );
  await world.worker.undoLapsedIntents();
  expect(await world.countRows("intent")).toBe(0);
  expect(world.simulator.ledger.callsOf("iam:DeleteUser")).toBe(1);
  world.simulator.faults.set([]);
});

test("T166 connections that are reset in the middle of requests double nothing and hang nothing", async () => {
  const before = await world.countRows("token");
  const made: string[] = [];

  for (let round = 0; round < 6; round += 1) {
    proxy.cuts.push(
      { direction: "request", marker: "insert_audit_rows" },
      { direction: "reply", marker: "COMMIT\0" },
      { direction: "request", marker: "grant_tokens" },
    );
    const said = await Promise.all(
      Array.from({ length: 8 }, () => cut.ask("POST auth/token/create", { ttl: "1h" })),
    );
    for (const { status } of said) {
      expect([200, 503]).toContain(status);
      if (status === 200) made.push("one");
    }
    proxy.cuts.splice(0);
  }

  expect(await world.countRows("token")).toBe(before + made.length);
  expect(made.length).toBeGreaterThan(0);
  expect((await verifyChain(world.pool)).defects).toEqual([]);
});

test("a worker without its database fails its steps, and does them when it is back", async () => {
  const { accessor } = await world.newToken();
  await world.expireToken(accessor);
  cutOff();

  await expect(cut.worker.expireTokens()).rejects.toThrow();
  proxy.refuse(false);
  await cut.worker.expireTokens();

  expect(await world.countRows("token", `accessor = '${accessor}'`)).toBe(0);
});
