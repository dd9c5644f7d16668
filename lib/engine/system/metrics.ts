import { answered, type Answer, type Decision } from "@/lib/engine/answer";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { Gauges, Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import {
  toJsonMetrics,
  toPrometheus,
  type Labels,
  type Metric,
} from "@/lib/engine/system/metrics-formats";

const PLAIN_TEXT = "text/plain; charset=utf-8";
const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
/** Locked logins that are counted, at most. */
const LOCKED_MAX = 10_000;

/**
 * Numbers for monitoring, under the names that dashboards for Vault ask for.
 *
 * @param format as asked for; undefined: by the `Accept` header, else JSON.
 * @see https://developer.hashicorp.com/vault/api-docs/system/metrics
 */
export async function readMetrics(
  ports: Ports,
  scope: RequestScope,
  format: string | undefined,
): Promise<Decision> {
  const wanted = format === undefined || format === "" ? formatOf(scope.accept ?? "") : format;
  if (wanted !== "" && wanted !== "prometheus") {
    return told(`metric response format "${wanted}" unknown`, {
      contentType: PLAIN_TEXT,
      status: 400,
    });
  }
  const metrics = await collect(ports, scope.config);
  if (wanted === "prometheus") return told(toPrometheus(metrics), { contentType: PROMETHEUS_TEXT });
  const text = JSON.stringify(toJsonMetrics(metrics, ports.clock.now()));
  return told(`${text}\n`, { contentType: "application/json" });
}

function formatOf(accept: string): string {
  const isPrometheus =
    accept.startsWith("application/openmetrics-text") || accept.includes("prometheus/telemetry");
  return isPrometheus ? "prometheus" : "";
}

function told(text: string, raw: Omit<NonNullable<Answer["raw"]>, "text">): Decision {
  return answered({ raw: { ...raw, text } });
}

async function collect(ports: Ports, config: ConfigSnapshot): Promise<Metric[]> {
  const [gauges, locked] = await Promise.all([
    ports.installation.gauges(),
    ports.extras.lockedUsers(LOCKED_MAX),
  ]);
  const cluster = { cluster: ports.system.clusterName };
  const gauge = (name: string, value: number, labels: Labels = {}): Metric => ({
    kind: "gauge",
    name,
    value,
    labels: { ...cluster, ...labels },
  });
  return [
    gauge("core.unsealed", 1),
    gauge("core.active", 1),
    {
      kind: "gauge",
      name: "core.in_flight_requests",
      value: ports.metrics.inFlight().length,
      labels: {},
    },
    gauge("core.locked_users", locked.length),
    ...mountGauges(config).map(({ value, ...labels }) =>
      gauge("core.mount_table.num_entries", value, labels),
    ),
    ...storeGauges(gauges, config).map(({ name, value, labels }) => gauge(name, value, labels)),
    ...withMountNames(ports.metrics.read(), config, cluster),
  ];
}

function mountGauges({ mounts }: ConfigSnapshot): { type: string; local: string; value: number }[] {
  const counted = (["secret", "auth"] as const).flatMap((mountClass) =>
    [false, true].map((local) => ({
      type: mountClass === "auth" ? "auth" : "logical",
      local: String(local),
      value: mounts.all.filter((mount) => mount.class === mountClass && mount.local === local)
        .length,
    })),
  );
  return counted;
}

type Gauge = { name: string; value: number; labels: Labels };

function storeGauges(gauges: Gauges, config: ConfigSnapshot): Gauge[] {
  const namespace = "root";
  const byGroup = (name: string, label: string, groups: Gauges["tokensByPolicy"]): Gauge[] =>
    groups.map(({ group, count }) => ({
      name,
      value: count,
      labels: { namespace, [label]: group },
    }));
  const byMethod = gauges.tokensByMount.map(({ group, count }) => ({
    group: config.mounts.byId(group)?.type ?? "token",
    count,
  }));
  return [
    { name: "expire.num_leases", value: gauges.leases + gauges.tokens, labels: {} },
    { name: "expire.num_irrevocable_leases", value: gauges.irrevocableLeases, labels: {} },
    { name: "token.count", value: gauges.tokens, labels: { namespace } },
    ...byGroup("token.count.by_policy", "policy", gauges.tokensByPolicy),
    ...byGroup("token.count.by_auth", "auth_method", summed(byMethod)),
    ...byGroup("token.count.by_ttl", "creation_ttl", gauges.tokensByTtl),
    { name: "identity.num_entities", value: gauges.entities, labels: {} },
    { name: "identity.entity.count", value: gauges.entities, labels: { namespace } },
  ];
}

/** Several mounts may be of one type. */
function summed(groups: Gauges["tokensByMount"]): Gauges["tokensByMount"] {
  const sums = new Map<string, number>();
  for (const { group, count } of groups) sums.set(group, (sums.get(group) ?? 0) + count);
  return [...sums].map(([group, count]) => ({ group, count }));
}

/**
 * What was counted by the id of a mount, which may have moved since, is shown by its type and path;
 * what a mount counted that is gone by now is left out.
 */
function withMountNames(
  metrics: readonly Metric[],
  config: ConfigSnapshot,
  cluster: Labels,
): Metric[] {
  const named = new Map<string, Extract<Metric, { kind: "counter" }>>();
  const others: Metric[] = [];
  for (const metric of metrics) {
    const { mount_id: mountId, ...rest } = metric.labels;
    if (mountId === undefined || metric.kind !== "counter") {
      others.push(metric);
      continue;
    }
    const mount =
      mountId === "" ? config.mounts.byFullPath("auth/token/") : config.mounts.byId(mountId);
    if (mount === null) continue;
    const kind = metric.name === "token.creation" ? "auth_method" : "secret_engine";
    const place = { [kind]: mount.type, mount_point: mount.fullPath };
    const labels = { ...cluster, namespace: "root", ...place, ...rest };
    const key = JSON.stringify([metric.name, labels]);
    const value = (named.get(key)?.value ?? 0) + metric.value;
    named.set(key, { ...metric, labels, value });
  }
  return [...others, ...named.values()];
}

/** The requests that this process is answering now, by id. */
export function readInFlight({ metrics }: Ports): Decision {
  const requests = metrics.inFlight().map(({ id, startedAt, request }) => [
    id,
    {
      start_time: startedAt.toISOString(),
      client_remote_address: `${request.clientAddress}:${request.clientPort}`,
      client_id: "",
      request_path: request.uriPath,
      request_method: request.method,
    },
  ]);
  const text = JSON.stringify(Object.fromEntries(requests));
  return told(`${text}\n`, { contentType: "application/json" });
}
