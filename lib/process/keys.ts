import { randomUUID } from "node:crypto";
import type pg from "pg";
import { isEngineError } from "@/lib/engine/errors";
import { dataKeySource, type Seal } from "@/lib/postgres/data-keys";
import { isInitialised } from "@/lib/postgres/installation";
import { keyringOf, type DataKeyring } from "@/lib/postgres/keyring";
import type { Log } from "@/lib/process/log";
import { ProcessMetrics } from "@/lib/process/metrics";
import { createCommits } from "@/lib/process/store";

/**
 * The keys of this installation; none while it is sealed, or until a key service that is away answers.
 *
 * @throws EngineError `unavailable` when the seal does not open them.
 */
export async function openKeyring(pool: pg.Pool, seal: Seal, log: Log): Promise<DataKeyring> {
  const keys = keyringOf([], dataKeySource(pool, seal));
  const { initialized, sealed } = await isInitialised(pool);
  if (sealed) {
    log.warn("this installation is sealed: `npm run unseal` on one of its hosts ends that");
    return keys;
  }
  try {
    await keys.refresh();
  } catch (error) {
    const cause = isEngineError(error) ? error.cause : error;
    // A key service comes back; the wrong key file does not become the right one.
    if (seal.type !== "awskms" || !initialized) throw cause;
    log.warn("the key service does not answer: nothing is served until it does", { error: cause });
  }
  return keys;
}

/**
 * Lets the instances take their keys up again.
 *
 * @returns false when they had them.
 * @throws EngineError `sealed` when this seal does not open the keys.
 */
export async function unseal(pool: pg.Pool, seal: Seal): Promise<boolean> {
  if (!(await isInitialised(pool)).sealed) return false;
  const keys = keyringOf([], dataKeySource(pool, seal));
  await keys.refresh();
  const commits = createCommits(pool, keys, {
    instanceId: randomUUID(),
    clock: { now: () => new Date() },
    metrics: new ProcessMetrics(),
    listener: () => undefined,
  });
  await commits.commit([{ kind: "set_sealed", sealed: false }], {
    name: "installation.unsealed",
    path: "sys/seal",
    detail: {},
  });
  return true;
}
