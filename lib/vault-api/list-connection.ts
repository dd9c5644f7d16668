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
  readonly #socket: Socket;
  /** What follows the letters taken, until it is long enough to be judged. */
  #held: Buffer | null = null;
  /** The next request that the parser reads is the one whose verb was replaced. */
  #replaced = false;
  /** From a `LIST` that was met until the new parser reads. */
  isWaiting = true;

  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("end", () => this.push(null));
    socket.on("timeout", () => this.emit("timeout"));
    // Told as a close: nobody listens for errors while the parsers change.
    socket.on("error", () => this.destroy());
    socket.on("close", () => this.destroy());
  }

  /** Takes `rest`, which follows the letters that the parser had taken, and reads nothing more. */
  hold(rest: Buffer): void {
    this.isWaiting = true;
    this.pause();
    this.#socket.setTimeout(0);
    const chunks = [rest];
    for (let more: unknown = this.read(); Buffer.isBuffer(more); more = this.read()) {
      chunks.push(more);
    }
    this.#held = Buffer.concat(chunks);
    this.#judge();
  }

  /** Goes on, with a new parser. */
  letGo(): void {
    this.isWaiting = false;
    this.resume();
  }

  /** True once for each verb that was replaced. */
  takeVerb(): boolean {
    const replaced = this.#replaced;
    this.#replaced = false;
    return replaced;
  }

  #receive(chunk: Buffer): void {
    if (this.#held !== null) {
      this.#held = Buffer.concat([this.#held, chunk]);
      this.#judge();
    } else if (!this.push(chunk)) {
      this.#socket.pause();
    }
  }

  #judge(): void {
    if (this.#held === null || this.#held.length < VERB.length - TAKEN_LETTERS) return;
    const line = Buffer.concat([VERB.subarray(0, TAKEN_LETTERS), this.#held]);
    this.#held = null;
    // If it is no `LIST` the parser stops again, with more to see.
    this.#replaced = line.subarray(0, VERB.length).equals(VERB);
    if (this.#replaced) STAND_IN.copy(line);
    this.push(line);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void) {
    this.#socket.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  /** Closes after what was written, as the HTTP server asks of a socket. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  setTimeout(timeoutMs: number): this {
    this.#socket.setTimeout(timeoutMs);
    return this;
  }

  setNoDelay(noDelay?: boolean): this {
    this.#socket.setNoDelay(noDelay);
    return this;
  }

  setKeepAlive(enable?: boolean, initialDelayMs?: number): this {
    this.#socket.setKeepAlive(enable, initialDelayMs);
    return this;
  }

  ref(): this {
    this.#socket.ref();
    return this;
  }

  unref(): this {
    this.#socket.unref();
    return this;
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#socket.remotePort;
  }

  get encrypted(): boolean {
    return this.#socket instanceof TLSSocket;
  }
}
