import { answered, told, type Decision } from "@/lib/engine/answer";
import type { ConsoleSession } from "@/lib/engine/console/session";
import { endOfSessions, SESSIONS_MAX } from "@/lib/engine/console/sign-in";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

/** Console sessions that have not ended, latest first. */
export async function listConsoleSessions(ports: Ports, scope: RequestScope): Promise<Decision> {
  const sessions = await ports.consoleSessions.live(SESSIONS_MAX);
  if (sessions.length === 0) return answered(null);
  return told({
    keys: sessions.map(({ id }) => id),
    key_info: Object.fromEntries(
      sessions.map((session) => [session.id, sessionData(scope, session)]),
    ),
  });
}

/** One of them; null answer: there is none, or none any more. */
export async function readConsoleSession(
  ports: Ports,
  scope: RequestScope,
  id: string,
): Promise<Decision> {
  const session = await ports.consoleSessions.byId(id);
  return session === null ? answered(null) : told(sessionData(scope, session));
}

/** Ends one at once, with the token that was made for it; ended already is done. */
export async function endConsoleSession(ports: Ports, id: string): Promise<Decision> {
  const session = await ports.consoleSessions.byId(id);
  return { answer: null, effects: session === null ? [] : endOfSessions([session]) };
}

function sessionData(scope: RequestScope, session: ConsoleSession): Record<string, unknown> {
  const mount = session.mountId === null ? null : scope.config.mounts.byId(session.mountId);
  return {
    id: session.id,
    operator: session.operator,
    entity_id: session.entityId ?? "",
    accessor: session.accessor,
    way: session.way,
    mount_path: mount?.fullPath ?? "",
    remote_address: session.clientAddress,
    user_agent: session.userAgent,
    signed_in_time: session.signedInAt.toISOString(),
    seen_time: session.seenAt.toISOString(),
    idle_until: session.idleUntil.toISOString(),
    end_time: session.endsAt.toISOString(),
    own: scope.caller?.token.hmac === session.tokenHmac,
  };
}
