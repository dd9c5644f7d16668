import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readConfig } from "@/lib/config";
import { startLeasehold } from "@/lib/process/leasehold";
import type { Log } from "@/lib/process/log";

const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

let dataDir: string;
let occupant: Server;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "leasehold-start-"));
  // Where only its owner may enter, the database is kept in another place.
  chmodSync(dataDir, 0o755);
  occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, "127.0.0.1", () => resolve()));
});

afterAll(() => {
  occupant.close();
  rmSync(dataDir, { recursive: true, force: true });
});

it("a start that fails has told the root token, and leaves no database running", async () => {
  const address = occupant.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const config = readConfig({
    LEASEHOLD_PORT: String(port),
    LEASEHOLD_DATA_DIR: dataDir,
    LEASEHOLD_ROLES: "api",
    LEASEHOLD_AMBIENT_AWS: "off",
  });
  const told: string[] = [];
  const start = startLeasehold(config, SILENT, { tellRootToken: (token) => told.push(token) });
  await expect(start).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
  expect(told).toEqual([expect.stringMatching(/^hvs\.\S+$/)]);
  expect(existsSync(join(dataDir, "postgres-18/PG_VERSION"))).toBe(true);
  expect(existsSync(join(dataDir, "postgres-18/postmaster.pid"))).toBe(false);
});
