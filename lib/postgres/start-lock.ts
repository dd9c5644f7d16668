import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { EngineError } from "@/lib/engine/errors";
import { isRunning } from "@/lib/postgres/run-program";

const POLL_MS = 25;
const WAIT_MS = 120_000;
/** Clearing away a dead owner's lock takes far less than this. */
const CLEARING_MS = 10_000;

/**
 * Runs `work` while no other process on this machine does so under the same lock file. The lock of
 * a process that died is taken over.
 *
 * @throws EngineError `unavailable` when the lock stays taken for two minutes.
 */
export async function withStartLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  while (!take(path)) {
    if (Date.now() > deadline) {
      throw new EngineError(
        "unavailable",
        `Process ${readOwner(path)} has been starting or stopping the database for two minutes. If that is not so, remove ${path}.`,
      );
    }
    clearIfAbandoned(path);
    await pause(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** A link appears with its content or not at all, and only where nothing is. */
function take(path: string): boolean {
  const own = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) {
      return false;
    }
    throw error;
  } finally {
    unlinkSync(own);
  }
}

/**
 * Removes the lock of a dead process. Only who holds a second lock may do so, or two of those who
 * wait could each remove one: the dead owner's, and the one that the other has just taken.
 */
function clearIfAbandoned(path: string): void {
  const clearing = `${path}.clearing`;
  if (isRunning(readOwner(path))) {
    return;
  }
  if (!take(clearing)) {
    removeOld(clearing);
    return;
  }
  if (!isRunning(readOwner(path))) {
    rmSync(path, { force: true });
  }
  rmSync(clearing, { force: true });
}

function removeOld(path: string): void {
  const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity };
  if (Date.now() - mtimeMs > CLEARING_MS) {
    rmSync(path, { force: true });
  }
}

function readOwner(path: string): number {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch (error) {
    // Just released: its owner was alive, the next attempt to take it will tell.
    if (isCode(error, "ENOENT")) {
      return process.pid;
    }
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
