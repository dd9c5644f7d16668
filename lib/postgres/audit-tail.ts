import type pg from "pg";
import type { AuditFilter, FoundEntry } from "@/lib/engine/audit/search";
import type { AuditTail, TailListener, TailStart } from "@/lib/engine/audit/tail";
import { TailBatches } from "@/lib/postgres/audit-tail-batches";
import { TailFollower } from "@/lib/postgres/audit-tail-follower";
import { readEntriesOf, type NewBatch } from "@/lib/postgres/audit-tail-reads";

/** Between two looks at what other instances wrote. */
const LOOK_MS = 250;
/** Between two looks at most: for what was written in this process, which wakes the tail. */
const WAKE_MS = 50;
/** Entries are written at most so long before their batch, as a rule. */
const AROUND_MS = 5_000;
/** The clock of an instance may be wrong by this much before it issues nothing any more. */
const AROUND_MAX_MS = 600_000;

/** The tail, and what the process does with it. */
export type RunningTail = AuditTail & {
  /** A batch was committed in this process: look now. */
  wake(): void;
  /** Ends all that follow. */
  close(): void;
};

/**
 * Follows the built-in log for all tails of this process. While nobody follows it nothing is read. It is
 * read from the database and not from the commits of this process, so that a tail shows what every
 * instance writes, and shows nothing that was not committed.
 */
export function auditTail(
  pool: pg.Pool,
  report: (message: string, cause: unknown) => void,
): RunningTail {
  return new Hub(pool, report);
}

class Hub implements RunningTail {
  readonly #pool: pg.Pool;
  readonly #report: (message: string, cause: unknown) => void;
  readonly #followers = new Set<TailFollower>();
  #running = false;
  #closed = false;
  #failing = false;
  #wakeUp: (() => void) | null = null;
  #woken = false;

  constructor(pool: pg.Pool, report: (message: string, cause: unknown) => void) {
    this.#pool = pool;
    this.#report = report;
  }

  owners(): readonly string[] {
    return [...this.#followers].map(({ owner }) => owner);
  }

  follow(filter: AuditFilter, start: TailStart, listener: TailListener): { stop(): void } {
    const follower = new TailFollower(this.#pool, { filter, start, listener });
    if (this.#closed) {
      follower.end();
      return { stop: () => undefined };
    }
    this.#followers.add(follower);
    if (!this.#running) void this.#run();
    return { stop: () => void this.#followers.delete(follower) };
  }

  wake(): void {
    this.#woken = true;
    this.#wakeUp?.();
  }

  close(): void {
    this.#closed = true;
    const followers = [...this.#followers];
    this.#followers.clear();
    for (const follower of followers) follower.end();
    this.#wakeUp?.();
  }

  async #run(): Promise<void> {
    this.#running = true;
    const batches = new TailBatches(this.#pool);
    while (this.#followers.size > 0) {
      const more = await this.#look(batches);
      if (!more) await this.#pause();
    }
    this.#running = false;
  }

  /** @returns true when there is more to be read at once. */
  async #look(batches: TailBatches): Promise<boolean> {
    try {
      const openedAt = await batches.begin();
      const fresh = await batches.read();
      // Whoever came while this was read joins with the next look.
      const present = [...this.#followers].filter((follower) => follower.isOpen);
      if (fresh.length > 0) await this.#tell(fresh, present);
      batches.advance(fresh);
      const behindMs = batches.behindMs();
      for (const follower of this.#followers) {
        if (present.includes(follower)) follower.looked(behindMs);
        else void follower.open(openedAt, this.#failed).catch(() => undefined);
      }
      this.#failing = false;
      return batches.hasMore;
    } catch (error) {
      this.#failed(error);
      for (const follower of this.#followers) follower.looked(batches.behindMs());
      return false;
    }
  }

  /** Told once, and not with every look, while the database is away. */
  readonly #failed = (error: unknown): void => {
    if (!this.#failing) this.#report("the audit log cannot be followed", error);
    this.#failing = true;
  };

  /** One read for all that want the same. */
  async #tell(fresh: readonly NewBatch[], present: readonly TailFollower[]): Promise<void> {
    const groups = new Map<string, TailFollower[]>();
    for (const follower of present) {
      groups.set(follower.key, [...(groups.get(follower.key) ?? []), follower]);
    }
    const read: { followers: TailFollower[]; entries: FoundEntry[]; missing: number }[] = [];
    for (const followers of groups.values()) {
      const [first] = followers;
      if (first === undefined) continue;
      read.push({ followers, ...(await this.#entriesOf(fresh, first.filter)) });
    }
    // Told once all was read: a look that fails is made again, and nobody is told twice.
    for (const { followers, entries, missing } of read) {
      for (const follower of followers) follower.take(entries, missing, fresh);
    }
  }

  async #entriesOf(
    fresh: readonly NewBatch[],
    filter: AuditFilter,
  ): Promise<{ entries: FoundEntry[]; missing: number }> {
    const written = fresh.filter(({ count }) => count > 0);
    if (written.length === 0) return { entries: [], missing: 0 };
    const expected = written.reduce((sum, { count }) => sum + count, 0);
    let found = await readEntriesOf(this.#pool, written, { filter, aroundMs: AROUND_MS });
    if (found.read < expected) {
      found = await readEntriesOf(this.#pool, written, { filter, aroundMs: AROUND_MAX_MS });
    }
    return { entries: found.passing, missing: Math.max(0, expected - found.read) };
  }

  /** Until the next look is due; sooner, though not at once, where something was written here. */
  async #pause(): Promise<void> {
    await sleep(WAKE_MS);
    if (!this.#woken && !this.#closed) {
      await Promise.race([
        sleep(LOOK_MS - WAKE_MS),
        new Promise<void>((resolve) => (this.#wakeUp = resolve)),
      ]);
    }
    this.#wakeUp = null;
    this.#woken = false;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
