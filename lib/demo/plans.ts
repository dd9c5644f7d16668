import { FLEET_ACCOUNTS, FLEET_KEYS } from "@/lib/aws-simulator/default-fleet";
import type { Credentials } from "@/lib/aws-simulator/sign";
import { SERVER_ID } from "@/lib/demo/configuration";

/** What a machine of the fleet does, round after round. */
export type Plan = {
  /** Also the name of its AWS session. */
  name: string;
  launcher: Credentials;
  roleArn: string;
  /** The auth role it logs in for. */
  authRole: string;
  serverId: string;
  /** Paths of credentials, one a round, in turn. */
  draws: readonly string[];
  /** What it does in the round after: ends its token, renews the lease, or lets it expire. */
  then: "revoke" | "renew" | "leave";
  roundSeconds: number;
};

const tools = (role: string) => ({
  launcher: FLEET_KEYS.launcher,
  roleArn: `arn:aws:iam::${FLEET_ACCOUNTS.tools}:role/workload/${role}`,
  serverId: SERVER_ID,
});
const production = (role: string) => ({
  launcher: FLEET_KEYS.productionLauncher,
  roleArn: `arn:aws:iam::${FLEET_ACCOUNTS.production}:role/workload/${role}`,
  serverId: SERVER_ID,
});

/** Some two requests a second together: enough to watch, little for a laptop. */
export const PLANS: readonly Plan[] = [
  {
    ...tools("ci-runner"),
    name: "ci-runner-1",
    authRole: "ci-runner",
    draws: ["aws/creds/build-user", "aws/creds/ci-upload", "aws/creds/app-deploy"],
    then: "revoke",
    roundSeconds: 15,
  },
  {
    ...production("orders-api"),
    name: "orders-api-1",
    authRole: "production",
    draws: ["aws-production/creds/orders-data"],
    then: "leave",
    roundSeconds: 20,
  },
  // Its IAM users live two minutes: they are seen to expire.
  {
    ...production("payments-api"),
    name: "payments-api-1",
    authRole: "production",
    draws: ["aws/creds/reports-user"],
    then: "leave",
    roundSeconds: 30,
  },
  {
    ...production("payments-api"),
    name: "payments-api-2",
    authRole: "production",
    draws: ["aws/creds/reports-user", "aws-production/creds/orders-data"],
    then: "renew",
    roundSeconds: 40,
  },
  {
    ...tools("backup-agent"),
    name: "backup-agent-1",
    authRole: "backup-agent",
    draws: ["aws/creds/app-readonly", "aws/creds/backup-session"],
    then: "leave",
    roundSeconds: 30,
  },
  // Refused: its login is meant for another server.
  {
    ...tools("backup-agent"),
    name: "backup-agent-misconfigured",
    authRole: "backup-agent",
    serverId: "leasehold.staging",
    draws: [],
    then: "leave",
    roundSeconds: 45,
  },
  // Refused: its principal is not bound.
  {
    ...tools("intruder"),
    name: "intruder-1",
    authRole: "ci-runner",
    draws: [],
    then: "leave",
    roundSeconds: 60,
  },
  // Refused by AWS: asks for longer sessions than the IAM role allows.
  {
    ...production("orders-api"),
    name: "nightly-export",
    authRole: "production",
    draws: ["aws-production/creds/nightly-export"],
    then: "leave",
    roundSeconds: 50,
  },
];
