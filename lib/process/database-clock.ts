import type { Clock } from "@/lib/engine/ports";
import type { Log } from "@/lib/process/log";

/** From this difference on, the operator is told. */
const WARN_MS = 2_000;

/**
 * The database's clock, as told by its answers, kept running by this process's. Where the two
 * differ, the database is right: its clock ends leases and tokens, and all instances share it.
 */
export class DatabaseClock implements Clock {
  readonly #local: () => number;
  readonly #log: Log;
  /** The database's clock less the local one, and how far that may be wrong. */
  #aheadMs = 0;
  #errorMs = Number.POSITIVE_INFINITY;
  #warned = false;

  /** @param local this process's wall clock, in milliseconds. */
  constructor(local: () => number, log: Log) {
    this.#local = local;
    this.#log = log;
  }

  now(): Date {
    return new Date(this.#local() + this.#aheadMs);
  }

  /** How far this process's clock is behind the database's, in milliseconds; negative: ahead. */
  skewMs(): number {
    return Math.round(this.#aheadMs);
  }

  /**
   * Runs a query that answers with the database's time, and learns from it: quick answers tell more
   * exactly, and one that contradicts what was known tells that a clock was set.
   */
  async observe<T>(query: () => Promise<T>, timeOf: (answer: T) => Date | null): Promise<T> {
    const sentAt = this.#local();
    const answer = await query();
    const receivedAt = this.#local();
    const at = timeOf(answer);
    if (at !== null)
      this.#learn(at.getTime() - (sentAt + receivedAt) / 2, (receivedAt - sentAt) / 2);
    return answer;
  }

  #learn(aheadMs: number, halfTripMs: number): void {
    // A wall clock that was set back between the two readings says nothing.
    if (halfTripMs < 0) return;
    const errorMs = halfTripMs + 1;
    const contradicts = Math.abs(aheadMs - this.#aheadMs) > errorMs + this.#errorMs;
    if (!contradicts && errorMs > this.#errorMs) return;
    this.#aheadMs = aheadMs;
    this.#errorMs = errorMs;
    this.#tell();
  }

  #tell(): void {
    const isOff = Math.abs(this.#aheadMs) >= WARN_MS;
    if (isOff && !this.#warned) {
      this.#log.warn("this machine's clock differs from the database's, whose time is used", {
        aheadSeconds: -Math.round(this.#aheadMs / 1000),
      });
    }
    this.#warned = isOff;
  }
}
