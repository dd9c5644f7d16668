import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import { invalidRequest, isEngineError, type EngineError } from "@/lib/engine/errors";
import { endUnder } from "@/lib/engine/lease/revoke";
import { changeConfig, leaseTtlOf, type MountConfigInput } from "@/lib/engine/mount/config";
import { mountPath, overlapping } from "@/lib/engine/mount/enable";
import type { Mount, MountClass, MountConfig } from "@/lib/engine/mount/mount";
import { findMount } from "@/lib/engine/mount/read";
import { mountTtls } from "@/lib/engine/mount/ttl";
import { isSingleton } from "@/lib/engine/mount/types";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { revokeMany } from "@/lib/engine/token/revoke-many";

export type TuneInput = MountConfigInput & {
  description?: string | undefined;
  options?: Record<string, string> | undefined;
};

/**
 * Changes settings of a mount; they hold for what is issued and renewed from now on.
 *
 * @throws EngineError `invalid_request` with Vault's text.
 * @see https://developer.hashicorp.com/vault/api-docs/system/mounts#tune-mount-configuration
 */
export function tuneMount(
  ports: Ports,
  scope: RequestScope,
  at: { class: MountClass; path: string },
  input: TuneInput,
): Promise<Decision> {
  const mount = findMount(scope, at.class, at.path);
  if (mount === null) {
    const shown = at.class === "auth" ? `auth/${mountPath(at.path)}` : mountPath(at.path);
    throw invalidRequest(`tune of path "${shown}" failed: no mount entry found`);
  }
  if (input.token_type !== undefined && mount.class !== "auth") {
    throw invalidRequest("'token_type' can only be modified on auth mounts");
  }
  const config = { ...changeConfig(mount.config, input, mount), ...ttlsOf(ports, mount, input) };
  return Promise.resolve(
    effected({
      kind: "change_mount",
      mountId: mount.id,
      config,
      ...(input.description !== undefined && { description: input.description }),
      ...(input.options !== undefined && { options: { ...mount.options, ...input.options } }),
    }),
  );
}

function ttlsOf(
  ports: Ports,
  mount: Mount,
  input: TuneInput,
): Pick<MountConfig, "defaultLeaseTtlSeconds" | "maxLeaseTtlSeconds"> {
  const changed = {
    defaultLeaseTtlSeconds:
      input.default_lease_ttl === undefined
        ? mount.config.defaultLeaseTtlSeconds
        : leaseTtlOf(input.default_lease_ttl),
    maxLeaseTtlSeconds:
      input.max_lease_ttl === undefined
        ? mount.config.maxLeaseTtlSeconds
        : leaseTtlOf(input.max_lease_ttl),
  };
  if (input.default_lease_ttl === undefined && input.max_lease_ttl === undefined) return changed;
  const { defaultLeaseTtlSeconds: own, maxLeaseTtlSeconds: max } = changed;
  if (own !== 0 && max !== 0 && max < own) {
    throw invalidRequest(
      `backend max lease TTL of ${max} would be less than backend default lease TTL of ${own}`,
    );
  }
  const effective = mountTtls({ ...mount, config: { ...mount.config, ...changed } }, ports.limits);
  if (own === 0 && max !== 0 && max < effective.mountDefaultSeconds) return changed;
  return changed;
}

/**
 * Disables a mount: its leases and tokens end first. While they do, requests to it are refused; when
 * one cannot be revoked the mount stays, usable, and says why.
 *
 * @throws EngineError `invalid_request` naming the lease that could not be revoked.
 */
