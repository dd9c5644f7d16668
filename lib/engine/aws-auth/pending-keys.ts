import { mountAccess } from "@/lib/engine/aws-auth/account-access";
import { clientConfigOf } from "@/lib/engine/aws-auth/client-config";
import { regionOfPartition } from "@/lib/engine/aws-auth/endpoint";
import type { AwsAccess } from "@/lib/engine/aws-auth/ports";
import { isMissingEntity } from "@/lib/engine/aws-failure";
import type { ConfigSnapshot, Setting } from "@/lib/engine/config-snapshot";
import type { DeleteSetting, Effect, PutSetting } from "@/lib/engine/effects";
import { isEngineError } from "@/lib/engine/errors";
import type { JsonObject } from "@/lib/engine/json";
import type { Clock, Ports } from "@/lib/engine/ports";

/** Kind of the settings that name an old key still to be deleted at AWS; shown to operators. */
const PENDING_KEY_DELETION = "pending_key_deletion";
const ROTATION = "root_rotation";
const ROTATION_KEY = "current";

/** After this a rotation is over, one way or the other: requests end after 90 s. */
const ROTATION_SECONDS_MAX = 120;
const RETRY_SECONDS_MIN = 30;
const RETRY_SECONDS_MAX = 3600;
/** AWS's clock and ours may differ by this much. */
const CLOCK_TOLERANCE_MS = 60_000;

/** A rotation that began and has not been settled: at most one for each mount. */
export async function putRotation(
  ports: { clock: Clock },
  config: ConfigSnapshot,
  mountId: string,
  oldAccessKey: string,
): Promise<PutSetting> {
  const stored = await config.setting(mountId, ROTATION, ROTATION_KEY);
  return {
    kind: "put_setting",
    mountId,
    setting: ROTATION,
    key: ROTATION_KEY,
    body: { oldAccessKey, startedAt: ports.clock.now().toISOString(), attempts: 0 },
    revision: stored?.revision ?? 0,
  };
}

export function deleteRotation(mountId: string): DeleteSetting {
  return { kind: "delete_setting", mountId, setting: ROTATION, key: ROTATION_KEY };
}

/** True while another rotation may still be at work. */
export async function isRotationUnderWay(
  ports: { clock: Clock },
  config: ConfigSnapshot,
  mountId: string,
): Promise<boolean> {
  const stored = await config.setting(mountId, ROTATION, ROTATION_KEY);
  if (stored === null) return false;
  const ageMs = ports.clock.now().getTime() - instantOf(stored.body, "startedAt");
  return ageMs < ROTATION_SECONDS_MAX * 1000;
}

type PendingKey = { accessKey: string; userName: string; attempts: number; lastError?: string };

/** `accessKey` is to be deleted at AWS. */
export function putPendingKey(
  ports: { clock: Clock },
  mountId: string,
  pending: PendingKey,
): PutSetting {
  const { accessKey, userName, attempts, lastError = "" } = pending;
  return {
    kind: "put_setting",
    mountId,
    setting: PENDING_KEY_DELETION,
    key: accessKey,
    body: { userName, attempts, lastError, nextAttemptAt: retryAt(ports, attempts) },
  };
}

export function deletePendingKey(mountId: string, accessKey: string): DeleteSetting {
  return { kind: "delete_setting", mountId, setting: PENDING_KEY_DELETION, key: accessKey };
}

/**
 * Deletes old keys of a mount that are due, and what an interrupted rotation left behind. To be called
 * again and again; failures are kept and tried again within the hour.
 */
export async function settleRootKeys(
  ports: Ports,
  config: ConfigSnapshot,
  mountId: string,
): Promise<void> {
  const rotation = await config.setting(mountId, ROTATION, ROTATION_KEY);
  const pending = await config.settings(mountId, PENDING_KEY_DELETION);
  if (rotation === null && pending.length === 0) return;
  const client = await clientConfigOf(config, mountId);
  // Somebody took the key away: there is nothing to delete others with until there is one again.
  if (client.accessKey === "" || client.secretKey === null) return;
  const current = {
    accessKey: client.accessKey,
    access: mountAccess(client, mountId, regionOfPartition("aws")),
  };
  if (rotation !== null && !(await isRotationUnderWay(ports, config, mountId))) {
    await settleRotation(ports, { mountId, setting: rotation }, current);
  }
  for (const setting of pending) {
    if (isDue(ports, setting)) await retryDeletion(ports, { mountId, setting }, current);
  }
}

