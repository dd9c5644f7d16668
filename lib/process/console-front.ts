import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { sessionCookieName } from "@/lib/console/session-cookie";

/** What the console's front needs to know of its surroundings. */
export type FrontOptions = {
  /** Where people reach the console: the only origin that may change anything. */
  publicUrl: string;
  /** The client's address, by the rules for trusted proxies. @throws when the request breaks them. */
  clientAddress(request: IncomingMessage): string;
  /** Whether this value of the session's cookie stands for a session that lives. */
  isSignedIn(cookie: string): Promise<boolean>;
  /** Answers the live tail of the audit log, which no page framework is to stand in the way of. */
  tail(request: IncomingMessage, response: ServerResponse, asked: TailAsked): void;
  /** Pages are compiled as they are asked for: the compiler's own scripts need more than a nonce. */
  dev: boolean;
};

/** Who asks for a live tail. `cookie` is null where none was sent. */
export type TailAsked = { cookie: string | null; clientAddress: string };

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Forms and actions are small; files are never sent to the console. */
const BODY_BYTES_MAX = 1024 ** 2;
const TARGET_CHARACTERS_MAX = 8192;
const NONCE_BYTES = 18;
const HSTS_SECONDS = 2 * 365 * 86_400;
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Set here and read by lib/console/request.ts; whatever a client sent under these names is dropped. */
const OWN_HEADERS = /^x-leasehold-(?:client|origin|target|nonce)$/;
/** By these, Next.js and proxies tell each other things that a client has no say in. */
const INTERNAL_HEADERS =
  /^(?:x-forwarded-.*|forwarded|x-middleware-.*|x-invoke-.*|x-matched-path|x-nextjs-.*|x-now-.*|x-vercel-.*|next-resume|content-security-policy(?:-report-only)?)$/;

/**
 * What every request for a page passes first: one origin, bounded bodies, no foreign word in internal
 * headers, a content security policy with a nonce of its own. Nothing behind relies on it for rights:
 * each page, route and action asks for the session and lets the API judge.
 */
export function consoleFront(options: FrontOptions, next: Handler): Handler {
  const isSecure = options.publicUrl.startsWith("https:");
  return (request, response) => {
    setFixedHeaders(response, isSecure);
    admit(options, request).then(
      (admission) => {
        if (admission.refusal !== null) refuse(response, admission.refusal);
        else pass(request, response, admission.client);
      },
      () => refuse(response, { status: 503, text: "The database does not answer." }),
    );
  };

  function pass(request: IncomingMessage, response: ServerResponse, client: string): void {
    const { url: target = "/" } = request;
    if (TAIL.test(target)) {
      if (!isOwnRead(request)) refuse(response, FOREIGN_READ);
      else options.tail(request, response, tailAsked(options, request, client));
      return;
    }
    if (!target.startsWith("/_next/static/")) response.setHeader("cache-control", "no-store");
    prepare(request, { origin: originOf(options, request), client, target }, (nonce) => {
      const policy = contentPolicy(nonce, options.dev);
      response.setHeader("content-security-policy", policy);
      // Next.js takes the nonce for its scripts from the request.
      request.headers["content-security-policy"] = policy;
    });
    next(request, response);
  }
}

type Admission = { refusal: Refusal } | { refusal: null; client: string };

async function admit(options: FrontOptions, request: IncomingMessage): Promise<Admission> {
  const refusal = refusalOf(options, request) ?? (await refusalOfStranger(options, request));
  if (refusal !== null) return { refusal };
  try {
    return { refusal: null, client: options.clientAddress(request) };
  } catch {
    const text = "The address of the client is not told as agreed.";
    return { refusal: { status: 400, text } };
  }
}

const TAIL = /^\/api\/console\/audit\/tail(?:\?|$)/;
const FOREIGN_READ = { status: 403, text: "A tail is opened by pages of the console only." };

/**
 * Pages of other sites cannot read it, but opening it leaves an entry in the log.
 *
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
function isOwnRead({ method, headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  return method === "GET" && (site === undefined || site === "same-origin");
}

function tailAsked(
  options: FrontOptions,
  request: IncomingMessage,
  clientAddress: string,
): TailAsked {
  const name = sessionCookieName(originOf(options, request));
  return { cookie: cookieOf(request, name), clientAddress };
}

/** What is posted where nobody needs to be signed in: the sign-in itself, and the first operator. */
const OPEN_TO_POST = /^\/api\/(?:auth\/|console\/set-up$)/;

/** Nobody but an operator gets as far as having a payload decoded by the page framework. */
async function refusalOfStranger(
  options: FrontOptions,
  request: IncomingMessage,
): Promise<Refusal | null> {
  if (request.method !== "POST" || OPEN_TO_POST.test(request.url ?? "")) return null;
  const name = sessionCookieName(originOf(options, request));
  const cookie = cookieOf(request, name);
  const isSignedIn = cookie !== null && (await options.isSignedIn(cookie));
  return isSignedIn ? null : { status: 401, text: "You are signed out." };
}

