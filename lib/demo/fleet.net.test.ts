import { z } from "zod";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DEFAULT_FLEET } from "@/lib/aws-simulator/default-fleet";
import { type AwsSimulator, startAwsSimulator } from "@/lib/aws-simulator/server";
import { apiAt } from "@/lib/demo/api";
import { startFleet } from "@/lib/demo/fleet";
import { seedDemo } from "@/lib/demo/seed";
import { startTestLeasehold, type TestLeasehold } from "@/lib/testing/leasehold";

const PASSWORDS = { admin: "admin-password", oncall: "oncall-password", auditor: "auditor-pass" };
const WAIT_MS = 20_000;
const Login = z.object({ auth: z.object({ client_token: z.string() }) });

let simulator: AwsSimulator;
let leasehold: TestLeasehold;
beforeAll(async () => {
  [simulator, leasehold] = await Promise.all([
    startAwsSimulator({ seed: DEFAULT_FLEET }),
    startTestLeasehold(),
  ]);
});
afterAll(async () => {
  await leasehold.stop();
  await simulator.close();
});

test("the installation is filled in, and a second start leaves alone what operators changed", async () => {
  const api = apiAt(leasehold.url, leasehold.rootToken);
  await seedDemo(api, simulator.url, PASSWORDS);
  await api("PUT sys/policies/acl/ci", { policy: 'path "changed" { capabilities = ["read"] }' });

  await seedDemo(api, simulator.url, PASSWORDS);

  expect(await api("GET sys/policies/acl/ci")).toMatchObject({
    data: { policy: 'path "changed" { capabilities = ["read"] }' },
  });
  await api("DELETE sys/policies/acl/ci");
  await seedDemo(api, simulator.url, PASSWORDS);
});

test.each([
  ["admin", "sys/policies/acl/ci", "aws/creds/app-readonly"],
  ["auditor", "sys/policies/acl/ci", null],
  ["oncall", "sys/leases/count?type=irrevocable", null],
] as const)(
  "the operator %s signs in and may do what the policy says",
  async (name, may, secret) => {
    const login = await apiAt(leasehold.url)(`PUT auth/userpass/login/${name}`, {
      password: PASSWORDS[name],
    });
    const { auth } = Login.parse(login);
    const api = apiAt(leasehold.url, auth.client_token);

    await expect(api(`GET ${may}`)).resolves.toBeDefined();
    if (secret === null) {
      await expect(api("GET aws/creds/app-readonly")).rejects.toMatchObject({ status: 403 });
    } else {
      await expect(api(`GET ${secret}`)).resolves.toBeDefined();
    }
  },
);

test("machines log in, draw, use, renew and revoke; some are refused; all stop when told to", async () => {
  const failures: unknown[] = [];
  const fleet = startFleet({
    url: leasehold.url,
    simulatorUrl: simulator.url,
    report: (_machine, error) => failures.push(error),
    pace: 40,
  });

  await vi.waitFor(
    () =>
      expect(fleet.counts()).toMatchObject({
        login: expect.any(Number) as number,
        loginRefused: expect.any(Number) as number,
        drawn: expect.any(Number) as number,
        drawRefused: expect.any(Number) as number,
        used: expect.any(Number) as number,
        leaseRenewed: expect.any(Number) as number,
        tokenRevoked: expect.any(Number) as number,
      }),
    WAIT_MS,
  );
  await fleet.stop();

  expect(failures).toEqual([]);
  expect(fleet.counts()).not.toHaveProperty("useRefused");
  expect(fleet.counts()).not.toHaveProperty("interrupted");
});
