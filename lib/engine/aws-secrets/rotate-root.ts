import type { Decision } from "@/lib/engine/answer";
import { awsError, isAwsFailure } from "@/lib/engine/aws-failure";
import {
  deletePending,
  deleteRotation,
  isRotationUnderWay,
  putPending,
  putRotation,
} from "@/lib/engine/aws-secrets/old-root-keys";
import type { AwsAccess, NewAccessKey } from "@/lib/engine/aws-secrets/ports";
import {
  CURRENT_ROOT,
  currentRoot,
  noRoot,
  putRoot,
  requireWholeKeyPair,
  ROOT_SETTING,
  type RootCredential,
} from "@/lib/engine/aws-secrets/root-config";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

/** How long a new key is given to become known everywhere in AWS before the old one stays for later. */
const NEW_KEY_PATIENCE_SECONDS = 30;
const REQUEST_BUDGET_SECONDS = 80;

type Rotation = {
  ports: Ports;
  scope: RequestScope;
  root: RootCredential;
  revision: number;
  access: AwsAccess;
};

/**
 * Replaces the mount's access key by a new one of the same IAM user. The new key counts once it is
 * stored; the old one is deleted when AWS has proven to know the new one, else later.
 *
 * @throws EngineError `invalid_request` (nothing to rotate, or a rotation is under way), `aws_failed`,
 *   `aws_throttled`; the stored key is then unchanged.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/aws#rotate-root-iam-credentials
 */
export async function rotateRoot(ports: Ports, scope: RequestScope): Promise<Decision> {
  const rotation = await beginRotation(ports, scope);
  const { root } = rotation;
  const userName = await nameOfOwnUser(rotation);
  const key = await createKey(rotation, userName);
  await storeKey(rotation, userName, key);

  const rotated: RootCredential = {
    ...root,
    accessKey: key.accessKey,
    secretKey: key.secretKey,
    rotatedAt: ports.clock.now(),
    origin: `${root.mountId}/${root.version}/${key.accessKey}`,
  };
  const problem = await deleteOldKey(rotation, userName, rotated);
  const answer = { data: { access_key: key.accessKey } };
  if (problem === null) {
    return { answer, effects: [deletePending(root.mountId, root.accessKey)] };
  }
  return {
    answer: {
      ...answer,
      warnings: [
        `the new access key is in use; the old one, ${root.accessKey}, could not be deleted yet and is tried again: ${problem}`,
      ],
    },
    effects: [],
  };
}

async function beginRotation(ports: Ports, scope: RequestScope): Promise<Rotation> {
  const mountId = scope.mount.id;
  const root = await currentRoot(scope.config, mountId);
  requireWholeKeyPair(root ?? noRoot(mountId));
  if (root === null) throw invalidRequest("no configuration found for config/root");
  if (root.accessKey === "") {
    throw invalidRequest(
      "Cannot call config/rotate-root when either access_key or secret_key is empty",
    );
  }
  if (await isRotationUnderWay(ports, scope.config, mountId)) {
    throw invalidRequest("another rotation of this root credential is under way; try again later");
  }
  const setting = await scope.config.setting(mountId, ROOT_SETTING, CURRENT_ROOT);
  const deadline = ports.deadlineIn(REQUEST_BUDGET_SECONDS);
  await scope.begin([await putRotation(ports, scope.config, root)]);
  return { ports, scope, root, revision: setting?.revision ?? 0, access: { root, deadline } };
}

async function nameOfOwnUser(rotation: Rotation): Promise<string> {
  try {
    const { iam } = rotation.ports.awsSecrets;
    const { userName } = await iam.getUser(rotation.access, null);
    if (userName === null) throw invalidRequest("nil UserName returned from GetUser");
    return userName;
  } catch (error) {
    await abandon(rotation);
    throw awsError("error calling GetUser: ", error);
  }
}

async function createKey(rotation: Rotation, userName: string): Promise<NewAccessKey> {
  const { iam } = rotation.ports.awsSecrets;
  try {
    return await iam.createAccessKey(rotation.access, userName);
  } catch (error) {
    // Without a sound answer the key may exist; the record stays, and whoever settles it removes it.
    if (!isAwsFailure(error) || !error.facts.outcomeUnknown) await abandon(rotation);
    throw awsError("error calling CreateAccessKey: ", error);
  }
}

/** From here on the new key is the mount's; the old one becomes one to be deleted. */
async function storeKey(rotation: Rotation, userName: string, key: NewAccessKey): Promise<void> {
  const { ports, scope, root } = rotation;
  const { accessKey, secretKey } = key;
  const now = ports.clock.now();
  const stored = { ...root, accessKey, secretKey, rotatedAt: now };
  try {
    await ports.commit(
      [
        putRoot(stored, rotation.revision),
        putPending(root, { userName, nextAttemptAt: now, attempts: 0, lastError: "" }),
        // An answer was lost on the way: the open record makes somebody look for a second key.
        ...(key.repeatedBlindly ? [] : [deleteRotation(root.mountId)]),
      ],
      {
        name: "aws.root.rotate",
        path: scope.path,
        detail: { accessKey, oldAccessKey: root.accessKey, userName },
      },
    );
  } catch (error) {
    await removeUnstoredKey(rotation, userName, accessKey);
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError("unavailable", `error saving new config/root: ${reason}`, {
      cause: error,
    });
  }
}

/** Nobody holds its secret any more; if it cannot be deleted now, the open record leads to it. */
async function removeUnstoredKey(
  rotation: Rotation,
  userName: string,
  accessKey: string,
): Promise<void> {
  try {
    await rotation.ports.awsSecrets.iam.deleteAccessKey(rotation.access, userName, accessKey);
    await abandon(rotation);
  } catch (error) {
    rotation.ports.report(`access key ${accessKey} was made, not stored and not deleted`, error);
  }
}

/** Null when the old key is gone; else why not, and it stays to be deleted. */
async function deleteOldKey(
  { ports, root, access }: Rotation,
  userName: string,
  rotated: RootCredential,
): Promise<string | null> {
  const { sts, iam } = ports.awsSecrets;
  const usable = await sts.becomesUsable(
    { root: rotated, deadline: access.deadline },
    NEW_KEY_PATIENCE_SECONDS,
  );
  if (!usable) return `AWS does not accept the new one after ${NEW_KEY_PATIENCE_SECONDS} s`;
  try {
    await iam.deleteAccessKey(access, userName, root.accessKey);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Takes the record of the rotation back: nothing came to exist. */
async function abandon({ ports, scope, root }: Rotation): Promise<void> {
  await ports.commit([deleteRotation(root.mountId)], {
    name: "aws.root.rotate_abandoned",
    path: scope.path,
    detail: { accessKey: root.accessKey },
  });
}
