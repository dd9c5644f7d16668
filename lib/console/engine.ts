import type { Overview } from "@/lib/console/overview";
import { EngineError } from "@/lib/engine/errors";

/** What the console asks of the wired engine. */
export type ConsoleEngine = {
  overview(): Promise<Overview>;
};

const KEY = Symbol.for("leasehold.console");

/**
 * Called once by the process, before the first page is asked for. Next.js bundles its own copy of
 * this module, so process and pages meet at the global object.
 */
export function offerEngine(engine: ConsoleEngine): void {
  Reflect.set(globalThis, KEY, engine);
}

/** @throws EngineError `unavailable` in a process that serves no console. */
export function consoleEngine(): ConsoleEngine {
  const offered: unknown = Reflect.get(globalThis, KEY);
  if (!isEngine(offered)) {
    throw new EngineError("unavailable", "The console is served by Leasehold's own server only.");
  }
  return offered;
}

function isEngine(offered: unknown): offered is ConsoleEngine {
  return typeof offered === "object" && offered !== null && "overview" in offered;
}
