import { invalidRequest } from "@/lib/engine/errors";

/** Values of one filter. */
const VALUES_MAX = 50;
const TEXT_MAX = 512;
/** Words of free text; all of them have to be there. */
const WORDS_MAX = 4;
/** Shorter ones have no trigram, so no index finds them. */
const WORD_MIN = 3;

/** @throws EngineError `invalid_request`: none of `allowed`. */
export function choice<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly [T, ...T[]],
): T {
  if (value === undefined || value === "") return allowed[0];
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw invalidRequest(`${name} must be one of ${allowed.join(", ")}`);
  return found;
}

/**
 * The values of a filter; null: it is not set.
 *
 * @throws EngineError `invalid_request`: too many, too long.
 */
export function values(
  name: string,
  given: readonly string[] | undefined,
): readonly string[] | null {
  const set = given?.filter((value) => value !== "") ?? [];
  if (set.length === 0) return null;
  if (set.length > VALUES_MAX) throw invalidRequest(`${name} takes at most ${VALUES_MAX} values`);
  return set.map((value) => oneText(name, value));
}

/** One value of a filter; null: it is not set. @throws EngineError `invalid_request`: too long. */
export function value(name: string, given: string | undefined): string | null {
  return given === undefined || given === "" ? null : oneText(name, given);
}

function oneText(name: string, text: string): string {
  if (text.length > TEXT_MAX) throw invalidRequest(`${name} is longer than ${TEXT_MAX} characters`);
  if (text.includes("\0")) throw invalidRequest(`${name} holds a character that cannot be stored`);
  return text;
}

/**
 * The words of free text, in lower case.
 *
 * @throws EngineError `invalid_request`: too many, or too short for an index.
 */
export function words(name: string, given: string | undefined): readonly string[] {
  const text = value(name, given)?.trim().toLowerCase() ?? "";
  const all = text === "" ? [] : text.split(/\s+/);
  if (all.length > WORDS_MAX) throw invalidRequest(`${name} takes at most ${WORDS_MAX} words`);
  if (all.some((word) => word.length < WORD_MIN)) {
    throw invalidRequest(`${name} needs words of at least ${WORD_MIN} characters`);
  }
  return all;
}
