import type { AuditEntry } from "@/lib/console/audit";
import type { Refusal } from "@/lib/console/refusal";
import type { TailEvent, TailSignal } from "@/lib/console/tail";

/** Rows that are shown; what is older stays in the log. */
export const ROWS_MAX = 200;
/** Rows that wait while the tail is paused; beyond, all of them become one gap. */
const WAITING_MAX = 2_000;
/** Less than this is what reading takes anyway. */
const BEHIND_MS = 3_000;

/** Entries that are not shown, in the place where they would stand. */
export type GapRow = {
  kind: "gap";
  key: string;
  count: number;
  isMore: boolean;
  from: string;
  to: string;
  /** `lost`: between server and browser. */
  reason: "slow" | "away" | "missing" | "lost" | "paused";
  load: "none" | "loading" | "loaded" | "failed";
};
export type TailRow = { kind: "entry"; key: string; entry: AuditEntry } | GapRow;

export type TailState = {
  connection: "connecting" | "open" | "reconnecting" | "refused";
  refusal: Refusal | null;
  pause: "user" | "scroll" | null;
  behindMs: number;
  /** Newest first. */
  rows: readonly TailRow[];
  /** Newest first: what came since it was paused. */
  waiting: readonly TailRow[];
  /** Entries that wait, those of gaps included. */
  waitingCount: number;
  /** Number of the last entry on this stream; null until it is open. */
  n: number | null;
  lastAt: string;
  gaps: number;
};

export type TailAction =
  | { kind: "signal"; signal: TailSignal }
  | { kind: "pause"; by: "user" | "scroll" }
  /** By scrolling back, only what scrolling paused. */
  | { kind: "resume"; by: "user" | "scroll" }
  | { kind: "loading"; key: string }
  | { kind: "loaded"; key: string; entries: readonly AuditEntry[] | null };

export const TAIL_START: TailState = {
  ...{ connection: "connecting", refusal: null, pause: null, behindMs: 0 },
  ...{ rows: [], waiting: [], waitingCount: 0, n: null, lastAt: "", gaps: 0 },
};

export function tailReducer(state: TailState, action: TailAction): TailState {
  switch (action.kind) {
    case "signal":
      return takeSignal(state, action.signal);
    case "pause":
      return state.pause === "user" ? state : { ...state, pause: action.by };
    case "resume":
      return action.by === "scroll" && state.pause !== "scroll" ? state : resumed(state);
    case "loading":
      return withGap(state, action.key, (gap) => [{ ...gap, load: "loading" }]);
    case "loaded":
      return withGap(state, action.key, (gap) => filled(state, gap, action.entries));
  }
}

function resumed(state: TailState): TailState {
  const rows = [...state.waiting, ...state.rows].slice(0, ROWS_MAX);
  return { ...state, pause: null, rows, waiting: [], waitingCount: 0 };
}

function takeSignal(state: TailState, signal: TailSignal): TailState {
  if (signal.kind === "reconnecting") return { ...state, connection: "reconnecting" };
  if (signal.kind === "refused") {
    return { ...state, connection: "refused", refusal: signal.refusal };
  }
  return signal.events.reduce(takeEvent, state);
}

function takeEvent(state: TailState, event: TailEvent): TailState {
  switch (event.event) {
    case "open":
      // What is told before belongs to the same stream, and was counted.
      return { ...state, connection: "open", n: event.n, lastAt: event.at };
    case "entry": {
      const holed = withHole(state, event.n - 1, event.entry.at);
      const known = { ...holed, connection: "open" as const, n: event.n, lastAt: event.entry.at };
      const key = keyOf(event.entry);
      if (hasRow(known, key)) return known;
      return added(known, { kind: "entry", key, entry: event.entry }, 1);
    }
    case "gap": {
      const { count, is_more: isMore, from, to, reason } = event;
      const { state: counted, key } = nextGap(withHole(state, event.n - count, from));
      const row: GapRow = { kind: "gap", key, count, isMore, from, to, reason, load: "none" };
      return added({ ...counted, n: event.n, lastAt: to }, row, count);
    }
    case "beat": {
      const holed = withHole(state, event.n, new Date().toISOString());
      return { ...holed, connection: "open", n: event.n, behindMs: event.behind_ms };
    }
    case "end":
      return { ...state, connection: "reconnecting" };
  }
}

/** Entries whose numbers were passed over are a row too. */
function withHole(state: TailState, before: number, to: string): TailState {
  const count = state.n === null ? 0 : before - state.n;
  if (count <= 0) return state;
  const { state: counted, key } = nextGap(state);
  const row: GapRow = {
    ...{ kind: "gap", key, count, isMore: false, from: state.lastAt, to },
    ...{ reason: "lost", load: "none" },
  };
  return added(counted, row, count);
}

function nextGap(state: TailState): { state: TailState; key: string } {
  const gaps = state.gaps + 1;
  return { state: { ...state, gaps }, key: `gap ${gaps}` };
}

function keyOf({ writer, seq }: Pick<AuditEntry, "writer" | "seq">): string {
  return `${writer} ${seq}`;
}

/** A stream that was taken up again repeats some entries. */
function hasRow({ rows, waiting }: TailState, key: string): boolean {
  return rows.some((row) => row.key === key) || waiting.some((row) => row.key === key);
}

function added(state: TailState, row: TailRow, count: number): TailState {
  if (state.pause === null) return { ...state, rows: [row, ...state.rows].slice(0, ROWS_MAX) };
  const waitingCount = state.waitingCount + count;
  const waiting = [row, ...state.waiting];
  if (waiting.length <= WAITING_MAX) return { ...state, waiting, waitingCount };
  const { state: counted, key } = nextGap(state);
  const gap: GapRow = {
    ...{ kind: "gap", key, count: waitingCount, isMore: false, reason: "paused", load: "none" },
    ...{ from: timeOf(waiting.at(-1)), to: timeOf(row) },
  };
  return { ...counted, waiting: [gap], waitingCount };
}

function timeOf(row: TailRow | undefined): string {
  if (row === undefined) return "";
  return row.kind === "gap" ? row.to : row.entry.at;
}

function withGap(
  state: TailState,
  key: string,
  change: (gap: GapRow) => readonly TailRow[],
): TailState {
  const rows = state.rows.flatMap((row) =>
    row.kind === "gap" && row.key === key ? change(row) : [row],
  );
  return { ...state, rows };
}

/** What was found stands in the gap's place; the gap stays, as what was said of it. */
function filled(
  state: TailState,
  gap: GapRow,
  entries: readonly AuditEntry[] | null,
): readonly TailRow[] {
  if (entries === null) return [{ ...gap, load: "failed" }];
  const found = entries
    .map((entry) => ({ kind: "entry" as const, key: keyOf(entry), entry }))
    .filter(({ key }) => !hasRow(state, key));
  return [...found.toReversed(), { ...gap, load: "loaded" }];
}

/** How the tail is, in the words that the page shows. */
export function tailText({ connection, pause, behindMs }: TailState): string {
  if (connection === "refused") return "Ended";
  if (connection === "reconnecting") return "Reconnecting";
  if (pause === "user") return "Paused by you";
  if (pause === "scroll") return "Paused because you scrolled";
  if (connection === "connecting") return "Connecting";
  if (behindMs >= BEHIND_MS) return `Behind by ${Math.round(behindMs / 1000)} s`;
  return "Live";
}
