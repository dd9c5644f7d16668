import { DEFAULT_FLEET, FLEET_ACCOUNTS, FLEET_KEYS } from "@/lib/aws-simulator/default-fleet";
import { type AwsSimulator, startAwsSimulator } from "@/lib/aws-simulator/server";
import type { Credentials } from "@/lib/aws-simulator/sign";
import { apiAt } from "@/lib/demo/api";
import { launch } from "@/lib/demo/machine";
import { seedDemo } from "@/lib/demo/seed";
import { startTestLeasehold, type TestLeasehold } from "@/lib/testing/leasehold";

export const AUTH_ROLE = "clients";
/** One for each kind of credential. */
export const CREDENTIALS = {
  assumed_role: "aws/creds/app-readonly",
  iam_user: "aws/creds/reports-user",
  federation_token: "aws/creds/ci-upload",
  session_token: "aws/creds/backup-session",
} as const;
const POLICY = `
path "aws/creds/*"       { capabilities = ["read"] }
path "aws/roles/*"       { capabilities = ["list"] }
path "sys/leases/revoke" { capabilities = ["update"] }
`;

export type Surroundings = {
  leasehold: TestLeasehold;
  simulator: AwsSimulator;
  /** What the machine that the client runs on has. */
  machine: Credentials;
  stop(): Promise<void>;
};

/** Leasehold and AWS as in the demo, and a machine whose principal may do what clients do. */
export async function startSurroundings(): Promise<Surroundings> {
  const [leasehold, simulator] = await Promise.all([
    startTestLeasehold(),
    startAwsSimulator({ seed: DEFAULT_FLEET }),
  ]);
  const api = apiAt(leasehold.url, leasehold.rootToken);
  await seedDemo(api, simulator.url, { admin: "admin", oncall: "oncall", auditor: "auditor" });
  const roleArn = `arn:aws:iam::${FLEET_ACCOUNTS.tools}:role/workload/ci-runner`;
  await api("PUT sys/policies/acl/clients", { policy: POLICY });
  await api(`PUT auth/aws/role/${AUTH_ROLE}`, {
    auth_type: "iam",
    bound_iam_principal_arn: roleArn,
    token_policies: "clients",
    token_ttl: "10m",
  });
  const machine = await launch(simulator.url, FLEET_KEYS.launcher, {
    roleArn,
    sessionName: "i-0123456789abcdef0",
  });
  return {
    leasehold,
    simulator,
    machine,
    stop: async () => {
      await leasehold.stop();
      await simulator.close();
    },
  };
}
