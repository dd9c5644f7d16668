import { Agent, request } from "undici";
import type { LookupFunction } from "node:net";

/** Sockets per AWS host and client. */
const CONNECTIONS_MAX = 64;
const CONNECT_TIMEOUT_MS = 5_000;
/** Shorter than any server's, so that no request is written to a connection just being closed. */
const KEEP_ALIVE_MS = 4_000;
/** The largest sound answer (1,000 access keys or policies) is a few hundred KiB. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** What may be connected to; the address looked up is the address checked. */
export type EndpointGuard = {
  /** @throws EngineError `invalid_request` when AWS may not be reached at this URL. */
  check(url: URL): void;
  lookup: LookupFunction;
};

type SdkRequest = {
  protocol: string;
  hostname: string;
  port?: number | undefined;
  method: string;
  path: string;
  query?: Record<string, string | string[] | null> | undefined;
  headers: Record<string, string>;
  body?: unknown;
};

type SdkAnswer = { statusCode: number; headers: Record<string, string>; body: Uint8Array };

/**
 * How the AWS SDK reaches the network here: no redirects, no proxies, bounded time and size, and only
 * addresses that the guard allows.
 *
 * @see https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-smithy-node-http-handler/
 */
export class AwsRequestHandler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  readonly #agent: Agent;
  readonly #guard: EndpointGuard;

  constructor(guard: EndpointGuard) {
    this.#guard = guard;
    this.#agent = new Agent({
      connections: CONNECTIONS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      maxResponseSize: ANSWER_BYTES_MAX,
      connect: { timeout: CONNECT_TIMEOUT_MS, lookup: guard.lookup, minVersion: "TLSv1.2" },
    });
  }

  async handle(
    sdkRequest: SdkRequest,
    options: { abortSignal?: unknown; requestTimeout?: number } = {},
  ): Promise<{ response: SdkAnswer }> {
    const url = urlOf(sdkRequest);
    this.#guard.check(url);
    const { host: _host, ...headers } = sdkRequest.headers;
    const timeoutMs = options.requestTimeout ?? 0;
    const answer = await request(url, {
      dispatcher: this.#agent,
      method: sdkRequest.method === "GET" ? "GET" : "POST",
      headers: { ...headers, host: sdkRequest.headers["host"] ?? url.host },
      body: bodyOf(sdkRequest.body),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    return {
      response: {
        statusCode: answer.statusCode,
        headers: plainHeaders(answer.headers),
        body: new Uint8Array(await answer.body.arrayBuffer()),
      },
    };
  }

  destroy(): void {
    void this.#agent.close();
  }

  updateHttpClientConfig(): void {
    // Nothing here may be changed after construction.
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}

function urlOf(sdkRequest: SdkRequest): URL {
  const port = sdkRequest.port === undefined ? "" : `:${sdkRequest.port}`;
  const url = new URL(`${sdkRequest.protocol}//${sdkRequest.hostname}${port}${sdkRequest.path}`);
  for (const [name, value] of Object.entries(sdkRequest.query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value ?? ""]) {
      url.searchParams.append(name, item);
    }
  }
  return url;
}

function bodyOf(body: unknown): string | Uint8Array | null {
  return typeof body === "string" || body instanceof Uint8Array ? body : null;
}

function plainHeaders(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}
