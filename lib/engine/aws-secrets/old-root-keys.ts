import { isMissingEntity } from "@/lib/engine/aws-failure";
import type { AwsAccess } from "@/lib/engine/aws-secrets/ports";
import {
  CURRENT_ROOT,
  currentRoot,
  noRoot,
  ROOT_SETTING,
  type RootCredential,
  rootOfVersion,
} from "@/lib/engine/aws-secrets/root-config";
import { readSetting } from "@/lib/engine/aws-secrets/setting-reader";
import type { ConfigSnapshot, Setting } from "@/lib/engine/config-snapshot";
import type { DeleteSetting, Effect, PutSetting } from "@/lib/engine/effects";
import { isEngineError } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";

/** Kind of the settings that name an old root key still to be deleted at AWS; shown to operators. */
const PENDING_KEY_DELETION = "pending_key_deletion";
const ROOT_ROTATION = "root_rotation";
const ROTATION_KEY = "current";

/** After this a rotation is over, one way or the other: the API gives up after 90 s. */
const ROTATION_SECONDS_MAX = 120;
/** A root credential that was replaced stays at least so long. */
const SUPERSEDED_SECONDS_MIN = 600;
const RETRY_SECONDS_MIN = 30;
const RETRY_SECONDS_MAX = 3600;
const ATTEMPT_BUDGET_SECONDS = 60;
/** AWS's clock and ours may differ by this much. */
const CLOCK_TOLERANCE_MS = 60_000;

type Pending = {
  userName: string;
  nextAttemptAt: Date;
  attempts: number;
  lastError: string;
};

/** A rotation that began and has not been settled: at most one for each mount. */
export async function putRotation(
  ports: Ports,
  config: ConfigSnapshot,
  root: RootCredential,
): Promise<PutSetting> {
  const stored = await config.setting(root.mountId, ROOT_ROTATION, ROTATION_KEY);
  return {
    kind: "put_setting",
    mountId: root.mountId,
    setting: ROOT_ROTATION,
    key: ROTATION_KEY,
    body: {
      rootVersion: root.version,
      oldAccessKey: root.accessKey,
      startedAt: ports.clock.now().toISOString(),
    },
    revision: stored?.revision ?? 0,
  };
}

export function deleteRotation(mountId: string): DeleteSetting {
  return { kind: "delete_setting", mountId, setting: ROOT_ROTATION, key: ROTATION_KEY };
}

/** True while another rotation may still be at work. */
export async function isRotationUnderWay(
  ports: Ports,
  config: ConfigSnapshot,
  mountId: string,
): Promise<boolean> {
  const stored = await config.setting(mountId, ROOT_ROTATION, ROTATION_KEY);
  if (stored === null) return false;
  const startedAt = readSetting(stored.body).instant("startedAt")?.getTime() ?? 0;
  return ports.clock.now().getTime() - startedAt < ROTATION_SECONDS_MAX * 1000;
}

/** The old key of `root` is to be deleted. */
export function putPending(root: RootCredential, pending: Pending): PutSetting {
  return {
    kind: "put_setting",
    mountId: root.mountId,
    setting: PENDING_KEY_DELETION,
    key: root.accessKey,
    body: {
      rootVersion: root.version,
      userName: pending.userName,
      nextAttemptAt: pending.nextAttemptAt.toISOString(),
      attempts: pending.attempts,
      lastError: pending.lastError,
    },
  };
}

export function deletePending(mountId: string, accessKey: string): DeleteSetting {
  return { kind: "delete_setting", mountId, setting: PENDING_KEY_DELETION, key: accessKey };
}

/**
 * Deletes old root keys of a mount that are due, and what an interrupted rotation left behind. To be
 * called again and again; failures are kept with the key and tried again within the hour.
 */
export async function retryPendingDeletions(
  ports: Ports,
  config: ConfigSnapshot,
  mountId: string,
): Promise<void> {
  await settleRotation(ports, config, mountId);
  for (const setting of await config.settings(mountId, PENDING_KEY_DELETION)) {
    const dueAt = readSetting(setting.body).instant("nextAttemptAt")?.getTime() ?? 0;
    if (dueAt <= ports.clock.now().getTime()) await retryDeletion(ports, config, mountId, setting);
  }
}

/**
 * Forgets root credentials that nothing needs any more.
 *
 * @param isNeeded whether a lease or an open intent of the mount names this version.
 */
export async function forgetRootVersions(
  ports: Ports,
  config: ConfigSnapshot,
  mountId: string,
  isNeeded: (version: number) => Promise<boolean>,
): Promise<void> {
  for (const { key, body } of await config.settings(mountId, ROOT_SETTING)) {
    if (key === CURRENT_ROOT) continue;
    // A request that began before the change may still open an intent under the old version.
    const supersededAt = readSetting(body).instant("supersededAt")?.getTime() ?? 0;
    const ageMs = ports.clock.now().getTime() - supersededAt;
    if (ageMs < SUPERSEDED_SECONDS_MIN * 1000 || (await isNeeded(Number(key)))) continue;
    await record(
      ports,
      { kind: "delete_setting", mountId, setting: ROOT_SETTING, key },
      { rootVersion: key, outcome: "forgotten" },
    );
  }
}

