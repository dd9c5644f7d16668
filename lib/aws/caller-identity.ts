import { isIP } from "node:net";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { Agent, buildConnector, type Dispatcher } from "undici";
import { pause } from "@/lib/aws/call";
import { CallBudget } from "@/lib/aws/call-budget";
import { hostOf, parseEndpoint, type EndpointRules } from "@/lib/aws/endpoint-guard";
import type { EndpointGuard } from "@/lib/aws/request-handler";
import { STS_ANSWER_BYTES_MAX } from "@/lib/engine/aws-auth/caller-identity";
import type { CallerIdentityPort, ForwardedRequest, StsAnswer } from "@/lib/engine/aws-auth/ports";
import { AwsFailure, isAwsFailure } from "@/lib/engine/aws-failure";
import { EngineError, isEngineError } from "@/lib/engine/errors";

/** One attempt, from connecting to the last byte of the answer. */
const STS_ATTEMPT_TIMEOUT_MS = 10_000;
/** From the first byte of an answer to its last: it is short, and no AWS drips it. */
const STS_BODY_TIMEOUT_MS = 4_000;
/** All attempts of one login with their pauses. */
const STS_TOTAL_TIMEOUT_MS = 45_000;
/** Attempts after the first when the mount's `max_retries` is negative. */
const DEFAULT_RETRIES = 3;
const RETRIES_MAX = 20;
const RETRY_DELAY_MS_MIN = 500;
const RETRY_DELAY_MS_MAX = 30_000;
const CONNECTIONS_MAX = 64;
const CONNECT_TIMEOUT_MS = 5_000;
/** Shorter than any server's, so that no request is written to a connection just being closed. */
const KEEP_ALIVE_MS = 4_000;

const BUDGET = {
  inFlightMax: 64,
  waitingMax: 1_000,
  waitMsMax: 2_000,
  failuresMax: 20,
  restMs: 5_000,
};

export type CallerIdentityOptions = {
  rules: EndpointRules;
  guard: EndpointGuard;
  /** Shorter times for tests. */
  attemptTimeoutMs?: number;
  bodyTimeoutMs?: number;
  retryDelayMsMin?: number;
};

/**
 * Sends logins' signed requests to STS: to the endpoint alone, at an address that the guard allows,
 * without redirects and proxies, within fixed times and sizes. Nothing of the client decides where
 * the connection goes; its host is a header line and no more.
 */
export class CallerIdentityClient implements CallerIdentityPort {
  readonly #options: CallerIdentityOptions;
  readonly #agent: Agent;
  readonly #budget = new CallBudget(BUDGET);

  constructor(options: CallerIdentityOptions) {
    this.#options = options;
    this.#agent = new Agent({
      connections: CONNECTIONS_MAX,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      connect: endpointConnector(options.guard),
    });
  }

  async ask(request: ForwardedRequest, endpoint: string, maxRetries: number): Promise<StsAnswer> {
    const url = this.#endpointUrl(endpoint);
    try {
      return await this.#budget.run(url.origin, () =>
        this.#askWithRetries(request, url, maxRetries),
      );
    } catch (error) {
      throw isBudgetRefusal(error) ? tooMany() : error;
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #endpointUrl(endpoint: string): URL {
    try {
      return parseEndpoint(endpoint, this.#options.rules);
    } catch (error) {
      throw isEngineError(error) ? failure(error.message, error) : error;
    }
  }

  async #askWithRetries(
    request: ForwardedRequest,
    url: URL,
    maxRetries: number,
  ): Promise<StsAnswer> {
    const startedAt = performance.now();
    const retries = maxRetries < 0 ? DEFAULT_RETRIES : Math.min(maxRetries, RETRIES_MAX);
    for (let retry = 0; ; retry += 1) {
      const leftMs = STS_TOTAL_TIMEOUT_MS - (performance.now() - startedAt);
      const outcome = await this.#attempt(request, url, leftMs);
      if (outcome.answer !== null) return outcome.answer;
      const delayMs = this.#delayMs(retry, outcome.retryAfterMs);
      const lateMs = performance.now() - startedAt + delayMs;
      if (retry >= retries || lateMs >= STS_TOTAL_TIMEOUT_MS) {
        throw failure(
          `giving up after ${retry + 1} attempt(s): ${outcome.reason}`,
          outcome.cause,
          outcome.throttled,
        );
      }
      await pause(delayMs);
    }
  }

  async #attempt(request: ForwardedRequest, url: URL, leftMs: number): Promise<Outcome> {
    const timeoutMs = Math.min(this.#options.attemptTimeoutMs ?? STS_ATTEMPT_TIMEOUT_MS, leftMs);
    const limit = new TimeLimit(timeoutMs);
    try {
      const options = {
        origin: url.origin,
        path: request.target,
        method: request.method,
        headers: ["Host", request.host, ...request.headers.flat()],
        body: request.body,
        signal: limit.signal,
        // Without it undici takes the Host line for the name to ask and to verify by TLS.
        servername: serverName(hostOf(url)),
      };
      const response = await this.#agent.request(options);
      limit.shorten(this.#options.bodyTimeoutMs ?? STS_BODY_TIMEOUT_MS);
      return await outcomeOf(response);
    } catch (cause) {
      return { answer: null, reason: reasonOf(cause), retryAfterMs: 0, throttled: false, cause };
    } finally {
      limit.end();
    }
  }

  #delayMs(retry: number, askedMs: number): number {
    const base = this.#options.retryDelayMsMin ?? RETRY_DELAY_MS_MIN;
    const jittered = base * 2 ** retry * (1 + Math.random() / 5);
    return Math.min(Math.max(jittered, askedMs), RETRY_DELAY_MS_MAX);
  }
}

