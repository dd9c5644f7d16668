export type Labels = Readonly<Record<string, string>>;

type Named = { name: string; labels: Labels };

/** One number, or the figures of many durations. Names have dots: `core.handle_request`. */
export type Metric =
  | (Named & { kind: "gauge"; value: number })
  | (Named & { kind: "counter"; value: number })
  | (Named & { kind: "summary"; count: number; sum: number; recent: Recent | null });

/** What was measured in the last minute: milliseconds. */
export type Recent = { min: number; max: number; p50: number; p90: number; p99: number };

const PREFIX = "vault";

/**
 * The text that Prometheus reads; a summary that nothing was added to lately has `NaN` quantiles.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function toPrometheus(metrics: readonly Metric[]): string {
  const families = new Map<string, { kind: Metric["kind"]; lines: string[] }>();
  for (const metric of metrics) {
    const name = `${PREFIX}_${metric.name.replaceAll(/\W/g, "_")}`;
    const family = families.get(name) ?? { kind: metric.kind, lines: [] };
    families.set(name, family);
    family.lines.push(...linesOf(name, metric));
  }
  return [...families]
    .map(([name, { kind, lines }]) =>
      [`# HELP ${name} ${name}`, `# TYPE ${name} ${kind}`, ...lines, ""].join("\n"),
    )
    .join("");
}

function linesOf(name: string, metric: Metric): string[] {
  const { labels } = metric;
  if (metric.kind !== "summary") return [line(name, labels, metric.value)];
  const { recent } = metric;
  return [
    line(name, { ...labels, quantile: "0.5" }, recent?.p50 ?? NaN),
    line(name, { ...labels, quantile: "0.9" }, recent?.p90 ?? NaN),
    line(name, { ...labels, quantile: "0.99" }, recent?.p99 ?? NaN),
    line(`${name}_sum`, labels, metric.sum),
    line(`${name}_count`, labels, metric.count),
  ];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

/** Vault's own form: gauges, counters and samples, each with all its figures. */
export function toJsonMetrics(metrics: readonly Metric[], now: Date): Record<string, unknown> {
  const named = ({ name, labels }: Named): Record<string, unknown> => ({
    Name: `${PREFIX}.${name}`,
    Labels: labels,
  });
  return {
    Timestamp: `${now.toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`,
    Gauges: metrics
      .filter((metric) => metric.kind === "gauge")
      .map((metric) => ({ ...named(metric), Value: metric.value })),
    Points: [],
    Counters: metrics
      .filter((metric) => metric.kind === "counter")
      .map((metric) => ({ ...named(metric), Count: metric.value, Sum: metric.value })),
    Samples: metrics
      .filter((metric) => metric.kind === "summary")
      .map((metric) => ({
        ...named(metric),
        Count: metric.count,
        Sum: metric.sum,
        Min: metric.recent?.min ?? 0,
        Max: metric.recent?.max ?? 0,
        Mean: metric.count === 0 ? 0 : metric.sum / metric.count,
      })),
  };
}
