import { z } from "zod";

const Count = z.number().int().nonnegative();
const Instant = z.string().nullable();
const Recent = z.object({ min: z.number(), max: z.number(), p50: z.number(), p90: z.number() });

/** What `sys/leasehold/health` tells. */
export const Health = z.object({
  as_of: z.string(),
  database: z.object({
    latency_ms: z.number(),
    pool: z.object({ max: Count, open: Count, idle: Count, waiting: Count }),
  }),
  leases: z.object({
    due: Count,
    due_is_more: z.boolean(),
    oldest_due_at: Instant,
    oldest_due_seconds: z.number().nullable(),
    irrevocable: Count,
    irrevocable_is_more: z.boolean(),
  }),
  intents: z.object({
    open: Count,
    open_is_more: z.boolean(),
    oldest_at: Instant,
    oldest_seconds: z.number().nullable(),
  }),
  jobs: z.object({ waiting_leases: Count, waiting_leases_is_more: z.boolean() }),
  search: z.object({ indexed_until: Instant }),
  audit: z.object({
    stray_entries: z.boolean(),
    file_folders: z.array(z.string()),
    devices: z.array(
      z.object({
        path: z.string(),
        type: z.string(),
        /** Attempts at a line that failed. */
        failures: Count,
        /** Lines that it is still to be given. */
        waiting: Count,
        /** Lines that found no room to wait. */
        lost: Count,
        last_written_at: Instant,
        failing_since: Instant,
        last_error: z.string(),
      }),
    ),
  }),
  instances: z.array(
    z.object({
      id: z.string(),
      is_self: z.boolean(),
      hostname: z.string().nullable(),
      started_at: Instant,
      seen_at: z.string(),
      clock_offset_ms: z.number().nullable(),
    }),
  ),
  aws: z.array(
    z.object({
      service: z.string(),
      calls: Count,
      recent_ms: Recent.nullable(),
      errors: z.record(z.string(), Count),
      throttled: Count,
      /** In the last minute there were calls, and no answer. */
      unreachable: z.boolean().optional(),
    }),
  ),
});
export type Health = z.infer<typeof Health>;

export type Verdict = "ok" | "warning" | "error" | "unknown";

/** One figure: what it is now, of which time, what is normal, and what to do when it is not. */
export type Figure = {
  id: string;
  label: string;
  value: string;
  verdict: Verdict;
  /** Of the reading; null: as of the page. */
  age: string;
  normal: string;
  action: string;
};

const DATABASE_MS = { warning: 20, error: 200 } as const;
const AWS_MS = { warning: 1_000, error: 5_000 } as const;
const DUE_SECONDS = { warning: 60, error: 600 } as const;
const INTENT_SECONDS = { warning: 120, error: 900 } as const;
const CLOCK_MS = { warning: 1_000, error: 60_000 } as const;
const SEARCH_SECONDS = { warning: 60, error: 600 } as const;
const SEEN_SECONDS = 20;

const NOW = "the time above";
const MINUTE = "the last 60 s, this instance";

/** The figures of the health page, in the order in which trouble usually shows. */
export function figuresOf(health: Health): Figure[] {
  return [
    ...databaseFigures(health),
    ...queueFigures(health),
    ...awsFigures(health),
    clockFigure(health),
    searchFigure(health),
    auditFigure(health),
  ];
}

