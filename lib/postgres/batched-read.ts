import { storeError } from "@/lib/postgres/store-error";

/** Keys read by one statement at most. */
const KEYS_MAX = 128;

type Waiting<K, V> = { key: K; resolve: (value: V) => void; reject: (error: unknown) => void };

/**
 * Reads of single keys that are in flight together, made by one statement: while one is on the wire,
 * the others queue; when it returns, all of them go in the next.
 */
export class BatchedRead<K, V> {
  readonly #run: (keys: readonly K[]) => Promise<V[]>;
  readonly #lanes: number;
  #queue: Waiting<K, V>[] = [];
  #busy = 0;
  #armed = false;

  constructor(run: (keys: readonly K[]) => Promise<V[]>, lanes = 1) {
    this.#run = run;
    this.#lanes = lanes;
  }

  /** @throws EngineError `unavailable` when the database does not answer. */
  read(key: K): Promise<V> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ key, resolve, reject });
      this.#arm();
    });
  }

  #arm(): void {
    if (this.#armed || this.#busy >= this.#lanes || this.#queue.length === 0) return;
    this.#armed = true;
    setImmediate(() => {
      this.#armed = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#queue.splice(0, KEYS_MAX);
    if (batch.length === 0) return;
    this.#busy += 1;
    this.#arm();
    try {
      const values = await this.#run(batch.map((waiting) => waiting.key));
      batch.forEach((waiting, index) => {
        const value = values[index];
        if (value === undefined) waiting.reject(new Error("a batched read lost a key"));
        else waiting.resolve(value);
      });
    } catch (error) {
      for (const waiting of batch) waiting.reject(storeError(error));
    } finally {
      this.#busy -= 1;
      this.#arm();
    }
  }
}
