import type { Decision } from "@/lib/engine/answer";
import { mountAccess } from "@/lib/engine/aws-auth/account-access";
import {
  clientConfigOf,
  putClientConfig,
  type StoredClientConfig,
} from "@/lib/engine/aws-auth/client-config";
import { regionOfPartition } from "@/lib/engine/aws-auth/endpoint";
import {
  deletePendingKey,
  deleteRotation,
  isRotationUnderWay,
  putPendingKey,
  putRotation,
} from "@/lib/engine/aws-auth/pending-keys";
import type { AwsAccess, MountKeys } from "@/lib/engine/aws-auth/ports";
import { awsError, isAwsFailure } from "@/lib/engine/aws-failure";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

type Rotation = {
  ports: Ports;
  scope: RequestScope;
  client: StoredClientConfig;
  access: AwsAccess;
};

/**
 * Replaces the static key of the mount by a new one of the same IAM user. The new key counts once it
 * is stored; an old one that cannot be deleted stays to be deleted later.
 *
 * @throws EngineError `invalid_request` (nothing to rotate, or a rotation is under way), `aws_failed`,
 *   `aws_throttled`; the stored key is then unchanged.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/aws#rotate-root-credentials
 */
export async function rotateRoot(ports: Ports, scope: RequestScope): Promise<Decision> {
  const rotation = await beginRotation(ports, scope);
  const userName = await ownerOfKey(rotation);
  const key = await createKey(rotation, userName);
  await storeKey(rotation, userName, key);

  const oldAccessKey = rotation.client.accessKey;
  const answer = { data: { access_key: key.accessKey } };
  try {
    await ports.awsAuth.rootKeys.delete(rotation.access, userName, oldAccessKey);
    return { answer, effects: [deletePendingKey(scope.mount.id, oldAccessKey)] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      answer: {
        ...answer,
        warnings: [
          `the new access key is in use; error deleting old access key ID ${oldAccessKey}, which is tried again: ${reason}`,
        ],
      },
      effects: [],
    };
  }
}

async function beginRotation(ports: Ports, scope: RequestScope): Promise<Rotation> {
  const mountId = scope.mount.id;
  const client = await clientConfigOf(scope.config, mountId);
  const unset = (what: string): Error => invalidRequest(`can't update ${what} because it's unset`);
  if (client.revision === 0) throw unset("client config");
  if (client.accessKey === "") throw unset("access_key");
  if (client.secretKey === null) throw unset("secret_key");
  if (await isRotationUnderWay(ports, scope.config, mountId)) {
    throw invalidRequest("another rotation of this key is under way; try again later");
  }
  const access = mountAccess(client, mountId, regionOfPartition("aws"));
  await scope.begin([await putRotation(ports, scope.config, mountId, client.accessKey)]);
  return { ports, scope, client, access };
}

async function ownerOfKey(rotation: Rotation): Promise<string> {
  try {
    const userName = await rotation.ports.awsAuth.rootKeys.ownerOf(rotation.access);
    if (userName === null) throw invalidRequest("nil UserName returned from GetUser");
    return userName;
  } catch (error) {
    await abandon(rotation);
    throw awsError("error calling GetUser: ", error);
  }
}

async function createKey(rotation: Rotation, userName: string): Promise<MountKeys> {
  try {
    return await rotation.ports.awsAuth.rootKeys.create(rotation.access, userName);
  } catch (error) {
    // Without a sound answer the key may exist; the record stays, and settling it removes the key.
    if (!isAwsFailure(error) || !error.facts.outcomeUnknown) await abandon(rotation);
    throw awsError("error calling CreateAccessKey: ", error);
  }
}

/** From here on the new key is the mount's; the old one becomes one to be deleted. */
async function storeKey(rotation: Rotation, userName: string, key: MountKeys): Promise<void> {
  const { ports, scope, client } = rotation;
  const mountId = scope.mount.id;
  const keyMadeAt = ports.clock.now().toISOString();
  const rotated: StoredClientConfig = { ...client, accessKey: key.accessKey, keyMadeAt };
  try {
    await ports.commit(
      [
        { ...putClientConfig(ports, mountId, rotated), secret: key.secretKey },
        putPendingKey(ports, mountId, { accessKey: client.accessKey, userName, attempts: 0 }),
        deleteRotation(mountId),
      ],
      {
        name: "aws_auth.root.rotate",
        path: scope.path,
        detail: { accessKey: key.accessKey, oldAccessKey: client.accessKey, userName },
      },
    );
  } catch (error) {
    await removeUnstoredKey(rotation, userName, key.accessKey);
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError("unavailable", `error saving new client config: ${reason}`, {
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
    await rotation.ports.awsAuth.rootKeys.delete(rotation.access, userName, accessKey);
    await abandon(rotation);
  } catch (error) {
    rotation.ports.report(`access key ${accessKey} was made, not stored and not deleted`, error);
  }
}

/** Takes the record of the rotation back: nothing came to exist. */
async function abandon({ ports, scope, client }: Rotation): Promise<void> {
  await ports.commit([deleteRotation(scope.mount.id)], {
    name: "aws_auth.root.rotate_abandoned",
    path: scope.path,
    detail: { accessKey: client.accessKey },
  });
}
