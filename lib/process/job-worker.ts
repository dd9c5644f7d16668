import { randomUUID } from "node:crypto";
import type pg from "pg";
import { endItems, undoItem, type JobWork } from "@/lib/engine/job/work";
import type { Ports } from "@/lib/engine/ports";
import { claimJobItems, leasesOfItems } from "@/lib/postgres/jobs";
import { eachBounded } from "@/lib/process/due-leases";
import type { Log } from "@/lib/process/log";

const ITEMS_A_CLAIM = 100;
/** Leases of jobs that are undone at AWS at once. */
const AT_ONCE = 8;
/** AWS sessions are denied together, so each of them only waits. */
const SESSIONS_AT_ONCE = 100;

export type JobWorkerOptions = {
  ports: Ports;
  pool: pg.Pool;
  /** Commits that let requests go first. */
  background: Pick<Ports, "commit">;
  log: Log;
};

/** Works off one round of what jobs have to end; true when more may be waiting. */
export async function workOffJobItems(options: JobWorkerOptions): Promise<boolean> {
  const { ports, pool, background, log } = options;
  const items = await claimJobItems(pool, randomUUID(), ITEMS_A_CLAIM);
  if (items.length === 0) return false;
  const leases = await leasesOfItems(pool, items);
  const works: JobWork[] = items.map((item) => ({ item, lease: leases.get(item.leaseId) ?? null }));
  await endItems(
    background,
    works.filter(({ lease }) => lease?.needsUndo !== true),
  );
  const config = await ports.extras.snapshot();
  const undoOne = async ({ item, lease }: JobWork): Promise<void> => {
    if (lease?.needsUndo !== true) return;
    try {
      await undoItem({ ...ports, ...background }, config, item, lease);
    } catch (error) {
      // The claim lapses, and the item is taken again.
      log.warn("a lease of a job could not be ended", { lease: lease.id, error });
    }
  };
  await Promise.all([
    eachBounded(
      works.filter(({ lease }) => lease?.kind === "iam_user"),
      AT_ONCE,
      undoOne,
    ),
    eachBounded(
      works.filter(({ lease }) => lease?.kind !== "iam_user"),
      SESSIONS_AT_ONCE,
      undoOne,
    ),
  ]);
  return items.length === ITEMS_A_CLAIM;
}
