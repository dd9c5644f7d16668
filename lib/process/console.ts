import type { IncomingMessage, ServerResponse } from "node:http";
import type pg from "pg";
import { trustForwardedHost, type Config } from "@/lib/config";
import { offerEngine } from "@/lib/console/engine";
import type { Ports } from "@/lib/engine/ports";
import { Secret } from "@/lib/engine/secret";
import { createConsoleEngine } from "@/lib/process/console-engine";
import { consoleFront } from "@/lib/process/console-front";
import { consoleTail } from "@/lib/process/console-tail";
import { bareState } from "@/lib/process/initialisation";
import { answerBare } from "@/lib/vault-api/bare-routes";
import { clientAddressReader, normalizeAddress } from "@/lib/vault-api/client-address";
import { createDispatch } from "@/lib/vault-api/dispatch";
import { RateLimiter } from "@/lib/vault-api/rate-limiter";

export type ConsoleSurroundings = {
  pool: pg.Pool;
  ports: Ports;
  version: string;
  embedded: boolean;
  /** The folder that holds `app` and, built, `.next`. */
  root: string;
  /** Compiles pages when they are asked for, instead of serving what was built. */
  dev: boolean;
};

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Makes the pages ready to be served, and gives them what they ask through. */
export async function startConsole(config: Config, around: ConsoleSurroundings): Promise<Handler> {
  const { pool, ports } = around;
  const limiter = new RateLimiter({
    metrics: ports.metrics,
    clientAddress: ({ peer }) => peer.address,
    now: () => performance.now(),
  });
  const dispatch = createDispatch({
    ports,
    limiter,
    bare: answerBare(ports, bareState(config, pool, ports)),
    clientAddress: ({ peer }) => peer.address,
  });
  const oidc =
    config.oidc === null
      ? null
      : { ...config.oidc, clientSecret: config.oidc.clientSecret.reveal() };
  offerEngine(createConsoleEngine({ ports, dispatch, limiter, oidc }));
  trustForwardedHost();
  const pages = await startPages(around);
  const addressOf = addressReader(config);
  return consoleFront(
    {
      publicUrl: config.publicUrl,
      dev: around.dev,
      tail: consoleTail(ports, dispatch),
      isSignedIn: async (cookie) => {
        return (await ports.consoleSessions.byCookie(new Secret(cookie))) !== null;
      },
      clientAddress: ({ socket, headers }) => {
        const forwarded = headers["x-forwarded-for"];
        const chain = Array.isArray(forwarded) ? forwarded.join(",") : forwarded;
        return addressOf(normalizeAddress(socket.remoteAddress ?? ""), chain);
      },
    },
    pages,
  );
}

function addressReader({ proxies }: Config): ReturnType<typeof clientAddressReader> {
  return clientAddressReader({
    authorizedBlocks: proxies.trusted,
    hopSkips: proxies.hopSkips,
    rejectNotPresent: proxies.rejectNotPresent,
    rejectNotAuthorized: proxies.rejectNotAuthorized,
  });
}

/**
 * Next.js is loaded here and not before: a process without the role `console` does without its
 * 100 MB.
 */
async function startPages({ root, dev }: ConsoleSurroundings): Promise<Handler> {
  const { default: next } = await import("next");
  const app = next({ dir: root, dev });
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
