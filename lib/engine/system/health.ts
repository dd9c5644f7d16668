import { told, type Decision } from "@/lib/engine/answer";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { isoOf } from "@/lib/engine/lease/search";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import type { Metric } from "@/lib/engine/system/metrics-formats";

/** An instance that gave no sign of life for this long counts as gone. */
const INSTANCE_SECONDS_MAX = 60;

/** Where the work stands; counts stop at `max`, which `HealthReads` is asked with. */
export type WorkHealth = {
  databaseMs: number;
  /** Connections of this process: at most, open, of these idle; and who waits for one. */
  pool: { max: number; open: number; idle: number; waiting: number };
  /** Leases whose end, or next attempt at it, has come. */
  dueLeases: number;
  oldestDueAt: Date | null;
  irrevocableLeases: number;
  /** Things that may exist at AWS without a lease: being issued, or to be undone. */
  openIntents: number;
  oldestIntentAt: Date | null;
  waitingJobItems: number;
  /** Up to when free text is filled. */
  searchUntil: Date | null;
  /** Entries of the log that found no partition of their day. */
  strayEntries: boolean;
};

export type HealthReads = {
  work(max: number): Promise<WorkHealth>;
};

const COUNT_MAX = 10_000;

/** How the installation does: database, queues, instances, audit devices and calls to AWS. */
export async function readOperatorHealth(ports: Ports, scope: RequestScope): Promise<Decision> {
  const [work, instances, devices] = await Promise.all([
    ports.operator.health.work(COUNT_MAX),
    ports.installation.instances(INSTANCE_SECONDS_MAX),
    deviceData(ports, scope.config),
  ]);
  const now = ports.clock.now();
  return told({
    as_of: now.toISOString(),
    database: { latency_ms: work.databaseMs, pool: work.pool },
    leases: {
      ...capped("due", work.dueLeases),
      oldest_due_at: isoOf(work.oldestDueAt),
      oldest_due_seconds: secondsSince(now, work.oldestDueAt),
      ...capped("irrevocable", work.irrevocableLeases),
    },
    intents: {
      ...capped("open", work.openIntents),
      oldest_at: isoOf(work.oldestIntentAt),
      oldest_seconds: secondsSince(now, work.oldestIntentAt),
    },
    jobs: capped("waiting_leases", work.waitingJobItems),
    search: { indexed_until: isoOf(work.searchUntil) },
    audit: {
      devices,
      stray_entries: work.strayEntries,
      // Where files may be written below.
      file_folders: ports.limits.auditDirs,
    },
    instances: instances.map((instance) => ({
      id: instance.id,
      is_self: instance.isSelf,
      hostname: instance.isSelf ? ports.host.name : null,
      started_at: instance.isSelf ? ports.system.startedAt.toISOString() : null,
      seen_at: instance.seenAt.toISOString(),
      clock_offset_ms: instance.clockOffsetMs,
    })),
    // Of this process, since its start.
    aws: awsData(ports.metrics.read()),
  });
}

function capped(name: string, count: number): Record<string, unknown> {
  return { [name]: Math.min(count, COUNT_MAX), [`${name}_is_more`]: count > COUNT_MAX };
}

function secondsSince(now: Date, at: Date | null): number | null {
  return at === null ? null : Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000));
}

async function deviceData(
  ports: Ports,
  config: ConfigSnapshot,
): Promise<Record<string, unknown>[]> {
  const states = ports.devices.states();
  const devices = await config.auditDevices();
  return devices.map(({ path, type }) => {
    const state = states.get(path);
    return {
      path,
      type,
      failures: state?.failures ?? 0,
      waiting: state?.waiting ?? 0,
      lost: state?.lost ?? 0,
      last_written_at: isoOf(state?.lastWrittenAt ?? null),
      failing_since: isoOf(state?.failingSince ?? null),
      last_error: state?.lastError ?? "",
    };
  });
}

/** Calls to AWS by service, with their failures by status. */
function awsData(metrics: readonly Metric[]): Record<string, unknown>[] {
  const services = new Map<
    string,
    {
      calls: number;
      ms: unknown;
      errors: Record<string, number>;
      isAnswering: boolean;
      isLosing: boolean;
    }
  >();
  const of = (service: string) => {
    const known = services.get(service) ?? {
      ...{ calls: 0, ms: null, errors: {}, isAnswering: false, isLosing: false },
    };
    services.set(service, known);
    return known;
  };
  for (const metric of metrics) {
    const service = metric.labels["service"];
    if (service === undefined) continue;
    if (metric.kind === "summary" && metric.name === "aws.call") {
      const entry = of(service);
      entry.calls += metric.count;
      entry.ms = metric.recent;
    } else if (metric.kind === "summary" && metric.name === "aws.call.answered") {
      of(service).isAnswering = metric.recent !== null;
    } else if (metric.kind === "summary" && metric.name === "aws.call.lost") {
      of(service).isLosing = metric.recent !== null;
    } else if (metric.kind === "counter" && metric.name === "aws.call.error") {
      of(service).errors[metric.labels["status"] ?? ""] = metric.value;
    }
  }
  return [...services].map(([service, { calls, ms, errors, ...lately }]) => ({
    service,
    calls,
    recent_ms: ms,
    errors,
    throttled: (errors["429"] ?? 0) + (errors["503"] ?? 0),
    // In the last minute there were calls, and no answer.
    unreachable: lately.isLosing && !lately.isAnswering,
  }));
}
