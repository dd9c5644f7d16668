import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDuration, formatDurationShort, parseDuration } from "@/lib/engine/duration";

describe("parseDuration", () => {
  test.each([
    ["", 0],
    ["0", 0],
    ["-0", 0],
    ["3600", 3600],
    ["+5", 5],
    ["-5", -5],
    ["1d", 86_400],
    ["-2d", -172_800],
    ["1h", 3600],
    ["60m", 3600],
    ["3600s", 3600],
    ["0.5h", 1800],
    ["1.5h", 5400],
    [".5h", 1800],
    ["5.s", 5],
    ["1h30m", 5400],
    ["3600000ms", 3600],
    ["1500ms", 1.5],
    ["90.5s", 90.5],
    ["100ms", 0.1],
    ["1us", 1e-6],
    ["1µs", 1e-6],
    ["1μs", 1e-6],
    ["2ns", 2e-9],
    ["768h", 2_764_800],
    ["-1h30m", -5400],
    ["2562047h", 9_223_369_200],
  ])("%j is %d seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each([
    ["abc", 'time: invalid duration "abc"'],
    [" 1h", 'time: invalid duration " 1h"'],
    ["-", 'time: invalid duration "-"'],
    [".s", 'time: invalid duration ".s"'],
    ["5 m", 'time: unknown unit " m" in duration "5 m"'],
    ["1w", 'time: unknown unit "w" in duration "1w"'],
    ["1d12h", 'time: unknown unit "d" in duration "1d12h"'],
    ["1d2h", 'time: unknown unit "d" in duration "1d2h"'],
    ["90.7", 'time: missing unit in duration "90.7"'],
    ["1e3", 'time: unknown unit "e" in duration "1e3"'],
    ["1.5d", 'strconv.ParseInt: parsing "1.5": invalid syntax'],
    ["9223372037", 'time: invalid duration "9223372037"'],
    ["9999999h", 'time: invalid duration "9999999h"'],
    ['a"\\é', 'time: invalid duration "a\\"\\\\\\xc3\\xa9"'],
  ])("%j is refused in the words of Go's parser", (text, message) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ kind: "invalid_request", message }),
    );
  });
});

test.each([
  [0, "0s"],
  [45, "45s"],
  [90.5, "1m30.5s"],
  [1800, "30m0s"],
  [3600, "1h0m0s"],
  [129_600, "36h0m0s"],
  [0.5, "500ms"],
  [1.5, "1.5s"],
  [0.0015, "1.5ms"],
  [0.0000015, "1.5µs"],
  [2e-9, "2ns"],
  [-5400, "-1h30m0s"],
])("%d seconds are written as Go does: %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, "0s"],
  [3600, "1h"],
  [86_400, "24h"],
  [5400, "1h30m"],
  [3605, "1h5s"],
  [1800, "30m"],
  [65, "1m5s"],
  [36_000, "10h"],
  [600, "10m"],
])("%d seconds are %s in short", (seconds, text) => {
  expect(formatDurationShort(seconds)).toBe(text);
});

test("what is written in either form is read as the same number of seconds", () => {
  fc.assert(
    fc.property(fc.integer({ min: -9_000_000_000, max: 9_000_000_000 }), (seconds) => {
      expect(parseDuration(formatDuration(seconds))).toBe(seconds);
      expect(parseDuration(formatDurationShort(seconds))).toBe(seconds);
    }),
  );
});
