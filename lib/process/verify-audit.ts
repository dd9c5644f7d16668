import { readConfig } from "@/lib/config";
import { isEngineError } from "@/lib/engine/errors";
import { openPool } from "@/lib/postgres/pool";
import { sqlState } from "@/lib/postgres/store-error";
import { verifyChain, type ChainDefect, type ChainReport } from "@/lib/postgres/verify-chain";
import { openDatabase } from "@/lib/process/database";
import { processLog } from "@/lib/process/log";

/** `npm run verify-audit`: reads the built-in audit log from end to end; fails when it was altered. */
async function main(): Promise<void> {
  const config = readConfig();
  const database = await openDatabase(config, processLog("warn"));
  const pool = openPool({
    url: database.url,
    applicationName: "leasehold-verify-audit",
    connectionsMax: 1,
    onError: () => undefined,
  });
  try {
    const report = await verifyChain(pool);
    process.stdout.write(`${reportText(report)}\n`);
    process.exitCode = report.defects.length === 0 ? 0 : 1;
  } finally {
    await pool.end();
    await database.embedded?.stop();
  }
}

function reportText(report: ChainReport): string {
  const read = `${report.rows} entries in ${report.batches} batches of ${report.writers} writers`;
  const retired =
    report.retired === 0
      ? ""
      : `\n${report.retired} batches are older than what is kept; only their chain was read.`;
  if (report.defects.length === 0) return `${read}: the log is whole.${retired}`;
  return [`${read}: the log was altered.${retired}`, ...report.defects.map(defectText)].join("\n");
}

function defectText({ writer, batch, what, seq }: ChainDefect): string {
  const place = [
    ...(batch === null ? [] : [`batch ${batch}`]),
    ...(seq === null ? [] : [`entry ${seq}`]),
  ];
  return `  writer ${writer}, ${place.join(", ")}: ${what}`;
}

/** SQLSTATE: there is no such table. */
const UNDEFINED_TABLE = "42P01";

function failureText(error: unknown): string {
  if (sqlState(error) === UNDEFINED_TABLE) return "This database holds no installation.";
  if (isEngineError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`The audit log could not be read. ${failureText(error)}\n`);
  process.exitCode = 2;
});
