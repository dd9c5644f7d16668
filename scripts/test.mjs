// npm test: installs what is missing, builds, runs every test, ends with "N passed, N failed".
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  capture,
  failWith,
  hashFiles,
  installPackages,
  ROOT,
  run,
  step,
  tool,
  withSetupLock,
} from "./steps.mjs";

const REPORTS = join(ROOT, ".reports");
const VITEST_REPORT = join(REPORTS, "vitest.json");
const PLAYWRIGHT_REPORT = join(REPORTS, "playwright.json");
const DEBIAN_CHROMIUM = "/usr/bin/chromium";

try {
  await withSetupLock(prepare);
  const counts = [await runVitest(), await runPlaywright()];
  const sum = (name) => counts.reduce((total, count) => total + count[name], 0);
  const skipped = sum("skipped");
  if (skipped > 0) {
    process.stdout.write(`\n${skipped} skipped\n`);
  }
  process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed\n`);
  process.exitCode = sum("failed") === 0 ? 0 : 1;
} catch (error) {
  failWith(error);
}

async function prepare() {
  await installPackages();
  await installBrowser();
  const { buildWhatIsStale } = await import("./build.mjs");
  await buildWhatIsStale();
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
}

async function installBrowser() {
  const { chromium } = await import("@playwright/test");
  if (existsSync(DEBIAN_CHROMIUM) || existsSync(chromium.executablePath())) {
    return;
  }
  await step("installing a browser", async () => {
    if (process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
      const apt = (...args) =>
        capture("apt-get", args, { env: { DEBIAN_FRONTEND: "noninteractive" } });
      await apt("update");
      await apt("install", "-y", "--no-install-recommends", "chromium");
    }
    if (!existsSync(DEBIAN_CHROMIUM)) {
      await run(tool("playwright"), ["install", "chromium"]);
    }
  });
}

async function runVitest() {
  process.stdout.write("\nunit, contract, conformance and client tests\n");
  const { code } = await capture(tool("vitest"), ["run"], { show: true });
  return countVitest(readReport(VITEST_REPORT), code);
}

function countVitest(report, code) {
  if (report === null) {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = report;
  return {
    passed: numPassedTests,
    // A file that cannot be loaded, or an error outside any test, is a failure without a test.
    failed: numFailedTests === 0 && code !== 0 ? 1 : numFailedTests,
    skipped: numPendingTests + numTodoTests,
  };
}

async function runPlaywright() {
  if (hashFiles(["e2e"], isSpec) === hashFiles([])) {
    return { passed: 0, failed: 0, skipped: 0 };
  }
  process.stdout.write("\nend-to-end tests\n");
  const { code } = await capture(tool("playwright"), ["test"], { show: true });
  return countPlaywright(readReport(PLAYWRIGHT_REPORT), code);
}

function isSpec(file) {
  return file.endsWith(".spec.ts");
}

function countPlaywright(report, code) {
  if (report === null) {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const { expected, flaky, unexpected, skipped } = report.stats;
  return {
    passed: expected + flaky,
    failed: unexpected === 0 && code !== 0 ? 1 : unexpected,
    skipped,
  };
}

function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
}
