import { effected, type Decision } from "@/lib/engine/answer";
import { invalidRequest, isEngineError } from "@/lib/engine/errors";
import {
  changeConfig,
  leaseTtlOf,
  UNTUNED,
  type MountConfigInput,
} from "@/lib/engine/mount/config";
import type { Mount, MountClass, MountConfig, MountTable } from "@/lib/engine/mount/mount";
import { isOfferedType } from "@/lib/engine/mount/types";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

export type EnableInput = {
  path: string;
  type?: string | undefined;
  pluginName?: string | undefined;
  description?: string | undefined;
  options?: Record<string, string> | null | undefined;
  local?: boolean | undefined;
  sealWrap?: boolean | undefined;
  externalEntropyAccess?: boolean | undefined;
  config: MountConfigInput;
};

/** First segments that secrets engines may not take. */
const PROTECTED = ["sys/", "auth/", "cubbyhole/", "identity/", "audit/"];

/**
 * Enables an engine or an auth method at a path.
 *
 * @throws EngineError `invalid_request` with Vault's text.
 * @see https://developer.hashicorp.com/vault/api-docs/system/mounts#enable-secrets-engine
 */
export function enableMount(
  ports: Ports,
  scope: RequestScope,
  mountClass: MountClass,
  input: EnableInput,
): Promise<Decision> {
  const type = typeOf(mountClass, input);
  const path = mountPath(input.path);
  const config = configOf(ports, mountClass, { type, path, input });
  checkPath(mountClass, path, scope.config.mounts);
  if (!isOfferedType(mountClass, type)) {
    throw invalidRequest(`plugin not found in the catalog: ${type}`);
  }
  const prefix = mountClass === "auth" ? `auth_${type}` : type;
  const mount: Mount = {
    id: ports.random.uuid(),
    class: mountClass,
    path,
    fullPath: mountClass === "auth" ? `auth/${path}` : path,
    type,
    accessor: `${prefix}_${ports.random.bytes(4).toString("hex")}`,
    description: input.description ?? "",
    config,
    options: input.options === undefined ? {} : input.options,
    local: input.local ?? false,
    sealWrap: input.sealWrap ?? false,
    externalEntropyAccess: input.externalEntropyAccess ?? false,
    tainted: false,
  };
  const refused = invalidRequest(`path is already in use at ${path}`);
  return Promise.resolve(effected({ kind: "enable_mount", mount, refused }));
}

function typeOf(mountClass: MountClass, input: EnableInput): string {
  const type = input.type ?? "";
  if (type === "plugin") {
    if (!input.pluginName) throw invalidRequest("plugin_name must be provided for plugin backend");
    return input.pluginName;
  }
  if (type === "") throw invalidRequest("backend type must be specified as a string");
  if (mountClass === "auth" && type === "token") {
    throw invalidRequest("token credential backend cannot be instantiated");
  }
  if (mountClass === "secret" && ["system", "cubbyhole", "identity"].includes(type)) {
    throw invalidRequest(`mount type of "${type}" is not mountable`);
  }
  return type;
}

/** Leading slashes go, one trailing slash is there. */
export function mountPath(text: string): string {
  const trimmed = text.replace(/^\/+/, "").replace(/\/+$/, "");
  return `${trimmed}/`;
}

function checkPath(mountClass: MountClass, path: string, mounts: MountTable): void {
  if (/\s\/$/.test(path)) throw invalidRequest("path cannot contain trailing whitespace");
  if (/[^\P{C}\p{Cs}]|[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/u.test(path)) {
    throw invalidRequest("path cannot contain non-printable characters");
  }
  const isProtected = PROTECTED.some((prefix) => path.startsWith(prefix));
  if (mountClass === "secret" && isProtected) throw invalidRequest(`cannot mount "${path}"`);
  const taken = overlapping(mountClass, path, mounts);
  if (taken !== null) throw invalidRequest(`path is already in use at ${taken.path}`);
}

/** A mount that lies under `path`, or that `path` would lie under. */
export function overlapping(
  mountClass: MountClass,
  path: string,
  mounts: MountTable,
): Mount | null {
  return (
    mounts.all.find(
      (mount) =>
        mount.class === mountClass && (mount.path.startsWith(path) || path.startsWith(mount.path)),
    ) ?? null
  );
}

function configOf(
  ports: Ports,
  mountClass: MountClass,
  { type, path, input }: { type: string; path: string; input: EnableInput },
): MountConfig {
  const { config } = input;
  const defaultTtl = ttlOf("default", path, config.default_lease_ttl);
  const maxTtl = ttlOf("max", path, config.max_lease_ttl);
  const { maxLeaseTtlSeconds: systemMax } = ports.limits;
  if (maxTtl !== 0 && defaultTtl > maxTtl) {
    throw invalidRequest("given default lease TTL greater than given max lease TTL");
  }
  if (maxTtl === 0 && defaultTtl > systemMax) {
    throw invalidRequest(
      `given default lease TTL greater than system max lease TTL of ${systemMax}`,
    );
  }
  if (type === "aws" && mountClass === "secret" && input.options?.["version"] !== undefined) {
    throw invalidRequest(`secrets engine "${type}" does not allow setting a version`);
  }
  return {
    ...changeConfig(UNTUNED, config, { class: mountClass, type }),
    defaultLeaseTtlSeconds: defaultTtl,
    maxLeaseTtlSeconds: maxTtl,
    ...(mountClass === "auth" && {
      tokenType:
        changeConfig(UNTUNED, config, { class: mountClass, type }).tokenType ?? "default-service",
    }),
  };
}

function ttlOf(which: "default" | "max", path: string, text: string | undefined): number {
  try {
    return leaseTtlOf(text ?? "");
  } catch (error) {
    if (!isEngineError(error)) throw error;
    throw invalidRequest(`unable to parse ${which} TTL of ${text ?? path}: ${error.message}`);
  }
}
