import { awsAccountOf } from "@/lib/engine/aws-secrets/accounts";
import { accountOfArn } from "@/lib/engine/aws-secrets/arn";
import type { AwsAccess } from "@/lib/engine/aws-secrets/ports";
import {
  currentRoot,
  requireWholeKeyPair,
  type RootCredential,
  rootOfVersion,
} from "@/lib/engine/aws-secrets/root-config";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { DenialContainer } from "@/lib/engine/session-denial/denial";

/** All AWS calls of one look together. */
const BUDGET_SECONDS = 80;
const SESSION_SECONDS = 900;
const SESSION_NAME = "leasehold-revoker";

/** The role or user in whose inline policy sessions are denied. */
export type PolicyHolder = { kind: "role" | "user"; name: string; account: string };

/** @throws EngineError `internal` for what is neither. */
export function holderOf(container: string): PolicyHolder {
  const [, kind = "", path = ""] = /:(role|user)\/(.+)$/.exec(container) ?? [];
  const name = path.split("/").at(-1) ?? "";
  if ((kind !== "role" && kind !== "user") || name === "") {
    throw new EngineError("internal", `${container} is neither a role nor a user`);
  }
  return { kind, name, account: accountOfArn(container) ?? "" };
}

/**
 * With what the holder's policy is written: as the revoker of its account where there is one, else with
 * the root credential, which reaches its own account only.
 *
 * @throws EngineError `aws_failed` where neither may; AWS's own failures.
 */
export async function revokerAccess(
  ports: Ports,
  config: ConfigSnapshot,
  claimed: DenialContainer,
): Promise<AwsAccess> {
  const { account } = holderOf(claimed.container);
  const root = await rootOf(config, claimed);
  requireWholeKeyPair(root);
  const access: AwsAccess = { root, deadline: ports.deadlineIn(BUDGET_SECONDS) };
  const revoker = (await awsAccountOf(config, claimed.mountId, account))?.revoker;
  if (revoker !== undefined && revoker.roleArn !== "") {
    if (revoker.roleArn === claimed.container) {
      throw invalidRequest(`the revoker of account ${account} is the very role whose sessions end`);
    }
    return { ...access, assumed: await assumeRevoker(ports, access, revoker, claimed.container) };
  }
  if ((await ports.awsSecrets.sts.callerAccount(access)) === account) return access;
  throw new EngineError(
    "aws_failed",
    `no revoker is configured for account ${account}: sessions of ${claimed.container} cannot be denied (config/accounts/${account})`,
  );
}

async function rootOf(
  config: ConfigSnapshot,
  { mountId, rootVersion }: DenialContainer,
): Promise<RootCredential> {
  const root =
    (await currentRoot(config, mountId)) ??
    (rootVersion === null ? null : await rootOfVersion(config, mountId, rootVersion));
  if (root === null) throw new EngineError("aws_failed", "the mount has no root credential");
  return root;
}

/** A session that may do nothing but write the policies of this one holder. */
async function assumeRevoker(
  ports: Ports,
  access: AwsAccess,
  revoker: { roleArn: string; externalId: string },
  container: string,
): Promise<NonNullable<AwsAccess["assumed"]>> {
  const kind = holderOf(container).kind === "role" ? "Role" : "User";
  const actions = ["List%Policies", "Get%Policy", "Put%Policy", "Delete%Policy"];
  const session = await ports.awsSecrets.sts.assumeRole(access, {
    roleArn: revoker.roleArn,
    sessionName: SESSION_NAME,
    durationSeconds: SESSION_SECONDS,
    policyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: actions.map((action) => `iam:${action.replace("%", kind)}`),
          Resource: container,
        },
      ],
    }),
    policyArns: [],
    tags: {},
    externalId: revoker.externalId,
  });
  const { accessKey, secretKey, sessionToken } = session;
  return { accessKey, secretKey, sessionToken };
}