/** Aborts when its time is over; it may be shortened, never extended. */
class TimeLimit {
  readonly #abort = new AbortController();
  #endsAt: number;
  #timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.#endsAt = performance.now() + ms;
    this.#timer = this.#start();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends after `ms` from now at the latest. */
  shorten(ms: number): void {
    clearTimeout(this.#timer);
    this.#endsAt = Math.min(this.#endsAt, performance.now() + ms);
    this.#timer = this.#start();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #start(): NodeJS.Timeout {
    const leftMs = Math.max(1, this.#endsAt - performance.now());
    return setTimeout(() => {
      this.#abort.abort(new DOMException("timed out", "TimeoutError"));
    }, leftMs);
  }
}

/** Refused before anything was sent: no place in time, or an endpoint that only fails. */
function isBudgetRefusal(error: unknown): boolean {
  return isAwsFailure(error) && error.facts.code === "RequestLimitExceeded";
}

function tooMany(): EngineError {
  return new EngineError(
    "rate_limited",
    "too many logins are waiting for AWS, or AWS does not answer; try again later",
  );
}

type Outcome =
  | { answer: StsAnswer }
  | { answer: null; reason: string; retryAfterMs: number; throttled: boolean; cause: unknown };

/** An answer that is final, or why another attempt may help. */
async function outcomeOf(response: Dispatcher.ResponseData): Promise<Outcome> {
  const { statusCode: status, headers } = response;
  const retried = status === 429 || (status >= 500 && status !== 501);
  const bytes = await readBounded(response.body);
  if (retried) {
    return {
      answer: null,
      reason: `unexpected HTTP status ${status}`,
      retryAfterMs: Math.max(0, Number(headers["retry-after"] ?? 0) * 1000) || 0,
      throttled: status === 429,
      cause: undefined,
    };
  }
  const contentType = headers["content-type"];
  return {
    answer: {
      status,
      contentType: typeof contentType === "string" ? contentType : null,
      body: bytes === null ? null : decoded(bytes, headers["content-encoding"]),
    },
  };
}

/** Null when it is longer than a sound answer can be; the rest is not read. */
async function readBounded(body: Dispatcher.ResponseData["body"]): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk as Uint8Array);
    length += bytes.length;
    if (length > STS_ANSWER_BYTES_MAX) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Compressed only where the client signed an `Accept-Encoding`; the same limit holds for the text. */
function decoded(bytes: Buffer, encoding: string | string[] | undefined): string | null {
  const options = { maxOutputLength: STS_ANSWER_BYTES_MAX };
  try {
    switch (encoding ?? "identity") {
      case "identity":
        return bytes.toString("utf8");
      case "gzip":
        return gunzipSync(bytes, options).toString("utf8");
      case "deflate":
        return inflateSync(bytes, options).toString("utf8");
      case "br":
        return brotliDecompressSync(bytes, options).toString("utf8");
      default:
        return null;
    }
  } catch {
    return null;
  }
}

/** Connects to the endpoint's own name, whatever the Host line says. */
function endpointConnector(guard: EndpointGuard): buildConnector.connector {
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    lookup: guard.lookup,
    minVersion: "TLSv1.2",
  });
  return (options, callback) => {
    const { servername: _servername, ...rest } = options;
    const servername = serverName(rest.hostname.replace(/^\[|\]$/g, ""));
    connect({ ...rest, ...(servername !== null && { servername }) }, callback);
  };
}

/** IP addresses have none. */
function serverName(host: string): string | null {
  return isIP(host) === 0 ? host : null;
}

/** Never shows addresses: who logs in need not know where the server connects to. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const name = error instanceof Error ? error.name : "";
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the name does not resolve";
  if (name === "TimeoutError" || code.includes("TIMEOUT") || code === "ETIMEDOUT") {
    return "timed out";
  }
  if (/CERT|TLS|SSL|SIGNATURE/.test(code)) return "the certificate is not accepted";
  return "no answer";
}

function failure(reason: string, cause: unknown, throttled = false): AwsFailure {
  const facts = {
    code: "RequestError",
    status: null,
    throttled,
    outcomeUnknown: false,
    firstAttemptAt: null,
  };
  return new AwsFailure(reason, facts, cause);
}
