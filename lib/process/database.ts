import type { Config } from "@/lib/config";
import { startEmbedded, type EmbeddedDatabase } from "@/lib/postgres/embedded";
import type { Log } from "@/lib/process/log";

/** Where the database is; `embedded` is the one started for it, if none was named. */
export type OpenedDatabase = { url: string; embedded: EmbeddedDatabase | null };

/** The database that `DATABASE_URL` names, or the embedded one, started when it is not running. */
export async function openDatabase(config: Config, log: Log): Promise<OpenedDatabase> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl.reveal(), embedded: null };
  const embedded = await startEmbedded({
    dataDir: config.dataDir,
    log: (line) => log.debug(line),
  });
  log.info("using the embedded Postgres, since DATABASE_URL is not set", {
    folder: config.dataDir,
  });
  return { url: embedded.url, embedded };
}
