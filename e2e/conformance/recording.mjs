// From an answer to an expectation: what `--record` writes into a case.
import { isHmac, isObject, isTime, isToken, isUuid } from "./matching.mjs";

const ZERO_TIME = "0001-01-01T00:00:00Z";
const UNIX_MIN = 1.6e9;
const UNIX_MAX = 3e9;
/** Shorter values occur by chance inside other texts. */
const KNOWN_LENGTH_MIN = 20;
const UNFILL_LENGTH_MIN = 5;

/** The same value with everything volatile replaced by matchers and known variables by names. */
export function generalise(value, variables, key = "") {
  if (Array.isArray(value)) return value.map((entry) => generalise(entry, variables, key));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => [
        unfill(name, variables),
        generalise(entry, variables, name),
      ]),
    );
  }
  if (typeof value === "number") return generaliseNumber(value, key);
  return typeof value === "string" ? generaliseText(value, variables, key) : value;
}

function generaliseNumber(value, key) {
  if (/time|_at$|created|updated|last_/.test(key) && value > UNIX_MIN && value < UNIX_MAX) {
    return "<unix>";
  }
  if (/^(ttl|num_uses_left|remaining)$/.test(key) && value > 2) {
    const rounded = Math.ceil(value / 10) * 10;
    const granted = rounded - value <= 3 ? rounded : value; // some seconds have gone already
    return `<int ${granted - 10}..${granted}>`;
  }
  return value;
}

function generaliseText(value, variables, key) {
  const known = Object.entries(variables).find(([, saved]) => saved === value);
  if (known !== undefined && value.length > KNOWN_LENGTH_MIN) return `{{${known[0]}}}`;
  if (isUuid(value)) return "<uuid>";
  if (isTime(value) && value !== ZERO_TIME) return "<time>";
  if (isToken(value)) return "<token>";
  if (isHmac(value)) return "<hmac>";
  if (key.includes("accessor") && /^[A-Za-z0-9]{24}$/.test(value)) return "<re ^[A-Za-z0-9]{24}$>";
  if (key.includes("accessor") && /_[0-9a-f]{8}$/.test(value)) {
    return `<re ^${value.slice(0, -8)}[0-9a-f]{8}$>`;
  }
  const lease = /^(.*\/)[A-Za-z0-9]{24}$/.exec(value);
  if (lease !== null) return `<re ^${unfill(lease[1], variables)}[A-Za-z0-9]{24}$>`;
  return unfill(value, variables);
}

function unfill(text, variables) {
  return Object.entries(variables)
    .filter(([, value]) => typeof value === "string" && value.length >= UNFILL_LENGTH_MIN)
    .reduce((result, [name, value]) => result.replaceAll(value, `{{${name}}}`), text);
}

/** A recorded answer with what was written by hand (`<save t>`, looser matchers) laid over it. */
export function overlay(recorded, written) {
  if (written === undefined) return recorded;
  if (!isObject(recorded) || !isObject(written) || isMatcher(written)) return written;
  const laid = Object.entries(written).map(([name, value]) => [
    name,
    overlay(recorded[name], value),
  ]);
  return { ...recorded, ...Object.fromEntries(laid) };
}

function isMatcher(object) {
  return ["<rest>", "<set>", "<has>"].some((name) => name in object);
}
