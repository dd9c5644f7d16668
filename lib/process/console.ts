import type { IncomingMessage, ServerResponse } from "node:http";

export type ConsoleOptions = {
  /** The folder that holds `app` and, built, `.next`. */
  dir: string;
  /** Compiles pages when they are asked for, instead of serving what was built. */
  dev: boolean;
};

/**
 * Makes the pages ready to be served. Next.js is loaded here and not before: a process without
 * the role `console` does without its 100 MB.
 */
export async function startConsole(
  options: ConsoleOptions,
): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  const { default: next } = await import("next");
  const app = next({ dir: options.dir, dev: options.dev });
  await withoutConsoleLog(() => app.prepare());
  const handle = app.getRequestHandler();
  return (request, response) => void handle(request, response);
}

/** Next.js says how long it took to read its own configuration, in the middle of our lines. */
async function withoutConsoleLog(work: () => Promise<void>): Promise<void> {
  const { log } = console;
  console.log = () => undefined;
  try {
    await work();
  } finally {
    console.log = log;
  }
}
