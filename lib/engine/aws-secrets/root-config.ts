import { type Decision, effected, told } from "@/lib/engine/answer";
import { readSetting, type SettingReader } from "@/lib/engine/aws-secrets/setting-reader";
import type { ConfigSnapshot, Setting } from "@/lib/engine/config-snapshot";
import type { Effect } from "@/lib/engine/effects";
import { invalidRequest } from "@/lib/engine/errors";
import type { JsonObject } from "@/lib/engine/json";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";

/** Kind of the settings that hold root credentials: `current`, and older ones by their version. */
export const ROOT_SETTING = "root";
export const CURRENT_ROOT = "current";

/** Names the IAM user, role session or federated user when the mount sets no template of its own. */
export const DEFAULT_USERNAME_TEMPLATE =
  '{{ if (eq .Type "STS") }}{{ printf "vault-%s-%s"  (unix_time) (random 20) | truncate 32 }}{{ else }}{{ printf "vault-%s-%s-%s" (printf "%s-%s" (.DisplayName) (.PolicyName) | truncate 42) (unix_time) (random 20) | truncate 64 }}{{ end }}';

/** The AWS identity a mount works with, and how AWS is reached. */
export type RootCredential = {
  mountId: string;
  /**
   * Grows when another access key is configured. A lease names the version that made it, and older
   * versions stay as long as a lease needs them. Rotation keeps it: the IAM user stays the same.
   */
  version: number;
  /** Changes with every write: what clients of it are cached under. */
  origin: string;
  /** Empty: the host's own credentials. */
  accessKey: string;
  secretKey: Secret | null;
  region: string;
  iamEndpoint: string;
  stsEndpoint: string;
  stsRegion: string;
  stsFallbackEndpoints: readonly string[];
  stsFallbackRegions: readonly string[];
  /** -1: the default. */
  maxRetries: number;
  usernameTemplate: string;
  disableAutomatedRotation: boolean;
  /** When our rotation made this key; null for one that was configured. */
  rotatedAt: Date | null;
};

type Supplied<T> = { [K in keyof T]?: T[K] | undefined };

/** What a write of `config/root` may name; undefined: not supplied. */
export type RootConfigInput = Supplied<{
  accessKey: string;
  secretKey: string;
  region: string;
  iamEndpoint: string;
  stsEndpoint: string;
  stsRegion: string;
  stsFallbackEndpoints: string[];
  stsFallbackRegions: string[];
  maxRetries: number;
  usernameTemplate: string;
  disableAutomatedRotation: boolean;
  roleArn: string;
  identityTokenAudience: string;
  identityTokenTtlSeconds: number;
  rotationSchedule: string;
  rotationPolicy: string;
  rotationWindowSeconds: number;
  rotationPeriodSeconds: number;
}>;

/**
 * Merges `input` into the stored configuration; a template that is not named goes back to the default.
 *
 * @throws EngineError `invalid_request` for unequal fallback lists and for workload identity or
 *   automatic rotation, which are not available.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/aws#configure-root-credentials
 */
export async function writeRootConfig(
  ports: Pick<Ports, "clock">,
  scope: RequestScope,
  input: RootConfigInput,
): Promise<Decision> {
  const setting = await scope.config.setting(scope.mount.id, ROOT_SETTING, CURRENT_ROOT);
  const stored = setting === null ? null : rootFromSetting(scope.mount.id, setting);
  const merged = mergeRoot(stored ?? noRoot(scope.mount.id), input);
  if (merged.stsFallbackEndpoints.length !== merged.stsFallbackRegions.length) {
    throw invalidRequest("fallback endpoints and fallback regions must be the same length");
  }
  refuseUnavailable(input);

  const isNewIdentity = stored?.accessKey !== merged.accessKey;
  const root: RootCredential = {
    ...merged,
    version: isNewIdentity ? merged.version + 1 : merged.version,
    rotatedAt: isNewIdentity || input.secretKey !== undefined ? null : merged.rotatedAt,
  };
  const write = putRoot(root, setting?.revision ?? 0);
  // What older leases were made with must still be able to undo them.
  if (!isNewIdentity || stored === null) return effected(write);
  return effected(write, archiveRoot(stored, ports.clock.now()));
}

/**
 * The configuration without its secret, or nothing (404) when it was never written.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/aws#read-root-configuration
 */
