import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { readConfig } from "@/lib/config";
import { EngineError, isEngineError } from "@/lib/engine/errors";
import { exportChain } from "@/lib/postgres/export-chain";
import { openPool } from "@/lib/postgres/pool";
import { sqlState } from "@/lib/postgres/store-error";
import { verifyChain, type ChainDefect, type ChainReport } from "@/lib/postgres/verify-chain";
import { verifyCheckpoints, type CheckpointReport } from "@/lib/postgres/verify-checkpoints";
import { openDatabase } from "@/lib/process/database";
import { processLog } from "@/lib/process/log";

/**
 * `npm run verify-audit`: reads the built-in audit log and its checkpoints from end to end; fails when
 * it was altered. With `-- --export FILE` it writes the log for `public/verify-audit.mjs` instead, which
 * verifies it where nobody trusts this host, with a checkpoint that was kept elsewhere.
 */
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
    const [, , option, file] = process.argv;
    if (option === undefined) await verifyLog(pool);
    else if (option === "--export" && file !== undefined) await exportLog(pool, file);
    else throw new EngineError("invalid_request", "Options: --export FILE");
  } finally {
    await pool.end();
    await database.embedded?.stop();
  }
}

async function verifyLog(pool: pg.Pool): Promise<void> {
  const signed = await verifyCheckpoints(pool);
  const report = await verifyChain(pool);
  process.stdout.write(`${reportText(report)}\n${signedText(signed)}\n`);
  process.exitCode = report.defects.length === 0 && signed.defects.length === 0 ? 0 : 1;
}

async function exportLog(pool: pg.Pool, file: string): Promise<void> {
  // For its owner alone: it holds all that the log holds.
  await pipeline(exportChain(pool), createWriteStream(file, { mode: 0o600, flags: "wx" }));
  process.stdout.write(`The log was written to ${file}.\n`);
}

function signedText({ checkpoints, last, defects }: CheckpointReport): string {
  if (checkpoints === 0) return "No checkpoint was signed yet.";
  const upTo = last === null ? "" : `, the last right one ${last.no} of ${last.at.toISOString()}`;
  if (defects.length === 0) return `${checkpoints} checkpoints: all are signed and follow${upTo}.`;
  return [
    `${checkpoints} checkpoints: what was signed was altered${upTo}.`,
    ...defects.map(({ checkpoint, what, writer, batch }) => {
      const of = writer === null ? "" : `, writer ${writer}, batch ${batch ?? 0}`;
      return `  checkpoint ${checkpoint}${of}: ${what}`;
    }),
  ].join("\n");
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
