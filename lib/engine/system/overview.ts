import { told, type Decision } from "@/lib/engine/answer";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { isoOf } from "@/lib/engine/lease/search";
import type { Mount } from "@/lib/engine/mount/mount";
import { visibleMounts } from "@/lib/engine/mount/visible";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

const DAY_MS = 86_400_000;
/** An installation younger than this is shown by the minute, so that its first minutes have a shape. */
const YOUNG_MS = 110 * 60_000;
/** As many as a link to the audit log may name. */
const PATHS_MAX = 40;
const BY_MINUTE = { rangeMs: 2 * 3_600_000, widthSeconds: 60 };
const BY_QUARTER = { rangeMs: DAY_MS, widthSeconds: 900 };

export type TrendAsk = { from: Date; to: Date; widthSeconds: number };

/** `bar` counts widths from the beginning of the range. */
export type LeaseBar = { bar: number; kind: string; count: number };
export type AnswerBar = {
  bar: number;
  what: "login" | "issue";
  outcome: "success" | "denied" | "refused" | "failed";
  count: number;
};

export type LiveCounts = { asOf: Date; byKind: { kind: string; count: number }[] };

/** What the overview counts; null for mounts: all. */
export type OverviewReads = {
  /** Counted now, or, where there are very many, by the last sample. */
  liveLeases(mountIds: readonly string[] | null): Promise<LiveCounts>;
  /** The first sample of the last day, and up to when answers are counted; null: nothing yet. */
  counted(): Promise<{ firstSampleAt: Date | null; until: Date | null }>;
  leaseTrend(mountIds: readonly string[] | null, ask: TrendAsk): Promise<LeaseBar[]>;
  answerTrend(mountIds: readonly string[] | null, ask: TrendAsk): Promise<AnswerBar[]>;
  /** Whether anybody has ever logged in through one of these auth mounts. */
  hasLogins(accessors: readonly string[]): Promise<boolean>;
  hasLeases(): Promise<boolean>;
};

/**
 * What the start page shows of the mounts that the caller's policies reach: live leases by type, how
 * they and the answers to logins and to requests for credentials went over the last day, and how far
 * a new installation has come.
 */
export async function readOverview(ports: Ports, scope: RequestScope): Promise<Decision> {
  const mountIds = visibleMounts(scope)?.map(({ id }) => id) ?? null;
  const { overview } = ports.operator;
  const now = ports.clock.now();
  const [counted, live] = await Promise.all([overview.counted(), overview.liveLeases(mountIds)]);
  const ask = rangeOf(now, counted.firstSampleAt);
  const [leases, answers, steps] = await Promise.all([
    overview.leaseTrend(mountIds, ask),
    overview.answerTrend(mountIds, ask),
    firstSteps(ports, scope),
  ]);
  return told({
    as_of: now.toISOString(),
    leases: {
      as_of: live.asOf.toISOString(),
      total: live.byKind.reduce((sum, { count }) => sum + count, 0),
      by_type: Object.fromEntries(live.byKind.map(({ kind, count }) => [kind, count])),
    },
    trend: {
      from: ask.from.toISOString(),
      to: ask.to.toISOString(),
      width_seconds: ask.widthSeconds,
      since: isoOf(counted.firstSampleAt),
      counted_until: isoOf(counted.until),
      leases: bars(
        ask,
        leases.map(({ bar, kind, count }) => ({ bar, name: kind, count })),
      ),
      logins: answerBars(ask, answers, "login"),
      issues: answerBars(ask, answers, "issue"),
    },
    paths: countedPaths(scope),
    first_steps: steps,
  });
}

/** What the audit log calls the requests that are counted: prefixes of their paths. */
function countedPaths(scope: RequestScope): { logins: string[]; issues: string[] } {
  const mounts = visibleMounts(scope) ?? scope.config.mounts.all;
  const auth = mounts.filter((mount) => mount.class === "auth" && mount.type !== "token");
  const secrets = mounts.filter((mount) => mount.class === "secret" && mount.type === "aws");
  return {
    logins: auth.map(({ fullPath }) => `${fullPath}login`).slice(0, PATHS_MAX),
    issues: secrets
      .flatMap(({ fullPath }) => [`${fullPath}creds/`, `${fullPath}sts/`])
      .slice(0, PATHS_MAX),
  };
}

/** Bars begin at whole multiples of their width. */
function rangeOf(now: Date, firstSampleAt: Date | null): TrendAsk {
  const isYoung = firstSampleAt === null || now.getTime() - firstSampleAt.getTime() < YOUNG_MS;
  const { rangeMs, widthSeconds } = isYoung ? BY_MINUTE : BY_QUARTER;
  const widthMs = widthSeconds * 1000;
  const end = Math.ceil(now.getTime() / widthMs) * widthMs;
  return { from: new Date(end - rangeMs), to: now, widthSeconds };
}

function answerBars(ask: TrendAsk, all: readonly AnswerBar[], what: AnswerBar["what"]) {
  const own = all.filter((one) => one.what === what);
  return bars(
    ask,
    own.map(({ bar, outcome, count }) => ({ bar, name: outcome, count })),
  );
}

/** Bars with nothing in them are left out. */
function bars(
  { from, widthSeconds }: TrendAsk,
  counts: readonly { bar: number; name: string; count: number }[],
): { at: string; counts: Record<string, number> }[] {
  const byBar = new Map<number, Record<string, number>>();
  for (const { bar, name, count } of counts) {
    const of = byBar.get(bar) ?? {};
    // Without a name it only says that somebody looked.
    if (name !== "") of[name] = (of[name] ?? 0) + count;
    byBar.set(bar, of);
  }
  return [...byBar]
    .sort(([a], [b]) => a - b)
    .map(([bar, of]) => ({
      at: new Date(from.getTime() + bar * widthSeconds * 1000).toISOString(),
      counts: of,
    }));
}

/** How far a new installation has come, and the names that are there to go on with. */
async function firstSteps(ports: Ports, scope: RequestScope): Promise<Record<string, unknown>> {
  const mounts = visibleMounts(scope) ?? scope.config.mounts.all;
  const auth = mounts.filter((mount) => mount.class === "auth" && mount.type === "aws");
  const secrets = mounts.filter((mount) => mount.class === "secret" && mount.type === "aws");
  const { overview } = ports.operator;
  const [authRole, secretsRole, hasLogin, hasLease] = await Promise.all([
    firstRole(scope.config, auth),
    firstRole(scope.config, secrets),
    overview.hasLogins(auth.map(({ accessor }) => accessor)),
    overview.hasLeases(),
  ]);
  return {
    auth_mount: mountData(auth[0]),
    secrets_mount: mountData(secrets[0]),
    auth_role: authRole,
    secrets_role: secretsRole,
    has_login: hasLogin,
    has_lease: hasLease,
  };
}

function mountData(mount: Mount | undefined): { path: string; accessor: string } | null {
  return mount === undefined ? null : { path: mount.fullPath, accessor: mount.accessor };
}

async function firstRole(
  config: ConfigSnapshot,
  mounts: readonly Mount[],
): Promise<{ path: string; accessor: string; name: string } | null> {
  for (const mount of mounts) {
    const [name] = await config.settingKeys(mount.id, "role");
    if (name !== undefined) {
      return { path: mount.fullPath, accessor: mount.accessor, name };
    }
  }
  return null;
}