export async function disableMount(
  ports: Ports,
  scope: RequestScope,
  mountClass: MountClass,
  path: string,
): Promise<Decision> {
  const full = mountPath(path);
  if (mountClass === "auth" && full === "token/") {
    throw invalidRequest("token credential backend cannot be disabled");
  }
  if (isSingleton(mountClass, full)) throw invalidRequest(`cannot unmount "${full}"`);
  const mount = findMount(scope, mountClass, path);
  if (mount === null) return answered(null);
  await scope.begin([{ kind: "change_mount", mountId: mount.id, tainted: true }]);
  if (mountClass === "secret") await endLeasesOf(ports, scope, mount);
  else await revokeMany(ports, (limit) => ports.tokens.ofMount(mount.id, limit), mount.fullPath);
  return effected({ kind: "remove_mount", mountId: mount.id, refused: stillIssuing() });
}

/** What is just being issued needs the mount's credential to be undone. */
function stillIssuing(): EngineError {
  return invalidRequest(
    "credentials are being issued or undone on this mount at this moment; disable it again in a minute",
  );
}

async function endLeasesOf(ports: Ports, scope: RequestScope, mount: Mount): Promise<void> {
  try {
    await endUnder(ports, scope.config, mount.fullPath);
    if ((await ports.leases.countIntents(mount.id)) > 0) throw stillIssuing();
  } catch (error) {
    await ports.commit([{ kind: "change_mount", mountId: mount.id, tainted: false }], {
      name: "mount.disable_failed",
      path: mount.fullPath,
      detail: { error: isEngineError(error) ? error.message : "internal error" },
    });
    throw error;
  }
}

/**
 * Moves a mount with its data and configuration; its leases end first.
 *
 * @throws EngineError `invalid_request` with Vault's text.
 * @see https://developer.hashicorp.com/vault/api-docs/system/remount
 */
export async function remount(
  ports: Ports,
  scope: RequestScope,
  input: { from: string; to: string },
): Promise<Decision> {
  if (input.from === "" || input.to === "") {
    throw invalidRequest("both 'from' and 'to' path must be specified as a string");
  }
  for (const name of ["from", "to"] as const) {
    if (/\s$/.test(input[name])) {
      throw invalidRequest(`'${name}' path cannot contain trailing whitespace`);
    }
  }
  const from = splitPath(mountPath(input.from));
  const to = splitPath(mountPath(input.to));
  const shownFrom = mountPath(input.from);
  const shownTo = mountPath(input.to);
  if (isSingleton(from.class, from.path)) throw invalidRequest(`cannot remount "${shownFrom}"`);
  const mount = findMount(scope, from.class, from.path);
  if (from.class !== to.class || isSingleton(to.class, to.path)) {
    throw invalidRequest(`cannot remount to destination ${shownTo}`);
  }
  if (mount === null) throw invalidRequest(`no matching mount at "${shownFrom}"`);
  const taken = overlapping(to.class, to.path, scope.config.mounts);
  if (taken !== null) {
    throw invalidRequest(`path already in use at "${taken.fullPath}"`);
  }
  await scope.begin([]);
  await endUnder(ports, scope.config, mount.fullPath);
  const migrationId = ports.random.uuid();
  return {
    answer: {
      data: { migration_id: migrationId },
      warnings: [
        "Mount move has been queued. Progress will be reported in Vault's server log, tagged with the returned migration_id",
      ],
    },
    effects: [
      { kind: "change_mount", mountId: mount.id, path: to.path },
      {
        kind: "put_setting",
        mountId: scope.mount.id,
        setting: "migration",
        key: migrationId,
        body: { source: shownFrom, target: shownTo, status: "success" },
      },
    ],
  };
}

function splitPath(full: string): { class: MountClass; path: string } {
  return full.startsWith("auth/")
    ? { class: "auth", path: full.slice("auth/".length) }
    : { class: "secret", path: full };
}

export async function remountStatus(scope: RequestScope, id: string): Promise<Decision> {
  const migration = await scope.config.setting(scope.mount.id, "migration", id);
  if (migration === null) return answered(null);
  return told({
    migration_id: id,
    migration_info: {
      source_mount: migration.body["source"],
      target_mount: migration.body["target"],
      status: migration.body["status"],
    },
  });
}
