import type pg from "pg";
import {
  databaseNow,
  readBatchesBetween,
  readHeads,
  readNewBatches,
  type NewBatch,
} from "@/lib/postgres/audit-tail-reads";

/** What is read at once. */
const BATCHES_MAX = 500;
const ENTRIES_MAX = 2_000;
/** A commit is seen at most so long after it began, as a rule. */
const OVERLAP_MS = 3_000;
/** And, now and then, one that took longer. */
const LONG_OVERLAP_MS = 120_000;
const LONG_EVERY_MS = 5_000;

/**
 * The batches of all writers as they are committed. Numbers of a writer are dense, so none is left out:
 * one that shows itself late is noticed by the next of its writer, and fetched.
 */
export class TailBatches {
  readonly #pool: pg.Pool;
  #heads = new Map<string, number>();
  /** The database's clock, and ours at the same moment. */
  #began: { at: Date; byOurs: number } | null = null;
  #longAt = 0;
  #readAt = performance.now();
  #oldestUnread: Date | null = null;
  /** The last read left something behind. */
  hasMore = false;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Takes the heads of the writers as they are; what is committed after this is new. */
  async begin(): Promise<Date> {
    if (this.#began === null) {
      const at = await databaseNow(this.#pool);
      this.#heads = await readHeads(this.#pool, 2 * (LONG_OVERLAP_MS / 1000));
      this.#began = { at, byOurs: performance.now() };
    }
    return this.#now(this.#began);
  }

  #now({ at, byOurs }: { at: Date; byOurs: number }): Date {
    return new Date(at.getTime() + performance.now() - byOurs);
  }

  /** What is new, oldest first, a bounded amount of it. */
  async read(): Promise<NewBatch[]> {
    if (this.#began === null) return [];
    const isLong = performance.now() - this.#longAt >= LONG_EVERY_MS;
    const now = this.#now(this.#began).getTime();
    const back = Math.max(isLong ? LONG_OVERLAP_MS : OVERLAP_MS, this.#unlookedMs() + OVERLAP_MS);
    const since = new Date(now - Math.min(back, LONG_OVERLAP_MS));
    const found = await readNewBatches(this.#pool, this.#heads, { since, limit: BATCHES_MAX });
    const whole = await this.#withThoseBetween(found);
    const taken = upTo(ENTRIES_MAX, whole);
    if (isLong) this.#longAt = performance.now();
    this.#readAt = performance.now();
    this.hasMore = taken.length < whole.length || found.length === BATCHES_MAX;
    this.#oldestUnread =
      whole[taken.length]?.at ?? (this.hasMore ? (found.at(-1)?.at ?? null) : null);
    return taken;
  }

  #unlookedMs(): number {
    return performance.now() - this.#readAt;
  }

  /** A writer's batches in their order, with those that came too late to be found by their time. */
  async #withThoseBetween(found: readonly NewBatch[]): Promise<NewBatch[]> {
    const heads = new Map(this.#heads);
    const whole: NewBatch[] = [];
    for (const batch of found) {
      const head = heads.get(batch.writer);
      if (head !== undefined && batch.no <= head) continue;
      if (head !== undefined && batch.no > head + 1) {
        const between = { after: head, before: batch.no, limit: BATCHES_MAX };
        whole.push(...(await readBatchesBetween(this.#pool, batch.writer, between)));
      }
      whole.push(batch);
      heads.set(batch.writer, batch.no);
    }
    return whole;
  }

  /** These were told: they are new no more. */
  advance(told: readonly NewBatch[]): void {
    for (const { writer, no } of told) this.#heads.set(writer, no);
  }

  /** How old is what was not read yet; or how long nothing could be read. */
  behindMs(): number {
    const unlooked = this.#unlookedMs();
    if (this.#began === null || this.#oldestUnread === null) return unlooked;
    return Math.max(unlooked, this.#now(this.#began).getTime() - this.#oldestUnread.getTime());
  }
}

/** As many batches as hold no more than `entries` in all, and one at least. */
function upTo(entries: number, batches: readonly NewBatch[]): NewBatch[] {
  let sum = 0;
  const end = batches.findIndex(({ count }, index) => {
    sum += count;
    return sum > entries && index > 0;
  });
  return end < 0 ? [...batches] : batches.slice(0, end);
}
