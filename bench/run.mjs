// npm run bench -- <program> [options]: builds what is stale, bundles one program of this folder, runs it.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildWhatIsStale } from "../scripts/build.mjs";
import { failWith, installPackages, ROOT, StepFailed, withSetupLock } from "../scripts/steps.mjs";

const PROGRAMS = ["kill-campaign", "lists", "load", "scale"];
/** They need the pages of the console, which Next.js makes. */
const WITH_CONSOLE = ["lists", "load", "scale"];

try {
  const [name, ...args] = process.argv.slice(2);
  if (!PROGRAMS.includes(name)) {
    throw new StepFailed(
      `npm run bench -- ${PROGRAMS.join("|")} [options]; see bench/README.md for the options.`,
    );
  }
  process.chdir(ROOT);
  await withSetupLock(async () => {
    await installPackages();
    if (WITH_CONSOLE.includes(name)) await buildWhatIsStale();
  });
  const bundle = await bundleOf(name);
  process.argv = [process.argv[0], bundle, ...args];
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(bundle).href);
} catch (error) {
  failWith(error);
}

/** A folder of its own for each run: a build beside it must not change what is measured. */
async function bundleOf(name) {
  const { build } = await import("esbuild");
  const outdir = join(ROOT, ".cache/bench", `${name}-${process.pid}`);
  mkdirSync(outdir, { recursive: true });
  process.on("exit", () => rmSync(outdir, { recursive: true, force: true }));
  await build({
    absWorkingDir: ROOT,
    entryPoints: [`bench/${name}.ts`],
    outdir,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    alias: { "@": ROOT.replace(/\/$/, "") },
    sourcemap: true,
    logLevel: "warning",
  });
  return join(outdir, `${name}.js`);
}
