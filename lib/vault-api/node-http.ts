import type http from "node:http";
import type https from "node:https";
import type { Duplex } from "node:stream";
import { Server as TlsServer } from "node:tls";
import { normalizeAddress } from "@/lib/vault-api/client-address";
import { asEngineError, errorResponse, errorsResponse } from "@/lib/vault-api/error-envelope";
import type { ApiRequest, ApiResponse, Dispatch } from "@/lib/vault-api/exchange";
import type { Admission, RequestHead } from "@/lib/vault-api/rate-limiter";
import { takeOverList, verbOf } from "@/lib/vault-api/list-verb";
import { drainBody, receiveBody } from "@/lib/vault-api/request-body";
import { API_PREFIX, isLoginPath } from "@/lib/vault-api/request-path";
import { type Running, RunningRequests } from "@/lib/vault-api/running-requests";
import {
  closing,
  refuse,
  refuseConnection,
  sendResponse,
  sendUnended,
} from "@/lib/vault-api/send-response";
import { sendTail } from "@/lib/vault-api/tail-stream";

const HEADERS_MAX = 128;
const TARGET_CHARS_MAX = 8192;
/** From the first byte of a request to the last of its headers, and of its body. */
const HEADERS_TIMEOUT_MS = 10_000;
const RECEIVE_TIMEOUT_MS = 30_000;
/** Without a byte in either direction: for answers that nobody reads. */
const IDLE_TIMEOUT_MS = 60_000;
/** Longer than proxies keep theirs (60 s), so that they never meet one that is just being closed. */
const KEEP_ALIVE_MS = 65_000;
const REQUEST_TIMEOUT_MS = 90_000;
const CHECK_INTERVAL_MS = 1_000;

/** On closing: for a request that is just arriving to be refused. */
const IDLE_GRACE_MS = 500;

/** What `createServer` has to be given, as it cannot be set later. */
export const HTTP_SERVER_OPTIONS = {
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: CHECK_INTERVAL_MS,
} as const satisfies http.ServerOptions;

export type ApiOptions = {
  bodyBytesMax: number;
  loginBodyBytesMax: number;
  /** On every answer of the API. */
  headers?: Readonly<Record<string, string>>;
  /** Judges a request before its body is read. */
  admit?(head: RequestHead): Admission;
  /** How long a request may run once it was read; 90 s if not given. */
  requestTimeoutMs?: number;
  /** Answers all that is not below `/v1/`. */
  other(request: http.IncomingMessage, response: http.ServerResponse): void;
};

export type Api = {
  /**
   * Accepts nothing more, lets what runs finish for at most `graceMs`, then closes every connection.
   * Requests on connections that are open already get 503.
   */
  close(graceMs: number): Promise<void>;
};

/**
 * Answers `/v1/*` on `server` with `dispatch`; `/ui` leads to `/`, all other paths are for `other`.
 * Headers and bodies are bounded in size and time, and `LIST` is a verb like any other. `server` is
 * to be made with `HTTP_SERVER_OPTIONS`.
 */
export function attachApi(
  server: http.Server | https.Server,
  dispatch: Dispatch,
  options: ApiOptions,
): Api {
  return new Door(server, dispatch, options);
}

class Door implements Api {
  readonly #server: http.Server | https.Server;
  readonly #dispatch: Dispatch;
  readonly #options: ApiOptions;
  readonly #running = new RunningRequests();
  readonly #sweep: NodeJS.Timeout;
  #isClosing = false;

  constructor(server: http.Server | https.Server, dispatch: Dispatch, options: ApiOptions) {
    this.#server = server;
    this.#dispatch = dispatch;
    this.#options = options;
    this.#listen(server);
    this.#sweep = setInterval(() => this.#expire(), CHECK_INTERVAL_MS).unref();
  }

