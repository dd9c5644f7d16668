import type pg from "pg";
import type { AuditRow } from "@/lib/engine/audit/row";
import type { Effect } from "@/lib/engine/effects";
import { EngineError, isEngineError } from "@/lib/engine/errors";
import {
  insertAuditRows,
  newChain,
  nextHead,
  takeBatchNumber,
  type ChainHead,
} from "@/lib/postgres/audit-rows";
import { applyEffects, batchKey } from "@/lib/postgres/effects";
import { sqlState, storeError } from "@/lib/postgres/store-error";
import { together } from "@/lib/postgres/together";
import type { StoreContext } from "@/lib/postgres/store-context";

/** Requests waiting for a lane beyond this are told to come back later. */
const QUEUE_MAX = 4096;
const BATCH_MAX = 256;
/** Attempts at one batch after deadlocks, serialization failures and lost connections. */
const ATTEMPTS_MAX = 5;

/** What is to be committed: effects with the entries that tell of them, or of their refusal. */
export type CommitItem = {
  effects: readonly Effect[];
  rows(refusal: EngineError | null): readonly AuditRow[];
};

type Waiting = CommitItem & {
  settle: { resolve: () => void; reject: (error: unknown) => void };
};

type Outcome = { item: Waiting; refusal: EngineError | null };

/** Told of each committed batch: the live tail of this process. */
export type CommitListener = (rows: readonly AuditRow[]) => void;

/**
 * Group commit with natural batching: while one transaction is on the wire, requests queue; when it
 * has committed, all of them go in the next. One lane is one writer of the audit chain.
 */
export class CommitLane {
  readonly #context: StoreContext;
  readonly #batchMax: number;
  readonly #listener: CommitListener;
  #queue: Waiting[] = [];
  #running = false;
  #head: ChainHead;

  constructor(context: StoreContext, batchMax: number | null, listener: CommitListener) {
    this.#context = context;
    this.#batchMax = batchMax ?? BATCH_MAX;
    this.#listener = listener;
    this.#head = newChain(context.newWriter());
  }

