import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const FILE = "demo.json";
const OWNER_ONLY = 0o600;
const PASSWORD_BYTES = 9;
const TOKEN_BYTES = 18;

export const OPERATORS = ["admin", "oncall", "auditor"] as const;
export type OperatorName = (typeof OPERATORS)[number];

/** What a second start in the same folder needs to be the same. */
const Notes = z.object({
  rootToken: z.string(),
  /** 0 before the first start. */
  simulatorPort: z.number().int().min(0).max(65_535),
  passwords: z.record(z.enum(OPERATORS), z.string()),
});
export type Notes = z.infer<typeof Notes>;

/** Reads the notes of an earlier start, or makes those of the first. */
export function openNotes(dataDir: string): Notes {
  const path = join(dataDir, FILE);
  if (existsSync(path)) return Notes.parse(JSON.parse(readFileSync(path, "utf8")));
  const notes: Notes = {
    rootToken: `hvs.${randomBytes(TOKEN_BYTES).toString("base64url")}`,
    simulatorPort: 0,
    passwords: { admin: newPassword(), oncall: newPassword(), auditor: newPassword() },
  };
  keepNotes(dataDir, notes);
  return notes;
}

/** Only the owner may read them: they hold the root token. */
export function keepNotes(dataDir: string, notes: Notes): void {
  const path = join(dataDir, FILE);
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(path, `${JSON.stringify(notes, null, 2)}\n`, { mode: OWNER_ONLY });
  chmodSync(path, OWNER_ONLY);
}

function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString("base64url");
}
