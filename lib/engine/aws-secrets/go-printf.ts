import { goQuote } from "@/lib/engine/go-quote";

export type PrintValue = string | number | boolean;

const VERB = /%([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g;
const WIDTH_MAX = 1024;

/**
 * Go's `fmt.Sprintf` for texts, whole numbers and flags.
 *
 * @see https://pkg.go.dev/fmt
 */
export function goPrintf(format: string, values: readonly PrintValue[]): string {
  let text = "";
  let used = 0;
  let at = 0;
  for (const verb of format.matchAll(VERB)) {
    text += format.slice(at, verb.index);
    at = verb.index + verb[0].length;
    if (verb[4] === "%") {
      text += "%";
      continue;
    }
    text += writeVerb(verb, values[used]);
    used += 1;
  }
  text += format.slice(at);
  if (used >= values.length) return text;
  const extra = values.slice(used).map((value) => `${typeName(value)}=${String(value)}`);
  return `${text}%!(EXTRA ${extra.join(", ")})`;
}

function writeVerb(match: RegExpExecArray, value: PrintValue | undefined): string {
  const [, flags = "", width = "", precision, verb = "v"] = match;
  if (value === undefined) return `%!${verb}(MISSING)`;
  const written = writeValue(value, verb);
  const cut = precision === undefined ? written : written.slice(0, Number(precision));
  return padded(cut, flags, Math.min(Number(width), WIDTH_MAX));
}

/** Go's name of the type of `value`. */
export function typeName(value: PrintValue): string {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  return Number.isInteger(value) ? "int" : "float64";
}

function writeValue(value: PrintValue, verb: string): string {
  if (verb === "v") return String(value);
  if (typeof value === "string") {
    if (verb === "s") return value;
    if (verb === "q") return goQuote(value);
    if (verb === "x" || verb === "X") return hexOf(value, verb);
  }
  if (typeof value === "number" && Number.isInteger(value)) {
    if (verb === "d") return String(value);
    if (verb === "x") return value.toString(16);
    if (verb === "X") return value.toString(16).toUpperCase();
  }
  if (typeof value === "boolean" && verb === "t") return String(value);
  return `%!${verb}(${typeName(value)}=${String(value)})`;
}

function hexOf(text: string, verb: string): string {
  const hex = Buffer.from(text, "utf8").toString("hex");
  return verb === "X" ? hex.toUpperCase() : hex;
}

function padded(text: string, flags: string, width: number): string {
  if (flags.includes("-")) return text.padEnd(width);
  return text.padStart(width, flags.includes("0") ? "0" : " ");
}
