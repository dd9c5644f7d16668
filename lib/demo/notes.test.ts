import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { keepNotes, openNotes } from "@/lib/demo/notes";

test("a second start finds what the first made, and only the owner can read it", () => {
  const dir = mkdtempSync(join(tmpdir(), "leasehold-notes-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const first = openNotes(join(dir, "data"));
  keepNotes(join(dir, "data"), { ...first, simulatorPort: 8221 });

  const second = openNotes(join(dir, "data"));

  expect(second).toEqual({ ...first, simulatorPort: 8221 });
  expect(new Set(Object.values(first.passwords)).size).toBe(3);
  expect(statSync(join(dir, "data/demo.json")).mode & 0o777).toBe(0o600);
});
