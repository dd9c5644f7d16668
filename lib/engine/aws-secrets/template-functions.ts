import { createHash } from "node:crypto";
import { goPrintf, type PrintValue, typeName } from "@/lib/engine/aws-secrets/go-printf";
import { formatGoTime } from "@/lib/engine/aws-secrets/go-time";
import type { Ports } from "@/lib/engine/ports";

export type TemplateValue = PrintValue;
export type TemplatePorts = Pick<Ports, "clock" | "random">;

/** One function of templates: the kinds of its arguments, and what it does with them. */
type TemplateFunction = {
  /** Undefined: any number of any kind. */
  takes?: readonly ("string" | "int")[];
  call(values: readonly TemplateValue[], ports: TemplatePorts): TemplateValue;
};

const RANDOM_LENGTH_MAX = 1024;
const TRUNCATED_HASH_LENGTH = 8;

/**
 * The functions of name templates: Go's comparisons and printing, and Vault's own.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/username-templating
 */
const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["random", { takes: ["int"], call: ([length], ports) => randomText(asInt(length), ports) }],
  ["truncate", { takes: ["int", "string"], call: ([max, text]) => cut(asInt(max), asText(text)) }],
  [
    "truncate_sha256",
    { takes: ["int", "string"], call: ([max, text]) => cutWithHash(asInt(max), asText(text)) },
  ],
  ["uppercase", textFunction((text) => text.toUpperCase())],
  ["lowercase", textFunction((text) => text.toLowerCase())],
  [
    "replace",
    {
      takes: ["string", "string", "string"],
      call: ([from, to, text]) => asText(text).replaceAll(asText(from), () => asText(to)),
    },
  ],
  ["sha256", textFunction((text) => sha256(Buffer.from(text)))],
  ["base64", textFunction((text) => Buffer.from(text).toString("base64"))],
  ["decode_base64", textFunction((text) => Buffer.from(text, "base64").toString("utf8"))],
  ["hex", textFunction((text) => Buffer.from(text).toString("hex"))],
  ["decode_hex", textFunction((text) => Buffer.from(text, "hex").toString("utf8"))],
  [
    "glob",
    { takes: ["string", "string"], call: ([glob, text]) => matches(asText(glob), asText(text)) },
  ],
  ["unix_time", { takes: [], call: (_, { clock }) => secondsOf(clock.now()) }],
  ["unix_time_millis", { takes: [], call: (_, { clock }) => String(clock.now().getTime()) }],
  [
    "timestamp",
    { takes: ["string"], call: ([layout], { clock }) => formatGoTime(clock.now(), asText(layout)) },
  ],
  ["uuid", { takes: [], call: (_, { random }) => random.uuid() }],

  ["printf", { call: ([format, ...values]) => goPrintf(asText(format), values) }],
  ["print", { call: (values) => values.map(String).join("") }],
  ["len", { takes: ["string"], call: ([text]) => Buffer.byteLength(asText(text)) }],
  ["not", { call: (values) => !isTruthy(only(values)) }],
  ["and", { call: (values) => values.find((value) => !isTruthy(value)) ?? last(values) }],
  ["or", { call: (values) => values.find(isTruthy) ?? last(values) }],
  ["eq", { call: ([first, ...others]) => others.some((other) => compare(first, other) === 0) }],
  ["ne", { call: ([left, right]) => compare(left, right) !== 0 }],
  ["lt", { call: ([left, right]) => compare(left, right) < 0 }],
  ["le", { call: ([left, right]) => compare(left, right) <= 0 }],
  ["gt", { call: ([left, right]) => compare(left, right) > 0 }],
  ["ge", { call: ([left, right]) => compare(left, right) >= 0 }],
]);

export function isTemplateFunction(name: string): boolean {
  return FUNCTIONS.has(name);
}

/**
 * Calls one function.
 *
 * @throws Error in Go's words for a wrong number or kind of arguments, or from the function itself.
 */
