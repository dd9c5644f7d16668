import { told, type Decision } from "@/lib/engine/answer";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Mount, MountClass } from "@/lib/engine/mount/mount";
import { mountPath } from "@/lib/engine/mount/enable";
import { isSingleton } from "@/lib/engine/mount/types";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Limits, Ports } from "@/lib/engine/ports";
import { touchesPath } from "@/lib/engine/policy/capabilities";
import { aclOf } from "@/lib/engine/policy/acl-of";
import type { RequestScope } from "@/lib/engine/scope";
import type { Caller } from "@/lib/engine/scope";

const RUNNING_VERSION = "v1.21.4+builtin.vault";

/** All mounts of one class, by path. */
export function listMounts(scope: RequestScope, mountClass: MountClass): Promise<Decision> {
  const mounts = scope.config.mounts.all.filter((mount) => mount.class === mountClass);
  return Promise.resolve(
    told(Object.fromEntries(mounts.map((mount) => [mount.path, mountEntry(mount, null)]))),
  );
}

export function readMount(
  scope: RequestScope,
  mountClass: MountClass,
  path: string,
): Promise<Decision> {
  const mount = findMount(scope, mountClass, path);
  if (mount === null) {
    const what = mountClass === "auth" ? "auth engine" : "secret engine mount";
    throw invalidRequest(`No ${what} at ${mountPath(path)}`);
  }
  return Promise.resolve(told(mountEntry(mount, null)));
}

export function findMount(scope: RequestScope, mountClass: MountClass, path: string): Mount | null {
  const full = mountClass === "auth" ? `auth/${mountPath(path)}` : mountPath(path);
  const mount = scope.config.mounts.byFullPath(full);
  return mount?.class === mountClass ? mount : null;
}

/** A mount as lists show it; with `limits`, its config shows the TTLs that hold. */
function mountEntry(mount: Mount, limits: Limits | null): Record<string, unknown> {
  return {
    accessor: mount.accessor,
    config: configData(mount, limits),
    ...(!isSingleton(mount.class, mount.path) && { deprecation_status: "supported" }),
    description: mount.description,
    external_entropy_access: mount.externalEntropyAccess,
    local: mount.local,
    options: mount.options,
    plugin_version: "",
    running_plugin_version: RUNNING_VERSION,
    running_sha256: "",
    seal_wrap: mount.sealWrap,
    type: mount.type,
    uuid: mount.id,
  };
}

function configData(mount: Mount, limits: Limits | null): Record<string, unknown> {
  const ttls = limits === null ? null : mountTtls(mount, limits);
  return {
    default_lease_ttl: ttls?.mountDefaultSeconds ?? mount.config.defaultLeaseTtlSeconds,
    force_no_cache: mount.config.forceNoCache,
    max_lease_ttl: ttls?.mountMaxSeconds ?? mount.config.maxLeaseTtlSeconds,
    ...(mount.class === "auth" && { token_type: mount.config.tokenType ?? "default-service" }),
    ...optionalConfig(mount),
    ...(mount.config.userLockout && { user_lockout_config: lockoutData(mount) }),
  };
}

function optionalConfig({ config }: Mount): Record<string, unknown> {
  const optional: Record<string, unknown> = {
    audit_non_hmac_request_keys: config.auditNonHmacRequestKeys,
    audit_non_hmac_response_keys: config.auditNonHmacResponseKeys,
    listing_visibility: config.listingVisibility,
    passthrough_request_headers: config.passthroughRequestHeaders,
    allowed_response_headers: config.allowedResponseHeaders,
  };
  return Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
}

function lockoutData({ config }: Mount): Record<string, unknown> {
  const lockout = config.userLockout ?? {};
  return {
    user_lockout_threshold: lockout["threshold"],
    user_lockout_duration: lockout["durationSeconds"],
    user_lockout_counter_reset_duration: lockout["resetSeconds"],
    user_lockout_disable: lockout["disable"],
  };
}

/** What holds on a mount, tuned or not. */
export function readTune(
  ports: Ports,
  scope: RequestScope,
  mountClass: MountClass,
  path: string,
): Promise<Decision> {
  const mount = findMount(scope, mountClass, path);
  if (mount === null) {
    const shown = mountClass === "auth" ? `auth/${mountPath(path)}` : mountPath(path);
    throw invalidRequest(`cannot fetch sysview for path "${shown}"`);
  }
  const ttls = mountTtls(mount, ports.limits);
  return Promise.resolve(
    told({
      default_lease_ttl: ttls.mountDefaultSeconds,
      description: mount.description,
      force_no_cache: mount.config.forceNoCache,
      max_lease_ttl: ttls.mountMaxSeconds,
      ...(mount.class === "auth" && { token_type: mount.config.tokenType ?? "default-service" }),
      ...optionalConfig(mount),
      ...(mount.config.userLockout && lockoutData(mount)),
      ...(mount.options !== null &&
        Object.keys(mount.options).length > 0 && { options: mount.options }),
    }),
  );
}

/**
 * Mounts for user interfaces: those that are open to all, or those that the caller's token can do
 * something under.
 */
export async function listVisibleMounts(
  ports: Ports,
  scope: RequestScope,
  caller: Pick<Caller, "token"> | null,
): Promise<Decision> {
  const acl = caller === null ? null : await aclOf(caller.token, scope.config);
  const shown = { auth: {} as Record<string, unknown>, secret: {} as Record<string, unknown> };
  for (const mount of scope.config.mounts.all) {
    if (acl === null) {
      if (mount.config.listingVisibility !== "unauth") continue;
      const { type, description, options } = mount;
      shown[mount.class][mount.path] = { type, description, options };
    } else if (touchesPath(acl, mount.fullPath)) {
      shown[mount.class][mount.path] = mountEntry(mount, ports.limits);
    }
  }
  return told({ auth: shown.auth, secret: shown.secret });
}

/**
 * The mount that a path belongs to, for clients that look before they read.
 *
 * @throws EngineError `permission_denied`: none, or nothing the caller may do there.
 */
export async function readVisibleMount(
  ports: Ports,
  scope: RequestScope,
  caller: Pick<Caller, "token"> | null,
  path: string,
): Promise<Decision> {
  if (caller === null) throw new EngineError("permission_denied", "permission denied");
  const asked = path.endsWith("/") ? path : `${path}/`;
  const mount = scope.config.mounts.ownerOf(asked);
  const acl = await aclOf(caller.token, scope.config);
  if (mount === null || !touchesPath(acl, mount.fullPath)) {
    throw new EngineError(
      "permission_denied",
      `preflight capability check returned 403, please ensure client's policies grant access to path "${asked}"`,
    );
  }
  return told({ ...mountEntry(mount, ports.limits), path: mount.fullPath });
}
