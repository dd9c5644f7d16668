import type http from "node:http";
import type https from "node:https";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ListConnection } from "@/lib/vault-api/list-connection";

/** The letters that the parser has taken when it stops at the third of `LIST`: `LINK` begins alike. */
const TAKEN = "LI";
/** Node's own listeners on a connection, known by name alone: they have to give way. */
const PARSER_LISTENER = /^(?:bound )?socketOn(?:Data|End|Close|Drain|Timeout)$/;
const PARSER_EVENTS = ["data", "end", "drain", "timeout", "close"] as const;

/** Calls back once every answer that is due on a connection was sent; at once when none is. */
export type AfterAnswers = (connection: Duplex, then: () => void) => void;

/** Those that go on as a `ListConnection`. */
const left = new WeakSet<Duplex>();

/**
 * Takes over a connection on which the verb `LIST` was sent. Vault's clients send it, and Node's HTTP
 * parser refuses it in every version; this is the one place that knows. To be called for each
 * `clientError`.
 *
 * The parser itself tells where: it stops at the third letter of a `LIST` that stands where a verb has
 * to stand and nowhere else, so bodies are never touched. From there on the connection is read by a
 * new parser, to which this one `LIST` is shown as `LINK`. The next one stops that parser again.
 * Connections without a `LIST` cost nothing.
 *
 * @returns whether the connection goes on; false: the error is another one.
 */
export function takeOverList(
  server: http.Server | https.Server,
  error: NodeJS.ErrnoException,
  connection: Duplex,
  afterAnswers: AfterAnswers,
): boolean {
  // The parser that stopped still reports its time limits until the answers before are sent.
  if (left.has(connection)) return true;
  const rest = restOfVerb(error);
  if (rest === null || connection.destroyed) return false;
  if (!(connection instanceof ListConnection || connection instanceof Socket)) return false;
  const parser = parserOf(connection);
  // Paused: too much is waiting to be sent on it. A socket that its parser has paused cannot go on.
  if (parser === null || connection.isPaused()) return false;

  left.add(connection);
  parser.stopReading();
  const list = new ListConnection(connection, rest);
  afterAnswers(connection, () => {
    // Not from within the parser's own call.
    process.nextTick(() => {
      parser.release();
      if (list.destroyed) return;
      // Where TLS is done with a connection the server goes on under another name.
      server.emit(list.encrypted ? "secureConnection" : "connection", list);
    });
  });
  return true;
}

/** The verb of a request: `LIST` where it was shown to the parser as another, once for each. */
export function verbOf(request: http.IncomingMessage): string {
  const connection: Duplex = request.socket;
  const isList = connection instanceof ListConnection && connection.takeVerb();
  return isList ? "LIST" : (request.method ?? "");
}

/** `ST …` as far as it has arrived; null when this is no `LIST`. */
function restOfVerb(error: NodeJS.ErrnoException): Buffer | null {
  if (error.code !== "HPE_INVALID_METHOD") return null;
  if (!("rawPacket" in error) || !Buffer.isBuffer(error.rawPacket)) return null;
  if (!("bytesParsed" in error) || typeof error.bytesParsed !== "number") return null;
  const packet = error.rawPacket;
  const stop = error.bytesParsed;

  // Letters that came in an earlier packet are taken for these two. If they were others, a verb that
  // does not exist is served as a list, with the rights of who sent it, which gains nobody anything.
  const before = packet.toString("latin1", Math.max(0, stop - TAKEN.length), stop);
  if (!TAKEN.endsWith(before)) return null;
  // `UNLIST` stops at the same letter. Behind a body that ends in `UN` nobody can tell: refused.
  if (packet.toString("latin1", Math.max(0, stop - 4), stop) === `UN${TAKEN}`) return null;
  const rest = packet.subarray(stop);
  return "ST ".startsWith(rest.toString("latin1", 0, 3)) ? rest : null;
}

type Listener = (...args: unknown[]) => void;

/** The old parser's hold on a connection; null when it is not the one we know. */
function parserOf(connection: Duplex): { stopReading(): void; release(): void } | null {
  const listeners = new Map<string, Listener>();
  for (const event of PARSER_EVENTS) {
    const found = connection.listeners(event).find(({ name }) => PARSER_LISTENER.test(name));
    if (found === undefined) return null;
    // Node types listeners as bare functions.
    listeners.set(event, found as Listener);
  }
  const remove = (event: string, listener: Listener) => connection.removeListener(event, listener);
  return {
    stopReading: () => {
      for (const [event, listener] of listeners) {
        if (event === "data" || event === "end") remove(event, listener);
      }
    },
    release: () => {
      for (const [event, listener] of listeners) remove(event, listener);
      // For the old parser the connection is closed. It would be kept and time out otherwise.
      listeners.get("close")?.();
    },
  };
}
