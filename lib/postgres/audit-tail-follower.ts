import type pg from "pg";
import type { AuditFilter, FoundEntry } from "@/lib/engine/audit/search";
import type { TailListener, TailStart } from "@/lib/engine/audit/tail";
import { readPage } from "@/lib/postgres/audit-search";
import type { NewBatch } from "@/lib/postgres/audit-tail-reads";

/** Entries that a reader who was away is given at most; the rest is a gap. */
const RESUME_MAX = 3_000;
/** Entries with an earlier time than the last that was seen may have been committed later. */
const RESUME_OVERLAP_MICROS = 5_000_000n;
/** Entries kept while what was missed is read. */
const HELD_MAX = 5_000;

/** One reader of the log: first what it asked to begin with, then all that is written. */
export class TailFollower {
  readonly key: string;
  readonly filter: AuditFilter;
  readonly owner: string;
  readonly #pool: pg.Pool;
  readonly #start: TailStart;
  readonly #listener: TailListener;
  /** Told of what is written: from the look on that it joined with. */
  isOpen = false;
  #held: { entries: FoundEntry[]; missing: number; of: readonly NewBatch[] }[] | null = [];

  constructor(
    pool: pg.Pool,
    with_: { filter: AuditFilter; start: TailStart; listener: TailListener },
  ) {
    this.#pool = pool;
    this.filter = with_.filter;
    this.key = JSON.stringify(with_.filter);
    this.owner = with_.start.owner;
    this.#start = with_.start;
    this.#listener = with_.listener;
  }

  /** Joins: what is written from now on is held until what it begins with was read and told. */
  async open(at: Date, report: (error: unknown) => void): Promise<void> {
    this.isOpen = true;
    let seen: ReadonlySet<string> = new Set();
    try {
      seen = await this.#begin(at);
    } catch (error) {
      report(error);
      // What it missed is not known, so all of it is.
      if (this.#start.after !== null) this.#gapSince(this.#start.after.key, at, null);
    }
    this.#listener.opened(at);
    const held = this.#held ?? [];
    this.#held = null;
    for (const { entries, missing, of } of held) {
      this.#pass(
        entries.filter(({ position }) => !seen.has(position.id)),
        missing,
        of,
      );
    }
  }

  async #begin(at: Date): Promise<ReadonlySet<string>> {
    const { after, recent } = this.#start;
    if (after === null && recent === 0) return new Set();
    const shown = after === null ? await this.#recent(recent) : await this.#since(after, at);
    if (shown.length > 0) this.#listener.entries(shown);
    return new Set(shown.map(({ position }) => position.id));
  }

  async #recent(limit: number): Promise<FoundEntry[]> {
    const ask = { limit, after: null, oldestFirst: false };
    return (await readPage(this.#pool, this.filter, ask)).slice(0, limit).reverse();
  }

  async #since(after: NonNullable<TailStart["after"]>, at: Date): Promise<FoundEntry[]> {
    const key = String(BigInt(after.key) - RESUME_OVERLAP_MICROS);
    const ask = { limit: RESUME_MAX, after: { key, id: after.id }, oldestFirst: true };
    const found = await readPage(this.#pool, this.filter, ask);
    if (found.length <= RESUME_MAX) return found.filter(({ position }) => position.id !== after.id);
    // Too many: none of them, and a gap that says so.
    this.#gapSince(after.key, at, RESUME_MAX);
    return [];
  }

  #gapSince(key: string, to: Date, atLeast: number | null): void {
    const from = new Date(Number(BigInt(key) / 1000n));
    this.#listener.gap({
      ...{ count: atLeast ?? 1, isMore: true, from, to: from > to ? from : to },
      ...{ reason: "away", last: null },
    });
  }

  /** What was written; `missing`: entries of these batches that are not there. */
  take(entries: readonly FoundEntry[], missing: number, of: readonly NewBatch[]): void {
    if (this.#held === null) {
      this.#pass(entries, missing, of);
      return;
    }
    this.#held.push({ entries: [...entries], missing, of });
    const count = this.#held.reduce((sum, one) => sum + one.entries.length, 0);
    if (count > HELD_MAX) this.#held = [{ entries: [], missing: count, of }];
  }

  #pass(entries: readonly FoundEntry[], missing: number, of: readonly NewBatch[]): void {
    if (entries.length > 0) this.#listener.entries(entries);
    if (missing === 0) return;
    const times = of.map(({ at }) => at.getTime());
    this.#listener.gap({
      ...{ count: missing, isMore: false, reason: "missing", last: null },
      ...{ from: new Date(Math.min(...times)), to: new Date(Math.max(...times)) },
    });
  }

  looked(behindMs: number): void {
    if (this.isOpen) this.#listener.looked(behindMs);
  }

  end(): void {
    this.#listener.ended();
  }
}