export async function readRootConfig(scope: RequestScope): Promise<Decision> {
  const root = await currentRoot(scope.config, scope.mount.id);
  if (root === null) return { answer: null, effects: [] };
  return told({
    access_key: root.accessKey,
    region: root.region,
    iam_endpoint: root.iamEndpoint,
    sts_endpoint: root.stsEndpoint,
    sts_region: root.stsRegion,
    sts_fallback_endpoints: root.stsFallbackEndpoints,
    sts_fallback_regions: root.stsFallbackRegions,
    max_retries: root.maxRetries,
    username_template: root.usernameTemplate,
    role_arn: "",
    identity_token_audience: "",
    identity_token_ttl: 0,
    rotation_schedule: "",
    rotation_window: 0,
    rotation_period: 0,
    disable_automated_rotation: root.disableAutomatedRotation,
  });
}

/** True once `config/root` was written. */
export async function rootConfigExists(scope: RequestScope): Promise<boolean> {
  return (await scope.config.setting(scope.mount.id, ROOT_SETTING, CURRENT_ROOT)) !== null;
}

/** The stored configuration, null when `config/root` was never written. */
export async function currentRoot(
  config: ConfigSnapshot,
  mountId: string,
): Promise<RootCredential | null> {
  const setting = await config.setting(mountId, ROOT_SETTING, CURRENT_ROOT);
  return setting === null ? null : rootFromSetting(mountId, setting);
}

/** The credential of one version, current or kept for older leases; null when it is gone. */
export async function rootOfVersion(
  config: ConfigSnapshot,
  mountId: string,
  version: number,
): Promise<RootCredential | null> {
  const current = (await currentRoot(config, mountId)) ?? noRoot(mountId);
  if (current.version === version) return current;
  if (version === 0) return noRoot(mountId);
  const setting = await config.setting(mountId, ROOT_SETTING, String(version));
  return setting === null ? null : rootFromSetting(mountId, setting);
}

/** What is used while nothing is configured: the host's own credentials. */
export function noRoot(mountId: string): RootCredential {
  return {
    mountId,
    version: 0,
    origin: `${mountId}/0/0`,
    accessKey: "",
    secretKey: null,
    region: "",
    iamEndpoint: "",
    stsEndpoint: "",
    stsRegion: "",
    stsFallbackEndpoints: [],
    stsFallbackRegions: [],
    maxRetries: -1,
    usernameTemplate: DEFAULT_USERNAME_TEMPLATE,
    disableAutomatedRotation: false,
    rotatedAt: null,
  };
}

/**
 * Refuses half a key pair, with which nothing can be signed.
 *
 * @throws EngineError `invalid_request`
 */
export function requireWholeKeyPair(root: RootCredential): void {
  if ((root.accessKey === "") === (root.secretKey === null)) return;
  throw invalidRequest(
    "static AWS client credentials haven't been properly configured (the access key or secret key were provided but not both)",
  );
}

/** One STS endpoint to try; an empty endpoint is AWS's own, an empty region the fallback region. */
export type StsTarget = { endpoint: string; region: string };

/**
 * STS endpoints in the order they are tried. Fallbacks count only beside an endpoint of one's own.
 *
 * @throws EngineError `invalid_request` when endpoints and signing regions do not pair up.
 */
export function stsTargets(root: RootCredential): StsTarget[] {
  if (root.stsEndpoint === "") return [{ endpoint: "", region: root.region }];
  const endpoints = [root.stsEndpoint, ...root.stsFallbackEndpoints];
  const first = root.stsRegion || root.region;
  const named = [...(first === "" ? [] : [first]), ...root.stsFallbackRegions];
  const regions = named.length === 0 ? [""] : named;
  if (regions.length !== endpoints.length) {
    throw invalidRequest("number of regions does not match number of endpoints");
  }
  return endpoints.map((endpoint, index) => ({ endpoint, region: regions[index] ?? "" }));
}

/** Makes `root` the mount's credential; `revision` is what was read. */
export function putRoot(root: RootCredential, revision: number): Effect {
  return {
    kind: "put_setting",
    mountId: root.mountId,
    setting: ROOT_SETTING,
    key: CURRENT_ROOT,
    body: rootToJson(root),
    secret: root.secretKey,
    revision,
  };
}

