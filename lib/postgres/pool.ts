import pg from "pg";

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 60_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** A connection that is lost inside a transaction must not hold its row locks for longer. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;

export type PoolSettings = {
  url: string;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  connectionsMax: number;
  statementTimeoutMs?: number;
  /** Told when the server closes a connection that nobody was using. */
  onError: (error: Error) => void;
};

/** Connections to Postgres, opened when needed. Nothing is sent before the first query. */
export function openPool(settings: PoolSettings): pg.Pool {
  const pool = new pg.Pool({
    connectionString: settings.url,
    application_name: settings.applicationName,
    max: settings.connectionsMax,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: settings.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    // Queries of one transaction that need no answer in between go out together.
    pipeline: true,
  });
  // Without a listener, a restart of the database would end this process.
  pool.on("error", settings.onError);
  // Nor may a connection that is lost while somebody uses it: its queries fail, and say so.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}
