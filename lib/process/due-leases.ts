import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { EngineError } from "@/lib/engine/errors";
import type { ClaimedLease } from "@/lib/engine/lease/claim";
import { endTogether, revokeClaimed, turnOffClaimed } from "@/lib/engine/lease/end";
import type { Lease } from "@/lib/engine/lease/lease";
import type { Ports } from "@/lib/engine/ports";
import { claimDueLeases } from "@/lib/postgres/claims";
import type { Log } from "@/lib/process/log";

const KEY_OFFS_A_CLAIM = 500;
/** Few, so that a credential that falls due meanwhile does not wait for much clearing away. */
const CLEAN_UPS_A_CLAIM = 16;
/** Leases of one mount that are worked on at once. */
const AT_ONCE = 16;

const SESSIONS_AT_ONCE = 250;

const isUser = ({ kind }: Lease): boolean => kind === "iam_user";

type DueLeasesOptions = {
  ports: Ports;
  pool: pg.Pool;
  /** Commits that let requests go first. */
  background: Pick<Ports, "commit">;
  log: Log;
  /** Fences that are to be kept alive. */
  claims: Set<string>;
  isStopping(): boolean;
  /** Waits about as long as the work that began then took. */
  rest(beganAt: number): Promise<void>;
};

/**
 * Works off the leases of a mount that are due. In a storm all credentials end before anything is
 * cleared away: a user without keys does no harm.
 */
export class DueLeases {
  readonly #options: DueLeasesOptions;

  constructor(options: DueLeasesOptions) {
    this.#options = options;
  }

  /** Returns when nothing of the mount is due that nobody else holds. */
  async workOff(mountId: string): Promise<void> {
    while (!this.#options.isStopping()) {
      const beganAt = performance.now();
      const worked =
        (await this.#step(mountId, { keysOff: false }, KEY_OFFS_A_CLAIM)) ||
        (await this.#step(mountId, { keysOff: true }, CLEAN_UPS_A_CLAIM));
      if (!worked) return;
      await this.#options.rest(beganAt);
    }
  }

  async #step(mountId: string, which: { keysOff: boolean }, limit: number): Promise<boolean> {
    const { pool, claims } = this.#options;
    const fence = randomUUID();
    const leases = await claimDueLeases(pool, { fence, mountId, ...which }, limit);
    if (leases.length === 0) return false;
    claims.add(fence);
    try {
      // As many as can be worked on at once are no storm: they go through in one pass.
      const calm = leases.filter((lease) => lease.needsUndo && isUser(lease)).length <= AT_ONCE;
      await this.#work(leases, fence, which.keysOff || calm ? revokeClaimed : turnOffClaimed);
    } finally {
      claims.delete(fence);
    }
    return true;
  }

  async #work(leases: readonly Lease[], fence: string, act: typeof turnOffClaimed): Promise<void> {
    const { ports, background } = this.#options;
    const ended = leases.filter((lease) => !lease.needsUndo);
    await endTogether(background, ended, { fence, outcome: "as asked" });
    const undone = leases.filter((lease) => lease.needsUndo);
    const config = await ports.extras.snapshot();
    const failures: EngineError[] = [];
    const attempt = async (lease: Lease): Promise<void> => {
      const failure = await this.#attempt({ lease, fence }, () =>
        act(ports, config, { lease, fence }),
      );
      if (failure !== null) failures.push(failure);
    };
    // Sessions of one role are denied by one call together: each waits for it and does nothing else.
    await Promise.all([
      eachBounded(undone.filter(isUser), AT_ONCE, attempt),
      eachBounded(
        undone.filter((lease) => !isUser(lease)),
        SESSIONS_AT_ONCE,
        attempt,
      ),
    ]);
    this.#alarm(leases, failures);
  }

  async #attempt(
    { lease }: ClaimedLease,
    act: () => Promise<EngineError | null>,
  ): Promise<EngineError | null> {
    try {
      return await act();
    } catch (error) {
      this.#options.log.warn("a lease could not be ended", { lease: lease.id, error });
      return null;
    }
  }

  /** One line for many: when an account refuses, it refuses all of its leases. */
  #alarm(leases: readonly Lease[], [first, ...more]: readonly EngineError[]): void {
    const [lease] = leases;
    if (first === undefined || lease === undefined) return;
    this.#options.log.error("credentials that are due could not be ended; they are tried again", {
      path: lease.id.slice(0, lease.id.lastIndexOf("/")),
      leases: 1 + more.length,
      reason: first.message,
    });
  }
}

/** Runs `work` for each item, at most `limit` at once. */
export async function eachBounded<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const runner = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at];
      if (item !== undefined) await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, runner));
}
