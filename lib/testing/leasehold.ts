import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readConfig, type Config } from "@/lib/config";
import { type Leasehold, startLeasehold } from "@/lib/process/leasehold";
import type { Log } from "@/lib/process/log";
import { cloneDatabase } from "@/lib/testing/database";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export type TestLeasehold = Pick<Leasehold, "url" | "stop"> & {
  rootToken: string;
  databaseUrl: string;
  /** A folder of the caller's own, below which audit files may be written. */
  dir: string;
  /** One more process of the same installation. */
  another(): Promise<Pick<Leasehold, "url" | "stop">>;
};

/** The pages can be served once `npm run build` has made them. */
const HAS_CONSOLE = existsSync(join(ROOT, ".next/BUILD_ID"));

/** The whole program in this process, on a free port and a database of its own. */
export async function startTestLeasehold(): Promise<TestLeasehold> {
  const database = await cloneDatabase();
  const dir = mkdtempSync(join(tmpdir(), "leasehold-program-"));
  const configOf = async (roles: string): Promise<Config> =>
    readConfig({
      LEASEHOLD_PORT: String(await freePort()),
      LEASEHOLD_DATA_DIR: dir,
      LEASEHOLD_AUDIT_DIRS: dir,
      LEASEHOLD_ROLES: roles,
      LEASEHOLD_LOCAL_AWS: "on",
      LEASEHOLD_AMBIENT_AWS: "off",
      DATABASE_URL: database.url,
    });
  const roles = HAS_CONSOLE ? "api,console,worker" : "api,worker";
  let rootToken = "";
  const leasehold = await startLeasehold(await configOf(roles), SILENT, {
    root: ROOT,
    tellRootToken: (token) => (rootToken = token),
  });
  return {
    url: leasehold.url,
    rootToken,
    databaseUrl: database.url,
    dir,
    another: async () => startLeasehold(await configOf("api,worker"), SILENT, { root: ROOT }),
    stop: async () => {
      await leasehold.stop();
      await database.drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
