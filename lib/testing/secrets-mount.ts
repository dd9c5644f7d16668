import type { LedgerUser } from "@/lib/aws-simulator/ledger";
import { type Said, type World } from "@/lib/testing/world";

export const SECRETS_ACCOUNT = "111122223333";
const S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const ALLOW_ALL = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};
const TRUST = {
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${SECRETS_ACCOUNT}:root` },
    Action: "sts:AssumeRole",
  },
};

/** A mount of the AWS secrets engine with a root user of its own. */
export type SecretsMount = {
  path: string;
  id: string;
  rootKey: { accessKeyId: string; secretAccessKey: string };
  /** Draws credentials: of `user`, which has a policy of each kind, a group and a tag, or `session`. */
  draw(role: "user" | "session"): Promise<Said>;
  /** IAM users that this mount made and that exist. */
  users(): readonly LedgerUser[];
  /** Makes all leases of the mount due now. */
  allDue(): Promise<void>;
  /** Gives back what requests and workers of this mount hold, as if they had died long ago. */
  lapse(): Promise<void>;
  countLeases(condition?: string): Promise<number>;
  countIntents(): Promise<number>;
};

let mounts = 0;

/** Its users are told apart by the role's name in theirs. */
export async function newSecretsMount(
  world: World,
  config: Record<string, unknown> = {},
): Promise<SecretsMount> {
  mounts += 1;
  const path = `aws-${mounts}`;
  const tag = `m${mounts}x`;
  const rootKey = {
    accessKeyId: `AKIAROOTROOTROOT${1000 + mounts}`,
    secretAccessKey: `secret of root ${mounts}`,
  };
  world.simulator.seed({
    accounts: [
      {
        id: SECRETS_ACCOUNT,
        users: [
          { name: `root-${mounts}`, accessKeys: [rootKey], inlinePolicies: { all: ALLOW_ALL } },
        ],
        groups: [{ name: "readers", attachedPolicies: [S3_READ] }],
        roles: [{ name: "app", trust: TRUST, maxSessionSeconds: 3600 }],
      },
    ],
  });
  await world.ask(`POST sys/mounts/${path}`, { type: "aws" });
  await world.ask(`PUT ${path}/config/root`, {
    access_key: rootKey.accessKeyId,
    secret_key: rootKey.secretAccessKey,
    region: "us-east-1",
    iam_endpoint: world.simulator.url,
    sts_endpoint: world.simulator.url,
    max_retries: 0,
    ...config,
  });
  await world.ask(`PUT ${path}/roles/${tag}-user`, {
    credential_type: "iam_user",
    policy_arns: [S3_READ],
    policy_document: JSON.stringify(ALLOW_ALL),
    iam_groups: ["readers"],
    iam_tags: { team: "a" },
  });
  await world.ask(`PUT ${path}/roles/${tag}-session`, {
    credential_type: "assumed_role",
    role_arns: `arn:aws:iam::${SECRETS_ACCOUNT}:role/app`,
  });
  const found = await world.pool.query<{ id: string }>("select id from mount where path = $1", [
    `${path}/`,
  ]);
  const id = found.rows[0]?.id ?? "";
  return {
    path,
    id,
    rootKey,
    draw: (role) => world.ask(`GET ${path}/creds/${tag}-${role}`),
    users: () => {
      const { accounts } = world.simulator.ledger.snapshot();
      const all = accounts[SECRETS_ACCOUNT]?.users ?? [];
      return all.filter((user) => user.name.includes(`-${tag}-user-`));
    },
    allDue: async () => {
      await world.pool.query(
        `update lease set expires_at = least(expires_at, now()), next_attempt_at = now() where mount_id = $1`,
        [id],
      );
    },
    lapse: async () => {
      await world.pool.query(
        `update intent set locked_until = now(), next_attempt_at = now() where mount_id = $1`,
        [id],
      );
      await world.pool.query(`update lease set locked_until = null where mount_id = $1`, [id]);
    },
    countLeases: (condition = "true") =>
      world.countRows("lease", `mount_id = '${id}' and (${condition})`),
    countIntents: () => world.countRows("intent", `mount_id = '${id}'`),
  };
}
