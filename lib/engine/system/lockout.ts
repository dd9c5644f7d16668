import { effected, told, type Decision } from "@/lib/engine/answer";
import type { Effect } from "@/lib/engine/effects";
import { EngineError } from "@/lib/engine/errors";
import type { Mount } from "@/lib/engine/mount/mount";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

const THRESHOLD = 5;
const LOCK_SECONDS = 15 * 60;
const RESET_SECONDS = 15 * 60;

/** Locked logins that the list shows at most. */
const LOCKED_LISTED_MAX = 10_000;

type LockoutRules = {
  threshold: number;
  lockSeconds: number;
  resetSeconds: number;
  disabled: boolean;
};

/** How failed logins are counted on a mount: as tuned, else five in 15 minutes lock for 15 minutes. */
function lockoutRules(mount: Mount): LockoutRules {
  const tuned = mount.config.userLockout ?? {};
  return {
    threshold: positive(tuned["threshold"], THRESHOLD),
    lockSeconds: positive(tuned["durationSeconds"], LOCK_SECONDS),
    resetSeconds: positive(tuned["resetSeconds"], RESET_SECONDS),
    disabled: tuned["disable"] === true,
  };
}

function positive(value: unknown, otherwise: number): number {
  return typeof value === "number" && value > 0 ? value : otherwise;
}

/** What becomes of the count of failures when a login is refused, and when it is granted. */
export type LoginGate = { onFailure: readonly Effect[]; onSuccess: readonly Effect[] };

/**
 * Lets a login attempt pass unless its alias is locked. Aliases that nobody has are counted and
 * locked like others, so that a lock does not tell which exist.
 *
 * @throws EngineError `permission_denied` while it is locked.
 * @see https://developer.hashicorp.com/vault/docs/concepts/user-lockout
 */
export async function refuseLocked(
  ports: Pick<Ports, "extras">,
  scope: RequestScope,
  alias: string,
): Promise<LoginGate> {
  const { threshold, lockSeconds, resetSeconds, disabled } = lockoutRules(scope.mount);
  if (disabled) return { onFailure: [], onSuccess: [] };
  const mountAccessor = scope.mount.accessor;
  const failures = await ports.extras.loginFailures(mountAccessor, alias);
  if (failures.lockedSeconds > 0) throw new EngineError("permission_denied", "permission denied");
  return {
    onFailure: [
      {
        kind: "record_login_failure",
        mountAccessor,
        alias,
        threshold,
        resetSeconds,
        lockSeconds,
      },
    ],
    onSuccess:
      failures.count === 0
        ? []
        : [{ kind: "clear_login_failures", mountAccessor, alias, unlock: false }],
  };
}

/** Counts the failure and refuses. @throws EngineError `refusal`, always. */
export async function refuseLogin(
  scope: RequestScope,
  gate: LoginGate,
  refusal: EngineError,
): Promise<never> {
  if (gate.onFailure.length > 0) await scope.begin(gate.onFailure);
  throw refusal;
}

/**
 * Logins that are locked now, by mount.
 *
 * @param mountAccessor undefined: of all mounts.
 * @see https://developer.hashicorp.com/vault/api-docs/system/user-lockout
 */
export async function listLockedUsers(
  ports: Ports,
  mountAccessor: string | undefined,
): Promise<Decision> {
  const locked = await ports.extras.lockedUsers(LOCKED_LISTED_MAX);
  const byMount = new Map<string, string[]>();
  for (const { mountAccessor: accessor, alias } of locked) {
    if (mountAccessor !== undefined && accessor !== mountAccessor) continue;
    const aliases = byMount.get(accessor);
    if (aliases === undefined) byMount.set(accessor, [alias]);
    else aliases.push(alias);
  }
  const mounts = [...byMount].map(([accessor, aliases]) => ({
    mount_accessor: accessor,
    counts: aliases.length,
    alias_identifiers: aliases,
  }));
  const total = mounts.reduce((sum, mount) => sum + mount.counts, 0);
  return told({
    by_namespace:
      total === 0
        ? []
        : [{ namespace_id: "root", namespace_path: "", counts: total, mount_accessors: mounts }],
    total,
  });
}

/** Lets a locked alias try again at once; one that is not locked loses its count. */
export function unlockUser(mountAccessor: string, alias: string): Decision {
  return effected({ kind: "clear_login_failures", mountAccessor, alias, unlock: true });
}
