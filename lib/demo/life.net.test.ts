import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { DEFAULT_FLEET } from "@/lib/aws-simulator/default-fleet";
import { type AwsSimulator, startAwsSimulator } from "@/lib/aws-simulator/server";
import { type Api, apiAt } from "@/lib/demo/api";
import { liveThrough } from "@/lib/demo/life";
import { seedDemo } from "@/lib/demo/seed";
import { startTestLeasehold, type TestLeasehold } from "@/lib/testing/leasehold";

const PASSWORDS = { admin: "admin-password", oncall: "oncall-password", auditor: "auditor-pass" };
const WAIT = { timeout: 20_000, interval: 200 };

let simulator: AwsSimulator;
let leasehold: TestLeasehold;
let api: Api;
beforeAll(async () => {
  [simulator, leasehold] = await Promise.all([
    startAwsSimulator({ seed: DEFAULT_FLEET }),
    startTestLeasehold(),
  ]);
  api = apiAt(leasehold.url, leasehold.rootToken);
  await seedDemo(api, simulator.url, PASSWORDS);
});
afterAll(async () => {
  await leasehold.stop();
  await simulator.close();
});

const Found = z.object({ data: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))) });

async function list(path: string, name: string): Promise<Record<string, unknown>[]> {
  const answer = z
    .object({ data: z.record(z.string(), z.unknown()) })
    .parse(await api(`GET ${path}`));
  return Found.parse({ data: { [name]: answer.data[name] } }).data[name] ?? [];
}

test("operators have changed, refused, ended and kept something, once however often it starts", async () => {
  const options = { url: leasehold.url, api, simulatorUrl: simulator.url, passwords: PASSWORDS };
  await liveThrough(options);
  await liveThrough(options);

  await vi.waitFor(async () => {
    expect(await list("sys/leasehold/jobs", "jobs")).toMatchObject([{ state: "done", done: 3 }]);
    const due = await list("sys/leasehold/leases?state=revoking", "leases");
    expect(due).toMatchObject([{ role: "build-user" }]);
    expect(due[0]?.["last_error"]).toContain("login profile");
  }, WAIT);
  const changes = await list("sys/leasehold/history", "changes");
  const who = new Set(changes.map(({ changed_by: name }) => name));
  expect([...who]).toEqual(expect.arrayContaining(["root", "userpass-admin", "approle"]));
  const refused = await list(
    "sys/leasehold/audit?path=auth/&operation=update&outcome=refused",
    "entries",
  );
  expect(refused).toHaveLength(5);
  expect(new Set(refused.map(({ error }) => error)).size).toBeGreaterThanOrEqual(3);
  expect(await list("sys/leasehold/views", "views")).toMatchObject([
    { shared: true },
    { shared: true },
  ]);
});
