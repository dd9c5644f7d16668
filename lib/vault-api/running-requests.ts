import type http from "node:http";
import type { Duplex } from "node:stream";
import { ListConnection } from "@/lib/vault-api/list-connection";

export type Running = {
  request: http.IncomingMessage;
  response: http.ServerResponse;
  /** Its body is still arriving; nothing was done for it yet. */
  isArriving: boolean;
  /** By `Date.now()`; infinite for what is not ours to limit. */
  expiresAt: number;
};

/** The connections of a server, and the requests on them that are not answered yet. */
export class RunningRequests {
  /** By their sockets, which a `ListConnection` only stands before. */
  readonly #connections = new Map<Duplex, Duplex>();
  readonly #running = new Map<http.ServerResponse, Running>();
  readonly #waiting = new WeakMap<Duplex, () => void>();

  connected(connection: Duplex): void {
    const socket = connection instanceof ListConnection ? connection.socket : connection;
    if (!this.#connections.has(socket))
      socket.once("close", () => this.#connections.delete(socket));
    this.#connections.set(socket, connection);
  }

  /** Connections on which nothing runs: between requests, before their first or amid its headers. */
  idleConnections(): Duplex[] {
    const busy = new Set<Duplex>([...this.#running.values()].map(({ request }) => request.socket));
    return [...this.#connections.values()].filter((connection) => !busy.has(connection));
  }

  begin(request: http.IncomingMessage, response: http.ServerResponse): Running {
    const running = { request, response, isArriving: false, expiresAt: Infinity };
    this.#running.set(response, running);
    response.once("close", () => {
      this.#running.delete(response);
      this.#callBack(request.socket);
    });
    return running;
  }

  /** True while an answer is due on a connection for a request that was read whole. */
  isAnswering(connection: Duplex): boolean {
    return this.#on(connection).some((running) => !running.isArriving);
  }

  /** Calls back once nothing runs on a connection any more; at once when nothing does. */
  afterAll(connection: Duplex, then: () => void): void {
    this.#waiting.set(connection, then);
    this.#callBack(connection);
  }

  /** Those whose time is over by `now`. */
  expired(now: number): Running[] {
    return [...this.#running.values()].filter(({ expiresAt }) => expiresAt <= now);
  }

  #on(connection: Duplex): Running[] {
    return [...this.#running.values()].filter(({ request }) => request.socket === connection);
  }

  #callBack(connection: Duplex): void {
    const then = this.#waiting.get(connection);
    if (then === undefined || this.#on(connection).length > 0) return;
    this.#waiting.delete(connection);
    then();
  }
}
