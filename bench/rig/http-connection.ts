import net from "node:net";

const TIMEOUT_MS = 60_000;
const HEAD_END = "\r\n\r\n";

export type Answer = { status: number; body: string };

/** Which request, with which token and body. */
export type Sent = { method: string; path: string; token?: string; body?: string };

/** No whole answer came: whether the request took effect is unknown. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

type Waiting = { resolve: (answer: Answer) => void; reject: (error: NoAnswer) => void };

/**
 * One kept-alive connection to an API, one request at a time: it costs a measurement little, repeats
 * nothing by itself, and tells an answer that was received whole from one that was not. It connects
 * when asked, and anew after it was lost.
 */
export class HttpConnection {
  readonly #host: string;
  readonly #port: number;
  #socket: net.Socket | null = null;
  #received: Buffer = Buffer.alloc(0);
  #waiting: Waiting | null = null;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
  }

  /** @throws NoAnswer */
  send({ method, path, token, body = "" }: Sent): Promise<Answer> {
    const head = [
      `${method} ${path} HTTP/1.1`,
      `host: ${this.#host}:${this.#port}`,
      ...(token === undefined ? [] : [`x-vault-token: ${token}`]),
      `content-length: ${Buffer.byteLength(body)}`,
    ];
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#open().write(`${head.join("\r\n")}${HEAD_END}${body}`);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): net.Socket {
    if (this.#socket !== null) return this.#socket;
    const socket = net.connect(this.#port, this.#host);
    let reason = "the connection was closed";
    socket.setNoDelay(true);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", (error) => (reason = error.message));
    socket.on("close", () => {
      this.#socket = null;
      this.#received = Buffer.alloc(0);
      this.#settle((waiting) => waiting.reject(new NoAnswer(reason)));
    });
    this.#socket = socket;
    return socket;
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.#received.toString("latin1", 0, end);
    const from = end + HEAD_END.length;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < from + length) return;
    const body = this.#received.toString("utf8", from, from + length);
    this.#received = this.#received.subarray(from + length);
    const status = Number(head.slice(9, 12));
    if (/\r\nconnection: *close/i.test(head)) this.#abandon();
    this.#settle((waiting) => waiting.resolve({ status, body }));
  }

  /** The next request goes out on another connection. */
  #abandon(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.removeAllListeners("close");
    socket?.destroy();
  }

  #settle(how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) how(waiting);
  }
}
