/** Values by key, the least recently set ones first to go, each for a time of its own. */
export class RecentMap<V> {
  readonly #entries = new Map<string, { value: V; endsAt: number }>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** Null: unknown, or kept long enough. */
  get(key: string): V | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (entry.endsAt > performance.now()) return entry.value;
    this.#entries.delete(key);
    return null;
  }

  set(key: string, value: V, lifeMs = Infinity): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, endsAt: performance.now() + lifeMs });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#max) break;
      this.#entries.delete(oldest);
    }
  }
}
