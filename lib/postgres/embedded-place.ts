import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "@/lib/engine/errors";
import type { Account } from "@/lib/postgres/embedded-account";
import { ELSEWHERE } from "@/lib/postgres/embedded-binaries";
import { runProgram } from "@/lib/postgres/run-program";

const NOTE = "postgres.location";

/** The folder that Postgres keeps its files in, and whether the data folder must say where it is. */
export type Place = { folder: string; noteMissing: boolean };

/**
 * The data folder itself, or a folder below `/var/lib/leasehold` when the account of Postgres
 * cannot enter it (root in its own home, a private temporary folder). Once a note in the data
 * folder names such a place, it stays there.
 *
 * @throws EngineError `unavailable` when the place that the note names is gone.
 */
export async function findPlace(dataDir: string, account: Account): Promise<Place> {
  const note = join(dataDir, NOTE);
  if (existsSync(note)) {
    const folder = readFileSync(note, "utf8").split("\n")[0] ?? "";
    if (!existsSync(folder)) {
      throw new EngineError(
        "unavailable",
        `The database of ${dataDir} lay in ${folder}, which is gone. Bring it back, or remove ${dataDir} to begin with an empty one.`,
      );
    }
    return { folder, noteMissing: false };
  }
  if (await canEnter(dataDir, account)) {
    return { folder: dataDir, noteMissing: false };
  }
  const folder = join(ELSEWHERE, randomBytes(6).toString("hex"));
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  // Whatever the umask says: the account of Postgres passes through these two.
  chmodSync(ELSEWHERE, 0o755);
  chmodSync(folder, 0o755);
  return { folder, noteMissing: true };
}

/** Says in the data folder where the database is. */
export function leaveNote(dataDir: string, folder: string): void {
  writeFileSync(
    join(dataDir, NOTE),
    `${folder}\n\nThe database of this folder lies there, because Postgres does not run as root,\nand the user that it runs as cannot enter this folder.\n`,
  );
}

async function canEnter(folder: string, account: Account): Promise<boolean> {
  if (account.uid === undefined) {
    return true;
  }
  const { succeeded } = await runProgram("/bin/sh", ["-c", 'test -x "$0"', folder], account);
  return succeeded;
}
