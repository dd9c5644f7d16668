import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { ApiResponse } from "@/lib/vault-api/exchange";
import { errorsResponse } from "@/lib/vault-api/error-envelope";

/** How long a connection that was refused is read on, so that its peer sees why. */
const LINGER_MS = 1_000;

/** On every answer of the API; Vault's clients compare the content type letter by letter. */
const API_HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
} as const;

/** Answers; nothing happens when an answer was begun already or the client is gone. */
export function sendResponse(response: ServerResponse, answer: ApiResponse): void {
  if (writeHead(response, answer)) response.end(answer.body ?? undefined);
}

/** Answers, and leaves the exchange open: the whole body is sent, but its end is not told to Node. */
export function sendUnended(response: ServerResponse, answer: ApiResponse): void {
  if (writeHead(response, answer)) response.write(answer.body ?? "");
}

/**
 * Begins an answer whose length nobody knows, the last of its connection; false when one was begun
 * already.
 */
export function writeStreamHead(
  response: ServerResponse,
  { status, headers }: ApiResponse,
): boolean {
  if (response.headersSent || response.destroyed) return false;
  response.writeHead(status, { ...API_HEADERS, ...headers, connection: "close" });
  response.flushHeaders();
  return true;
}

function writeHead(response: ServerResponse, { status, headers, body }: ApiResponse): boolean {
  if (response.headersSent || response.destroyed) return false;
  const lines: string[] = [];
  for (const [name, value] of Object.entries({ ...API_HEADERS, ...headers })) {
    lines.push(name, value);
  }
  const hasBody = status !== 204 && status !== 304;
  if (hasBody) lines.push("content-length", String(body === null ? 0 : Buffer.byteLength(body)));
  response.writeHead(status, lines);
  return true;
}

/** Refuses a request in the form of every error; the connection is closed after it. */
export function refuse(response: ServerResponse, status: number, text: string): void {
  sendResponse(response, closing(errorsResponse(status, [text])));
}

/** The same answer as the last one of its connection. */
export function closing(answer: ApiResponse): ApiResponse {
  return { ...answer, headers: { ...answer.headers, connection: "close" } };
}

/** Refuses what is no HTTP request, and closes. */
export function refuseConnection(connection: Duplex, status: number): void {
  if (!connection.writable) {
    connection.destroy();
    return;
  }
  const { body } = errorsResponse(status, status === 405 ? [] : ["malformed HTTP request"]);
  const text = String(body);
  connection.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n` +
      Object.entries(API_HEADERS)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join("") +
      `content-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  );
  connection.removeAllListeners("data");
  connection.on("data", () => undefined);
  connection.resume();
  setTimeout(() => connection.destroy(), LINGER_MS).unref();
}