  #listen(server: http.Server | https.Server): void {
    server.headersTimeout = HEADERS_TIMEOUT_MS;
    server.requestTimeout = RECEIVE_TIMEOUT_MS;
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.timeout = IDLE_TIMEOUT_MS;
    const connected = server instanceof TlsServer ? "secureConnection" : "connection";
    server.on(connected, (connection: Duplex) => this.#running.connected(connection));
    const on = (event: string, handle: Handle) =>
      server.on(event, (request: http.IncomingMessage, response: http.ServerResponse) => {
        request.method = verbOf(request);
        handle(request, response);
      });
    on("request", (request, response) => this.#accept(request, response));
    on("checkContinue", (request, response) => {
      // The API asks for a body once it knows that it will take it.
      if (request.url?.startsWith(API_PREFIX) !== true) response.writeContinue();
      this.#accept(request, response);
    });
    on("checkExpectation", (request, response) => {
      this.#running.begin(request, response);
      refuse(response, 417, "unknown expectation");
    });
    server.on("connect", (_request: http.IncomingMessage, connection: Duplex) =>
      refuseConnection(connection, 405),
    );
    server.on("clientError", (error: NodeJS.ErrnoException, connection: Duplex) =>
      this.#acceptError(error, connection),
    );
    server.on("timeout", (connection: Duplex) => {
      // A request that runs is quiet. An answer that nobody reads, or no request at all, is over.
      const isRunning = this.#running.isAnswering(connection);
      if (!isRunning || connection.writableLength > 0) connection.destroy();
    });
  }

  #accept(request: http.IncomingMessage, response: http.ServerResponse): void {
    const running = this.#running.begin(request, response);
    const target = request.url ?? "";
    if (this.#isClosing) {
      refuse(response, 503, "the server is shutting down");
    } else if (target.startsWith(API_PREFIX)) {
      this.#acceptApi(running, target);
    } else if (!target.startsWith("/")) {
      // The absolute form is for proxies.
      refuse(response, 400, "malformed request target");
    } else if (/^\/ui(?:[/?]|$)/.test(target)) {
      response.writeHead(307, { location: "/" }).end();
    } else {
      this.#options.other(request, response);
    }
  }

  #acceptApi(running: Running, target: string): void {
    const { request, response } = running;
    const headers = readHeaders(request.rawHeaders);
    if (headers === "too many") {
      refuse(response, 431, "too many headers");
    } else if (headers === "two hosts") {
      refuse(response, 400, "more than one host header");
    } else if (target.length > TARGET_CHARS_MAX) {
      refuse(response, 414, "request target too long");
    } else {
      const head = { method: request.method ?? "", target, headers, peer: peerOf(request) };
      this.#admit(running, head);
    }
  }

  #admit(running: Running, head: RequestHead): void {
    const { request, response } = running;
    const { headers } = head;
    const hasBody = "content-length" in headers || "transfer-encoding" in headers;
    const isOnItsWay = hasBody && headers["expect"] === undefined;
    const admission = this.#options.admit?.(head) ?? ADMITTED;
    if (admission.refused !== null) {
      if (hasBody) this.#refuseBody(running, admission.refused, isOnItsWay);
      else sendResponse(response, this.#complete(admission.refused));
    } else if (this.#isTooLong(request)) {
      this.#refuseBody(running, TOO_LARGE, isOnItsWay);
    } else if (hasBody) {
      this.#receive(running, head, admission.headers);
    } else {
      void this.#run(running, { ...head, body: NOTHING }, admission.headers);
    }
  }

  #receive(running: Running, head: RequestHead, extra: Headers): void {
    running.isArriving = true;
    if (head.headers["expect"] !== undefined) running.response.writeContinue();
    receiveBody(running.request, this.#bodyBytesMax(head.target), (body) => {
      running.isArriving = false;
      if (body === null) this.#refuseBody(running, TOO_LARGE, true);
      else void this.#run(running, { ...head, body }, extra);
    });
  }

  #refuseBody({ request, response }: Running, refusal: ApiResponse, isOnItsWay: boolean): void {
    const answer = closing(this.#complete(refusal));
    if (isOnItsWay) {
      sendUnended(response, answer);
      drainBody(request, response);
    } else {
      sendResponse(response, answer);
    }
  }

  async #run(running: Running, request: ApiRequest, extra: Headers): Promise<void> {
    running.expiresAt = Date.now() + (this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS);
    let answer: ApiResponse;
    try {
      answer = await this.#dispatch(request);
    } catch (thrown) {
      answer = errorResponse(asEngineError(thrown));
    }
    running.expiresAt = Infinity;
    const full = this.#complete({ ...answer, headers: { ...answer.headers, ...extra } });
    if (full.tail !== undefined && !this.#isClosing) sendTail(running.response, full, full.tail);
    else sendResponse(running.response, this.#isClosing ? closing(full) : full);
  }

  #complete(answer: ApiResponse): ApiResponse {
    return { ...answer, headers: { ...answer.headers, ...this.#options.headers } };
  }

  #bodyBytesMax(target: string): number {
    const { bodyBytesMax, loginBodyBytesMax } = this.#options;
    const isLogin = isLoginTarget(target);
    return isLogin ? Math.min(loginBodyBytesMax, bodyBytesMax) : bodyBytesMax;
  }

  #isTooLong({ url = "", headers }: http.IncomingMessage): boolean {
    return (
      url.startsWith(API_PREFIX) && Number(headers["content-length"]) > this.#bodyBytesMax(url)
    );
  }

  #acceptError(error: NodeJS.ErrnoException, connection: Duplex): void {
    const isList = takeOverList(this.#server, error, connection, (of, then) =>
      this.#running.afterAll(of, then),
    );
    if (isList) return;
    const status = statusOfClientError(error);
    // With an answer due to an earlier request this one would be taken for it.
    if (status === null || this.#running.isAnswering(connection)) connection.destroy();
    else refuseConnection(connection, status);
  }

  #expire(): void {
    for (const running of this.#running.expired(Date.now())) {
      running.expiresAt = Infinity;
      refuse(running.response, 503, "the request took too long");
    }
  }

  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#sweep);
    const server = this.#server;
    await new Promise<void>((resolve) => {
      const end = setTimeout(() => {
        server.closeAllConnections();
        // Not all of them may be known: TLS may still be under negotiation.
        resolve();
      }, graceMs);
      // Node closes those that are idle between requests, but not those that never had one.
      const endIdle = setTimeout(
        () => {
          for (const connection of this.#running.idleConnections()) connection.destroy();
        },
        Math.min(graceMs, IDLE_GRACE_MS),
      );
      server.close(() => {
        clearTimeout(end);
        clearTimeout(endIdle);
        resolve();
      });
    });
  }
}

