import { expect, test } from "vitest";
import { EngineError } from "@/lib/engine/errors";
import { Secret } from "@/lib/engine/secret";
import { createLog, type Log, type LogOptions } from "@/lib/process/log";

function logInto(lines: string[], options: Partial<LogOptions> = {}): Log {
  return createLog({
    level: "info",
    json: false,
    write: (line) => lines.push(line),
    now: () => new Date("2026-01-02T03:04:05Z"),
    ...options,
  });
}

test("a line is time, level, message and fields", () => {
  const lines: string[] = [];

  logInto(lines).info("listening", { address: "http://127.0.0.1:8200", roles: ["api"], count: 2 });

  expect(lines).toEqual([
    '2026-01-02T03:04:05.000Z info  listening address=http://127.0.0.1:8200 roles=["api"] count=2\n',
  ]);
});

test("a value cannot pose as a field or as a line of its own", () => {
  const lines: string[] = [];

  logInto(lines).warn("refused\n2026 error forged", { name: "a b=c\nd" });

  expect(lines).toEqual([
    '2026-01-02T03:04:05.000Z warn  refused 2026 error forged name="a b=c\\nd"\n',
  ]);
});

test("collectors get one JSON object a line", () => {
  const lines: string[] = [];

  logInto(lines, { json: true }).error("failed", { level: "posing", attempts: 3 });

  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { time: "2026-01-02T03:04:05.000Z", level: "error", message: "failed", attempts: 3 },
  ]);
});

test.each([true, false])("secrets are never printed, however deep (JSON: %s)", (json) => {
  const lines: string[] = [];
  const token = new Secret("hunter2");

  logInto(lines, { json }).info("token", { token, holder: { token: [token] } });

  expect(lines.join()).not.toContain("hunter2");
  expect(lines.join()).toContain("[redacted]");
});

test("lines below the level are dropped", () => {
  const lines: string[] = [];

  logInto(lines, { level: "warn" }).info("quiet");

  expect(lines).toEqual([]);
});

test("an error tells its cause, and its stack only when nobody threw it on purpose", () => {
  const lines: string[] = [];
  const log = logInto(lines, { json: true });

  log.error("known", { error: new EngineError("aws_failed", "no", { cause: new Error("why") }) });
  log.error("unknown", { error: new TypeError("oops") });

  expect(lines[0]).toMatch(/"error":"no \(cause: Error: why\\n\s+at /);
  expect(lines[1]).toMatch(/"error":"TypeError: oops\\n\s+at /);
});

test("a value that JSON cannot say does not stop the program", () => {
  const lines: string[] = [];

  logInto(lines).info("count", { big: { count: 10n }, none: undefined });

  expect(lines[0]).toMatch(/ big="\{ count: 10n \}" none=null\n$/);
});
