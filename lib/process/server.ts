import { readConfig } from "@/lib/config";
import { processLog } from "@/lib/process/log";
import { startLeasehold } from "@/lib/process/leasehold";
import { isEngineError } from "@/lib/engine/errors";

/** `npm start`: one process of Leasehold, until it is told to stop. */
async function main(): Promise<void> {
  const config = readConfig();
  const log = processLog(config.logLevel);
  const leasehold = await startLeasehold(config, log, { tellRootToken });
  if (leasehold.firstOperatorCode !== null) {
    process.stdout.write(
      `\nNobody can sign in to the console yet. Create the first operator at ${leasehold.url}/setup with this code:\n\n    ${leasehold.firstOperatorCode}\n\n`,
    );
  }
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      log.info("stopping", { signal });
      leasehold.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error("could not stop in order", { error });
          process.exit(1);
        },
      );
    });
  }
}

/** To the terminal and not to the log, which is collected and kept. */
function tellRootToken(token: string): void {
  process.stdout.write(
    `\nThis installation is new. Its root token, shown this once:\n\n    ${token}\n\n`,
  );
}

main().catch((error: unknown) => {
  // A setting, a port, a database: the sentence says what to do; a stack would hide it.
  const text = isEngineError(error) ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`Leasehold could not start. ${String(text)}\n`);
  process.exit(1);
});
