import { awsError, isAwsFailure, isMissingEntity } from "@/lib/engine/aws-failure";
import type { AwsAccess, AwsSecretsPorts } from "@/lib/engine/aws-secrets/ports";
import {
  currentRoot,
  requireWholeKeyPair,
  type RootCredential,
  rootOfVersion,
} from "@/lib/engine/aws-secrets/root-config";
import { type UserHandle, userHandleOf } from "@/lib/engine/aws-secrets/user-handle";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { EngineError } from "@/lib/engine/errors";
import type { Lease } from "@/lib/engine/lease/lease";
import { denySession } from "@/lib/engine/session-denial/deny";
import type { Intent, Ports } from "@/lib/engine/ports";

/** IAM is eventually consistent: a user made a moment ago may still be reported as missing. */
const MISSING_USER_BELIEVED_AFTER_SECONDS = 300;
/** All AWS calls of one attempt together. */
const ATTEMPT_BUDGET_SECONDS = 80;

/** Whose user it is, and how long ago it may have been made. */
type Origin = {
  mountId: string;
  rootVersion: number;
  account: string | null;
  ageSeconds: number;
};

/**
 * Ends the credential of a lease: an IAM user loses its keys first, then goes itself. AWS sessions are
 * denied where the mount wants that. "Already gone" is success, once the user is too old for AWS to be mistaken.
 *
 * @throws EngineError `aws_failed`, `aws_throttled` with AWS's text when it may still work,
 *   `invalid_request` when the mount's credentials are unusable.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_remove.html
 */
export async function undoLease(ports: Ports, config: ConfigSnapshot, lease: Lease): Promise<void> {
  if (lease.kind !== "iam_user") return denySession(ports, config, lease);
  const handle = userHandleOf(lease.handle);
  await withRoot(ports, config, originOf(lease), async (access) => {
    // What is due must end; who revokes before that is told of a failure and asks again.
    const known = lease.remainingSeconds <= 0 ? lease.accessKeyId : null;
    await turnKeysOff(ports.awsSecrets, access, handle.userName, known);
    await removeUser(ports.awsSecrets, access, handle);
  });
}

/**
 * Makes the credential of a lease useless and leaves the rest to `undoLease`: one call where the key
 * is known, so that many credentials end soon even where AWS allows few calls.
 *
 * @throws EngineError as `undoLease`.
 */
export async function turnOffLease(
  ports: Ports,
  config: ConfigSnapshot,
  lease: Lease,
): Promise<void> {
  if (lease.kind !== "iam_user") return denySession(ports, config, lease);
  const { userName } = userHandleOf(lease.handle);
  await withRoot(ports, config, originOf(lease), async (access) => {
    if (await deletesKey(ports.awsSecrets, access, { userName, accessKey: lease.accessKeyId }))
      return;
    await turnKeysOff(ports.awsSecrets, access, userName);
  });
}

function originOf(lease: Lease): Origin {
  return {
    mountId: lease.mountId,
    rootVersion: lease.rootVersion ?? 0,
    account: lease.account,
    ageSeconds: lease.ageSeconds,
  };
}

/**
 * Removes what an open intent may have left behind.
 *
 * @throws EngineError as `undoLease`: the intent stays open and is tried again.
 */
export async function undoIntent(
  ports: Ports,
  config: ConfigSnapshot,
  intent: Intent,
): Promise<void> {
  const handle = userHandleOf({ userName: intent.userName, ...intent.handle });
  await withRoot(ports, config, intent, (access) => undoUser(ports.awsSecrets, access, handle));
}

/** Works on a user with the credential for it; a user that is gone is what was wanted. */
async function withRoot(
  ports: Ports,
  config: ConfigSnapshot,
  origin: Origin,
  work: (access: AwsAccess) => Promise<void>,
): Promise<void> {
  const deadline = ports.deadlineIn(ATTEMPT_BUDGET_SECONDS);
  const root = await rootFor(ports, config, origin, deadline);
  try {
    await work({ root, deadline });
  } catch (error) {
    const believed = origin.ageSeconds >= MISSING_USER_BELIEVED_AFTER_SECONDS;
    if (believed && isMissingEntity(error)) return;
    throw awsError("", error);
  }
}

async function undoUser(
  aws: AwsSecretsPorts,
  access: AwsAccess,
  handle: UserHandle,
): Promise<void> {
  await turnKeysOff(aws, access, handle.userName);
  await removeUser(aws, access, handle);
}

