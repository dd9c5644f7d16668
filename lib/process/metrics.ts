import type { HandledRequest, InFlightRequest, Metrics, RunningRequest } from "@/lib/engine/ports";
import type { Labels, Metric, Recent } from "@/lib/engine/system/metrics-formats";

/** Different series that are kept; labels come from what operators name, so this is far away. */
const SERIES_MAX = 5_000;
const NO_LABELS: Labels = {};

type Counter = { name: string; labels: Labels; value: number };

/** Numbers of this process since its start. */
export class ProcessMetrics implements Metrics {
  readonly #counters = new Map<string, Counter>();
  readonly #summaries = new Map<string, Summary>();
  readonly #routes = new Map<string, Map<string, Summary>>();
  readonly #running = new Set<InFlightRequest>();

  count(name: string, labels: Labels = NO_LABELS, by = 1): void {
    let key = name;
    for (const label in labels) key += `\n${labels[label] ?? ""}`;
    const counter = this.#counters.get(key);
    if (counter !== undefined) counter.value += by;
    else if (this.#counters.size < SERIES_MAX) {
      this.#counters.set(key, { name, labels, value: by });
    }
  }

  observe(name: string, ms: number, labels: Labels = NO_LABELS): void {
    let key = name;
    for (const label in labels) key += `\n${labels[label] ?? ""}`;
    let summary = this.#summaries.get(key);
    if (summary === undefined) {
      if (this.#summaries.size >= SERIES_MAX) return;
      summary = new Summary(name, labels);
      this.#summaries.set(key, summary);
    }
    summary.add(ms, performance.now());
  }

  began(request: RunningRequest): HandledRequest {
    const beganAt = performance.now();
    const running = { id: request.id, startedAt: new Date(), request };
    this.#running.add(running);
    return {
      ended: ({ status, mountPath, isLogin }) => {
        const ms = performance.now() - beganAt;
        this.#running.delete(running);
        this.count("core.response_status_code", statusLabels(status));
        this.observe(isLogin ? "core.handle_login_request" : "core.handle_request", ms);
        if (mountPath !== null) this.#routed(mountPath, request.operation, ms);
      },
    };
  }

  inFlight(): readonly InFlightRequest[] {
    return [...this.#running];
  }

  read(): Metric[] {
    const now = performance.now();
    const routes = [...this.#routes.values()].flatMap((of) => [...of.values()]);
    return [
      ...[...this.#counters.values()].map((counter) => ({ kind: "counter" as const, ...counter })),
      ...[...this.#summaries.values(), ...routes].map((summary) => summary.metric(now)),
    ];
  }

  /** `vault.route.read.auth-aws-` */
  #routed(mountPath: string, operation: string, ms: number): void {
    let ofMount = this.#routes.get(mountPath);
    if (ofMount === undefined) {
      if (this.#routes.size >= SERIES_MAX / 5) return;
      ofMount = new Map();
      this.#routes.set(mountPath, ofMount);
    }
    let summary = ofMount.get(operation);
    if (summary === undefined) {
      summary = new Summary(`route.${operation}.${mountPath.replaceAll("/", "-")}`, NO_LABELS);
      ofMount.set(operation, summary);
    }
    summary.add(ms, performance.now());
  }
}

function statusLabels(status: number): Labels {
  return { code: String(status), type: `${Math.floor(status / 100)}xx` };
}

/** Durations that are kept for the quantiles, and for how long. */
const RECENT_MAX = 256;
const RECENT_MS = 60_000;

class Summary {
  readonly #name: string;
  readonly #labels: Labels;
  readonly #values = new Float32Array(RECENT_MAX);
  readonly #instants = new Float64Array(RECENT_MAX).fill(-Infinity);
  #count = 0;
  #sum = 0;

  constructor(name: string, labels: Labels) {
    this.#name = name;
    this.#labels = labels;
  }

  add(ms: number, at: number): void {
    const slot = this.#count % RECENT_MAX;
    this.#values[slot] = ms;
    this.#instants[slot] = at;
    this.#count += 1;
    this.#sum += ms;
  }

  metric(now: number): Metric {
    const [name, labels] = [this.#name, this.#labels];
    return {
      kind: "summary",
      name,
      labels,
      count: this.#count,
      sum: this.#sum,
      recent: this.#recent(now),
    };
  }

  #recent(now: number): Recent | null {
    const values = this.#values
      .filter((_value, slot) => (this.#instants[slot] ?? 0) >= now - RECENT_MS)
      .sort();
    if (values.length === 0) return null;
    const at = (share: number): number =>
      values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;
    return { min: at(0), max: at(1), p50: at(0.5), p90: at(0.9), p99: at(0.99) };
  }
}
