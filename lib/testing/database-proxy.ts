import { connect, createServer, type Socket } from "node:net";

/** Where a connection is cut: before the bytes that hold `marker` are passed on. */
export type Cut = { direction: "request" | "reply"; marker: string };

export type DatabaseProxy = {
  /** The database, through the proxy. */
  url: string;
  /** Cuts that are still to come, one connection each, in this order. */
  cuts: Cut[];
  /** Refuses new connections until told otherwise. */
  refuse(refusing: boolean): void;
  /** Cuts all connections now. */
  cutAll(): void;
  close(): Promise<void>;
};

/**
 * A way to a Postgres server that can be cut at a given message: before a request reaches the
 * server, or after it did and before the answer comes back.
 */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const cuts: Cut[] = [];
  const open = new Set<Socket>();
  let refusing = false;
  const server = createServer((client) => {
    if (refusing) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port || "5432"), target.hostname);
    const end = (): void => {
      client.destroy();
      // What the server was sent it still does, as after a cut in the network.
      upstream.end();
    };
    const pass = (direction: Cut["direction"], to: Socket) => (bytes: Buffer) => {
      const [next] = cuts;
      if (next?.direction === direction && bytes.includes(next.marker)) {
        cuts.shift();
        end();
      } else if (!to.destroyed) {
        to.write(bytes);
      }
    };
    for (const [from, to, direction] of [
      [client, upstream, "request"],
      [upstream, client, "reply"],
    ] as const) {
      open.add(from);
      from.on("data", pass(direction, to));
      from.on("error", end);
      from.on("close", () => {
        open.delete(from);
        end();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(typeof address === "object" && address !== null ? address.port : 0);
  return {
    url: url.href,
    cuts,
    refuse: (now) => {
      refusing = now;
    },
    cutAll: () => {
      for (const socket of open) socket.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
