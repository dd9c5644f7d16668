/** What a client may still do. */
export type Taken = { allowed: boolean; remaining: number; waitSeconds: number };

/**
 * So many requests in a row, refilled evenly: at most `rate` an interval in the long run. Instants are
 * milliseconds of any clock that does not go back.
 */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perMs: number;
  readonly #blockMs: number;
  #tokens: number;
  #at: number;
  #blockedUntil = -Infinity;

  constructor(
    rule: { rate: number; intervalSeconds: number; blockSeconds: number },
    nowMs: number,
  ) {
    this.#capacity = capacityOf(rule.rate);
    this.#perMs = rule.rate / (rule.intervalSeconds * 1000);
    this.#blockMs = rule.blockSeconds * 1000;
    this.#tokens = this.#capacity;
    this.#at = nowMs;
  }

  take(nowMs: number): Taken {
    if (nowMs < this.#blockedUntil) return this.#refused(this.#blockedUntil - nowMs);
    this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#at) * this.#perMs);
    this.#at = nowMs;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      const waitSeconds = Math.ceil((this.#capacity - this.#tokens) / this.#perMs / 1000);
      return { allowed: true, remaining: Math.floor(this.#tokens), waitSeconds };
    }
    if (this.#blockMs > 0) this.#blockedUntil = nowMs + this.#blockMs;
    return this.#refused(Math.max(this.#blockMs, (1 - this.#tokens) / this.#perMs));
  }

  #refused(waitMs: number): Taken {
    return { allowed: false, remaining: 0, waitSeconds: Math.max(1, Math.ceil(waitMs / 1000)) };
  }
}

/** A rate below one lets one request through, and then none for a while. */
export function capacityOf(rate: number): number {
  return Math.max(1, Math.round(rate));
}
