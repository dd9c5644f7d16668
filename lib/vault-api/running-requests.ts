import type http from "node:http";
import type { Duplex } from "node:stream";

export type Running = {
  request: http.IncomingMessage;
  response: http.ServerResponse;
  /** Its body is still arriving; nothing was done for it yet. */
  isArriving: boolean;
  /** By `Date.now()`; infinite for what is not ours to limit. */
  expiresAt: number;
};

/** The requests of a server that are not answered yet. */
export class RunningRequests {
  readonly #running = new Map<http.ServerResponse, Running>();
  readonly #waiting = new Map<Duplex, () => void>();

  begin(request: http.IncomingMessage, response: http.ServerResponse): Running {
    const running = { request, response, isArriving: false, expiresAt: Infinity };
    this.#running.set(response, running);
    response.once("close", () => {
      this.#running.delete(response);
      if (this.#waiting.size > 0) this.#callBack(request.socket);
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
    connection.once("close", () => this.#waiting.delete(connection));
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
