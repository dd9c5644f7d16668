import type { ServerResponse } from "node:http";
import { entryData } from "@/lib/engine/audit/found";
import type { FoundEntry } from "@/lib/engine/audit/search";
import { positionText, type Tail, type TailGap, type TailListener } from "@/lib/engine/audit/tail";
import type { ApiResponse } from "@/lib/vault-api/exchange";
import { writeStreamHead } from "@/lib/vault-api/send-response";

/** Events that wait for a reader; those beyond become a gap. */
const WAITING_MAX = 500;
/** Between two signs of life at most: readers and proxies take a silent stream for a dead one. */
const BEAT_MS = 2_000;
/** A token that was revoked, or a policy that was changed, ends a tail within this time. */
const JUDGE_MS = 5_000;
/** What a browser waits before it comes back. */
const RETRY_MS = 2_000;
/** A reader that has taken nothing for so long is gone. */
const STUCK_MS = 30_000;

/** Why a tail ended, for its reader: `refused` says not to come back. */
export type TailEnd = "refused" | "stopping";

/**
 * Answers with a stream of server-sent events: `open`, `entry`, `gap`, `beat`, `end`. Entries are
 * numbered (`n`) as they pass the filter, dropped or not, so that a reader sees every hole for itself.
 *
 * @param isStillIn asked besides the policies: whether the reader's session lives.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function sendTail(
  response: ServerResponse,
  answer: ApiResponse,
  tail: Tail,
  isStillIn: () => Promise<boolean> = () => Promise.resolve(true),
): void {
  if (!writeStreamHead(response, answer)) return;
  const events = new TailEvents({
    write: (text) => response.write(text),
    end: () => {
      response.end();
    },
    abort: () => {
      response.destroy();
    },
  });
  response.on("drain", () => events.drained());
  const following = tail.follow(events);
  const beat = setInterval(() => events.beat(), BEAT_MS);
  const judge = setInterval(() => {
    mayGoOn(tail, isStillIn).then(
      (may) => {
        if (!may) events.end("refused");
      },
      // The database is away: nothing comes of it meanwhile, and it is asked again.
      () => undefined,
    );
  }, JUDGE_MS);
  response.once("close", () => {
    following.stop();
    clearInterval(beat);
    clearInterval(judge);
  });
}

async function mayGoOn(tail: Tail, isStillIn: () => Promise<boolean>): Promise<boolean> {
  return (await isStillIn()) && (await tail.mayGoOn());
}

/** Where events go; `write` gives false while its reader is behind. */
export type TailSink = { write(text: string): boolean; end(): void; abort(): void };

/** Turns what is told of the log into events, and what a slow reader does not take into a gap. */
export class TailEvents implements TailListener {
  readonly #sink: TailSink;
  readonly #now: () => number;
  #waiting: string[] = [];
  #dropped: TailGap | null = null;
  #flowing = true;
  #blockedAt = 0;
  /** Number of the last entry that passed the filter. */
  #n = 0;
  #behindMs = 0;

  constructor(sink: TailSink, now: () => number = () => performance.now()) {
    this.#sink = sink;
    this.#now = now;
    sink.write(`retry: ${RETRY_MS}\n\n`);
  }

  opened(at: Date): void {
    this.#send(eventText("open", { at: at.toISOString(), n: this.#n }));
  }

  entries(found: readonly FoundEntry[]): void {
    for (const entry of found) this.#entry(entry);
  }

  #entry(found: FoundEntry): void {
    this.#n += 1;
    if (this.#dropped !== null || this.#waiting.length >= WAITING_MAX) {
      this.#drop(found);
      return;
    }
    this.#send(
      eventText("entry", { n: this.#n, ...entryData(found) }, positionText(found.position)),
    );
  }

  /** Once one was dropped, all are until the reader has taken what waits: the gap has one place. */
  #drop({ at, position }: FoundEntry): void {
    const before = this.#dropped;
    this.#dropped = {
      ...{ count: (before?.count ?? 0) + 1, isMore: false, reason: "slow", last: position },
      ...{ from: before?.from ?? at, to: at },
    };
  }

  gap(gap: TailGap): void {
    this.#n += gap.count;
    this.#send(this.#gapText(gap));
  }

  #gapText({ count, isMore, from, to, reason, last }: TailGap): string {
    return eventText(
      "gap",
      {
        ...{ n: this.#n, count, is_more: isMore, reason },
        ...{ from: from.toISOString(), to: to.toISOString() },
      },
      last === null ? null : positionText(last),
    );
  }

  looked(behindMs: number): void {
    this.#behindMs = behindMs;
  }

  /** A sign of life, with the number of the last entry: a hole at the end shows too. */
  beat(): void {
    if (!this.#flowing) {
      if (this.#now() - this.#blockedAt > STUCK_MS) this.#sink.abort();
      return;
    }
    this.#send(eventText("beat", { n: this.#n, behind_ms: Math.round(this.#behindMs) }));
  }

  /** The reader has taken all that was sent. */
  drained(): void {
    this.#flowing = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const text of waiting) this.#send(text);
    if (this.#dropped === null || !this.#isEmpty()) return;
    const text = this.#gapText(this.#dropped);
    this.#dropped = null;
    this.#send(text);
  }

  #isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  ended(): void {
    this.end("stopping");
  }

  end(reason: TailEnd): void {
    this.#sink.write(eventText("end", { reason }));
    this.#sink.end();
  }

  #send(text: string): void {
    if (!this.#flowing) {
      this.#waiting.push(text);
      return;
    }
    this.#flowing = this.#sink.write(text);
    if (!this.#flowing) this.#blockedAt = this.#now();
  }
}

function eventText(name: string, data: unknown, id: string | null = null): string {
  const idLine = id === null ? "" : `id: ${id}\n`;
  return `${idLine}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
