// What the commands share: steps with a progress line, and running programs quietly.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

const OUTPUT_TAIL_LINES = 40;
const LOCK_POLL_MS = 200;
const INSTALLED_STAMP = join(ROOT, "node_modules/.installed-lock-hash");

/** Thrown when a program failed; its output has been shown. */
export class StepFailed extends Error {}

/** Runs `work` and prints one line: the title, then the seconds it took. */
export async function step(title, work) {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  process.stdout.write(`  ${title} … `);
  try {
    const result = await work();
    process.stdout.write(`${seconds()}\n`);
    return result;
  } catch (error) {
    process.stdout.write(`failed after ${seconds()}\n`);
    throw error;
  }
}

/** Runs a program; what it prints is shown only when it fails. */
export async function run(command, args, { env = {}, show = false } = {}) {
  const { code, output } = await capture(command, args, { env, show });
  if (code !== 0) {
    if (!show) {
      process.stderr.write(
        `${output.trimEnd().split("\n").slice(-OUTPUT_TAIL_LINES).join("\n")}\n`,
      );
    }
    throw new StepFailed(`${[command, ...args].join(" ")} ended with ${code}`);
  }
  return output;
}

/** Runs a program to its end; never throws. */
export function capture(command, args, { env = {}, show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: show ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => resolve({ code: -1, output: `${output}${error.message}\n` }));
    child.on("close", (code) => resolve({ code: code ?? -1, output }));
  });
}

/** A program that a package of ours brought. */
export const tool = (name) => join(ROOT, "node_modules/.bin", name);

/** Installs the packages unless they are those of the lockfile. */
export async function installPackages() {
  const lockfile = join(ROOT, "package-lock.json");
  const hash = createHash("sha256").update(readFileSync(lockfile)).digest("hex");
  if (isInstalled(lockfile, hash)) {
    return;
  }
  await step("installing packages", () =>
    run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]),
  );
  writeFileSync(INSTALLED_STAMP, hash);
}

function isInstalled(lockfile, hash) {
  if (existsSync(INSTALLED_STAMP)) {
    return readFileSync(INSTALLED_STAMP, "utf8") === hash;
  }
  // Installed by hand: npm writes this file last.
  const installed = statSync(join(ROOT, "node_modules/.package-lock.json"), {
    throwIfNoEntry: false,
  });
  return installed !== undefined && installed.mtimeMs >= statSync(lockfile).mtimeMs;
}

/** One command at a time installs and builds in this folder. */
export async function withSetupLock(work) {
  const lock = join(ROOT, ".cache/setup.lock");
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  for (let told = false; !takeLock(lock); told = true) {
    if (!told) {
      process.stdout.write("  waiting for another command that installs or builds here …\n");
    }
    await pause(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") {
      throw error;
    }
    if (!ownerLives(lock)) {
      rmSync(lock, { force: true });
    }
    return false;
  }
}

function ownerLives(lock) {
  try {
    process.kill(Number(readFileSync(lock, "utf8")), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM" || error.code === "ENOENT";
  }
}

/** One hash over names and contents of the files below `paths` that `wanted` accepts. */
export function hashFiles(paths, wanted = () => true) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap((path) => listFiles(join(ROOT, path))).filter(wanted)) {
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex");
}

function listFiles(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    return [];
  }
  if (!found.isDirectory()) {
    return [path];
  }
  return readdirSync(path)
    .sort()
    .flatMap((name) => listFiles(join(path, name)));
}

/** Ends the process with a clear last line instead of a stack, unless it is a defect. */
export function failWith(error) {
  process.stderr.write(`\n${error instanceof StepFailed ? error.message : error.stack}\n`);
  process.exit(1);
}