/** Deletes keys of the root's own user that a rotation made and nobody stored. */
async function removeUnknownKeys(
  ports: Ports,
  access: AwsAccess,
  current: RootCredential,
): Promise<void> {
  const { iam } = ports.awsSecrets;
  const since = (access.root.rotatedAt?.getTime() ?? 0) - CLOCK_TOLERANCE_MS;
  for (const key of await iam.listAccessKeys(access, null)) {
    const isKnown = key.accessKey === current.accessKey || key.accessKey === access.root.accessKey;
    if (isKnown || (key.createdAt?.getTime() ?? 0) < since) continue;
    await iam.deleteAccessKey(access, null, key.accessKey);
  }
}

async function retryDeletion(
  ports: Ports,
  config: ConfigSnapshot,
  mountId: string,
  setting: Setting,
): Promise<void> {
  const accessKey = setting.key;
  const body = readSetting(setting.body);
  const done = deletePending(mountId, accessKey);
  const current = await currentRoot(config, mountId);
  const root = await rootOfVersion(config, mountId, body.number("rootVersion", 0));
  if (current?.accessKey === accessKey || root === null) {
    // Somebody configured the old key again, or nothing is left that could delete it.
    await record(ports, done, { accessKey, outcome: "given up" });
    return;
  }
  try {
    const access = { root, deadline: soon(ports, ATTEMPT_BUDGET_SECONDS) };
    const userName = body.text("userName");
    await ports.awsSecrets.iam.deleteAccessKey(access, userName, accessKey);
    await record(ports, done, { accessKey, outcome: "deleted" });
  } catch (error) {
    if (isMissingEntity(error)) {
      await record(ports, done, { accessKey, outcome: "already gone" });
      return;
    }
    const attempts = body.number("attempts", 0) + 1;
    const lastError = error instanceof Error ? error.message : String(error);
    const nextAttemptAt = soon(ports, retrySeconds(attempts));
    const next = putPending(
      { ...root, accessKey },
      { userName: body.text("userName"), attempts, lastError, nextAttemptAt },
    );
    await record(ports, next, { accessKey, outcome: "failed", error: lastError });
  }
}

/** A rotation that never ended: its key may exist at AWS with a secret that nobody has. */
async function settleRotation(
  ports: Ports,
  config: ConfigSnapshot,
  mountId: string,
): Promise<void> {
  const setting = await config.setting(mountId, ROOT_ROTATION, ROTATION_KEY);
  if (setting === null || (await isRotationUnderWay(ports, config, mountId))) return;
  const body = readSetting(setting.body);
  const dueAt = body.instant("nextAttemptAt")?.getTime() ?? 0;
  if (dueAt > ports.clock.now().getTime()) return;
  const current = (await currentRoot(config, mountId)) ?? noRoot(mountId);
  const root = await rootOfVersion(config, mountId, body.number("rootVersion", 0));
  const done = deleteRotation(mountId);
  const accessKey = body.text("oldAccessKey");
  if (root === null) {
    await record(ports, done, { accessKey, outcome: "given up" });
    return;
  }
  try {
    const rotatedAt = body.instant("startedAt");
    const deadline = soon(ports, ATTEMPT_BUDGET_SECONDS);
    await removeUnknownKeys(ports, { root: { ...root, rotatedAt }, deadline }, current);
    await record(ports, done, { accessKey, outcome: "settled" });
  } catch (error) {
    const lastError = error instanceof Error ? error.message : String(error);
    const attempts = body.number("attempts", 0) + 1;
    const nextAttemptAt = soon(ports, retrySeconds(attempts)).toISOString();
    const next: PutSetting = {
      kind: "put_setting",
      mountId,
      setting: ROOT_ROTATION,
      key: ROTATION_KEY,
      body: { ...setting.body, attempts, nextAttemptAt, lastError },
      revision: setting.revision,
    };
    await record(ports, next, { accessKey, outcome: "failed", error: lastError });
  }
}

/** Another instance may have been faster; then there is nothing left to record. */
async function record(
  ports: Ports,
  effect: Effect & { mountId: string },
  detail: Record<string, string>,
): Promise<void> {
  try {
    await ports.commit([effect], { name: "aws.root.old_key", path: "", detail });
  } catch (error) {
    if (!isEngineError(error) || error.kind !== "conflict") throw error;
  }
}

function retrySeconds(attempts: number): number {
  return Math.min(RETRY_SECONDS_MIN * 2 ** (attempts - 1), RETRY_SECONDS_MAX);
}

function soon(ports: Ports, seconds: number): Date {
  return new Date(ports.clock.now().getTime() + seconds * 1000);
}
