import { randomUUID } from "node:crypto";
import type {
  ActingToken,
  ConsoleAnswer,
  ConsoleEngine,
  ConsoleRequest,
  OperatorSession,
} from "@/lib/console/engine";
import type { FirstOperatorForm, FirstOperatorResult, OidcProvider } from "@/lib/console/sign-in";
import { awaitsFirstOperator, createFirstOperator } from "@/lib/engine/console/first-operator";
import type { ConsoleSession } from "@/lib/engine/console/session";
import { signOut, signOutEverywhere } from "@/lib/engine/console/sign-in";
import { isEngineError } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import { Secret } from "@/lib/engine/secret";
import { consoleSignIn } from "@/lib/process/console-sign-in";
import type { Dispatch } from "@/lib/vault-api/exchange";
import type { RateLimiter } from "@/lib/vault-api/rate-limiter";

export type ConsoleWiring = {
  ports: Ports;
  dispatch: Dispatch;
  /** Of sign-ins: a guess made here is no cheaper than one made over HTTP. */
  limiter: RateLimiter;
  oidc: OidcProvider | null;
};

/** What pages reach the program through: its own API, called without a socket. */
export function createConsoleEngine(wiring: ConsoleWiring): ConsoleEngine {
  const { ports } = wiring;
  const request: ConsoleEngine["request"] = (token, asked) => call(wiring, token, asked);
  const whole = async (session: OperatorSession): Promise<ConsoleSession | null> =>
    ports.consoleSessions.byId(session.id);
  return {
    request,
    session: async (cookie) => {
      const session = await ports.consoleSessions.byCookie(new Secret(cookie));
      return session === null ? null : toOperatorSession(session);
    },
    touch: (session) => ports.consoleSessions.touch(session.id),
    signInWays: async () => ({
      oidc: wiring.oidc,
      awaitsFirstOperator: await awaitsFirstOperator(await ports.extras.snapshot()),
    }),
    signIn: consoleSignIn(ports, request),
    createFirstOperator: (form) => firstOperator(ports, form),
    signOut: async (session) => {
      const found = await whole(session);
      if (found !== null) await signOut(ports, found);
    },
    signOutEverywhere: async (session) => {
      const found = await whole(session);
      if (found !== null) await signOutEverywhere(ports, found);
    },
    signInSecret: () => ports.keys.hmac("replay", "cookies of the console's sign-in"),
    report: (message, cause) => ports.report(message, cause),
  };
}

async function firstOperator(
  ports: Ports,
  { code, username, password }: FirstOperatorForm,
): Promise<FirstOperatorResult> {
  try {
    await createFirstOperator(ports, { code, username, password: new Secret(password) });
    return { ok: true };
  } catch (error) {
    if (isEngineError(error) && error.kind !== "internal") {
      return { ok: false, message: error.message };
    }
    throw error;
  }
}

function toOperatorSession(session: ConsoleSession): OperatorSession {
  const { id, operator, accessor, way, policies, signedInAt, idleUntil, endsAt } = session;
  const token = { tokenHmac: session.tokenHmac };
  return { id, token, operator, accessor, way, policies, signedInAt, idleUntil, endsAt };
}

async function call(
  { dispatch, limiter }: ConsoleWiring,
  token: ActingToken | null,
  { method, path, query, body, headers, clientAddress }: ConsoleRequest,
): Promise<ConsoleAnswer> {
  const requestId = randomUUID();
  const head = {
    method,
    target: `/v1/${encodePath(path)}${queryText(query)}`,
    headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
    peer: { address: clientAddress, port: 0 },
  };
  const refused = token === null ? limiter.admit(head).refused : null;
  const { status, body: said } =
    refused ??
    (await dispatch(
      { ...head, body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)) },
      { requestId, clientAddress, tokenHmac: token?.tokenHmac ?? null },
    ));
  return { status, body: parseBody(said), requestId };
}

/**
 * Names from addresses and forms stay one segment each; their own `/` is the caller's business. A name
 * that begins with one, as groups of some providers do, would leave an empty segment, which is refused
 * unless it is escaped.
 */
function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/").replaceAll("//", "/%2F");
}

function queryText(query: ConsoleRequest["query"]): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => [name, one] as [string, string]),
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs).toString()}`;
}

function parseBody(said: string | Buffer | null): unknown {
  const text = said === null ? "" : said.toString();
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
