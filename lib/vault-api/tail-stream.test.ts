import { expect, test } from "vitest";
import type { FoundEntry } from "@/lib/engine/audit/search";
import { TailEvents } from "@/lib/vault-api/tail-stream";

const WRITER = "0b0f5a6e-0d5c-4c1e-9d8e-1f8a2b3c4d5e";
const WAITING = 500;

function entry(seq: number): FoundEntry {
  return {
    position: { key: String(1_700_000_000_000_000 + seq), id: `${WRITER} ${seq}` },
    at: new Date(1_700_000_000_000 + seq),
    ...{ writer: WRITER, seq, kind: "both", requestId: null, operation: "read", path: "a/b" },
    ...{ status: 200, outcome: "success", accessor: null, leaseId: null, entry: "{}" },
  };
}

const entries = (from: number, count: number): FoundEntry[] =>
  Array.from({ length: count }, (_none, index) => entry(from + index));

type Said = { name: string; id: string; data: Record<string, unknown> };

/** A reader that takes what it is given while `flows`, and remembers it. */
function reader() {
  const said: Said[] = [];
  const state = { flows: true, ended: false, aborted: false, now: 0 };
  const events = new TailEvents(
    {
      write: (text) => {
        const name = /^event: (.*)$/m.exec(text)?.[1];
        const data = /^data: (.*)$/m.exec(text)?.[1] ?? "{}";
        const id = /^id: (.*)$/m.exec(text)?.[1] ?? "";
        if (name !== undefined) said.push({ name, id, data: JSON.parse(data) as Said["data"] });
        return state.flows;
      },
      end: () => (state.ended = true),
      abort: () => (state.aborted = true),
    },
    () => state.now,
  );
  return { said, state, events };
}

test("entries carry their number and a position to come back to", () => {
  const { said, events } = reader();

  events.entries(entries(1, 2));

  expect(said).toMatchObject([
    { name: "entry", id: `1700000000000001.${WRITER}.1`, data: { n: 1, seq: 1 } },
    { name: "entry", id: `1700000000000002.${WRITER}.2`, data: { n: 2, seq: 2 } },
  ]);
});

test("what a slow reader does not take waits, and beyond that becomes one gap", () => {
  const { said, state, events } = reader();
  state.flows = false;
  events.entries(entries(1, 1 + WAITING + 38));
  expect(said).toHaveLength(1);

  state.flows = true;
  events.drained();
  events.entries(entries(WAITING + 40, 1));

  expect(said.slice(0, -2).map(({ data }) => data["n"])).toEqual(
    Array.from({ length: 1 + WAITING }, (_none, index) => index + 1),
  );
  expect(said.slice(-2)).toMatchObject([
    {
      name: "gap",
      id: `1700000000000539.${WRITER}.539`,
      data: { n: 539, count: 38, is_more: false, reason: "slow" },
    },
    { name: "entry", data: { n: 540, seq: 540 } },
  ]);
});

test("a gap is told in its place although its reader slows down again", () => {
  const { said, state, events } = reader();
  state.flows = false;
  events.entries(entries(1, 1 + WAITING + 5));
  events.drained();
  events.entries(entries(WAITING + 7, 3));

  state.flows = true;
  events.drained();

  expect(said.at(-1)).toMatchObject({ name: "gap", data: { n: 509, count: 8 } });
});

test("a reader that takes nothing for long is let go", () => {
  const { state, events } = reader();
  state.flows = false;
  events.entries(entries(1, 1));
  state.now = 29_000;
  events.beat();
  expect(state.aborted).toBe(false);

  state.now = 31_000;
  events.beat();

  expect(state.aborted).toBe(true);
});

test("a beat tells how far the tail is behind, and the end why it ended", () => {
  const { said, state, events } = reader();
  events.entries(entries(1, 3));
  events.looked(12_000.4);

  events.beat();
  events.end("refused");

  expect(said.slice(-2)).toEqual([
    { name: "beat", id: "", data: { n: 3, behind_ms: 12_000 } },
    { name: "end", id: "", data: { reason: "refused" } },
  ]);
  expect(state.ended).toBe(true);
});
