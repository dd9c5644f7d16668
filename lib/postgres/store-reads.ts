import type pg from "pg";
import type { StoreReads } from "@/lib/engine/ports";
import type { Configuration } from "@/lib/postgres/configuration";
import type { DataKeyring } from "@/lib/postgres/keyring";

/** Paths of one token's cubbyhole that a list shows at most. */
const CUBBYHOLE_PATHS_MAX = 10_000;

type Members = Pick<StoreReads, "cubbyhole" | "cubbyholePaths" | "configVersion" | "snapshot">;

/** Reads that belong to single features. */
export function storeReads(
  pool: pg.Pool,
  keys: DataKeyring,
  configuration: Configuration,
): Members {
  const configVersion = async (): Promise<string> => {
    const result = await pool.query<{ version: string }>({
      name: "config_version",
      text: `select version::text as version from config_version`,
      values: [],
    });
    return result.rows[0]?.version ?? "0";
  };
  return {
    configVersion,
    snapshot: async () => configuration.at(await configVersion()),
    cubbyhole: async (tokenHmac, path) => {
      const result = await pool.query<{ sealed: Buffer }>({
        name: "cubbyhole",
        text: `select sealed from cubbyhole where token_hmac = decode($1, 'hex') and path = $2`,
        values: [tokenHmac, path],
      });
      const [row] = result.rows;
      if (row === undefined) return null;
      await keys.learn(row.sealed);
      return keys.open("cubbyhole", `${tokenHmac}/${path}`, row.sealed);
    },
    cubbyholePaths: async (tokenHmac, prefix) => {
      const result = await pool.query<{ path: string }>({
        name: "cubbyhole_paths",
        text: `select path from cubbyhole where token_hmac = decode($1, 'hex') and starts_with(path, $2)
               order by path limit $3`,
        values: [tokenHmac, prefix, CUBBYHOLE_PATHS_MAX],
      });
      return result.rows.map((row) => row.path);
    },
  };
}
