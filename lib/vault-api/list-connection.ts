import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

const VERB = Buffer.from("LIST ");
/** A verb of the same length that Node's parser reads. */
const STAND_IN = Buffer.from("LINK ");
/** The letters of `LIST ` that the parser before had taken. */
const TAKEN_LETTERS = 2;

/**
 * A socket as the HTTP server sees it after a `LIST`: what is read goes through here, so that one verb
 * can be shown as another; all else is the socket's.
 */
export class ListConnection extends Duplex {
  readonly socket: Socket;
  /** What follows the letters taken, until it is long enough to be judged. */
  #held: Buffer | null;
  /** The next request that the parser reads is the one whose verb was replaced. */
  #isReplaced = false;

  /**
   * Goes on with `before`, which nothing reads any more, and on which the parser stopped behind the
   * first letters of `LIST`; `rest` is what follows them.
   */
  constructor(before: Socket | ListConnection, rest: Buffer) {
    super({ allowHalfOpen: true });
    this.socket = before instanceof ListConnection ? before.socket : before;
    this.#held =
      before instanceof ListConnection ? Buffer.concat([rest, ...before.#leave()]) : rest;
    this.#judge();
    if (this.socket.readableEnded) this.push(null);
    for (const [event, listener] of this.#listeners) this.socket.on(event, listener);
  }

  readonly #listeners = [
    ["data", (chunk: Buffer) => this.#receive(chunk)],
    ["end", () => this.push(null)],
    ["timeout", () => this.emit("timeout")],
    // Told as a close: nobody listens for errors while the parsers change.
    ["error", () => this.destroy()],
    ["close", () => this.destroy()],
  ] as const;

  /** Leaves the socket to another one, with what arrived and was not read. */
  #leave(): Buffer[] {
    this.pause();
    for (const [event, listener] of this.#listeners) this.socket.off(event, listener);
    const unread: Buffer[] = [];
    for (let chunk: unknown = this.read(); Buffer.isBuffer(chunk); chunk = this.read()) {
      unread.push(chunk);
    }
    return unread;
  }

  /** True once, for the request whose verb was replaced. */
  takeVerb(): boolean {
    const isReplaced = this.#isReplaced;
    this.#isReplaced = false;
    return isReplaced;
  }

  #receive(chunk: Buffer): void {
    if (this.#held !== null) {
      this.#held = Buffer.concat([this.#held, chunk]);
      this.#judge();
    } else if (!this.push(chunk)) {
      this.socket.pause();
    }
  }

  #judge(): void {
    if (this.#held === null || this.#held.length < VERB.length - TAKEN_LETTERS) return;
    const line = Buffer.concat([VERB.subarray(0, TAKEN_LETTERS), this.#held]);
    this.#held = null;
    // If it is no `LIST` the parser stops again, with more to see.
    this.#isReplaced = line.subarray(0, VERB.length).equals(VERB);
    if (this.#isReplaced) STAND_IN.copy(line);
    this.push(line);
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void) {
    this.socket.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }

  /** Closes after what was written, as the HTTP server asks of a socket. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  setTimeout(timeoutMs: number): this {
    this.socket.setTimeout(timeoutMs);
    return this;
  }

  setNoDelay(noDelay?: boolean): this {
    this.socket.setNoDelay(noDelay);
    return this;
  }

  setKeepAlive(enable?: boolean, initialDelayMs?: number): this {
    this.socket.setKeepAlive(enable, initialDelayMs);
    return this;
  }

  ref(): this {
    this.socket.ref();
    return this;
  }

  unref(): this {
    this.socket.unref();
    return this;
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.socket.remotePort;
  }

  get encrypted(): boolean {
    return this.socket instanceof TLSSocket;
  }
}
