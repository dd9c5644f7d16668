import type { Secret } from "@/lib/engine/secret";

/** How an operator proved who they are. */
export type SignInWay = "token" | "userpass" | "oidc";

/** Without a page asked for or a key pressed, a session ends after this time. */
export const SESSION_IDLE_SECONDS = 30 * 60;
/** Whatever is done, a session ends after this time. */
export const SESSION_SECONDS_MAX = 12 * 3600;

/** An operator's session in the browser; the token behind it is known by its HMAC alone. */
export type ConsoleSession = {
  id: string;
  tokenHmac: string;
  /** Of the token: what the audit log shows of everything that is done in this session. */
  accessor: string;
  /** The token's display name. */
  operator: string;
  entityId: string | null;
  way: SignInWay;
  /** Those of the token. */
  policies: readonly string[];
  /** The auth mount that let the operator in; null for a token that was brought along. */
  mountId: string | null;
  /** The name that the auth mount knows the operator by; null for a token that was brought along. */
  alias: string | null;
  /** True when the token was made for this session and ends with it. */
  ownsToken: boolean;
  clientAddress: string;
  userAgent: string;
  signedInAt: Date;
  seenAt: Date;
  idleUntil: Date;
  /** The end whatever is done: the absolute limit, or that of the token if it is earlier. */
  endsAt: Date;
};

/** A session about to exist. `cookie` is the value that the browser keeps. */
export type ConsoleSessionGrant = Pick<
  ConsoleSession,
  | "id"
  | "tokenHmac"
  | "accessor"
  | "operator"
  | "entityId"
  | "way"
  | "mountId"
  | "alias"
  | "ownsToken"
  | "clientAddress"
  | "userAgent"
> & {
  cookie: Secret;
};

/** What is to be cleared away of a session that ended by itself. */
export type OverdueSession = Pick<ConsoleSession, "id" | "operator" | "tokenHmac" | "ownsToken">;

export type ConsoleSessionReads = {
  /**
   * The session of a cookie's value, unless it has ended: by its limits, with its token, or because
   * the operator was removed.
   */
  byCookie(cookie: Secret): Promise<ConsoleSession | null>;
  /** Those that have not ended, latest first. */
  live(limit: number): Promise<ConsoleSession[]>;
  byId(id: string): Promise<ConsoleSession | null>;
  /** Rows that are left of sessions that have ended by themselves. */
  overdue(limit: number): Promise<OverdueSession[]>;
  /**
   * Starts the idle time anew. Written at most once a minute, outside the audit log: like "last used"
   * it tells of no act.
   */
  touch(id: string): Promise<void>;
};
