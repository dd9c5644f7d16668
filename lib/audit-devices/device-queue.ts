import type { Sink } from "@/lib/audit-devices/sink";
import type { DeviceState } from "@/lib/engine/ports";

/** A device that takes longer than this for a line has failed. */
const WRITE_TIMEOUT_MS = 5_000;
/** A request waits this long for its line at most, and not at all while the device lags behind. */
const CALLER_WAIT_MS = 250;
const RETRY_MS = { first: 500, max: 10_000 };
/** Bytes that wait for one device; what comes beyond is lost, and counted. */
const WAITING_BYTES_MAX = 16 * 1024 ** 2;
/** A device that works is given this long to take the rest when it is closed. */
const CLOSE_WAIT_MS = 2_000;

type Options = {
  open(): Promise<Sink>;
  /** Told once for each failing attempt. */
  failed(error: unknown): void;
};

type Line = { text: string; settle(written: boolean): void };

/**
 * The lines of one device, in order. A line that the device did not take waits, with those behind it,
 * and is tried again until it is taken: it may arrive twice, under the same request id. Requests do
 * not wait with it, so that a device that hangs holds nobody up.
 */
export class DeviceQueue {
  readonly #options: Options;
  readonly #waiting: Line[] = [];
  #waitingBytes = 0;
  #sink: Promise<Sink> | null = null;
  #running: Promise<void> | null = null;
  #isBehind = false;
  #isClosed = false;
  #wake: () => void = () => undefined;
  #state: Omit<DeviceState, "waiting"> = {
    lastWrittenAt: null,
    failingSince: null,
    lastError: "",
    failures: 0,
    lost: 0,
  };

  constructor(options: Options) {
    this.#options = options;
  }

  get state(): DeviceState {
    return { ...this.#state, waiting: this.#waiting.length };
  }

  /** Takes a line over; resolves once it is written (true), or once nobody should wait for that. */
  write(text: string): Promise<boolean> {
    const bytes = Buffer.byteLength(text);
    if (this.#isClosed) return Promise.resolve(false);
    if (this.#waitingBytes + bytes > WAITING_BYTES_MAX) {
      this.#state.lost += 1;
      return Promise.resolve(false);
    }
    this.#waitingBytes += bytes;
    const mayWait = !this.#isBehind && this.#state.failingSince === null;
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#isBehind = true;
        resolve(false);
      }, CALLER_WAIT_MS);
      const settle = (written: boolean): void => {
        clearTimeout(late);
        resolve(written);
      };
      this.#waiting.push({ text, settle });
      if (!mayWait) settle(false);
      this.#running ??= this.#run();
    });
  }

  /** Gives a device that works time to take the rest, then closes it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#state.failingSince === null && this.#running !== null) {
      await settledWithin(this.#running, CLOSE_WAIT_MS).catch(() => undefined);
    }
    for (const line of this.#waiting.splice(0)) line.settle(false);
    this.#wake();
    // A sink that hangs does not close either.
    await settledWithin(this.#drop(), CLOSE_WAIT_MS).catch(() => undefined);
  }

  async #run(): Promise<void> {
    let retryMs = RETRY_MS.first;
    for (let line = this.#waiting[0]; line !== undefined; line = this.#waiting[0]) {
      if (await this.#tryToWrite(line)) {
        retryMs = RETRY_MS.first;
        continue;
      }
      for (const waiting of this.#waiting) waiting.settle(false);
      if (!this.#isClosed) await this.#pause(retryMs);
      retryMs = Math.min(RETRY_MS.max, retryMs * 2);
    }
    this.#isBehind = false;
    this.#running = null;
  }

  async #tryToWrite(line: Line): Promise<boolean> {
    try {
      this.#sink ??= this.#options.open();
      const sink = await settledWithin(this.#sink, WRITE_TIMEOUT_MS);
      await settledWithin(sink.write(line.text), WRITE_TIMEOUT_MS);
    } catch (error) {
      this.#state.failures += 1;
      this.#state.failingSince ??= new Date();
      this.#state.lastError = error instanceof Error ? error.message : String(error);
      this.#options.failed(error);
      void this.#drop();
      return false;
    }
    this.#state = {
      ...this.#state,
      lastWrittenAt: new Date(),
      failingSince: null,
      lastError: "",
    };
    // Closing may have emptied the list meanwhile.
    if (this.#waiting[0] === line) this.#waiting.shift();
    this.#waitingBytes -= Buffer.byteLength(line.text);
    line.settle(true);
    return true;
  }

  /** The next attempt opens the device anew. */
  async #drop(): Promise<void> {
    const sink = this.#sink;
    this.#sink = null;
    await sink?.then((opened) => opened.close()).catch(() => undefined);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      // Nothing but lines for a device that is away would keep the process.
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** @throws Error when it takes longer than `ms`. */
async function settledWithin<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