const TOO_LARGE = errorsResponse(413, ["http: request body too large"]);
const ADMITTED: Admission = { refused: null, headers: {} };

type Handle = (request: http.IncomingMessage, response: http.ServerResponse) => void;
type Headers = Readonly<Record<string, string>>;

const NOTHING = Buffer.alloc(0);

/** Lower-case names. The first value wins, but for the lines of one chain of proxies. */
function readHeaders(raw: readonly string[]): Headers | "too many" | "two hosts" {
  if (raw.length > 2 * HEADERS_MAX) return "too many";
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? "").toLowerCase();
    const value = raw[at + 1] ?? "";
    const before = headers.get(name);
    if (before === undefined) headers.set(name, value);
    else if (name === "x-forwarded-for") headers.set(name, `${before}, ${value}`);
    else if (name === "host") return "two hosts";
  }
  return Object.fromEntries(headers);
}

function peerOf({ socket }: http.IncomingMessage): ApiRequest["peer"] {
  return { address: normalizeAddress(socket.remoteAddress ?? ""), port: socket.remotePort ?? 0 };
}

/** Escapes are decoded here too: no other spelling of a login path gets the wider limit. */
function isLoginTarget(target: string): boolean {
  if (!target.includes("%")) return isLoginPath(pathOf(target));
  try {
    return isLoginPath(decodeURIComponent(pathOf(target)));
  } catch {
    return true;
  }
}

function pathOf(target: string): string {
  const mark = target.indexOf("?");
  return target.slice(API_PREFIX.length, mark < 0 ? target.length : mark);
}

/** Null for errors of the connection itself, which has nobody to answer to. */
function statusOfClientError(error: NodeJS.ErrnoException): number | null {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return 431;
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return 413;
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return 408;
    case "HPE_INVALID_METHOD":
      return isVerb(error) ? 405 : 400;
    default:
      return error.code?.startsWith("HPE_") === true ? 400 : null;
  }
}

/** A verb that Node does not know, rather than bytes of another protocol. */
function isVerb(error: NodeJS.ErrnoException): boolean {
  const packet = "rawPacket" in error ? error.rawPacket : null;
  return Buffer.isBuffer(packet) && /^[A-Z]{1,24} \/\S* HTTP\/1/.test(packet.toString("latin1"));
}
