import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Account } from "@/lib/postgres/embedded-account";

/**
 * What Postgres and its tools see of the environment: no credential of this process, and a
 * language that error messages are recognised in. NODE_ENV is there for the types of Next.js, which
 * demand it of every environment.
 */
export const PROGRAM_ENVIRONMENT = {
  PATH: "/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
  NODE_ENV: "production",
} as const;

type Outcome = { succeeded: boolean; output: string };

/** Runs a program to its end as `account`; `output` holds both of its streams. */
export function runProgram(command: string, args: string[], account: Account): Promise<Outcome> {
  return new Promise((resolve) => {
    // The current folder may be one that `account` cannot enter.
    const child = spawn(command, args, {
      ...account,
      cwd: "/",
      env: PROGRAM_ENVIRONMENT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) => resolve({ succeeded: false, output: error.message }));
    child.on("close", (code) => resolve({ succeeded: code === 0, output }));
  });
}

/** True while the process runs; one that has ended but was not collected by its parent does not. */
export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) {
    return false;
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return processState(pid) !== "Z";
}

/** The state letter of Linux's /proc, after the program's name in brackets; null elsewhere. */
function processState(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return null;
  }
}

/** The program's name where the system tells it (Linux), else null. */
export function programName(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return null;
  }
}
