import { Writable } from "node:stream";
import type pg from "pg";

/**
 * Sends all that `send` queries at once in one packet: on loopback and on a network alike, a system
 * call costs more than the bytes in it.
 */
export function together<T>(client: pg.ClientBase, send: () => T): T {
  const stream = streamOf(client);
  stream?.cork();
  try {
    return send();
  } finally {
    stream?.uncork();
  }
}

/** The connection's stream, which pg does not name in its types; null: queries go out one by one. */
function streamOf(client: pg.ClientBase): Writable | null {
  const connection: unknown = Reflect.get(client, "connection");
  if (typeof connection !== "object" || connection === null) return null;
  const stream: unknown = Reflect.get(connection, "stream");
  return stream instanceof Writable ? stream : null;
}