/** The worst of several. `unknown` is never good, but no alarm either. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  const order: readonly Verdict[] = ["error", "warning", "unknown", "ok"];
  return order.find((verdict) => verdicts.includes(verdict)) ?? "ok";
}

function judged(value: number, limit: { warning: number; error: number }): Verdict {
  if (value >= limit.error) return "error";
  return value >= limit.warning ? "warning" : "ok";
}

function databaseFigures({ database }: Health): Figure[] {
  const { latency_ms: ms, pool } = database;
  const inUse = pool.open - pool.idle;
  return [
    {
      id: "database",
      label: "Database latency",
      value: `${ms} ms`,
      verdict: judged(ms, DATABASE_MS),
      age: NOW,
      normal: `under ${DATABASE_MS.warning} ms`,
      action:
        "Every request waits for the database. Look at its load and at the network between; a database in another zone adds a millisecond to each.",
    },
    {
      id: "pool",
      label: "Database connections",
      value: `${inUse} of ${pool.max} in use, ${pool.waiting} waiting`,
      verdict: pool.waiting > 0 ? "warning" : "ok",
      age: `${NOW}, this instance`,
      normal: "nobody waits",
      action:
        "Raise LEASEHOLD_POOL_MAX if the database allows more connections, or find the slow statements.",
    },
  ];
}

function queueFigures({ leases, intents, jobs }: Health): Figure[] {
  const more = (count: number, isMore: boolean): string =>
    `${isMore ? "more than " : ""}${count.toLocaleString("en")}`;
  return [
    {
      id: "due",
      label: "Leases that are due",
      value: more(leases.due, leases.due_is_more),
      verdict: judged(leases.oldest_due_seconds ?? 0, DUE_SECONDS),
      age: NOW,
      normal: `each is ended within ${DUE_SECONDS.warning} s`,
      action:
        "Credentials outlive their lease. See that an instance with the role worker runs, and whether AWS refuses or throttles the revocations.",
    },
    {
      id: "irrevocable",
      label: "Leases that could not be revoked",
      value: more(leases.irrevocable, leases.irrevocable_is_more),
      verdict: leases.irrevocable > 0 ? "error" : "ok",
      age: NOW,
      normal: "none",
      action:
        "Their credentials may work at AWS still. Open each lease: it has the answer of AWS and what to repair.",
    },
    {
      id: "intents",
      label: "Being issued or undone at AWS",
      value: more(intents.open, intents.open_is_more),
      verdict: judged(intents.oldest_seconds ?? 0, INTENT_SECONDS),
      age: NOW,
      normal: `none is older than ${INTENT_SECONDS.warning} s`,
      action:
        "Something may exist at AWS without a lease. It is tried again by itself; see that AWS can be reached and that the root credential still has its rights.",
    },
    {
      id: "jobs",
      label: "Leases waiting in jobs",
      value: more(jobs.waiting_leases, jobs.waiting_leases_is_more),
      verdict: "ok",
      age: NOW,
      normal: "falls while a job runs",
      action: "If it does not fall, no instance with the role worker runs.",
    },
  ];
}

function awsFigures({ aws }: Health): Figure[] {
  const services = ["sts", "iam"].map((service) => aws.find((one) => one.service === service));
  return ["STS", "IAM"].flatMap((label, index) => {
    const found = services[index];
    const recent = found?.recent_ms ?? null;
    const throttled = found?.throttled ?? 0;
    return [
      {
        id: `${label}-latency`,
        label: `${label} latency`,
        value:
          recent === null
            ? "no call in the last minute"
            : `${ms(recent.p50)} median, ${ms(recent.p90)} p90`,
        verdict: recent === null ? ("unknown" as const) : judged(recent.p90, AWS_MS),
        age: MINUTE,
        normal: `p90 under ${AWS_MS.warning} ms`,
        action: `Logins and credentials wait for ${label}. Look at the endpoint and region of the mounts, and at the AWS health dashboard.`,
      },
      {
        id: `${label}-throttling`,
        label: `${label} calls throttled`,
        value: `${throttled.toLocaleString("en")} of ${(found?.calls ?? 0).toLocaleString("en")}`,
        verdict: throttled > 0 ? ("warning" as const) : ("ok" as const),
        age: "since this instance started",
        normal: "none",
        action: `AWS limits ${label} calls by account and region. Fewer and longer credentials, or sessions in place of IAM users, ask less of it.`,
      },
    ];
  });
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function clockFigure({ instances }: Health): Figure {
  const offsets = instances.map(({ clock_offset_ms: offset }) => offset);
  const known = offsets.flatMap((offset) => (offset === null ? [] : [Math.abs(offset)]));
  const worst = Math.max(0, ...known);
  return {
    id: "clock",
    label: "Clock offset",
    value: known.length === 0 ? "not measured" : `${Math.round(worst)} ms from the database's`,
    verdict: known.length === 0 ? "unknown" : judged(worst, CLOCK_MS),
    age: "as of each instance's last sign of life",
    normal: `under ${CLOCK_MS.warning / 1000} s`,
    action:
      "Signed requests are judged by time: beyond minutes, logins are refused and AWS refuses our calls. Repair the time service of the machine.",
  };
}

function searchFigure({ search, as_of: asOf }: Health): Figure {
  const until = search.indexed_until;
  const behind = until === null ? null : (Date.parse(asOf) - Date.parse(until)) / 1000;
  return {
    id: "search",
    label: "Search is filled to",
    value: behind === null ? "everything" : `${Math.max(0, Math.round(behind))} s ago`,
    verdict: behind === null ? "ok" : judged(behind, SEARCH_SECONDS),
    age: NOW,
    normal: `less than ${SEARCH_SECONDS.warning} s behind`,
    action:
      "Free text finds nothing newer; filters and ids do. See that an instance with the role worker runs.",
  };
}

function auditFigure({ audit }: Health): Figure {
  const failing = audit.devices.filter(({ failing_since: since }) => since !== null);
  const lost = audit.devices.reduce((sum, device) => sum + device.lost, 0);
  const parts = [
    ...(audit.stray_entries ? ["entries outside the days of the log"] : []),
    ...failing.map(({ path }) => `${path} takes nothing`),
    ...(lost > 0 ? [`${lost.toLocaleString("en")} lines lost by devices`] : []),
  ];
  const verdict = audit.stray_entries || failing.length > 0 ? "error" : lost > 0 ? "warning" : "ok";
  return {
    id: "audit",
    label: "Audit",
    value: parts.length === 0 ? "built-in log writes, no device fails" : parts.join("; "),
    verdict,
    age: "since this instance started",
    normal: "no device fails, no line is lost",
    action:
      "The built-in log has every entry; a device that fails lacks some. Open audit devices for its error, and test it once it is repaired.",
  };
}

/** Whether an instance has been silent for too long. */
export function isSilent(seenAt: string, asOf: string): boolean {
  return Date.parse(asOf) - Date.parse(seenAt) > SEEN_SECONDS * 1000;
}
