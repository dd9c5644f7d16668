import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import { canonicalHeaderName } from "@/lib/engine/aws-auth/request-headers";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { PutSetting } from "@/lib/engine/effects";
import { invalidRequest } from "@/lib/engine/errors";
import type { Random } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";

const SETTING = "client";
const KEY = "config";

/** Credentials and endpoints of the mount's own AWS calls, and what it demands of signed requests. */
export type ClientConfig = {
  accessKey: string;
  endpoint: string;
  iamEndpoint: string;
  stsEndpoint: string;
  stsRegion: string;
  useStsRegionFromClient: boolean;
  iamServerIdHeaderValue: string;
  /** Null until it was written. */
  allowedStsHeaderValues: string[] | null;
  /** Negative: the default. */
  maxRetries: number;
  roleArn: string;
  identityTokenTtlSeconds: number;
  disableAutomatedRotation: boolean;
  replayGuard: ReplayGuard;
  /** When the static key was made by a rotation (ISO 8601), else null. */
  keyMadeAt: string | null;
  /** New with every write: what was remembered under another one is forgotten. */
  generation: string;
};

/** How long a signed request opens the door after its first acceptance, and whether that is watched. */
export const REPLAY_GUARDS = ["window", "strict", "off"] as const;
export type ReplayGuard = (typeof REPLAY_GUARDS)[number];

const DEFAULTS: ClientConfig = {
  accessKey: "",
  endpoint: "",
  iamEndpoint: "",
  stsEndpoint: "",
  stsRegion: "",
  useStsRegionFromClient: false,
  iamServerIdHeaderValue: "",
  allowedStsHeaderValues: null,
  maxRetries: -1,
  roleArn: "",
  identityTokenTtlSeconds: 0,
  disableAutomatedRotation: false,
  replayGuard: "window",
  keyMadeAt: null,
  generation: "",
};

/** Undefined: not supplied. */
export type ClientConfigInput = {
  [
    K in keyof Omit<
      ClientConfig,
      "generation" | "keyMadeAt" | "allowedStsHeaderValues" | "replayGuard"
    >
  ]?: ClientConfig[K] | undefined;
} & {
  secretKey?: string | undefined;
  replayGuard?: string | undefined;
  allowedStsHeaderValues?: readonly string[] | undefined;
  identityTokenAudience?: string | undefined;
  rotationSchedule?: string | undefined;
  rotationWindowSeconds?: number | undefined;
  rotationPeriodSeconds?: number | undefined;
};

/** The configuration as stored; a mount that was never configured has the defaults. */
export type StoredClientConfig = ClientConfig & {
  secretKey: Secret | null;
  /** 0: never written. */
  revision: number;
};

export async function clientConfigOf(
  config: ConfigSnapshot,
  mountId: string,
): Promise<StoredClientConfig> {
  const stored = await config.setting(mountId, SETTING, KEY);
  return {
    ...DEFAULTS,
    // Written by putClientConfig only.
    ...(stored?.body as Partial<ClientConfig> | undefined),
    secretKey: stored?.secret ?? null,
    revision: stored?.revision ?? 0,
  };
}

/** @returns no answer (404) while nothing was written. */
export async function readClientConfig(scope: RequestScope): Promise<Decision> {
  const client = await clientConfigOf(scope.config, scope.mount.id);
  if (client.revision === 0) return answered(null);
  return told({
    access_key: client.accessKey,
    endpoint: client.endpoint,
    iam_endpoint: client.iamEndpoint,
    sts_endpoint: client.stsEndpoint,
    sts_region: client.stsRegion,
    use_sts_region_from_client: client.useStsRegionFromClient,
    iam_server_id_header_value: client.iamServerIdHeaderValue,
    max_retries: client.maxRetries,
    allowed_sts_header_values: client.allowedStsHeaderValues,
    role_arn: client.roleArn,
    identity_token_ttl: client.identityTokenTtlSeconds,
    identity_token_audience: "",
    rotation_schedule: "",
    rotation_window: 0,
    rotation_period: 0,
    disable_automated_rotation: client.disableAutomatedRotation,
    // Clients of Vault compare what they read with what they wrote.
    ...(client.replayGuard !== DEFAULTS.replayGuard && { replay_guard: client.replayGuard }),
  });
}

