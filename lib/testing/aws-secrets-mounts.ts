import type { World } from "@/lib/testing/world";

export const ACCOUNT = "111122223333";
const ROOT_KEY = { accessKeyId: "AKIAROOTROOTROOTROOT", secretAccessKey: "secret of root" };
const EVERYTHING = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};
const TRUST = {
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: "sts:AssumeRole",
  },
};

/** AWS secrets mounts at these paths, each with a role `app` (sessions) and `build` (IAM users). */
export async function enableAwsMounts(world: World, paths: readonly string[]): Promise<void> {
  const { simulator } = world;
  simulator.seed({
    accounts: [
      {
        id: ACCOUNT,
        users: [{ name: "root", accessKeys: [ROOT_KEY], inlinePolicies: { all: EVERYTHING } }],
        roles: [{ name: "app", trust: TRUST, maxSessionSeconds: 3600 }],
      },
    ],
  });
  for (const path of paths) {
    await world.ask(`POST sys/mounts/${path}`, { type: "aws" });
    await world.ask(`PUT ${path}/config/root`, {
      access_key: ROOT_KEY.accessKeyId,
      secret_key: ROOT_KEY.secretAccessKey,
      region: "us-east-1",
      iam_endpoint: simulator.url,
      sts_endpoint: simulator.url,
      max_retries: 1,
    });
    await world.ask(`PUT ${path}/roles/app`, {
      credential_type: "assumed_role",
      role_arns: [`arn:aws:iam::${ACCOUNT}:role/app`],
      max_sts_ttl: "1h",
    });
    await world.ask(`PUT ${path}/roles/build`, {
      credential_type: "iam_user",
      policy_document: JSON.stringify(EVERYTHING),
    });
  }
}

/** The id of a lease that is drawn now: `draw(world, "aws/creds/app")`. */
export async function draw(world: World, path: string, token?: string): Promise<string> {
  const said = await world.ask(`GET ${path}`, undefined, token);
  const id = said.body?.["lease_id"];
  if (typeof id !== "string") throw new Error(`${path}: ${JSON.stringify(said)}`);
  return id;
}

/** A token with one policy of this text. */
export async function tokenWith(world: World, name: string, policy: string): Promise<string> {
  await world.ask(`PUT sys/policies/acl/${name}`, { policy });
  const { token } = await world.newToken({ policies: [name], no_default_policy: true });
  return token;
}
