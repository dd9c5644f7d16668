import { FLEET_ACCOUNTS, FLEET_EXTERNAL_ID } from "@/lib/aws-simulator/default-fleet";

const { tools, production } = FLEET_ACCOUNTS;

/** What a client signs with its login, so that a login meant for another server is refused. */
export const SERVER_ID = "leasehold.demo";

/** Mounts to enable, by the path that lists them. */
export const MOUNTS = {
  "sys/auth": {
    aws: { type: "aws", description: "workloads, by their AWS identity" },
    userpass: { type: "userpass", description: "operators" },
  },
  "sys/mounts": {
    aws: { type: "aws", description: "credentials of the tools account" },
    "aws-production": { type: "aws", description: "credentials of the production account" },
  },
} as const;

type Documents = readonly (readonly [path: string, document: object])[];

/** Who may log in as what. */
export const AUTH_ROLES: Documents = [
  authRole("ci-runner", `arn:aws:iam::${tools}:role/workload/ci-runner`, "ci"),
  authRole("backup-agent", `arn:aws:iam::${tools}:role/workload/backup-agent`, "backup"),
  // Every workload of the account, also those to come.
  authRole("production", `arn:aws:iam::${production}:role/workload/*`, "orders"),
];

/** Credentials of all four kinds. */
export const SECRETS_ROLES: Documents = [
  [
    "aws/roles/app-readonly",
    assumedRole(tools, "app-readonly", { default_sts_ttl: "15m", max_sts_ttl: "1h" }),
  ],
  [
    "aws/roles/app-deploy",
    assumedRole(tools, "app-deploy", { default_sts_ttl: "30m", max_sts_ttl: "4h" }),
  ],
  ["aws/roles/build-user", iamUser("build-", { iam_groups: ["readers"] })],
  [
    "aws/roles/reports-user",
    iamUser("reports-", {
      policy_arns: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
      permissions_boundary_arn: `arn:aws:iam::${tools}:policy/developer-boundary`,
    }),
  ],
  [
    "aws/roles/ci-upload",
    {
      credential_type: "federation_token",
      policy_document: policyDocument(["s3:List*", "s3:Get*"]),
      default_sts_ttl: "15m",
    },
  ],
  ["aws/roles/backup-session", { credential_type: "session_token", default_sts_ttl: "15m" }],
  [
    "aws-production/roles/orders-data",
    assumedRole(production, "orders-data", {
      default_sts_ttl: "15m",
      external_id: FLEET_EXTERNAL_ID,
    }),
  ],
  [
    "aws-production/roles/incident-admin",
    assumedRole(production, "incident-admin", {
      default_sts_ttl: "1h",
      max_sts_ttl: "12h",
      external_id: FLEET_EXTERNAL_ID,
    }),
  ],
  // Longer than the IAM role allows, so that AWS refuses: MaxSessionDuration is one hour.
  [
    "aws-production/roles/nightly-export",
    assumedRole(production, "orders-data", {
      default_sts_ttl: "2h",
      max_sts_ttl: "4h",
      external_id: FLEET_EXTERNAL_ID,
    }),
  ],
];

function authRole(
  name: string,
  principal: string,
  policy: string,
): readonly [path: string, document: object] {
  return [
    `auth/aws/role/${name}`,
    {
      auth_type: "iam",
      bound_iam_principal_arn: principal,
      // A wildcard cannot be resolved to a unique id.
      ...(principal.endsWith("*") ? {} : { resolve_aws_unique_ids: true }),
      token_policies: policy,
      token_ttl: "5m",
      token_max_ttl: "30m",
    },
  ];
}

function assumedRole(accountId: string, role: string, more: object): object {
  return {
    credential_type: "assumed_role",
    role_arns: [`arn:aws:iam::${accountId}:role/${role}`],
    ...more,
  };
}

function iamUser(prefix: string, more: object): object {
  return { credential_type: "iam_user", user_path: `/leasehold/${prefix}made/`, ...more };
}

function policyDocument(actions: readonly string[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
  });
}
