import { createHash } from "node:crypto";
import type pg from "pg";
import {
  SESSION_IDLE_SECONDS,
  SESSION_SECONDS_MAX,
  type ConsoleSession,
  type ConsoleSessionReads,
  type SignInWay,
} from "@/lib/engine/console/session";
import type { Secret } from "@/lib/engine/secret";
import { oneByOne, type EffectRunners } from "@/lib/postgres/effect-runner";

/** An idle time that was started anew this recently is left as it is. */
const TOUCH_SECONDS = 60;

type SessionRow = {
  id: string;
  token_hmac: string;
  accessor: string;
  operator: string;
  entity_id: string | null;
  way: SignInWay;
  mount_id: string | null;
  alias: string | null;
  policies: string[];
  owns_token: boolean;
  client_address: string;
  user_agent: string;
  signed_in_at: Date;
  seen_at: Date;
  idle_until: Date;
  ends_at: Date;
};

const COLUMNS = `s.id, encode(s.token_hmac, 'hex') as token_hmac, s.accessor, s.operator, s.entity_id, s.way,
  s.mount_id, s.alias, t.policies, s.owns_token, s.client_address, s.user_agent, s.signed_in_at, s.seen_at, s.idle_until,
  least(s.ends_at, t.expires_at) as ends_at`;

/** A session ends by its limits, with its token, and when its operator is removed. */
const LIVE = `
  from console_session s
  join token t on t.hmac = s.token_hmac and t.num_uses >= 0 and (t.expires_at is null or t.expires_at > now())
  where s.idle_until > now() and s.ends_at > now()
    and (s.way <> 'userpass' or exists (
      select 1 from mount_setting u where u.mount_id = s.mount_id and u.setting = 'user' and u.key = s.alias))`;

export function consoleSessionReads(pool: pg.Pool): ConsoleSessionReads {
  return {
    byCookie: async (cookie) => {
      const result = await pool.query<SessionRow>({
        name: "console_session_by_cookie",
        text: `select ${COLUMNS} ${LIVE} and s.cookie_hash = $1`,
        values: [hashOf(cookie)],
      });
      return sessionOf(result.rows[0]);
    },
    byId: async (id) => {
      if (!/^[0-9a-f-]{36}$/.test(id)) return null;
      const result = await pool.query<SessionRow>({
        name: "console_session_by_id",
        text: `select ${COLUMNS} ${LIVE} and s.id = $1`,
        values: [id],
      });
      return sessionOf(result.rows[0]);
    },
    live: async (limit) => {
      const result = await pool.query<SessionRow>({
        name: "console_sessions",
        text: `select ${COLUMNS} ${LIVE} order by s.signed_in_at desc, s.id limit $1`,
        values: [limit],
      });
      return result.rows.map((row) => toSession(row));
    },
    overdue: async (limit) => {
      const result = await pool.query<
        Pick<SessionRow, "id" | "operator" | "token_hmac" | "owns_token">
      >({
        name: "overdue_console_sessions",
        text: `select o.id, o.operator, encode(o.token_hmac, 'hex') as token_hmac, o.owns_token
               from console_session o where not exists (select 1 ${LIVE} and s.id = o.id)
               order by o.signed_in_at limit $1`,
        values: [limit],
      });
      return result.rows.map((row) => ({
        id: row.id,
        operator: row.operator,
        tokenHmac: row.token_hmac,
        ownsToken: row.owns_token,
      }));
    },
    touch: async (id) => {
      await pool.query({
        name: "touch_console_session",
        text: `update console_session set seen_at = now(), idle_until = now() + make_interval(secs => $2)
               where id = $1 and idle_until > now() and seen_at < now() - make_interval(secs => $3)`,
        values: [id, SESSION_IDLE_SECONDS, TOUCH_SECONDS],
      });
    },
  };
}

/** The value is random enough to need neither salt nor stretching. */
function hashOf(cookie: Secret): Buffer {
  return createHash("sha256").update(cookie.reveal()).digest();
}

function sessionOf(row: SessionRow | undefined): ConsoleSession | null {
  return row === undefined ? null : toSession(row);
}

function toSession(row: SessionRow): ConsoleSession {
  return {
    id: row.id,
    tokenHmac: row.token_hmac,
    accessor: row.accessor,
    operator: row.operator,
    entityId: row.entity_id,
    way: row.way,
    mountId: row.mount_id,
    alias: row.alias,
    policies: row.policies,
    ownsToken: row.owns_token,
    clientAddress: row.client_address,
    userAgent: row.user_agent,
    signedInAt: row.signed_in_at,
    seenAt: row.seen_at,
    idleUntil: row.idle_until,
    endsAt: row.ends_at,
  };
}

/** Not under a token that is being revoked: its row is locked until that is known. */
const putConsoleSession = oneByOne<"put_console_session">(async (_context, client, { session }) => {
  const result = await client.query({
    name: "put_console_session",
    text: `
      with owner as (select 1 from token where hmac = decode($3, 'hex') for share)
      insert into console_session (id, cookie_hash, token_hmac, accessor, operator, entity_id, way, mount_id,
        alias, owns_token, client_address, user_agent, idle_until, ends_at)
      select $1, $2, decode($3, 'hex'), $4, $5, $6, $7, $8, $9, $10, $11, $12,
        now() + make_interval(secs => $13), now() + make_interval(secs => $14) from owner`,
    values: [
      ...[session.id, hashOf(session.cookie), session.tokenHmac, session.accessor],
      ...[session.operator, session.entityId, session.way, session.mountId, session.alias],
      ...[session.ownsToken, session.clientAddress, session.userAgent],
      ...[SESSION_IDLE_SECONDS, SESSION_SECONDS_MAX],
    ],
  });
  return result.rowCount === 1;
});

const endConsoleSessions = oneByOne<"end_console_sessions">(async (_context, client, { ids }) => {
  await client.query({
    name: "end_console_sessions",
    text: `delete from console_session where id = any($1::uuid[])`,
    values: [ids],
  });
  return true;
});

export const consoleSessionEffects: Pick<
  EffectRunners,
  "put_console_session" | "end_console_sessions"
> = {
  put_console_session: putConsoleSession,
  end_console_sessions: endConsoleSessions,
};