export function callTemplateFunction(
  name: string,
  values: readonly TemplateValue[],
  ports: TemplatePorts,
): TemplateValue {
  const found = FUNCTIONS.get(name);
  if (found === undefined) throw new Error(`function "${name}" not defined`);
  if (found.takes !== undefined) {
    if (values.length !== found.takes.length) {
      throw new Error(
        `wrong number of args for ${name}: want ${found.takes.length} got ${values.length}`,
      );
    }
    found.takes.forEach((kind, index) => requireKind(kind, values[index]));
  }
  return found.call(values, ports);
}

/** What counts as true: all but false, 0 and the empty text. */
export function isTruthy(value: TemplateValue): boolean {
  return value !== false && value !== 0 && value !== "";
}

function textFunction(change: (text: string) => string): TemplateFunction {
  return { takes: ["string"], call: ([text]) => change(asText(text)) };
}

function requireKind(kind: "string" | "int", value: TemplateValue | undefined): void {
  const actual = value === undefined ? "nothing" : typeName(value);
  if (actual !== kind) throw new Error(`wrong type for value; expected ${kind}; got ${actual}`);
}

function randomText(length: number, { random }: TemplatePorts): string {
  if (length <= 0) throw new Error(`length must be > 0 but was ${length}`);
  if (length > RANDOM_LENGTH_MAX) throw new Error(`length must be <= ${RANDOM_LENGTH_MAX}`);
  return random.base62(length);
}

/** Cuts to `max` bytes, as Go does, and drops a character cut in two. */
function cut(max: number, text: string): string {
  if (max <= 0) throw new Error(`max length must be > 0 but was ${max}`);
  const bytes = Buffer.from(text);
  if (bytes.length <= max) return text;
  return bytes
    .subarray(0, max)
    .toString("utf8")
    .replace(/\uFFFD$/, "");
}

function cutWithHash(max: number, text: string): string {
  if (max <= TRUNCATED_HASH_LENGTH) {
    throw new Error(`max length must be > ${TRUNCATED_HASH_LENGTH} but was ${max}`);
  }
  const bytes = Buffer.from(text);
  if (bytes.length <= max) return text;
  const kept = max - TRUNCATED_HASH_LENGTH;
  const hash = sha256(bytes.subarray(kept)).slice(0, TRUNCATED_HASH_LENGTH);
  return bytes.subarray(0, kept).toString("utf8") + hash;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** `*` stands for anything, nothing else is special. */
function matches(glob: string, text: string): boolean {
  const [start = "", ...rest] = glob.split("*");
  if (rest.length === 0) return glob === text;
  const end = rest.pop() ?? "";
  if (!text.startsWith(start)) return false;
  let at = start.length;
  for (const middle of rest) {
    const found = text.indexOf(middle, at);
    if (found < 0) return false;
    at = found + middle.length;
  }
  return text.length - end.length >= at && text.endsWith(end);
}

function secondsOf(instant: Date): string {
  return String(Math.floor(instant.getTime() / 1000));
}

function compare(left: TemplateValue | undefined, right: TemplateValue | undefined): number {
  if (left === undefined || right === undefined) throw new Error("missing argument for comparison");
  if (typeof left !== typeof right) throw new Error("incompatible types for comparison");
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function only(values: readonly TemplateValue[]): TemplateValue {
  if (values.length !== 1) {
    throw new Error(`wrong number of args for not: want 1 got ${values.length}`);
  }
  return last(values);
}

function last(values: readonly TemplateValue[]): TemplateValue {
  const value = values.at(-1);
  if (value === undefined) throw new Error("wrong number of args: want at least 1 got 0");
  return value;
}

function asText(value: TemplateValue | undefined): string {
  if (typeof value !== "string") throw new Error("wrong type for value; expected string");
  return value;
}

function asInt(value: TemplateValue | undefined): number {
  return typeof value === "number" ? value : 0;
}
