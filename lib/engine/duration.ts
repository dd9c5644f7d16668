import { invalidRequest } from "@/lib/engine/errors";

const NANOSECONDS: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3], // U+00B5, micro sign
  ["μs", 1e3], // U+03BC, Greek letter mu
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
]);

/** 2^63 nanoseconds, some 292 years: what Go's duration holds. */
const DURATION_SECONDS_MAX = 9_223_372_036;

const SECONDS = /^[+-]?\d+$/;
const GO_DURATION_PART = /^(\d*)(?:\.(\d*))?([^\d.]*)/;

/**
 * Reads a duration as Vault does: seconds (`3600`), whole days (`2d`), or a Go duration (`1h30m`,
 * `1.5h`, `100ms`). `""` is 0. The result is in seconds, may be negative and may have a fraction.
 *
 * @throws EngineError `invalid_request` with the text of Go's parser.
 * @see https://developer.hashicorp.com/vault/docs/concepts/duration-format
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): number {
  if (text === "") return 0;
  if (SECONDS.test(text)) return inRange(Number(text), text);
  if (text.endsWith("d")) {
    const days = text.slice(0, -1);
    if (!SECONDS.test(days)) {
      throw invalidRequest(`strconv.ParseInt: parsing ${quote(days)}: invalid syntax`);
    }
    return inRange(Number(days) * 86_400, text);
  }
  return inRange(parseGoDuration(text), text);
}

function parseGoDuration(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === "0") return 0;
  if (rest === "") throw invalidDuration(text);

  // Summed apart, so that whole seconds stay exact over the range.
  let seconds = 0;
  let nanoseconds = 0;
  while (rest !== "") {
    const [part = "", whole = "", fraction = "", unit = ""] = GO_DURATION_PART.exec(rest) ?? [];
    if (whole === "" && fraction === "") throw invalidDuration(text);
    if (unit === "") throw invalidRequest(`time: missing unit in duration ${quote(text)}`);
    const scale = NANOSECONDS.get(unit);
    if (scale === undefined) {
      throw invalidRequest(`time: unknown unit ${quote(unit)} in duration ${quote(text)}`);
    }
    if (scale >= 1e9) seconds += Number(whole) * (scale / 1e9);
    else nanoseconds += Number(whole) * scale;
    nanoseconds += Math.floor(Number(`0.${fraction}0`) * scale);
    rest = rest.slice(part.length);
  }
  return sign * (seconds + nanoseconds / 1e9);
}

function inRange(seconds: number, text: string): number {
  if (!(Math.abs(seconds) <= DURATION_SECONDS_MAX)) throw invalidDuration(text);
  return seconds === 0 ? 0 : seconds;
}

function invalidDuration(text: string): Error {
  return invalidRequest(`time: invalid duration ${quote(text)}`);
}

/** Go's quoting in these errors: whatever is not printable ASCII is shown byte by byte. */
function quote(text: string): string {
  let quoted = "";
  for (const byte of new TextEncoder().encode(text)) {
    if (byte < 0x20 || byte >= 0x7f) quoted += `\\x${byte.toString(16).padStart(2, "0")}`;
    else
      quoted +=
        byte === 0x22 || byte === 0x5c
          ? `\\${String.fromCharCode(byte)}`
          : String.fromCharCode(byte);
  }
  return `"${quoted}"`;
}

/**
 * Writes seconds as Go's `Duration.String()` does: `0s`, `30m0s`, `36h0m0s`, `1m30.5s`, `500ms`.
 *
 * @see https://pkg.go.dev/time#Duration.String
 */
export function formatDuration(seconds: number): string {
  const sign = seconds < 0 ? "-" : "";
  let whole = Math.floor(Math.abs(seconds));
  let nanoseconds = Math.round((Math.abs(seconds) - whole) * 1e9);
  if (nanoseconds === 1e9) {
    whole += 1;
    nanoseconds = 0;
  }
  if (whole === 0) return nanoseconds === 0 ? "0s" : `${sign}${belowOneSecond(nanoseconds)}`;

  const minutes = Math.floor(whole / 60);
  const tail = `${whole % 60}${fractionDigits(nanoseconds, 9)}s`;
  if (minutes === 0) return `${sign}${tail}`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${sign}${minutes}m${tail}` : `${sign}${hours}h${minutes % 60}m${tail}`;
}

function belowOneSecond(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds}ns`;
  if (nanoseconds < 1e6) {
    return `${Math.floor(nanoseconds / 1e3)}${fractionDigits(nanoseconds % 1e3, 3)}µs`;
  }
  return `${Math.floor(nanoseconds / 1e6)}${fractionDigits(nanoseconds % 1e6, 6)}ms`;
}

/** `500, 3` gives `.5`: without trailing zeros, nothing at all for 0. */
function fractionDigits(rest: number, digits: number): string {
  return rest === 0 ? "" : `.${String(rest).padStart(digits, "0").replace(/0+$/, "")}`;
}

/** Writes seconds as Vault's warnings do, units that are zero left out: `24h`, `1h30m`, `1h5s`, `0s`. */
export function formatDurationShort(seconds: number): string {
  return formatDuration(seconds).replace(/m0s$/, "m").replace(/h0m/, "h");
}