  /**
   * Resolves once the item's batch has committed.
   *
   * @throws EngineError the refusal of an effect, whose entry is committed then; `unavailable` when
   *   the queue is full or the database does not answer.
   */
  commit(item: CommitItem): Promise<void> {
    if (this.#queue.length >= QUEUE_MAX) {
      return Promise.reject(
        new EngineError("unavailable", "too many requests are waiting for the database"),
      );
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...item, settle: { resolve, reject } });
      if (!this.#running) {
        this.#running = true;
        setImmediate(() => void this.#drain());
      }
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) await this.#runBatch(this.#takeBatch());
    this.#running = false;
  }

  /** Items whose effects touch the same row wait for the next batch: one statement applies one effect a row. */
  #takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    const keys = new Set<string>();
    let seen = 0;
    for (const item of this.#queue) {
      if (batch.length >= this.#batchMax) break;
      seen += 1;
      const own = item.effects.map(batchKey).filter((key) => key !== null);
      if (own.some((key) => keys.has(key))) {
        later.push(item);
        continue;
      }
      for (const key of own) keys.add(key);
      batch.push(item);
    }
    this.#queue = [...later, ...this.#queue.slice(seen)];
    return batch;
  }

  async #runBatch(batch: Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#commitWithRetries(batch);
      for (const { item, refusal } of outcomes) {
        if (refusal === null) item.settle.resolve();
        else item.settle.reject(refusal);
      }
    } catch (error) {
      await this.#halve(batch, error);
    }
  }

  /** One bad row fails the whole statement: it is found by halves, the others go through. */
  async #halve(batch: Waiting[], error: unknown): Promise<void> {
    const [only] = batch;
    if (only !== undefined && batch.length === 1 && isEngineError(error)) {
      await this.#commitRefusal(only, error);
      return;
    }
    if (batch.length === 1 || !isRowDefect(error)) {
      for (const item of batch) item.settle.reject(storeError(error));
      return;
    }
    const middle = batch.length >> 1;
    await this.#runBatch(batch.slice(0, middle));
    await this.#runBatch(batch.slice(middle));
  }

  /** Nothing of the item holds, but that it was refused is told in the log. */
  async #commitRefusal(item: Waiting, refusal: EngineError): Promise<void> {
    try {
      await this.#commitWithRetries([{ ...item, effects: [], rows: () => item.rows(refusal) }]);
      item.settle.reject(refusal);
    } catch (error) {
      item.settle.reject(storeError(error));
    }
  }

  async #commitWithRetries(batch: readonly Waiting[]): Promise<Outcome[]> {
    for (let attempt = 1; ; attempt += 1) {
      const tried = await this.#commitOnce(batch);
      if (tried.written !== null) return tried.written.outcomes;
      if (attempt >= ATTEMPTS_MAX || !tried.mayPass) throw tried.error;
    }
  }

  async #commitOnce(batch: readonly Waiting[]): Promise<Tried> {
    const client = await this.#context.pool.connect();
    const attempt: Attempt = { sent: null };
    let broken: Error | undefined;
    try {
      const plain = batch.every((item) => item.effects.length === 0);
      if (plain) await this.#writePlain(client, batch, attempt);
      else await this.#writeTransaction(client, batch, attempt);
    } catch (error) {
      broken = await rollBack(client);
      if (broken === undefined) return { written: null, error, mayPass: isPassing(error) };
      return await this.#afterLoss(attempt, error);
    } finally {
      client.release(broken);
    }
    return this.#keep(attempt);
  }

  /** The connection is gone: what was not sent did not commit; the chain tells of what was. */
  async #afterLoss({ sent }: Attempt, error: unknown): Promise<Tried> {
    if (sent === null) return { written: null, error, mayPass: true };
    // Without entries there is no trace by which to tell; only a use of a token is written so.
    if (sent.rows.length === 0) return { written: null, error, mayPass: false };
    try {
      if (!(await takeBatchNumber(this.#context.pool, this.#head))) return this.#keep({ sent });
      this.#head = nextHead(this.#head, []);
      return { written: null, error, mayPass: true };
    } catch {
      // Nobody knows. A new chain starts, so that a batch that did arrive is not written a second
      // time under the same number.
      this.#head = newChain(this.#context.newWriter());
      return { written: null, error, mayPass: false };
    }
  }

  /** Takes the committed batch over. */
  #keep({ sent }: Attempt): Tried {
    if (sent === null) throw new Error("nothing was sent");
    if (sent.rows.length > 0) this.#head = sent.head;
    this.#listener(sent.rows);
    return { written: sent };
  }

  async #writePlain(
    client: pg.PoolClient,
    batch: readonly Waiting[],
    attempt: Attempt,
  ): Promise<void> {
    const rows = batch.flatMap((item) => item.rows(null));
    const head = nextHead(this.#head, rows);
    attempt.sent = { outcomes: batch.map((item) => ({ item, refusal: null })), rows, head };
    if (rows.length > 0) await insertAuditRows(client, rows, this.#head, head);
  }

  async #writeTransaction(
    client: pg.PoolClient,
    batch: readonly Waiting[],
    attempt: Attempt,
  ): Promise<void> {
    const effects = batch.map((item) => item.effects);
    // What follows goes out behind the first without waiting; should that fail, so does the rest.
    const [, refusals] = await together(client, () =>
      Promise.all([client.query("begin"), applyEffects(this.#context, client, effects)]),
    );
    const outcomes = batch.map((item, index) => ({ item, refusal: refusals[index] ?? null }));
    // What an item did before it was refused must not stay: alone, it is rolled back.
    const partial = outcomes.find(({ item, refusal }) => refusal && item.effects.length > 1);
    if (partial?.refusal) throw partial.refusal;
    const rows = outcomes.flatMap(({ item, refusal }) => item.rows(refusal));
    const head = nextHead(this.#head, rows);
    attempt.sent = { outcomes, rows, head };
    const [, committed] = await together(client, () =>
      Promise.all([
        rows.length === 0 ? null : insertAuditRows(client, rows, this.#head, head),
        client.query("commit"),
      ]),
    );
    // Postgres answers the commit of a failed transaction by rolling it back.
    if (committed.command !== "COMMIT") throw new Error("the transaction was rolled back");
  }
}

type Written = { outcomes: Outcome[]; rows: readonly AuditRow[]; head: ChainHead };

/** `sent`: what the statement that commits would make true, once that statement was sent. */
type Attempt = { sent: Written | null };

type Tried = { written: Written } | { written: null; error: unknown; mayPass: boolean };

/** @returns why the connection cannot be used any more, if so. */
async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query("rollback");
    return undefined;
  } catch (failure) {
    return failure instanceof Error ? failure : new Error(String(failure));
  }
}

function isRowDefect(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error)) || isEngineError(error);
}

/** Deadlock or serialization failure: the same batch may pass now. */
function isPassing(error: unknown): boolean {
  return ["40001", "40P01"].includes(sqlState(error));
}
