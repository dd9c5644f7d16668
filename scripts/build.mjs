// npm run build: the console by Next.js into .next/, the programs by esbuild into dist/.
// With --watch, the programs are built again whenever a file changes.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { failWith, hashFiles, ROOT, run, step, tool, withSetupLock } from "./steps.mjs";

/** Files of lib/process that are started by themselves. */
const PROGRAMS = ["server", "demo", "aws-simulator", "migrate", "verify-audit", "unseal", "reseal"];
const CONSOLE_SOURCES = [
  ...["app", "components", "public", "lib/console", "lib/engine"],
  ...["next.config.ts", "tsconfig.json", "package-lock.json"],
];
const PROGRAM_SOURCES = ["lib", "scripts/build.mjs", "tsconfig.json", "package-lock.json"];

const isSource = (file) => !file.endsWith(".test.ts");

/** Builds what is missing or older than its sources. */
export async function buildWhatIsStale() {
  await ifStale(".next", ".next/BUILD_ID", CONSOLE_SOURCES, () =>
    step("building the console", buildConsole),
  );
  await ifStale("dist", "dist", PROGRAM_SOURCES, () =>
    step("building the programs", buildPrograms),
  );
}

async function ifStale(name, output, sources, build) {
  const stamp = join(ROOT, ".cache", `built-${name.replace(".", "")}`);
  const hash = hashFiles(sources, isSource);
  const built = existsSync(stamp) && existsSync(join(ROOT, output));
  if (built && readFileSync(stamp, "utf8") === hash) {
    return;
  }
  rmSync(stamp, { force: true });
  await build();
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  writeFileSync(stamp, hash);
}

function buildConsole() {
  return run(tool("next"), ["build"], {
    env: { NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" },
  });
}

async function buildPrograms() {
  const { build } = await import("esbuild");
  await build(programOptions());
}

async function watchPrograms() {
  const { context } = await import("esbuild");
  const watcher = await context({ ...programOptions(), logLevel: "info" });
  await watcher.watch();
}

function programOptions() {
  return {
    absWorkingDir: ROOT,
    entryPoints: PROGRAMS.map((name) => `lib/process/${name}.ts`).filter((path) =>
      existsSync(join(ROOT, path)),
    ),
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    alias: { "@": ROOT.replace(/\/$/, "") },
    sourcemap: true,
    logLevel: "warning",
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    if (process.argv.includes("--watch")) {
      await watchPrograms();
    } else {
      await withSetupLock(buildWhatIsStale);
    }
  } catch (error) {
    failWith(error);
  }
}
