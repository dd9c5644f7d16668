import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { AuditEvent } from "@/lib/engine/audit/event";
import type { AuditRow } from "@/lib/engine/audit/row";
import type { Effect } from "@/lib/engine/effects";
import { withHistory } from "@/lib/engine/history/effects";
import type { Clock, CommitEvent, CommitRequest, Metrics } from "@/lib/engine/ports";
import { isGrouped } from "@/lib/postgres/effects";
import { CommitLane, type CommitItem, type CommitListener } from "@/lib/postgres/group-commit";
import type { DataKeyring } from "@/lib/postgres/keyring";
import type { StoreContext } from "@/lib/postgres/store-context";
import { countAuditRows, countEffects } from "@/lib/process/commit-metrics";

/** Lanes of requests that change a row or nothing; each is a writer of the audit chain. */
const GROUPED_LANES = 1;
/** Lanes of requests whose effects need a transaction of their own. */
const SINGLE_LANES = 4;

/** Who changes the configuration where no request does. */
const ITSELF = { name: "leasehold", accessor: null, requestId: null };

/** All writing of this process: requests and events, committed with their audit entries. */
export type Commits = {
  context: StoreContext;
  commitRequest: CommitRequest;
  commit: CommitEvent;
  /** The same on a lane of its own, so that large pieces of work hold no request up. */
  commitInBackground: CommitEvent;
  requestEnded: (requestId: string) => void;
  /** Fences of the intents that requests of this process hold open now. */
  openFences(): string[];
};

export function createCommits(
  pool: pg.Pool,
  keys: DataKeyring,
  options: { instanceId: string; clock: Clock; metrics: Metrics; listener: CommitListener },
): Commits {
  const { clock, metrics } = options;
  const eventItem = (effects: readonly Effect[], events: readonly AuditEvent[]): CommitItem => ({
    effects: withHistory(effects, { ...ITSELF, path: events[0]?.path ?? "" }),
    rows: (refusal) =>
      refusal === null ? events.map((event) => eventRow(event, clock.now())) : [],
  });
  const listener: CommitListener = (rows) => {
    countAuditRows(metrics, rows);
    options.listener(rows);
  };
  const context = { pool, keys, instanceId: options.instanceId, newWriter: () => randomUUID() };
  const grouped = lanes(GROUPED_LANES, () => new CommitLane(context, null, listener));
  const single = lanes(SINGLE_LANES, () => new CommitLane(context, 1, listener));
  const background = new CommitLane(context, 1, listener);
  const intents = new OpenIntents();
  const commitRequest: CommitRequest = async (item) => {
    const pick = isGrouped(item.effects) ? grouped : single;
    intents.opened(item.effects);
    await pick(orderKey(item.effects)).commit(item);
    countEffects(metrics, item.effects);
  };
  return {
    context,
    commitRequest,
    commit: (effects, ...events) => commitRequest(eventItem(effects, events)),
    commitInBackground: async (effects, ...events) => {
      await background.commit(eventItem(effects, events));
      countEffects(metrics, effects);
    },
    requestEnded: (requestId) => intents.letGo(requestId),
    openFences: () => intents.fences(),
  };
}

/** Takes the lanes by turns; what has the same key goes through the same lane, in its order. */
function lanes(count: number, make: () => CommitLane): (key: string | null) => CommitLane {
  const all = Array.from({ length: count }, make);
  let next = 0;
  return (key) => {
    const turn = key === null ? next++ : sumOf(key);
    const lane = all[turn % count];
    if (lane === undefined) throw new Error("there are no lanes");
    return lane;
  };
}

function sumOf(key: string): number {
  let sum = 0;
  for (let at = 0; at < key.length; at += 1) sum = (sum * 31 + key.charCodeAt(at)) >>> 0;
  return sum;
}

/** Guesses at one alias count in the order in which they were judged; null: order does not matter. */
function orderKey(effects: readonly Effect[]): string | null {
  for (const effect of effects) {
    if (effect.kind === "record_login_failure" || effect.kind === "clear_login_failures") {
      return `${effect.mountAccessor} ${effect.alias}`;
    }
  }
  return null;
}

/** The intents that requests of this process hold open: one a request. */
class OpenIntents {
  readonly #fences = new Map<string, string>();

  opened(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === "open_intent") this.#fences.set(effect.requestId, effect.fence);
    }
  }

  /** Its lease was issued, or it failed: what it left open is undone by the worker. */
  letGo(requestId: string): void {
    this.#fences.delete(requestId);
  }

  fences(): string[] {
    return [...this.#fences.values()];
  }
}

/** An act of the server, as a row of the built-in log. */
function eventRow(event: AuditEvent, at: Date): AuditRow {
  const entry = {
    time: at.toISOString(),
    type: "event",
    event: event.name,
    path: event.path,
    ...(event.leaseId !== undefined && { lease_id: event.leaseId }),
    ...(event.accessor !== undefined && { accessor: event.accessor }),
    detail: event.detail,
  };
  return {
    at,
    kind: "event",
    requestId: null,
    operation: event.name,
    path: event.path,
    status: null,
    accessor: event.accessor ?? null,
    leaseId: event.leaseId ?? null,
    entry: JSON.stringify(entry),
  };
}
