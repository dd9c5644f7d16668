// What a case expects, and how it is compared with what came.
import { isDeepStrictEqual } from "node:util";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const HMAC = /^hmac-sha256:[0-9a-f]{64}$/;
const TOKEN = /^hv[sbr]\.[\w-]{20,}$/;
const UNIX_SECONDS_AWAY_MAX = 86_400 * 400;

const isString = (value) => typeof value === "string";
const fits = (pattern) => (value) => isString(value) && pattern.test(value);

export const isUuid = fits(UUID);
export const isTime = fits(TIME);
export const isHmac = fits(HMAC);
export const isToken = fits(TOKEN);
export const isObject = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/**
 * Replaces `{{name}}` in every string of a value. `{{base64 TEXT}}` encodes, for login payloads;
 * `{{repeat N TEXT}}` makes large ones.
 */
export function fill(value, variables) {
  if (isString(value)) {
    return value
      .replace(/\{\{(\w+)\}\}/g, (whole, name) => (name in variables ? variables[name] : whole))
      .replace(/\{\{repeat (\d+) ([^}]*)\}\}/g, (_, times, text) => text.repeat(Number(times)))
      .replace(/\{\{base64 ([\s\S]*?)\}\}(?!\})/g, (_, text) =>
        Buffer.from(text).toString("base64"),
      );
  }
  if (Array.isArray(value)) return value.map((entry) => fill(entry, variables));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [fill(name, variables), fill(entry, variables)]),
  );
}

/**
 * An object with `"<like>": "NAME"` is that template with its own keys laid over; with `drop`,
 * keys given as `<absent>` vanish.
 */
export function like(value, templates, drop = false) {
  if (Array.isArray(value)) return value.map((entry) => like(entry, templates, drop));
  if (!isObject(value)) return value;
  const { "<like>": name, ...own } = value;
  const merged = { ...(name && like(templates[name], templates, drop)) };
  for (const [key, entry] of Object.entries(own)) {
    merged[key] = like(entry, templates, drop);
  }
  return drop ? withoutAbsent(merged) : merged;
}

function withoutAbsent(object) {
  return Object.fromEntries(Object.entries(object).filter(([, entry]) => entry !== "<absent>"));
}

/**
 * Differences between an expectation and a value, as [path, wanted, got]. `save` collects what
 * `<save NAME>` captures.
 */
export function* differences(want, got, save, path = "") {
  if (isString(want) && want.startsWith("<") && want.endsWith(">")) {
    if (!matches(want.slice(1, -1), got, save)) yield [path, want, got];
  } else if (Array.isArray(want)) {
    yield* listDifferences(want, got, save, path);
  } else if (isObject(want)) {
    const list = want["<set>"] ?? want["<has>"];
    if (list !== undefined) {
      const exact = want["<set>"] !== undefined;
      if (!contains(got, list, { save, exact })) yield [path, want, got];
    } else {
      yield* objectDifferences(want, got, save, path);
    }
  } else if (!isDeepStrictEqual(want, got)) {
    yield [path, want, got];
  }
}

function* listDifferences(want, got, save, path) {
  if (!Array.isArray(got) || got.length !== want.length) {
    yield [path, want, got];
    return;
  }
  for (const [i, entry] of want.entries()) {
    yield* differences(entry, got[i], save, `${path}[${i}]`);
  }
}

function contains(got, list, { save, exact }) {
  if (!Array.isArray(got) || (exact && got.length !== list.length)) return false;
  const equal = (want, value) => differences(want, value, save).next().done === true;
  return list.every((want) => got.some((value) => equal(want, value)));
}

function* objectDifferences(want, got, save, path) {
  if (!isObject(got)) {
    yield [path, want, got];
    return;
  }
  const { "<rest>": rest, ...named } = want;
  for (const [name, entry] of Object.entries(named)) {
    const at = `${path}.${name}`;
    if (entry === "<absent>") {
      if (name in got) yield [at, entry, got[name]];
    } else if (name in got) {
      yield* differences(entry, got[name], save, at);
    } else if (!(isString(entry) && entry.startsWith("<maybe "))) {
      yield [at, entry, undefined];
    }
  }
  if (rest !== undefined) return;
  for (const name of Object.keys(got)) {
    if (!(name in named)) yield [`${path}.${name}`, undefined, got[name]];
  }
}

/** What stands between `<` and `>`: a kind, then what it takes. */
const MATCHERS = {
  any: (got) => got !== undefined,
  hmac: isHmac,
  string: (got) => isString(got) && got !== "",
  uuid: isUuid,
  time: isTime,
  token: isToken,
  unix: (got) => Number.isInteger(got) && Math.abs(got - Date.now() / 1000) < UNIX_SECONDS_AWAY_MAX,
  int: (got, range) => {
    const [low, high] = range === "" ? [-Infinity, Infinity] : range.split("..").map(Number);
    return Number.isInteger(got) && got >= low && got <= high;
  },
  contains: (got, text) => isString(got) && got.includes(text),
  re: (got, pattern) => isString(got) && new RegExp(pattern, "s").test(got),
};

function matches(matcher, got, save) {
  const saved = /^(?:(.*) )?save (\w+)$/.exec(matcher);
  if (saved !== null) {
    const [, inner, name] = saved;
    const fitting = got !== undefined && (inner === undefined || matches(inner, got, save));
    if (fitting) save[name] = got;
    return fitting;
  }
  const blank = matcher.indexOf(" ");
  const kind = blank === -1 ? matcher : matcher.slice(0, blank);
  const rest = blank === -1 ? "" : matcher.slice(blank + 1);
  if (kind === "maybe") return matches(rest, got, save);
  if (!(kind in MATCHERS)) throw new Error(`unknown matcher <${matcher}>`);
  return MATCHERS[kind](got, rest);
}
