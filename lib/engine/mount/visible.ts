import { EngineError } from "@/lib/engine/errors";
import type { Mount } from "@/lib/engine/mount/mount";
import { isSingleton } from "@/lib/engine/mount/types";
import { touchesPath } from "@/lib/engine/policy/capabilities";
import { callerOf, type RequestScope } from "@/lib/engine/scope";

/**
 * The mounts that a caller's searches are limited to: those under which its policies grant anything.
 * Null: all of them, so that what belonged to mounts that are gone is found as well.
 */
export function visibleMounts(scope: RequestScope): readonly Mount[] | null {
  const { acl } = callerOf(scope);
  const all = scope.config.mounts.all;
  const visible = all.filter((mount) => touchesPath(acl, mount.fullPath));
  const seesAll = all.every(
    (mount) => visible.includes(mount) || isSingleton(mount.class, mount.path),
  );
  return seesAll ? null : visible;
}

/**
 * The ids of mounts that a filter names by path or accessor, as far as the caller sees them.
 *
 * @returns null: no limit at all.
 * @throws EngineError `not_found` for a mount that is not there, or not for this caller.
 */
export function mountIdsOf(
  scope: RequestScope,
  named: readonly string[] | undefined,
): readonly string[] | null {
  const visible = visibleMounts(scope);
  if (named === undefined || named.length === 0) return visible?.map(({ id }) => id) ?? null;
  return named.map((name) => {
    const path = name.endsWith("/") ? name : `${name}/`;
    const { mounts } = scope.config;
    const mount = mounts.byFullPath(path) ?? mounts.byAccessor(name);
    if (mount === null || visible?.includes(mount) === false) {
      throw new EngineError("not_found", `there is no mount ${path}`);
    }
    return mount.id;
  });
}

/** True when a row of this mount may be shown; null: the row belongs to no mount of its own. */
export function isVisible(scope: RequestScope, mountId: string): boolean {
  return visibleMounts(scope)?.some(({ id }) => id === mountId) ?? true;
}
