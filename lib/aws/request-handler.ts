import { Agent, request } from "undici";
import type { LookupFunction } from "node:net";
import { AwsFailure } from "@/lib/engine/aws-failure";

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
    const response = {
      statusCode: answer.statusCode,
      headers: plainHeaders(answer.headers),
      body: new Uint8Array(await answer.body.arrayBuffer()),
    };
    requireOwnAnswer(sdkRequest.body, response);
    return { response };
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

const ACTION = /(?:^|&)Action=([A-Za-z]+)/;
/** Bytes of an answer in which its root element begins. */
const ROOT_BYTES_MAX = 512;

/**
 * Success is what says so in the words of the call. Many calls answer nothing else, so that the SDK
 * would take a proxy's page under status 200 for "deleted".
 *
 * @throws AwsFailure
 */
function requireOwnAnswer(body: unknown, { statusCode, headers, body: bytes }: SdkAnswer): void {
  const action = typeof body === "string" ? ACTION.exec(body)?.[1] : undefined;
  if (action === undefined || statusCode < 200 || statusCode >= 300) return;
  const start = Buffer.from(bytes.subarray(0, ROOT_BYTES_MAX)).toString("latin1");
  if (new RegExp(`^\\s*(?:<\\?xml[^>]*\\?>\\s*)?<${action}Response[\\s>]`).test(start)) return;
  const requestId = headers["x-amzn-requestid"] ?? "";
  throw new AwsFailure(
    `SerializationError: failed decoding Query response\n\tstatus code: ${statusCode}, request id: ${requestId}`,
    {
      code: "SerializationError",
      status: statusCode,
      throttled: false,
      outcomeUnknown: true,
      firstAttemptAt: null,
    },
  );
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
