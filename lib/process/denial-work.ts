import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import type { Ports } from "@/lib/engine/ports";
import type { DenialWork } from "@/lib/engine/session-denial/denial";
import { reconcileDenials } from "@/lib/engine/session-denial/reconcile";
import { deniedSessions, denialReads } from "@/lib/postgres/session-denials";
import { recently } from "@/lib/process/recently";

/** What is asked within it is written together. */
const GATHER_MS = 1_000;
/** Another process writes the same policy: it is looked for so often, and so long. */
const LOOK_AGAIN_MS = 250;
const LOOKS_MAX = 120;
const DENIED_MS = 1_000;

/** Denials as this process works on them; `ports` is asked for when the first one is. */
export function denialWork(pool: pg.Pool, ports: () => Ports): DenialWork {
  const running = new Map<string, Promise<void>>();
  const denied = recently(DENIED_MS, async () => new Set(await deniedSessions(pool)));
  const work = async (container: string): Promise<void> => {
    await pause(GATHER_MS);
    // Whoever asks from here on is not among those that are written now.
    running.delete(container);
    for (let look = 0; look < LOOKS_MAX; look += 1) {
      if (await reconcileDenials(ports(), container)) return;
      await pause(LOOK_AGAIN_MS);
    }
  };
  return {
    ...denialReads(pool),
    apply: (container) => {
      const known = running.get(container);
      if (known !== undefined) return known;
      const begun = work(container);
      running.set(container, begun);
      return begun;
    },
    isDenied: async (awsUserId) => (await denied()).has(awsUserId),
  };
}
