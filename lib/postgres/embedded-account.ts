import { spawnSync } from "node:child_process";
import { EngineError } from "@/lib/engine/errors";
import { PROGRAM_ENVIRONMENT } from "@/lib/postgres/run-program";

/** Whom Postgres runs as; empty: as ourselves. */
export type Account = { uid?: number; gid?: number };

/**
 * Postgres refuses to run as root: then it runs as `postgres`, else as `nobody`. No account is
 * ever added to the machine.
 *
 * @throws EngineError `unavailable` when root finds neither of them.
 */
export function findAccount(): Account {
  if (process.getuid?.() !== 0) {
    return {};
  }
  for (const name of ["postgres", "nobody"]) {
    const uid = readId("-u", name);
    const gid = readId("-g", name);
    if (uid !== null && gid !== null) {
      return { uid, gid };
    }
  }
  throw new EngineError(
    "unavailable",
    "Postgres does not run as root, and this machine has neither a user `postgres` nor a user `nobody`. Start as an ordinary user, or set DATABASE_URL.",
  );
}

function readId(flag: string, name: string): number | null {
  const { status, stdout } = spawnSync("id", [flag, name], {
    encoding: "utf8",
    env: PROGRAM_ENVIRONMENT,
  });
  return status === 0 ? Number(stdout) : null;
}
