import { quietAwsSdk, readConfig } from "@/lib/config";
import { isEngineError } from "@/lib/engine/errors";
import { openPool } from "@/lib/postgres/pool";
import { openDatabase } from "@/lib/process/database";
import { unseal } from "@/lib/process/keys";
import { processLog } from "@/lib/process/log";
import { openSeal } from "@/lib/process/seal";

/** `npm run unseal`: ends what `vault operator seal` began, where the seal opens the data keys. */
async function main(): Promise<void> {
  const config = readConfig();
  quietAwsSdk();
  const database = await openDatabase(config, processLog("warn"));
  const pool = openPool({
    url: database.url,
    applicationName: "leasehold-unseal",
    connectionsMax: 2,
    onError: () => undefined,
  });
  try {
    const done = await unseal(pool, openSeal(config.seal));
    process.stdout.write(
      done
        ? "The installation is unsealed; its instances serve again within seconds.\n"
        : "The installation was not sealed.\n",
    );
  } finally {
    await pool.end();
    await database.embedded?.stop();
  }
}

main().catch((error: unknown) => {
  const cause = isEngineError(error) ? (error.cause ?? error) : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  process.stderr.write(`The installation stays sealed. ${text}\n`);
  process.exitCode = 1;
});