function cookieOf({ headers }: IncomingMessage, name: string): string | null {
  for (const pair of (headers.cookie ?? "").split(";")) {
    const [key, value] = pair.split("=", 2);
    if (key?.trim() === name && value !== undefined) return value.trim();
  }
  return null;
}

type Refusal = { status: number; text: string };

function refusalOf(options: FrontOptions, request: IncomingMessage): Refusal | null {
  const { method = "", url: target = "" } = request;
  if (!["GET", "HEAD", "POST"].includes(method)) {
    return { status: 405, text: "Pages are read with GET and changed with POST." };
  }
  if (target.length > TARGET_CHARACTERS_MAX) return { status: 414, text: "Address too long." };
  if (!isDecodable(target)) return { status: 400, text: "Malformed address." };
  if (!isServed(target, options.dev)) return { status: 404, text: "Not found." };
  if (method !== "POST") return null;
  if (!isSameOrigin(options, request)) {
    return {
      status: 403,
      text: `Changes are accepted from pages of ${options.publicUrl} only (LEASEHOLD_PUBLIC_URL).`,
    };
  }
  const length = request.headers["content-length"];
  if (length === undefined) return { status: 411, text: "The length of the body is missing." };
  if (Number(length) > BODY_BYTES_MAX) return { status: 413, text: "The body is too large." };
  return null;
}

function isDecodable(target: string): boolean {
  try {
    return !/[\0\r\n]/.test(decodeURIComponent(target.split("?")[0] ?? ""));
  } catch {
    return false;
  }
}

/** Of what Next.js brings along, its static files alone: no image optimiser, no data routes. */
function isServed(target: string, dev: boolean): boolean {
  const path = target.split("?")[0] ?? "";
  if (/^\/+_next(?:\/|$)/i.test(path)) return dev || path.startsWith("/_next/static/");
  return !path.startsWith("//");
}

/**
 * True for a request that one of our own pages made. A missing `Origin` is refused: every browser
 * sends one with a POST.
 *
 * @see https://fetch.spec.whatwg.org/#origin-header
 */
function isSameOrigin(options: FrontOptions, request: IncomingMessage): boolean {
  const expected = originOf(options, request);
  const { origin, host } = request.headers;
  return origin === expected && host !== undefined && new URL(expected).host === host;
}

/**
 * The origin that pages are on: as configured, whatever the request says. Only on loopback, where names
 * and forwarded ports vary and nobody else can be meant, it follows the `Host`.
 */
function originOf({ publicUrl }: FrontOptions, request: IncomingMessage): string {
  const { host = "" } = request.headers;
  const { protocol, hostname } = new URL(publicUrl);
  if (!LOOPBACK.has(hostname) || !URL.canParse(`${protocol}//${host}`)) return publicUrl;
  const asked = new URL(`${protocol}//${host}`);
  return LOOPBACK.has(asked.hostname) && asked.host === host ? asked.origin : publicUrl;
}

function prepare(
  request: IncomingMessage,
  facts: { origin: string; client: string; target: string },
  withNonce: (nonce: string) => void,
): void {
  for (const name of Object.keys(request.headers)) {
    if (OWN_HEADERS.test(name) || INTERNAL_HEADERS.test(name)) {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a plain record of Node's
      delete request.headers[name];
    }
  }
  const { protocol, host } = new URL(facts.origin);
  const nonce = randomBytes(NONCE_BYTES).toString("base64");
  request.headers.host = host;
  request.headers["x-forwarded-host"] = host;
  request.headers["x-forwarded-proto"] = protocol.slice(0, -1);
  request.headers["x-leasehold-origin"] = facts.origin;
  request.headers["x-leasehold-client"] = facts.client;
  request.headers["x-leasehold-target"] = facts.target;
  request.headers["x-leasehold-nonce"] = nonce;
  withNonce(nonce);
}

/**
 * Scripts by nonce alone. Styles from our own files; style attributes, because the design system's
 * components set them when they are rendered on the server.
 *
 * @see https://www.w3.org/TR/CSP3/
 */
function contentPolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function setFixedHeaders(response: ServerResponse, isSecure: boolean): void {
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("x-frame-options", "DENY");
  response.setHeader("referrer-policy", "same-origin");
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  response.setHeader("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()");
  response.setHeader("x-robots-tag", "noindex, nofollow");
  if (isSecure) {
    response.setHeader("strict-transport-security", `max-age=${HSTS_SECONDS}; includeSubDomains`);
  }
}

function refuse(response: ServerResponse, { status, text }: Refusal): void {
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      // A body that was not read would be taken for the next request.
      ...(status >= 400 && { connection: "close" }),
    })
    .end(`${text}\n`);
}
