import { askAll } from "@/bench/rig/api";
import type { Credentials } from "@/lib/aws-simulator/sign";

export const ACCOUNT = "111122223333";
export const ROOT_TOKEN = "campaign-root-token";
export const AUTH_ROLE = "app";
/** Users that the campaign itself has put into the account; all others are Leasehold's. */
export const OWN_USERS = /^(leasehold|workload-\d+)$/;

const SERVER_KEY = { accessKeyId: "AKIACAMPAIGNLEASEHLD", secretAccessKey: "campaign/leasehold" };
const ALLOW_ALL = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};
const TRUST_ACCOUNT = {
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: "sts:AssumeRole",
  },
};
const POLICY = `
path "aws/*" { capabilities = ["read", "update"] }
path "aws-brief/*" { capabilities = ["read", "update"] }
path "sys/leases/*" { capabilities = ["update"] }
`;

/** The key that the workload of this number signs its logins with. */
export function workloadKey(number: number): Credentials {
  return {
    accessKeyId: `AKIAWORKLOAD${String(number).padStart(8, "0")}`,
    secretAccessKey: `campaign/workload/${number}`,
  };
}

/** Fills the simulator's account: Leasehold's own user, the workloads, a role to assume. */
export async function seedAws(simulatorUrl: string, workloads: number): Promise<void> {
  const users = Array.from({ length: workloads }, (_, number) => ({
    name: `workload-${number}`,
    accessKeys: [workloadKey(number)],
  }));
  const seed = {
    accounts: [
      {
        id: ACCOUNT,
        groups: [{ name: "readers" }],
        users: [
          { name: "leasehold", accessKeys: [SERVER_KEY], inlinePolicies: { all: ALLOW_ALL } },
          ...users,
        ],
        roles: [{ name: "target", trust: TRUST_ACCOUNT, inlinePolicies: { all: ALLOW_ALL } }],
      },
    ],
  };
  const response = await fetch(`${simulatorUrl}/_simulator/seed`, {
    method: "POST",
    body: JSON.stringify(seed),
  });
  if (!response.ok) throw new Error(`the simulator took no seed: ${await response.text()}`);
}

/** One auth mount; one secrets mount whose users live an hour, one whose users live seconds. */
export async function configure(url: string, simulatorUrl: string): Promise<void> {
  const access = {
    access_key: SERVER_KEY.accessKeyId,
    secret_key: SERVER_KEY.secretAccessKey,
    iam_endpoint: simulatorUrl,
    sts_endpoint: simulatorUrl,
  };
  const userRole = {
    credential_type: "iam_user",
    policy_document: JSON.stringify(ALLOW_ALL),
    iam_groups: ["readers"],
  };
  const targetRole = {
    credential_type: "assumed_role",
    role_arns: [`arn:aws:iam::${ACCOUNT}:role/target`],
    default_sts_ttl: "1h",
  };
  await askAll(url, ROOT_TOKEN, [
    ["PUT sys/policies/acl/campaign", { policy: POLICY }],
    ["POST sys/auth/aws", { type: "aws" }],
    ["PUT auth/aws/config/client", access],
    [
      `PUT auth/aws/role/${AUTH_ROLE}`,
      {
        auth_type: "iam",
        bound_iam_principal_arn: `arn:aws:iam::${ACCOUNT}:user/workload-*`,
        resolve_aws_unique_ids: false,
        token_policies: "campaign",
        token_ttl: "4h",
        token_max_ttl: "8h",
      },
    ],
    ...mount("aws", "4h"),
    ...mount("aws-brief", "15s"),
    ["PUT aws/roles/target", targetRole],
  ]);

  function mount(path: string, lease: string): [string, unknown][] {
    return [
      [`POST sys/mounts/${path}`, { type: "aws" }],
      [`PUT ${path}/config/root`, { ...access, region: "us-east-1" }],
      [`PUT ${path}/config/lease`, { lease, lease_max: "8h" }],
      [`PUT ${path}/roles/user`, userRole],
    ];
  }
}
