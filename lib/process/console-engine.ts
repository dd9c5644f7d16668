import { randomUUID } from "node:crypto";
import type {
  ActingToken,
  ConsoleAnswer,
  ConsoleEngine,
  ConsoleRequest,
  OperatorSession,
} from "@/lib/console/engine";
import type { Overview } from "@/lib/console/overview";
import type { ConsoleSession } from "@/lib/engine/console/session";
import { signOut, signOutEverywhere } from "@/lib/engine/console/sign-in";
import type { Ports } from "@/lib/engine/ports";
import { Secret } from "@/lib/engine/secret";
import { consoleSignIn } from "@/lib/process/console-sign-in";
import type { Dispatch } from "@/lib/vault-api/exchange";

export type ConsoleWiring = {
  ports: Ports;
  dispatch: Dispatch;
  overview(): Promise<Overview>;
};

/** What pages reach the program through: its own API, called without a socket. */
export function createConsoleEngine(wiring: ConsoleWiring): ConsoleEngine {
  const { ports, dispatch } = wiring;
  const request: ConsoleEngine["request"] = (token, asked) => call(dispatch, token, asked);
  const whole = async (session: OperatorSession): Promise<ConsoleSession | null> =>
    ports.consoleSessions.byId(session.id);
  return {
    overview: () => wiring.overview(),
    request,
    session: async (cookie) => {
      const session = await ports.consoleSessions.byCookie(new Secret(cookie));
      return session === null ? null : toOperatorSession(session);
    },
    touch: (session) => ports.consoleSessions.touch(session.id),
    signIn: consoleSignIn(ports, request),
    signOut: async (session) => {
      const found = await whole(session);
      if (found !== null) await signOut(ports, found);
    },
    signOutEverywhere: async (session) => {
      const found = await whole(session);
      if (found !== null) await signOutEverywhere(ports, found);
    },
  };
}

function toOperatorSession(session: ConsoleSession): OperatorSession {
  const { id, operator, accessor, way, signedInAt, idleUntil, endsAt } = session;
  const token = { tokenHmac: session.tokenHmac };
  return { id, token, operator, accessor, way, signedInAt, idleUntil, endsAt };
}

async function call(
  dispatch: Dispatch,
  token: ActingToken | null,
  { method, path, query, body, headers, clientAddress }: ConsoleRequest,
): Promise<ConsoleAnswer> {
  const requestId = randomUUID();
  const { status, body: said } = await dispatch(
    {
      method,
      target: `/v1/${encodePath(path)}${queryText(query)}`,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)),
      peer: { address: clientAddress, port: 0 },
    },
    { requestId, clientAddress, tokenHmac: token?.tokenHmac ?? null },
  );
  return { status, body: parseBody(said), requestId };
}

/** Names from addresses and forms stay one segment each; their own `/` is the caller's business. */
function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
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
