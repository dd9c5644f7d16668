import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** Programs as files that `node` runs, apart from `dist/`: a build beside a run changes nothing in it. */
export type Programs = { path: (name: string) => string; remove: () => void };

/**
 * Bundles programs, each named by its file without `.ts`. The working directory is the repository.
 *
 * @param sources such as `lib/process/server`.
 */
export async function bundlePrograms(sources: readonly string[]): Promise<Programs> {
  const root = process.cwd();
  // Below the repository, so that packages are found.
  const parent = join(root, ".cache/bench");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "programs-"));
  await build({
    absWorkingDir: root,
    entryPoints: sources.map((source) => `${source}.ts`),
    entryNames: "[name]",
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    alias: { "@": root },
    sourcemap: true,
    logLevel: "warning",
  });
  return {
    path: (name) => join(folder, `${name}.js`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
