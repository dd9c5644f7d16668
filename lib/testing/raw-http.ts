import net from "node:net";
import tls from "node:tls";

export type RawResponse = { status: number; headers: Record<string, string>; body: string };

/** A shared secret in place of certificates: both ends of a TLS connection of a test know it. */
const TLS_SECRET = {
  ciphers: "PSK-AES128-GCM-SHA256",
  maxVersion: "TLSv1.2",
  pskCallback: () => ({ psk: Buffer.alloc(16, 1), identity: "test" }),
} as const;
export const TLS_SECRET_OF_SERVER = {
  ...TLS_SECRET,
  pskCallback: () => Buffer.alloc(16, 1),
} as const;

/** An HTTP client that sends the bytes it is told to and nothing else. */
export class RawClient {
  readonly socket: net.Socket;
  /** Once the connection is closed, in whatever way. */
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #isClosed = false;

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    // Told by `closed` and by responses that do not come.
    socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      });
    });
  }

  static async connect(port: number, secure = false): Promise<RawClient> {
    const socket = secure
      ? tls.connect({
          port,
          host: "127.0.0.1",
          checkServerIdentity: () => undefined,
          ...TLS_SECRET,
        })
      : net.connect(port, "127.0.0.1");
    const client = new RawClient(socket);
    await new Promise((resolve) => socket.once(secure ? "secureConnect" : "connect", resolve));
    return client;
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** The next response; null when the connection is closed without one. `HEAD` has no body. */
  async response(method = "GET"): Promise<RawResponse | null> {
    for (;;) {
      const response = this.#take(method);
      if (response !== null || this.#isClosed) return response;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }

  #take(method: string): RawResponse | null {
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return null;
    const [first = "", ...lines] = this.#received.toString("latin1", 0, end).split("\r\n");
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const status = Number(first.split(" ")[1]);
    const length = method === "HEAD" || status === 100 ? 0 : Number(headers["content-length"] ?? 0);
    const from = end + 4;
    if (this.#received.length < from + length) return null;
    const body = this.#received.toString("utf8", from, from + length);
    this.#received = this.#received.subarray(from + length);
    return { status, headers, body };
  }
}
