import { z } from "zod";
import { failed, Refusal, signedOut } from "@/lib/console/refusal";
import { parseTailEvent, TAIL_PATH, type TailEvent, type TailSignal } from "@/lib/console/tail";

/** The server beats every 2 s: a stream that is silent for so long is dead. */
const SILENCE_MS = 10_000;
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 10_000;
/** Too many tails, no database: to be tried again. Any other refusal is final. */
const PASSING = new Set([429, 500, 502, 503, 504]);

/**
 * Reads a tail, and comes back to it behind what it saw last whenever it breaks off, until it is
 * stopped or refused for good.
 */
export function readTail(url: string, tell: (signal: TailSignal) => void): { stop(): void } {
  const reader = new Reader(url, tell);
  void reader.run();
  return reader;
}

class Reader {
  readonly #url: string;
  readonly #tell: (signal: TailSignal) => void;
  #stopped = false;
  #abort = new AbortController();
  #lastEventId = "";
  #delayMs = RETRY_MS;

  constructor(url: string, tell: (signal: TailSignal) => void) {
    this.#url = url;
    this.#tell = tell;
  }

  stop(): void {
    this.#stopped = true;
    this.#abort.abort();
  }

  async run(): Promise<void> {
    while (!this.#isOver()) {
      const refusal = await this.#readOnce().catch(() => null);
      if (this.#isOver()) return;
      if (refusal !== null) {
        this.#tell({ kind: "refused", refusal });
        return;
      }
      this.#tell({ kind: "reconnecting" });
      await new Promise((resolve) => setTimeout(resolve, this.#delayMs));
      this.#delayMs = Math.min(2 * this.#delayMs, RETRY_MS_MAX);
    }
  }

  #isOver(): boolean {
    return this.#stopped;
  }

  /** @returns why not to come back; null: it broke off. */
  async #readOnce(): Promise<Refusal | null> {
    this.#abort = new AbortController();
    const silence = new Silence(() => this.#abort.abort());
    try {
      const response = await fetch(this.#url, {
        signal: this.#abort.signal,
        cache: "no-store",
        headers: this.#lastEventId === "" ? {} : { "last-event-id": this.#lastEventId },
      });
      if (!response.ok) return await refusalOf(response);
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      if (reader === undefined) return null;
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return null;
        silence.broken();
        const parts = `${rest}${value}`.split("\n\n");
        rest = parts.pop() ?? "";
        const refusal = this.#take(parts);
        if (refusal !== null) return refusal;
      }
    } finally {
      silence.end();
    }
  }

  #take(parts: readonly string[]): Refusal | null {
    const events = parts.map((part) => this.#eventOf(part)).filter((event) => event !== null);
    if (events.length === 0) return null;
    this.#delayMs = RETRY_MS;
    this.#tell({ kind: "events", events });
    const isRefused = events.some((one) => one.event === "end" && one.reason === "refused");
    return isRefused ? failed(TAIL_PATH, "You may not follow the log any longer.") : null;
  }

  #eventOf(part: string): TailEvent | null {
    const fields = new Map(part.split("\n").map(fieldOf));
    this.#lastEventId = fields.get("id") ?? this.#lastEventId;
    const name = fields.get("event");
    return name === undefined ? null : parseTailEvent(name, fields.get("data") ?? "");
  }
}

/** Ends what nothing has been heard of for too long. */
class Silence {
  readonly #onSilence: () => void;
  #timer: ReturnType<typeof setTimeout>;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
    this.#timer = setTimeout(onSilence, SILENCE_MS);
  }

  broken(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onSilence, SILENCE_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(": ");
  return colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 2)];
}

const Refused = z.object({ refusal: Refusal });

async function refusalOf(response: Response): Promise<Refusal | null> {
  if (PASSING.has(response.status)) return null;
  const body: unknown = await response.json().catch(() => null);
  const refused = Refused.safeParse(body);
  if (refused.success) return refused.data.refusal;
  if (response.status === 401) return signedOut(TAIL_PATH);
  return failed(TAIL_PATH, `The server answered ${response.status}.`);
}
