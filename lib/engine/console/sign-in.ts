import type { ConsoleSession, SignInWay } from "@/lib/engine/console/session";
import type { Effect } from "@/lib/engine/effects";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import { Secret } from "@/lib/engine/secret";
import type { Token } from "@/lib/engine/token/token";

const COOKIE_BYTES = 32;
const USER_AGENT_CHARACTERS_MAX = 256;

export type SignIn = {
  way: SignInWay;
  /** True when the token was made for this sign-in. */
  ownsToken: boolean;
  /** The name that the auth mount knows the operator by. */
  alias: string | null;
  clientAddress: string;
  userAgent: string;
};

/**
 * Opens a console session for whoever holds `token`. Always a new one: no id of before the sign-in
 * lives on.
 *
 * @returns the value for the cookie; it is stored by its hash alone.
 * @throws EngineError `invalid_request`: a token that a console session cannot act by; `unavailable`.
 */
export async function openConsoleSession(
  ports: Ports,
  token: Token,
  signIn: SignIn,
): Promise<{ cookie: Secret; id: string }> {
  if (token.kind !== "service") {
    throw invalidRequest("A batch token cannot be ended, so the console does not take one.");
  }
  if (token.numUses !== 0) {
    throw invalidRequest("This token may be used a few times only; each page would take one.");
  }
  const id = ports.random.uuid();
  const cookie = new Secret(ports.random.bytes(COOKIE_BYTES).toString("base64url"));
  const session = {
    id,
    cookie,
    tokenHmac: token.hmac,
    accessor: token.accessor,
    operator: token.displayName,
    entityId: token.entityId,
    way: signIn.way,
    mountId: token.mountId,
    alias: signIn.alias,
    ownsToken: signIn.ownsToken,
    clientAddress: signIn.clientAddress,
    userAgent: signIn.userAgent.slice(0, USER_AGENT_CHARACTERS_MAX),
  };
  const refused = new EngineError("unavailable", "The session could not be stored.");
  await ports.commit([{ kind: "put_console_session", session, refused }], {
    name: "console.signed_in",
    path: "sys/leasehold/console-sessions",
    accessor: token.accessor,
    detail: {
      session: id,
      operator: token.displayName,
      way: signIn.way,
      policies: [...token.policies],
      remote_address: signIn.clientAddress,
    },
  });
  return { cookie, id };
}

/** What ends sessions: their rows, and the tokens that were made for them. */
export function endOfSessions(
  sessions: readonly Pick<ConsoleSession, "id" | "tokenHmac" | "ownsToken">[],
): Effect[] {
  const owned = sessions.filter((session) => session.ownsToken);
  return [
    { kind: "end_console_sessions", ids: sessions.map(({ id }) => id) },
    ...(owned.length === 0
      ? []
      : [
          {
            kind: "revoke_tokens" as const,
            hmacs: owned.map(({ tokenHmac }) => tokenHmac),
            orphanChildren: false,
            reason: "revoked" as const,
          },
        ]),
  ];
}

/** Ends an operator's own session; ended already is done. */
export async function signOut(ports: Ports, session: ConsoleSession): Promise<void> {
  await ports.commit(endOfSessions([session]), {
    name: "console.signed_out",
    path: "sys/leasehold/console-sessions",
    accessor: session.accessor,
    detail: { session: session.id, operator: session.operator },
  });
}

/** Ends every session of the same operator, this one too. @returns how many. */
export async function signOutEverywhere(ports: Ports, session: ConsoleSession): Promise<number> {
  const all = await ports.consoleSessions.live(SESSIONS_MAX);
  const own = all.filter((other) => isSameOperator(other, session));
  await ports.commit(endOfSessions(own), {
    name: "console.signed_out_everywhere",
    path: "sys/leasehold/console-sessions",
    accessor: session.accessor,
    detail: { sessions: own.map(({ id }) => id), operator: session.operator },
  });
  return own.length;
}

/** Clears away what is left of sessions that ended by themselves. @returns true when more may be left. */
export async function clearOverdueSessions(ports: Ports): Promise<boolean> {
  const overdue = await ports.consoleSessions.overdue(OVERDUE_MAX);
  if (overdue.length === 0) return false;
  await ports.commit(endOfSessions(overdue), {
    name: "console.sessions_ended",
    path: "sys/leasehold/console-sessions",
    detail: { sessions: overdue.map(({ id, operator }) => ({ id, operator })) },
  });
  return overdue.length === OVERDUE_MAX;
}

const OVERDUE_MAX = 500;

/** More sessions than this are not looked at together. */
export const SESSIONS_MAX = 10_000;

function isSameOperator(one: ConsoleSession, other: ConsoleSession): boolean {
  if (one.tokenHmac === other.tokenHmac) return true;
  return one.entityId !== null && one.entityId === other.entityId;
}
