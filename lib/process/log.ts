import { inspect } from "node:util";
import { isEngineError } from "@/lib/engine/errors";

const LEVELS = ["debug", "info", "warn", "error"] as const;
type Level = (typeof LEVELS)[number];
type Fields = Readonly<Record<string, unknown>>;

/** A line for operators: what happened, and the few values that matter. `Secret`s print as `[redacted]`. */
export type Log = Record<Level, (message: string, fields?: Fields) => void>;

export type LogOptions = {
  /** Lines of lesser levels are dropped. */
  level: Level;
  /** One JSON object a line, for collectors; else text for people. */
  json: boolean;
  write: (line: string) => void;
  now: () => Date;
};

/** Writes one line for each call. */
export function createLog(options: LogOptions): Log {
  const format = options.json ? formatJson : formatText;
  const at =
    (level: Level) =>
    (message: string, fields: Fields = {}) => {
      if (LEVELS.indexOf(level) >= LEVELS.indexOf(options.level)) {
        const time = options.now().toISOString();
        options.write(`${format({ time, level, message }, fields)}\n`);
      }
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** The log of this process: to standard error, for people at a terminal, for collectors elsewhere. */
export function processLog(level: Level): Log {
  return createLog({
    level,
    json: !process.stderr.isTTY,
    write: (line) => process.stderr.write(line),
    now: () => new Date(),
  });
}

type Head = { time: string; level: Level; message: string };

function formatJson(head: Head, fields: Fields): string {
  const plain = Object.entries(fields).map(([name, value]) => [name, describe(value)] as const);
  return toJson({ ...Object.fromEntries(plain), ...head });
}

function formatText({ time, level, message }: Head, fields: Fields): string {
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${quote(describe(value))}`);
  return [time, level.padEnd(5), oneLine(message), ...pairs].join(" ");
}

/** An error says where it comes from only when it was not thrown on purpose. */
function describe(value: unknown): unknown {
  if (!(value instanceof Error)) {
    return value;
  }
  const own = isEngineError(value) ? value.message : (value.stack ?? value.message);
  return value.cause === undefined ? own : `${own} (cause: ${String(describe(value.cause))})`;
}

/** Bare where that is clear, JSON otherwise, so that a value cannot pose as a field or as a line. */
function quote(value: unknown): string {
  if (typeof value !== "string") {
    return toJson(value);
  }
  return /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value);
}

/** A log never throws: what JSON cannot say is told as Node would print it. */
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value ?? null);
  } catch {
    return JSON.stringify(inspect(value));
  }
}

function oneLine(message: string): string {
  return message.replaceAll(/[\r\n]+/g, " ");
}
