import { told, type Decision } from "@/lib/engine/answer";
import type { Ports } from "@/lib/engine/ports";

/** An instance that gave no sign of life for this long counts as gone; each gives one every 10 s. */
const INSTANCE_SECONDS_MAX = 60;
const VERSIONS_MAX = 1000;

/** The version that clients are told, and when it was made. */
export type ToldVersion = { version: string; buildDate: string };

/**
 * The key that new values are sealed under: how many there were, since when, and the number of stored
 * values under it.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/system/key-status
 */
export async function readKeyStatus({ installation }: Ports): Promise<Decision> {
  const { term, installedAt, encryptions } = await installation.sealingKey();
  return told({ term, install_time: installedAt.toISOString(), encryptions });
}

/**
 * The processes that share this installation; all of them are active.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/system/ha-status
 */
export async function readHaStatus(ports: Ports, { version }: ToldVersion): Promise<Decision> {
  const instances = await ports.installation.instances(INSTANCE_SECONDS_MAX);
  const nodes = instances.map(({ id, isSelf, seenAt, clockOffsetMs }) => ({
    hostname: isSelf ? ports.host.name : id,
    api_address: "",
    cluster_address: "",
    active_node: true,
    last_echo: isSelf ? null : seenAt.toISOString(),
    version,
    upgrade_version: version,
    echo_duration_ms: 0,
    clock_skew_ms: clockOffsetMs,
    replication_primary_canary_age_ms: 0,
  }));
  return told({ nodes });
}

/**
 * The versions of this program that ran on this database, in their order.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/system/version-history
 */
export async function listVersions(ports: Ports, { buildDate }: ToldVersion): Promise<Decision> {
  const versions = await ports.installation.versions(VERSIONS_MAX);
  const keys = versions.map(({ version }) => version);
  const facts = versions.map(({ version, installedAt }, index) => [
    version,
    {
      previous_version: keys[index - 1] ?? null,
      timestamp_installed: installedAt.toISOString(),
      build_date: buildDate,
    },
  ]);
  return told({ keys, key_info: Object.fromEntries(facts) as Record<string, unknown> });
}

/**
 * The machine that this process runs on.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/system/host-info
 */
export function readHostInfo(ports: Ports): Decision {
  return told({ timestamp: ports.clock.now().toISOString(), ...ports.host.facts() });
}

/** What the process was started with, without any secret. */
export function readSanitizedState({ limits, system }: Ports): Decision {
  return told({
    cluster_name: system.clusterName,
    default_lease_ttl: limits.defaultLeaseTtlSeconds,
    max_lease_ttl: limits.maxLeaseTtlSeconds,
    raw_storage_endpoint: false,
    seals: [{ type: system.sealType, disabled: false }],
    storage: { type: "postgresql" },
  });
}

/** Entities that exist now. */
export async function countEntities({ installation }: Ports): Promise<Decision> {
  return told({ counters: { entities: { total: await installation.entityCount() } } });
}
