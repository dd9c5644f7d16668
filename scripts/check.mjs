// npm run check: format, lint, types, unused code and unit tests; what it prints is what is wrong.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { capture, failWith, installPackages, ROOT, tool, withSetupLock } from "./steps.mjs";

/** The slowest first. */
const CHECKS = [
  [
    "lint",
    "eslint",
    [".", "--cache", "--cache-location", ".cache/eslint", "--cache-strategy", "content"],
  ],
  ["types", "tsc", ["--noEmit"]],
  ["unit tests", "vitest", ["run", "--project", "unit", "--reporter=dot"]],
  ["unused code", "knip", ["--cache", "--cache-location", ".cache/knip", "--no-progress"]],
  [
    "format",
    "prettier",
    ["--check", ".", "--cache", "--cache-location", ".cache/prettier", "--log-level", "warn"],
  ],
];
const AT_ONCE = 2;

try {
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  await withSetupLock(installPackages);
  const waiting = [...CHECKS];
  const failed = [];
  const worker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const [title, name, args] = check;
      const began = performance.now();
      const { code, output } = await capture(tool(name), args, { env: { FORCE_COLOR: "0" } });
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stdout.write(`  ${title} … ${code === 0 ? "" : "failed after "}${seconds} s\n`);
      if (code !== 0) {
        failed.push(`--- ${title}\n${output.trim()}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failed.length > 0) {
    process.stderr.write(`\n${failed.join("\n\n")}\n`);
    process.exitCode = 1;
  }
} catch (error) {
  failWith(error);
}
