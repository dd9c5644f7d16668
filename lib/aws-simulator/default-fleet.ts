import type { Seed, SeedRole } from "@/lib/aws-simulator/seed";

const TOOLS_ACCOUNT = "111122223333";
const PRODUCTION_ACCOUNT = "444455556666";

export const FLEET_ACCOUNTS = { tools: TOOLS_ACCOUNT, production: PRODUCTION_ACCOUNT } as const;

/** The long-term keys of the default fleet. They open nothing but this simulator. */
export const FLEET_KEYS = {
  /** The IAM user whose credentials the secrets engine holds. */
  leasehold: {
    accessKeyId: "AKIAIOSFODNNLEASEHLD",
    secretAccessKey: "simulated/secret/of/leasehold/0000000000",
  },
  /** Stands for the machines: may assume every workload role of its account. */
  launcher: {
    accessKeyId: "AKIAIOSFODNNLAUNCHER",
    secretAccessKey: "simulated/secret/of/launcher/00000000000",
  },
  /** The same in the production account. */
  productionLauncher: {
    accessKeyId: "AKIAIOSFODNNPRODLNCH",
    secretAccessKey: "simulated/secret/of/prod-launcher/000000",
  },
} as const;

/** What the roles of the production account that Leasehold assumes demand. */
export const FLEET_EXTERNAL_ID = "leasehold-demo";

const ASSUMABLE_BY_LEASEHOLD = `arn:aws:iam::${TOOLS_ACCOUNT}:user/leasehold`;

/** Two accounts: tools, where Leasehold's own credentials live, and production. */
export const DEFAULT_FLEET: Seed = {
  accounts: [
    {
      id: TOOLS_ACCOUNT,
      buckets: ["tools-artifacts", "tools-logs"],
      policies: {
        "developer-boundary": policy(["s3:*", "iam:Get*", "iam:List*"], "*"),
      },
      groups: [
        { name: "readers", attachedPolicies: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"] },
      ],
      users: [
        {
          name: "leasehold",
          accessKeys: [FLEET_KEYS.leasehold],
          inlinePolicies: { leasehold: leaseholdPolicy() },
        },
        {
          name: "launcher",
          accessKeys: [FLEET_KEYS.launcher],
          inlinePolicies: { launch: launchPolicy(TOOLS_ACCOUNT) },
        },
      ],
      roles: [
        workloadRole(TOOLS_ACCOUNT, "ci-runner"),
        workloadRole(TOOLS_ACCOUNT, "backup-agent"),
        workloadRole(TOOLS_ACCOUNT, "intruder"),
        targetRole({ name: "app-readonly", actions: ["s3:Get*", "s3:List*"] }),
        targetRole({ name: "app-deploy", actions: ["s3:*"], maxSessionSeconds: 14_400 }),
      ],
      instanceProfiles: [{ name: "ci-runner", role: "ci-runner" }],
    },
    {
      id: PRODUCTION_ACCOUNT,
      buckets: ["production-orders", "production-invoices"],
      users: [
        {
          name: "launcher",
          accessKeys: [FLEET_KEYS.productionLauncher],
          inlinePolicies: { launch: launchPolicy(PRODUCTION_ACCOUNT) },
        },
      ],
      roles: [
        workloadRole(PRODUCTION_ACCOUNT, "orders-api"),
        workloadRole(PRODUCTION_ACCOUNT, "payments-api"),
        targetRole({
          name: "orders-data",
          actions: ["s3:Get*", "s3:List*"],
          externalId: FLEET_EXTERNAL_ID,
        }),
        targetRole({
          name: "incident-admin",
          actions: ["*"],
          externalId: FLEET_EXTERNAL_ID,
          maxSessionSeconds: 43_200,
        }),
        targetRole({
          name: "leasehold-reader",
          actions: ["iam:GetRole", "iam:GetUser", "iam:GetInstanceProfile"],
          externalId: FLEET_EXTERNAL_ID,
        }),
      ],
    },
  ],
};

/** The rights that the secrets engine needs for every kind of credential, and those it hands out. */
function leaseholdPolicy(): object {
  const users = [`arn:aws:iam::${TOOLS_ACCOUNT}:user/*`, `arn:aws:iam::${TOOLS_ACCOUNT}:group/*`];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Resource: ["arn:aws:iam::*:role/*"],
      },
      { Effect: "Allow", Action: "sts:GetFederationToken", Resource: "*" },
      {
        Effect: "Allow",
        Action: ["iam:*User*", "iam:*AccessKey*", "iam:*Group*", "iam:*LoginProfile"],
        Resource: users,
      },
      {
        Effect: "Allow",
        Action: [
          "iam:GetRole",
          "iam:GetInstanceProfile",
          "iam:*RolePolicy",
          "iam:ListRolePolicies",
        ],
        Resource: "*",
      },
      { Effect: "Allow", Action: ["s3:Get*", "s3:List*"], Resource: "*" },
    ],
  };
}

function launchPolicy(accountId: string): object {
  return policy(["sts:AssumeRole"], `arn:aws:iam::${accountId}:role/workload/*`);
}

/** What a workload runs as, in place of an instance profile or a task role. */
function workloadRole(accountId: string, name: string): SeedRole {
  return {
    name,
    path: "/workload/",
    // Auth roles are bound to it, and outlive a restart of the simulator.
    id: `AROA${name.replace("-", "").toUpperCase().padEnd(17, "X")}`,
    trust: trust(`arn:aws:iam::${accountId}:user/launcher`),
    tags: { workload: name },
  };
}

/** What Leasehold hands out. */
function targetRole(role: {
  readonly name: string;
  readonly actions: readonly string[];
  readonly externalId?: string;
  readonly maxSessionSeconds?: number;
}): SeedRole {
  const { name, actions, externalId, maxSessionSeconds = 3600 } = role;
  return {
    name,
    trust: trust(ASSUMABLE_BY_LEASEHOLD, externalId),
    maxSessionSeconds,
    inlinePolicies: { rights: policy(actions, "*") },
  };
}

function trust(principal: string, externalId?: string): object {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: principal },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        ...(externalId === undefined
          ? {}
          : { Condition: { StringEquals: { "sts:ExternalId": externalId } } }),
      },
    ],
  };
}

function policy(actions: readonly string[], resource: string): object {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions, Resource: resource }],
  };
}