/** Keeps a replaced credential under its version, for what it made. */
function archiveRoot(root: RootCredential, supersededAt: Date): Effect {
  return {
    kind: "put_setting",
    mountId: root.mountId,
    setting: ROOT_SETTING,
    key: String(root.version),
    body: { ...rootToJson(root), supersededAt: supersededAt.toISOString() },
    secret: root.secretKey,
  };
}

function mergeRoot(stored: RootCredential, input: RootConfigInput): RootCredential {
  return {
    ...stored,
    accessKey: input.accessKey ?? stored.accessKey,
    secretKey: mergedSecret(stored, input),
    region: input.region ?? stored.region,
    iamEndpoint: input.iamEndpoint ?? stored.iamEndpoint,
    stsEndpoint: input.stsEndpoint ?? stored.stsEndpoint,
    stsRegion: input.stsRegion ?? stored.stsRegion,
    stsFallbackEndpoints: input.stsFallbackEndpoints ?? stored.stsFallbackEndpoints,
    stsFallbackRegions: input.stsFallbackRegions ?? stored.stsFallbackRegions,
    maxRetries: input.maxRetries ?? stored.maxRetries,
    usernameTemplate: templateOrDefault(input.usernameTemplate),
    disableAutomatedRotation: input.disableAutomatedRotation ?? stored.disableAutomatedRotation,
  };
}

/** An empty template means the default, as an absent one does. */
function templateOrDefault(template: string | undefined): string {
  return template === undefined || template === "" ? DEFAULT_USERNAME_TEMPLATE : template;
}

/** Terraform removes credentials by sending an empty `access_key` alone; half a pair would be useless. */
function mergedSecret(stored: RootCredential, input: RootConfigInput): Secret | null {
  if (input.secretKey !== undefined) {
    return input.secretKey === "" ? null : new Secret(input.secretKey);
  }
  return input.accessKey === "" ? null : stored.secretKey;
}

function refuseUnavailable(input: RootConfigInput): void {
  if (input.identityTokenAudience || input.identityTokenTtlSeconds || input.roleArn) {
    throw invalidRequest(
      "workload identity (identity_token_audience, identity_token_ttl, role_arn) is not available: configure access_key and secret_key, or leave both out to use the host's own credentials",
    );
  }
  if (
    input.rotationSchedule ||
    input.rotationPolicy ||
    input.rotationWindowSeconds ||
    input.rotationPeriodSeconds
  ) {
    throw invalidRequest(
      "automatic rotation (rotation_schedule, rotation_period, rotation_window, rotation_policy) is not available: call config/rotate-root instead",
    );
  }
}

function rootToJson(root: RootCredential): JsonObject {
  return {
    version: root.version,
    accessKey: root.accessKey,
    region: root.region,
    iamEndpoint: root.iamEndpoint,
    stsEndpoint: root.stsEndpoint,
    stsRegion: root.stsRegion,
    stsFallbackEndpoints: [...root.stsFallbackEndpoints],
    stsFallbackRegions: [...root.stsFallbackRegions],
    maxRetries: root.maxRetries,
    usernameTemplate: root.usernameTemplate,
    disableAutomatedRotation: root.disableAutomatedRotation,
    rotatedAt: root.rotatedAt === null ? null : root.rotatedAt.toISOString(),
  };
}

function rootFromSetting(mountId: string, setting: Setting): RootCredential {
  const body: SettingReader = readSetting(setting.body);
  const version = body.number("version", 1);
  return {
    mountId,
    version,
    origin: `${mountId}/${version}/${setting.revision}`,
    accessKey: body.text("accessKey"),
    secretKey: setting.secret,
    region: body.text("region"),
    iamEndpoint: body.text("iamEndpoint"),
    stsEndpoint: body.text("stsEndpoint"),
    stsRegion: body.text("stsRegion"),
    stsFallbackEndpoints: body.texts("stsFallbackEndpoints") ?? [],
    stsFallbackRegions: body.texts("stsFallbackRegions") ?? [],
    maxRetries: body.number("maxRetries", -1),
    usernameTemplate: templateOrDefault(body.text("usernameTemplate")),
    disableAutomatedRotation: body.flag("disableAutomatedRotation"),
    rotatedAt: body.instant("rotatedAt"),
  };
}