/**
 * Changes what was supplied. Endpoints and keys are stored unchecked and judged when they are used,
 * so that a configuration can be written in any order.
 *
 * @throws EngineError `invalid_request` for workload identity, automatic rotation, and a replay guard
 *   that does not exist.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/aws#configure-client
 */
export async function writeClientConfig(
  ports: { random: Random },
  scope: RequestScope,
  input: ClientConfigInput,
): Promise<Decision> {
  refuseUnavailable(input);
  const stored = await clientConfigOf(scope.config, scope.mount.id);
  const changed: StoredClientConfig = {
    ...stored,
    accessKey: input.accessKey ?? stored.accessKey,
    keyMadeAt: input.accessKey === undefined ? stored.keyMadeAt : null,
    endpoint: input.endpoint ?? stored.endpoint,
    iamEndpoint: input.iamEndpoint ?? stored.iamEndpoint,
    stsEndpoint: input.stsEndpoint ?? stored.stsEndpoint,
    stsRegion: input.stsRegion ?? stored.stsRegion,
    useStsRegionFromClient: input.useStsRegionFromClient ?? stored.useStsRegionFromClient,
    iamServerIdHeaderValue: input.iamServerIdHeaderValue ?? stored.iamServerIdHeaderValue,
    allowedStsHeaderValues:
      input.allowedStsHeaderValues?.filter((name) => name !== "").map(canonicalHeaderName) ??
      stored.allowedStsHeaderValues,
    maxRetries: input.maxRetries ?? stored.maxRetries,
    roleArn: input.roleArn ?? stored.roleArn,
    identityTokenTtlSeconds: input.identityTokenTtlSeconds ?? stored.identityTokenTtlSeconds,
    disableAutomatedRotation: input.disableAutomatedRotation ?? stored.disableAutomatedRotation,
    replayGuard: replayGuardOf(input.replayGuard) ?? stored.replayGuard,
  };
  return effected({
    ...putClientConfig(ports, scope.mount.id, changed),
    ...(input.secretKey !== undefined && {
      secret: input.secretKey === "" ? null : new Secret(input.secretKey),
    }),
  });
}

function replayGuardOf(given: string | undefined): ReplayGuard | undefined {
  if (given === undefined) return undefined;
  const guard = REPLAY_GUARDS.find((known) => known === given);
  if (guard === undefined) {
    throw invalidRequest(`replay_guard must be one of ${REPLAY_GUARDS.join(", ")}`);
  }
  return guard;
}

/** Stores the configuration over the revision it was read at; its secret stays what it is. */
export function putClientConfig(
  ports: { random: Random },
  mountId: string,
  client: StoredClientConfig,
): PutSetting {
  const { secretKey: _secretKey, revision, ...body } = client;
  return {
    kind: "put_setting",
    mountId,
    setting: SETTING,
    key: KEY,
    body: { ...body, generation: ports.random.uuid() },
    revision,
  };
}

export function deleteClientConfig(scope: RequestScope): Decision {
  return effected({
    kind: "delete_setting",
    mountId: scope.mount.id,
    setting: SETTING,
    key: KEY,
  });
}

function refuseUnavailable(input: ClientConfigInput): void {
  if (input.identityTokenAudience) {
    throw invalidRequest(
      "identity_token_audience is not available: this server issues no workload identity tokens",
    );
  }
  const rotation =
    Boolean(input.rotationSchedule) ||
    Boolean(input.rotationWindowSeconds) ||
    Boolean(input.rotationPeriodSeconds);
  if (rotation) {
    throw invalidRequest(
      "rotation_schedule, rotation_window and rotation_period are not available: rotate the key with config/rotate-root",
    );
  }
}
