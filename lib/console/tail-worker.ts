import type { TailEvent, TailSignal } from "@/lib/console/tail";
import { readTail } from "@/lib/console/tail-reader";

/**
 * Shared by all tabs of the console in a browser: tabs that watch the same read one stream between
 * them. Under HTTP/1.1 a browser opens six connections to a host at most, and a stream takes one.
 */

/** What a tab says to the worker. */
export type TabMessage = { kind: "watch"; url: string } | { kind: "here" } | { kind: "bye" };

/** Streams under different filters at once; a further tab is told that there are too many. */
const STREAMS_MAX = 3;
/** Told to a tab that joins a stream that runs already. */
const REMEMBERED_MAX = 200;
/** A tab in the background says a word once a minute; one that is silent for so long is gone. */
const GONE_MS = 150_000;
const SWEEP_MS = 30_000;

type Tab = { port: MessagePort; seenAt: number };

class Stream {
  readonly tabs = new Set<Tab>();
  readonly #reader: { stop(): void };
  #events: TailEvent[] = [];
  #last: TailSignal | null = null;

  constructor(url: string) {
    this.#reader = readTail(url, (signal) => this.#tell(signal));
  }

  join(tab: Tab): void {
    this.tabs.add(tab);
    const [first] = this.#events;
    if (first === undefined) return;
    const n = first.event === "open" || first.event === "end" ? 0 : first.n - 1;
    const open: TailEvent = { event: "open", n, at: new Date().toISOString() };
    const events = first.event === "open" ? this.#events : [open, ...this.#events];
    tab.port.postMessage({ kind: "events", events } satisfies TailSignal);
    if (this.#last !== null) tab.port.postMessage(this.#last);
  }

  stop(): void {
    this.#reader.stop();
  }

  #tell(signal: TailSignal): void {
    if (signal.kind === "events") {
      const kept = signal.events.filter(({ event }) => event !== "beat");
      this.#events = [...this.#events, ...kept].slice(-REMEMBERED_MAX);
      this.#last = null;
    } else {
      this.#last = signal;
    }
    for (const { port } of this.tabs) port.postMessage(signal);
  }
}

const streams = new Map<string, Stream>();

function watch(tab: Tab, url: string): void {
  leave(tab);
  let stream = streams.get(url);
  if (stream === undefined) {
    if (streams.size >= STREAMS_MAX) {
      tab.port.postMessage(TOO_MANY);
      return;
    }
    stream = new Stream(url);
    streams.set(url, stream);
  }
  stream.join(tab);
}

const TOO_MANY: TailSignal = {
  kind: "refused",
  refusal: {
    kind: "failed",
    message: `Other tabs of this browser follow the log under ${STREAMS_MAX} other filters already.`,
    ...{ requestId: "", capability: "", path: "" },
  },
};

function leave(tab: Tab): void {
  for (const [url, stream] of streams) {
    if (!stream.tabs.delete(tab) || stream.tabs.size > 0) continue;
    stream.stop();
    streams.delete(url);
  }
}

function take(tab: Tab, message: TabMessage): void {
  tab.seenAt = Date.now();
  if (message.kind === "watch") watch(tab, message.url);
  if (message.kind === "bye") leave(tab);
}

addEventListener("connect", (event) => {
  const [port] = event instanceof MessageEvent ? event.ports : [];
  if (port === undefined) return;
  const tab: Tab = { port, seenAt: Date.now() };
  // Only pages of this origin can reach a shared worker, and they send nothing else.
  port.onmessage = ({ data }: MessageEvent<TabMessage>) => take(tab, data);
});

setInterval(() => {
  const since = Date.now() - GONE_MS;
  const gone = [...streams.values()].flatMap(({ tabs }) => [...tabs]);
  for (const tab of gone) if (tab.seenAt < since) leave(tab);
}, SWEEP_MS);