type Due = { mountId: string; setting: Setting };
type CurrentKey = { accessKey: string; access: AwsAccess };

async function retryDeletion(ports: Ports, due: Due, current: CurrentKey): Promise<void> {
  const { mountId, setting } = due;
  const accessKey = setting.key;
  const done = deletePendingKey(mountId, accessKey);
  if (current.accessKey === accessKey) {
    await record(ports, done, { accessKey, outcome: "in use again" });
    return;
  }
  const userName = textOf(setting.body, "userName");
  try {
    await ports.awsAuth.rootKeys.delete(current.access, userName, accessKey);
    await record(ports, done, { accessKey, outcome: "deleted" });
  } catch (error) {
    if (isMissingEntity(error)) {
      await record(ports, done, { accessKey, outcome: "already gone" });
      return;
    }
    const lastError = error instanceof Error ? error.message : String(error);
    const attempts = numberOf(setting.body, "attempts") + 1;
    const next = putPendingKey(ports, mountId, { accessKey, userName, attempts, lastError });
    await record(ports, next, { accessKey, outcome: "failed", error: lastError });
  }
}

/** A rotation that never ended: its key may exist at AWS with a secret that nobody has. */
async function settleRotation(ports: Ports, due: Due, current: CurrentKey): Promise<void> {
  const { mountId, setting } = due;
  if (!isDue(ports, setting)) return;
  const accessKey = textOf(setting.body, "oldAccessKey");
  try {
    await removeUnknownKeys(ports, current, instantOf(setting.body, "startedAt"));
    await record(ports, deleteRotation(mountId), { accessKey, outcome: "settled" });
  } catch (error) {
    const lastError = error instanceof Error ? error.message : String(error);
    const attempts = numberOf(setting.body, "attempts") + 1;
    const next: PutSetting = {
      kind: "put_setting",
      mountId,
      setting: ROTATION,
      key: ROTATION_KEY,
      body: { ...setting.body, attempts, lastError, nextAttemptAt: retryAt(ports, attempts) },
      revision: setting.revision,
    };
    await record(ports, next, { accessKey, outcome: "failed", error: lastError });
  }
}

/** Deletes keys of the current key's user that were made while the rotation ran, and not stored. */
async function removeUnknownKeys(
  ports: Ports,
  current: CurrentKey,
  startedAtMs: number,
): Promise<void> {
  const { rootKeys } = ports.awsAuth;
  const userName = await rootKeys.ownerOf(current.access);
  if (userName === null) return;
  const from = startedAtMs - CLOCK_TOLERANCE_MS;
  const until = startedAtMs + ROTATION_SECONDS_MAX * 1000 + CLOCK_TOLERANCE_MS;
  for (const key of await rootKeys.list(current.access, userName)) {
    const madeMeanwhile = key.createdAt.getTime() >= from && key.createdAt.getTime() <= until;
    if (key.accessKeyId === current.accessKey || !madeMeanwhile) continue;
    await rootKeys.delete(current.access, userName, key.accessKeyId);
  }
}

/** Another instance may have been faster; then there is nothing left to record. */
async function record(ports: Ports, effect: Effect, detail: Record<string, string>): Promise<void> {
  try {
    await ports.commit([effect], { name: "aws_auth.root.old_key", path: "", detail });
  } catch (error) {
    if (!isEngineError(error) || error.kind !== "conflict") throw error;
  }
}

function isDue(ports: { clock: Clock }, setting: Setting): boolean {
  return instantOf(setting.body, "nextAttemptAt") <= ports.clock.now().getTime();
}

function retryAt(ports: { clock: Clock }, attempts: number): string {
  const seconds = Math.min(RETRY_SECONDS_MIN * 2 ** attempts, RETRY_SECONDS_MAX);
  return new Date(ports.clock.now().getTime() + seconds * 1000).toISOString();
}

function instantOf(body: JsonObject, name: string): number {
  const value = body[name];
  return typeof value === "string" ? Date.parse(value) : 0;
}

function textOf(body: JsonObject, name: string): string {
  const value = body[name];
  return typeof value === "string" ? value : "";
}

function numberOf(body: JsonObject, name: string): number {
  const value = body[name];
  return typeof value === "number" ? value : 0;
}
