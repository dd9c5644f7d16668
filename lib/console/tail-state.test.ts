import { expect, test } from "vitest";
import type { AuditEntry } from "@/lib/console/audit";
import type { TailEvent } from "@/lib/console/tail";
import {
  ROWS_MAX,
  TAIL_START,
  type TailAction,
  tailReducer,
  tailText,
  type TailState,
} from "@/lib/console/tail-state";

function entry(seq: number): AuditEntry {
  return {
    ...{ id: `w.${seq}`, at: new Date(seq * 1000).toISOString(), writer: "w", seq, kind: "both" },
    ...{ outcome: "success", status: 200, request_id: null, operation: "read", path: "a/b" },
    ...{ role: null, accessor: null, lease_id: null, display_name: null, principal: null },
    ...{ entity_id: null, mount_path: null, mount_type: null, mount_class: null },
    ...{ mount_accessor: null, remote_address: null, elapsed_ms: 1, error: null },
    ...{ granting_policies: [], allowed: true, event: null },
  };
}

const entryEvent = (n: number): TailEvent => ({ event: "entry", n, entry: entry(n) });
const open = (n = 0): TailEvent => ({ event: "open", n, at: new Date(0).toISOString() });
const beat = (n: number, behind_ms = 0): TailEvent => ({ event: "beat", n, behind_ms });
const range = (from: number, to: number): TailEvent[] =>
  Array.from({ length: to - from + 1 }, (_none, index) => entryEvent(from + index));

const say = (events: readonly TailEvent[]): TailAction => ({
  kind: "signal",
  signal: { kind: "events", events },
});
const after = (actions: readonly TailAction[], start: TailState = TAIL_START): TailState =>
  actions.reduce(tailReducer, start);

const shown = ({ rows }: TailState): string[] =>
  rows.map((row) => (row.kind === "gap" ? `gap of ${row.count}` : String(row.entry.seq)));

test("entries come newest first", () => {
  expect(shown(after([say([open(), ...range(1, 3)])]))).toEqual(["3", "2", "1"]);
});

test("numbers that were passed over are a row between their neighbours", () => {
  const state = after([say([open(), entryEvent(1), entryEvent(40)])]);

  expect(shown(state)).toEqual(["40", "gap of 38", "1"]);
  expect(state.rows[1]).toMatchObject({ from: entry(1).at, to: entry(40).at, reason: "lost" });
});

test("a hole at the end shows with the next sign of life, once", () => {
  expect(shown(after([say([open(), entryEvent(1), beat(4), beat(4)])]))).toEqual(["gap of 3", "1"]);
});

test("what the server dropped is one row and no hole beside it", () => {
  const gap: TailEvent = {
    ...{ event: "gap", n: 39, count: 38, is_more: false, reason: "slow" },
    ...{ from: entry(2).at, to: entry(39).at },
  };

  expect(shown(after([say([open(), entryEvent(1), gap, entryEvent(40)])]))).toEqual([
    "40",
    "gap of 38",
    "1",
  ]);
});

test("a stream that was taken up again repeats nothing and misses nothing", () => {
  const state = after([
    say([open(), ...range(1, 3)]),
    { kind: "signal", signal: { kind: "reconnecting" } },
    say([
      open(),
      { event: "entry", n: 1, entry: entry(3) },
      { event: "entry", n: 2, entry: entry(4) },
    ]),
  ]);

  expect(shown(state)).toEqual(["4", "3", "2", "1"]);
  expect(tailText(state)).toBe("Live");
});

test("a paused tail says how many wait, and shows them when it goes on", () => {
  const paused = after([say([open(), entryEvent(1)]), { kind: "pause", by: "user" }]);
  const waiting = after([say([entryEvent(2), entryEvent(5)])], paused);

  expect(shown(waiting)).toEqual(["1"]);
  expect(waiting.waitingCount).toBe(4);
  expect(shown(after([{ kind: "resume", by: "user" }], waiting))).toEqual([
    "5",
    "gap of 2",
    "2",
    "1",
  ]);
});

test("scrolling back ends only what scrolling paused", () => {
  const scrolled = after([say([open()]), { kind: "pause", by: "scroll" }]);
  expect(tailText(scrolled)).toBe("Paused because you scrolled");
  expect(tailText(after([{ kind: "resume", by: "scroll" }], scrolled))).toBe("Live");

  const byUser = after([{ kind: "pause", by: "user" }], scrolled);
  expect(tailText(after([{ kind: "pause", by: "scroll" }], byUser))).toBe("Paused by you");
  expect(tailText(after([{ kind: "resume", by: "scroll" }], byUser))).toBe("Paused by you");
});

test("too many that wait become a gap of them all", () => {
  const paused = after([say([open()]), { kind: "pause", by: "user" }]);

  const state = after([say(range(1, 2_001)), { kind: "resume", by: "user" }], paused);

  expect(shown(state)).toEqual(["gap of 2001"]);
});

test("the state tells the worst first", () => {
  const state = after([say([open(), beat(0, 12_300)])]);
  expect(tailText(state)).toBe("Behind by 12 s");
  expect(tailText(after([{ kind: "pause", by: "user" }], state))).toBe("Paused by you");
  expect(tailText(after([{ kind: "signal", signal: { kind: "reconnecting" } }], state))).toBe(
    "Reconnecting",
  );
});

test("what was loaded stands in the gap's place, and the gap says so", () => {
  const state = after([say([open(), entryEvent(1), entryEvent(4)])]);
  const key = state.rows[1]?.key ?? "";

  const loaded = after([{ kind: "loaded", key, entries: [entry(1), entry(2), entry(3)] }], state);

  expect(shown(loaded)).toEqual(["4", "3", "2", "gap of 2", "1"]);
  expect(loaded.rows[3]).toMatchObject({ load: "loaded" });
});

test("rows are bounded", () => {
  expect(after([say([open(), ...range(1, ROWS_MAX + 20)])]).rows).toHaveLength(ROWS_MAX);
});
