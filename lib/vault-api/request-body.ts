import type http from "node:http";

/** What is read and thrown away of a body that was refused, so that its sender sees the answer. */
const DRAIN_BYTES_MAX = 64 * 1024 ** 2;
const DRAIN_MS = 10_000;

/** Reads a body whole; calls back with null as soon as it is longer than `bytesMax`. */
export function receiveBody(
  request: http.IncomingMessage,
  bytesMax: number,
  done: (body: Buffer | null) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= bytesMax) return;
    request.off("data", onData).off("end", onEnd).pause();
    chunks.length = 0;
    done(null);
  };
  const onEnd = () => {
    const [first] = chunks;
    done(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, bytes));
  };
  request.on("data", onData).on("end", onEnd);
}

/**
 * Reads on after an answer that came before the body's end, up to a bound in size and time, and ends
 * the answer then. A connection that is closed under its sender's hands loses the answer.
 */
export function drainBody(request: http.IncomingMessage, response: http.ServerResponse): void {
  let bytes = 0;
  const timer = setTimeout(() => request.socket.destroy(), DRAIN_MS).unref();
  response.once("close", () => {
    clearTimeout(timer);
  });
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > DRAIN_BYTES_MAX) request.socket.destroy();
  });
  request.on("end", () => response.end());
  request.resume();
}
