import type { TailSignal } from "@/lib/console/tail";
import { readTail } from "@/lib/console/tail-reader";
import type { TabMessage } from "@/lib/console/tail-worker";

const HERE_MS = 20_000;

/**
 * Watches a tail: through the worker that all tabs share, or, in a browser that has no such worker,
 * on a stream of this tab's own.
 */
export function watchTail(url: string, tell: (signal: TailSignal) => void): { stop(): void } {
  if (typeof SharedWorker === "undefined") return readTail(url, tell);
  const worker = new SharedWorker(new URL("./tail-worker.ts", import.meta.url), {
    type: "module",
    name: "leasehold-tail",
  });
  const { port } = worker;
  const say = (message: TabMessage): void => port.postMessage(message);
  port.onmessage = ({ data }: MessageEvent<TailSignal>) => tell(data);
  let own: { stop(): void } | null = null;
  // A browser or a proxy that does not let the worker start still shows the log.
  worker.onerror = () => {
    own ??= readTail(url, tell);
  };
  const leave = (): void => say({ kind: "bye" });
  const comeBack = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) say({ kind: "watch", url });
  };
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", comeBack);
  const here = setInterval(() => say({ kind: "here" }), HERE_MS);
  say({ kind: "watch", url });
  return {
    stop: () => {
      clearInterval(here);
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("pageshow", comeBack);
      leave();
      port.close();
      own?.stop();
    },
  };
}