/** False when the key is not known, or AWS does not know it: then it has to say which there are. */
async function deletesKey(
  { iam }: AwsSecretsPorts,
  access: AwsAccess,
  key: { userName: string; accessKey: string | null },
): Promise<boolean> {
  if (key.accessKey === null) return false;
  try {
    await iam.deleteAccessKey(access, key.userName, key.accessKey);
    return true;
  } catch (error) {
    if (isMissingEntity(error)) return false;
    throw error;
  }
}

/** The credential is dead when this returns, whatever fails after it. */
async function turnKeysOff(
  { iam }: AwsSecretsPorts,
  access: AwsAccess,
  userName: string,
  known: string | null = null,
): Promise<void> {
  const keys = await iam.listAccessKeys(access, userName).catch(async (error: unknown) => {
    // Where AWS does not say which keys there are, the one that was handed out ends all the same.
    if (known !== null) await unlessGone(iam.deleteAccessKey(access, userName, known));
    throw error;
  });
  for (const key of keys) {
    await unlessGone(iam.deleteAccessKey(access, userName, key.accessKey));
  }
}

/**
 * Removes what the engine put on the user, and the user. A login profile, MFA device or SSH key that
 * somebody added stays, and AWS's `DeleteConflict` says so.
 */
async function removeUser(
  { iam }: AwsSecretsPorts,
  access: AwsAccess,
  handle: UserHandle,
): Promise<void> {
  const { userName } = handle;
  const inline = await iam.listUserPolicies(access, userName);
  const managed = await iam.listAttachedUserPolicies(access, userName);
  const groups = await groupsOf(iam, access, handle);
  for (const arn of managed) await unlessGone(iam.detachUserPolicy(access, userName, arn));
  for (const name of inline) await unlessGone(iam.deleteUserPolicy(access, userName, name));
  for (const group of groups) await unlessGone(iam.removeUserFromGroup(access, userName, group));
  await deleteUser(iam, access, userName);
}

/**
 * Its lists were answered just before: that the user is gone now is believed of a repeated call whose
 * first answer got lost; of others only when the user is old enough.
 */
async function deleteUser(
  iam: AwsSecretsPorts["iam"],
  access: AwsAccess,
  userName: string,
): Promise<void> {
  try {
    await iam.deleteUser(access, userName);
  } catch (error) {
    if (!isMissingEntity(error) || !isAwsFailure(error) || !error.facts.outcomeUnknown) throw error;
  }
}

/** Published IAM policies for this engine do not grant `iam:ListGroupsForUser`. */
async function groupsOf(
  iam: AwsSecretsPorts["iam"],
  access: AwsAccess,
  handle: UserHandle,
): Promise<readonly string[]> {
  try {
    return await iam.listGroupsForUser(access, handle.userName);
  } catch (error) {
    if (isAwsFailure(error) && error.facts.code === "AccessDenied") return handle.groups;
    throw error;
  }
}

async function unlessGone(removal: Promise<void>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!isMissingEntity(error)) throw error;
  }
}

/**
 * The credential that can undo what an older one made: today's where it belongs to the same account
 * (keys are replaced by hand, too), else the one it was made with. Never one of another account, whose
 * "no such user" would be believed.
 */
async function rootFor(
  ports: Ports,
  config: ConfigSnapshot,
  origin: Origin,
  deadline: Date,
): Promise<RootCredential> {
  const made = await rootOfVersion(config, origin.mountId, origin.rootVersion);
  const current = await currentRoot(config, origin.mountId);
  if (current !== null && current.version !== origin.rootVersion) {
    const access = { root: current, deadline };
    if (await belongsTo(ports.awsSecrets, access, origin.account)) return current;
  }
  if (made === null) {
    throw new EngineError(
      "aws_failed",
      `the root credential of account ${origin.account ?? "unknown"} that made this is gone: configure one of that account`,
    );
  }
  requireWholeKeyPair(made);
  return made;
}

async function belongsTo(
  { sts }: AwsSecretsPorts,
  access: AwsAccess,
  account: string | null,
): Promise<boolean> {
  if (account === null) return false;
  try {
    requireWholeKeyPair(access.root);
    return (await sts.callerAccount(access)) === account;
  } catch {
    return false;
  }
}
