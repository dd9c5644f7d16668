// The cases on disk.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const CASES = fileURLToPath(new URL("cases", import.meta.url));

/** The files of cases below a path, read, in the order of their names. */
export function readCaseFiles(path = CASES) {
  return filesBelow(path).map((file) => ({
    path: file,
    content: JSON.parse(readFileSync(file, "utf8")),
  }));
}

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)))
    .filter((name) => name.endsWith(".json"));
}
